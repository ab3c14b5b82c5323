"""A contact that is merged into another hands on by which payment companies it may pay."""

from django.db import migrations

HAND_ON = """
CREATE FUNCTION client_portal_hand_on_gateways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE client_portal_contactgateway g SET contact_id = NEW.merged_into_id WHERE g.contact_id = NEW.id
        AND NOT EXISTS (
            SELECT 1 FROM client_portal_contactgateway o
            WHERE o.contact_id = NEW.merged_into_id AND o.account_id = g.account_id
        );
    DELETE FROM client_portal_contactgateway WHERE contact_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER gateways_are_handed_on AFTER UPDATE ON documents_contact FOR EACH ROW
    WHEN (NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL)
    EXECUTE FUNCTION client_portal_hand_on_gateways();
"""
REVERSE = """
DROP TRIGGER gateways_are_handed_on ON documents_contact;
DROP FUNCTION client_portal_hand_on_gateways();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0014_accounts_that_are_not_heard_of"),
        ("documents", "0017_what_is_invoiced_and_mailed"),
    ]

    operations = [migrations.RunSQL(HAND_ON, REVERSE)]
