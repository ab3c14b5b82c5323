from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0013_payments_of_contacts")]

    operations = [
        AddIndexConcurrently(
            model_name="settlement",
            index=models.Index(fields=["organisation", "contact", "received_on", "id"], name="settlement_of_contact"),
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state__in", ("issued", "partially_paid"))),
                fields=["organisation", "contact", "kind", "due_on", "id"],
                name="document_open_of_contact",
            ),
        ),
        RemoveIndexConcurrently(model_name="document", name="document_unpaid_of_contact"),
    ]
