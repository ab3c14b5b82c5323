"""Staff record a quote's decision that the customer told them."""

from django.db import migrations, models

IDENTIFIED = [
    ("link", "by a link sent to this address"),
    ("password", "by address and password"),
    ("code", "by a code sent to this address"),
    ("staff", "as told to whoever recorded it"),
]
TOLD = [("phone", "By phone"), ("mail", "By e-mail"), ("meeting", "In person"), ("paper", "On signed paper")]


class Migration(migrations.Migration):
    dependencies = [("client_portal", "0011_what_gateways_are_asked")]
    operations = [
        migrations.AddField(
            "quotedecision",
            "recorded_by_name",
            models.CharField("recorded by", blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            "quotedecision",
            "told_by",
            models.CharField("how they told you", blank=True, choices=TOLD, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AlterField("quotedecision", "identified_by", models.CharField(choices=IDENTIFIED, max_length=10)),
        migrations.AddConstraint(
            "quotedecision",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("identified_by", "staff"), _negated=True),
                    models.Q(
                        models.Q(("recorded_by_name", ""), _negated=True), models.Q(("told_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="whoever_recorded_is_named",
            ),
        ),
    ]
