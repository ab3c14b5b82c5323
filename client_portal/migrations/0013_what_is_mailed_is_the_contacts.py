"""Which mails a contact does not want stands on the contact, where every app reads it."""

from django.db import migrations

MOVED = """
UPDATE documents_contact c SET muted_mails = p.muted FROM client_portal_contactpreference p WHERE p.contact_id = c.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("client_portal", "0012_decisions_that_staff_record"),
        ("documents", "0017_what_is_invoiced_and_mailed"),
    ]

    operations = [
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
        migrations.DeleteModel("ContactPreference"),
    ]
