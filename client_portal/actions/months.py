"""Adding up what a business and its contacts did by month."""

from django.db import connection, transaction

SUMS = ("invoiced", "invoices", "credited", "quoted", "quotes", "settled", "received", "paid", "paid_days")
FOLD = f"""
WITH parts AS (
    DELETE FROM client_portal_contactmonth WHERE id IN (
        SELECT id FROM client_portal_contactmonth WHERE NOT is_folded LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING organisation_id, contact_id, currency, month, {", ".join(SUMS)}
)
INSERT INTO client_portal_contactmonth AS kept
    (id, created_at, organisation_id, contact_id, currency, month, {", ".join(SUMS)}, is_folded)
SELECT gen_random_uuid(), now(), organisation_id, contact_id, currency, month,
    {", ".join(f"sum({name})" for name in SUMS)}, true
FROM parts
GROUP BY organisation_id, contact_id, currency, month
ORDER BY organisation_id, contact_id, currency, month
ON CONFLICT (organisation_id, contact_id, currency, month) WHERE is_folded
    DO UPDATE SET {", ".join(f"{name} = kept.{name} + excluded.{name}" for name in SUMS)}
"""


@transaction.atomic
def fold_months(*, most: int) -> int:
    """Add at most so many parts to the months they belong to; the sums change for nobody who reads.

    Any number of workers may do so at once. Returns how many months were touched.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [most])
        return int(cursor.rowcount)
