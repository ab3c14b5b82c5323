"""Indexes of a contact's documents, and tax ids compared with their country before them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from documents.rules import tax_id_key

BATCH = 1_000


def compare_with_country(apps, schema_editor):
    """Write the keys anew, a batch at a time, each a transaction of its own: the table is never locked for long."""
    contacts = apps.get_model("documents", "Contact").objects.exclude(tax_id="")
    last = None
    while True:
        rows = contacts.filter(id__gt=last) if last else contacts
        batch = list(rows.select_related("organisation").order_by("id")[:BATCH])
        if not batch:
            return
        last = batch[-1].pk
        changed = []
        for contact in batch:
            key = tax_id_key(contact.tax_id, contact.country or contact.organisation.country)
            if key != contact.tax_id_key:
                contact.tax_id_key = key
                changed.append(contact)
        contacts.bulk_update(changed, ["tax_id_key"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0006_reminders_are_a_queue")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                fields=["organisation", "contact", "issued_on", "id"], name="document_of_contact_by_date"
            ),
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                fields=["organisation", "contact", "kind"],
                name="document_unpaid_of_contact",
                condition=models.Q(("state__in", ("issued", "partially_paid"))),
            ),
        ),
        migrations.RunPython(compare_with_country, migrations.RunPython.noop, elidable=True),
    ]
