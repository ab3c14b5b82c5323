from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("documents", "0009_figures_and_unsent_fiscal_records")]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into", None)), fields=["organisation", "id"], name="contact_by_age"
            ),
        ),
    ]
