"""What a gateway keeps of a payment: told with it or, once, later; everything else of a settlement stays."""

from django.db import migrations, models

KEPT = """
CREATE OR REPLACE FUNCTION documents_refuse_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.fee IS NULL OR OLD.fee IS NOT DISTINCT FROM NEW.fee)
        AND to_jsonb(OLD) - 'contact_id' - 'fee' = to_jsonb(NEW) - 'contact_id' - 'fee'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'documents_settlement is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION documents_refuse_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'contact_id' = to_jsonb(NEW) - 'contact_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'documents_settlement is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0015_quotes_are_decided")]

    operations = [
        migrations.AddField(
            model_name="settlement",
            name="fee",
            field=models.DecimalField(decimal_places=3, max_digits=20, null=True),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee", None), ("method__in", ("stripe", "paypal", "square")), _connector="OR"),
                name="settlement_fee_is_a_gateways",
            ),
        ),
        migrations.RunSQL(KEPT, BEFORE),
    ]
