"""A discount keeps the whole that it is a part of; the number of a bill that was declared void may be entered anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_balances_and_tax_ids_of_contacts")]

    operations = [
        migrations.AddField(model_name="allowancecharge", name="typed", field=models.JSONField(default=dict)),
        migrations.RemoveConstraint(model_name="document", name="typed_number_once"),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_imported", False),
                    ("series", None),
                    models.Q(("state__in", ("draft", "void")), _negated=True),
                ),
                fields=("organisation", "kind", "contact", "number"),
                name="typed_number_once",
            ),
        ),
    ]
