"""Promises that code could break: messages stay, what was agreed stays, no grant without an active collaboration."""

from django.db import migrations

AGREED = ("firm_id", "business_id", "collaboration_id", "agreement", "agreement_version", "agreed_at", "agreed_by_id")
OLD, NEW = (", ".join(f"{row}.{column}" for column in AGREED) for row in ("OLD", "NEW"))

MESSAGES = """
CREATE TRIGGER message_is_append_only BEFORE UPDATE OR DELETE ON collaborations_message
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
GRANTS = f"""
CREATE FUNCTION collaborations_refuse_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR ROW({OLD}) IS DISTINCT FROM ROW({NEW}) OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'grant % does not change', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_is_kept BEFORE UPDATE OR DELETE ON collaborations_grant
    FOR EACH ROW EXECUTE FUNCTION collaborations_refuse_grant();
CREATE FUNCTION collaborations_grant_has_its_ground() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted uuid := CASE WHEN TG_TABLE_NAME = 'collaborations_grant' THEN NEW.collaboration_id ELSE NEW.id END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM collaborations_grant g JOIN collaborations_collaboration c ON c.id = g.collaboration_id
        WHERE c.id = wanted AND g.revoked_at IS NULL AND c.state <> 'active'
    ) THEN
        RAISE EXCEPTION 'collaboration % is not active and has a grant', wanted USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grant_has_its_ground AFTER INSERT OR UPDATE ON collaborations_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION collaborations_grant_has_its_ground();
CREATE CONSTRAINT TRIGGER grant_keeps_its_ground AFTER UPDATE OF state ON collaborations_collaboration
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION collaborations_grant_has_its_ground();
"""
REVERSE = """
DROP TRIGGER grant_keeps_its_ground ON collaborations_collaboration;
DROP TRIGGER grant_has_its_ground ON collaborations_grant;
DROP FUNCTION collaborations_grant_has_its_ground();
DROP TRIGGER grant_is_kept ON collaborations_grant;
DROP FUNCTION collaborations_refuse_grant();
DROP TRIGGER message_is_append_only ON collaborations_message;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collaborations", "0001_tables"),
        ("core", "0002_history_is_append_only"),
    ]

    operations = [
        migrations.RunSQL(MESSAGES + GRANTS, REVERSE),
    ]
