import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_listing_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("mode", models.CharField(max_length=10)),
                ("customer_key", models.CharField(max_length=100)),
                ("customer", models.CharField(blank=True, max_length=100)),
                ("checkout_key", models.CharField(blank=True, max_length=100)),
                ("checkout_price", models.CharField(blank=True, max_length=100)),
                ("checkout_expires_at", models.DateTimeField(null=True)),
                ("checkout_ref", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField(null=True)),
                ("hinted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="BillingEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("event_id", models.CharField(max_length=255, unique=True)),
                ("type", models.CharField(max_length=100)),
                ("customer", models.CharField(blank=True, max_length=100)),
                ("is_known", models.BooleanField()),
                ("body", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="plan",
            name="price_text",
            field=models.CharField(blank=True, help_text="29 € a month", max_length=60, verbose_name="price in words"),
        ),
        migrations.AddField(
            model_name="plan",
            name="sold_to",
            field=models.CharField(
                blank=True,
                choices=[("business", "Business"), ("firm", "Consultancy/Advisory")],
                help_text="empty for all",
                max_length=10,
                verbose_name="sold to",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="stripe_price",
            field=models.CharField(
                blank=True, help_text="its id: price_…", max_length=100, verbose_name="price at Stripe"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="ends_on",
            field=models.DateField(blank=True, null=True, verbose_name="ends on"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="price",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="subscription",
            name="ref",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="subscription",
            name="set_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="source",
            field=models.CharField(
                choices=[("hand", "Set by hand"), ("stripe", "Stripe")],
                default="hand",
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_price", ""), _negated=True), fields=("stripe_price",), name="plan_of_price"
            ),
        ),
        migrations.AddField(
            model_name="billingaccount",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="billingaccount",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="billing_account_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="billingaccount",
            constraint=models.UniqueConstraint(fields=("organisation", "mode"), name="billing_account_once"),
        ),
        migrations.AddConstraint(
            model_name="billingaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("customer", ""), _negated=True),
                fields=("customer", "mode"),
                name="billing_customer_once",
            ),
        ),
    ]
