from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0014_what_waits_for_contacts")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("issued", "Issued"),
                    ("partially_paid", "Partly paid"),
                    ("paid", "Paid"),
                    ("accepted", "Accepted"),
                    ("declined", "Declined"),
                    ("void", "Void"),
                ],
                default="draft",
                max_length=20,
                verbose_name="state",
            ),
        ),
    ]
