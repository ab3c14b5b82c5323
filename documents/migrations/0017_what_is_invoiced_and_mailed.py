"""Sales orders know whether they were invoiced, contacts which mails they do not want."""

import django.contrib.postgres.fields
from django.db import migrations, models

INVOICED = """
UPDATE documents_document o SET is_invoiced = true WHERE o.kind = 'sales_order' AND EXISTS (
    SELECT 1 FROM documents_document i
    LEFT JOIN documents_document n ON n.kind = 'delivery_note' AND n.source_id = o.id
    WHERE i.organisation_id = o.organisation_id AND i.contact_id = o.contact_id AND i.kind = 'invoice'
        AND i.state IN ('issued', 'partially_paid', 'paid')
        AND (i.source_id IN (o.id, n.id) OR i."references" -> 'delivery_notes' ? n.id::text)
);
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0016_fees_of_gateways")]

    operations = [
        migrations.AddField("document", "is_invoiced", models.BooleanField(default=False, db_default=False)),
        migrations.AddField(
            "contact",
            "muted_mails",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=80), default=list, db_default=[]),
        ),
        migrations.RunSQL(INVOICED, migrations.RunSQL.noop),
    ]
