from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collaborations", "0002_promises"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="readmark", name="one_read_mark"),
        migrations.AddField(
            model_name="readmark",
            name="side",
            field=models.CharField(
                choices=[("firm", "Firm"), ("business", "Business")], default="business", max_length=10
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="readmark",
            constraint=models.UniqueConstraint(fields=("conversation", "user", "side"), name="one_read_mark"),
        ),
    ]
