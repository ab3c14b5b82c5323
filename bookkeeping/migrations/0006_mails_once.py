from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0005_filing_calendars"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxfile",
            name="mail_key",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="inboxfile",
            constraint=models.UniqueConstraint(
                fields=["organisation", "mail_key"], name="mail_once", condition=~models.Q(mail_key="")
            ),
        ),
    ]
