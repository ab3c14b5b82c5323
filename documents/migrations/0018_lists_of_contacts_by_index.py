from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0017_what_is_invoiced_and_mailed")]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                fields=["organisation", "contact", "kind", "issued_on", "id"],
                include=["state", "number", "due_on", "currency", "payable", "settled", "is_invoiced"],
                name="document_shown_to_contact",
            ),
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("state__in", ("issued", "partially_paid"))),
                fields=["organisation", "contact", "kind", "due_on", "id"],
                include=["state", "number", "issued_on", "currency", "payable", "settled", "is_invoiced"],
                name="document_open_to_contact",
            ),
        ),
        RemoveIndexConcurrently(model_name="document", name="document_of_contact"),
        RemoveIndexConcurrently(model_name="document", name="document_open_of_contact"),
    ]
