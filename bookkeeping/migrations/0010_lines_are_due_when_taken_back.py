"""A line is due from the moment at which its payment was taken back: by the clock that wrote the payment, not by the
database's, which may go ahead of it.
"""

from django.db import migrations

RELEASE = """
CREATE OR REPLACE FUNCTION bookkeeping_release_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bookkeeping_reconciliation SET due_at = {moment}, attempts = 0
        WHERE settlement_id = substr(NEW.source_key, 6)::uuid AND undone_at IS NULL;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookkeeping", "0009_payouts_of_gateways"),
    ]

    operations = [migrations.RunSQL(RELEASE.format(moment="NEW.created_at"), RELEASE.format(moment="now()"))]
