"""A new customer may pay by the accounts that are for new contacts: its rows are made with it."""

from django.db import migrations, models

OFFERED = """
CREATE FUNCTION client_portal_offer_gateways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO client_portal_contactgateway (id, created_at, organisation_id, contact_id, account_id)
    SELECT gen_random_uuid(), now(), NEW.organisation_id, NEW.id, a.id
    FROM client_portal_gatewayaccount a
    WHERE a.organisation_id = NEW.organisation_id AND a.for_new_contacts AND a.retired_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_gets_gateways AFTER INSERT ON documents_contact
    FOR EACH ROW WHEN (NEW.kind <> 'supplier') EXECUTE FUNCTION client_portal_offer_gateways();
"""
REVERSE = """
DROP TRIGGER contact_gets_gateways ON documents_contact;
DROP FUNCTION client_portal_offer_gateways();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0008_payments_only_grow"),
    ]

    operations = [
        migrations.AddField(
            model_name="gatewayaccount",
            name="for_new_contacts",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="gatewayaccount",
            name="check_error",
            field=models.CharField(
                blank=True,
                choices=[
                    ("credentials", "The company does not take the key any more."),
                    ("mode", "The key is for another mode than this account."),
                    ("merchant", "The key is of another account."),
                    ("currency", "The location takes another currency now."),
                    ("location", "The location is not active at Square any more."),
                    ("unreadable", "The key cannot be read any more: it was kept with a key that is gone."),
                    ("away", "The company does not answer."),
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(OFFERED, REVERSE),
    ]
