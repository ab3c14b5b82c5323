"""Comments and decisions stay as they were made; a decision's certificate is added once."""

from django.db import migrations

KEPT = """
CREATE TRIGGER comment_is_append_only BEFORE UPDATE OR DELETE ON client_portal_comment
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION client_portal_refuse_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.certificate_id IS NULL
        AND to_jsonb(OLD) - 'certificate_id' = to_jsonb(NEW) - 'certificate_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'decision % does not change', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER decision_is_kept BEFORE UPDATE OR DELETE ON client_portal_quotedecision
    FOR EACH ROW EXECUTE FUNCTION client_portal_refuse_decision();
"""
REVERSE = """
DROP TRIGGER decision_is_kept ON client_portal_quotedecision;
DROP FUNCTION client_portal_refuse_decision();
DROP TRIGGER comment_is_append_only ON client_portal_comment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0003_log_ins_decisions_comments"),
        ("core", "0002_history_is_append_only"),
    ]

    operations = [
        migrations.RunSQL(KEPT, REVERSE),
    ]
