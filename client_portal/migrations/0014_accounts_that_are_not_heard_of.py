"""That a payment company does not call any more is found once, and told once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("client_portal", "0013_what_is_mailed_is_the_contacts")]
    operations = [migrations.AddField("gatewayaccount", "unheard_since", models.DateTimeField(null=True))]
