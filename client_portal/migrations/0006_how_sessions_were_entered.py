from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("client_portal", "0005_months_of_contacts")]
    operations = [
        migrations.AddField(
            "portalsession",
            "identified_by",
            models.CharField(
                choices=[("password", "Password"), ("code", "Code by mail")], default="password", max_length=10
            ),
        ),
    ]
