"""What gateways hold of a business's money: a row of each settlement that they brought, its accounts and rules."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import advisory_portal.core.ids

# Signed as the bank line that pays it out: what is given back on an invoice, or paid on a bill, goes out.
KEPT = """
CREATE FUNCTION bookkeeping_keep_gateway_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE bookkeeping_gatewaymoney SET fee = NEW.fee WHERE settlement_id = NEW.id;
    ELSE
        INSERT INTO bookkeeping_gatewaymoney
            (id, created_at, organisation_id, settlement_id, method, currency, received_on, amount, fee)
        SELECT NEW.id, now(), NEW.organisation_id, NEW.id, NEW.method, d.currency, NEW.received_on,
            NEW.amount * CASE WHEN d.kind IN ('credit_note', 'bill') THEN -1 ELSE 1 END, NEW.fee
        FROM documents_document d WHERE d.id = NEW.document_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gateway_money_came AFTER INSERT ON documents_settlement FOR EACH ROW
    WHEN (NEW.method IN ('stripe', 'paypal', 'square')) EXECUTE FUNCTION bookkeeping_keep_gateway_money();
CREATE TRIGGER gateway_fee_known AFTER UPDATE OF fee ON documents_settlement FOR EACH ROW
    WHEN (OLD.fee IS DISTINCT FROM NEW.fee) EXECUTE FUNCTION bookkeeping_keep_gateway_money();
"""
NO_LONGER_KEPT = """
DROP TRIGGER gateway_fee_known ON documents_settlement;
DROP TRIGGER gateway_money_came ON documents_settlement;
DROP FUNCTION bookkeeping_keep_gateway_money();
"""
# part, Spanish code and name, international code and name; the accounts of fees are in both charts from the start.
PARTS = (
    ("clearing_stripe", "57291", "Stripe, cobros por liquidar", "1661", "Stripe, to be paid out"),
    ("clearing_paypal", "57292", "PayPal, cobros por liquidar", "1662", "PayPal, to be paid out"),
    ("clearing_square", "57293", "Square, cobros por liquidar", "1663", "Square, to be paid out"),
    ("gateway_fees", "626", "Servicios bancarios y similares", "6220", "Bank charges"),
)
ADDED = "".join(
    f"""
INSERT INTO bookkeeping_ledgeraccount (id, created_at, organisation_id, code, name, kind)
SELECT gen_random_uuid(), now(), o.id,
    CASE o.country WHEN 'ES' THEN '{spanish}' ELSE '{code}' END,
    CASE o.country WHEN 'ES' THEN '{nombre}' ELSE '{name}' END,
    '{"expense" if part == "gateway_fees" else "asset"}'
FROM partners_organisation o
WHERE EXISTS (SELECT 1 FROM bookkeeping_postingrule r WHERE r.organisation_id = o.id)
ON CONFLICT DO NOTHING;
INSERT INTO bookkeeping_postingrule (id, created_at, organisation_id, part, account_id)
SELECT gen_random_uuid(), now(), o.id, '{part}', a.id
FROM partners_organisation o JOIN bookkeeping_ledgeraccount a ON a.organisation_id = o.id
    AND a.code = CASE o.country WHEN 'ES' THEN '{spanish}' ELSE '{code}' END
WHERE EXISTS (SELECT 1 FROM bookkeeping_postingrule r WHERE r.organisation_id = o.id)
ON CONFLICT DO NOTHING;
"""
    for part, spanish, nombre, code, name in PARTS
)


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0008_lines_of_payments_taken_back"),
        ("documents", "0016_fees_of_gateways"),
        ("partners", "0004_listing_search"),
    ]

    operations = [
        migrations.AddField(
            "reconciliation", "gateway", models.CharField(blank=True, default="", max_length=10), False
        ),
        migrations.AddField("reconciliation", "fees", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
        migrations.RemoveConstraint("reconciliation", "reconciled_with_document_or_account"),
        migrations.AddConstraint(
            "reconciliation",
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, account=None, gateway="")
                | models.Q(document=None, account__isnull=False, gateway="")
                | models.Q(document=None, account=None, fees__isnull=False) & ~models.Q(gateway=""),
                name="reconciled_with_one_thing",
            ),
        ),
        migrations.CreateModel(
            name="GatewayMoney",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=advisory_portal.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("method", models.CharField(max_length=10)),
                ("currency", models.CharField(max_length=3)),
                ("received_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("fee", models.DecimalField(decimal_places=3, max_digits=20, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.organisation"
                    ),
                ),
                (
                    "settlement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="documents.settlement"
                    ),
                ),
                (
                    "paid_out",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paid_out",
                        to="bookkeeping.reconciliation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organisation", "method", "currency", "received_on", "id"],
                        name="gateway_money_held",
                        condition=models.Q(paid_out=None),
                    )
                ]
            },
        ),
        migrations.RunSQL(KEPT, NO_LONGER_KEPT),
        migrations.RunSQL(ADDED, migrations.RunSQL.noop),
    ]
