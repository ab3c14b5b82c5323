"""Adding up the figures of the overview."""

from django.db import connection, transaction

FOLD = """
WITH parts AS (
    DELETE FROM documents_figure WHERE id IN (
        SELECT id FROM documents_figure WHERE NOT is_folded LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING organisation_id, measure, currency, day, contact_id, amount, count
)
INSERT INTO documents_figure AS kept
    (id, created_at, organisation_id, measure, currency, day, contact_id, amount, count, is_folded)
SELECT gen_random_uuid(), now(), organisation_id, measure, currency, day, contact_id, sum(amount), sum(count), true
FROM parts
GROUP BY organisation_id, measure, currency, day, contact_id
ORDER BY organisation_id, measure, currency, day, contact_id
ON CONFLICT (organisation_id, measure, currency, day, contact_id) WHERE is_folded
    DO UPDATE SET amount = kept.amount + excluded.amount, count = kept.count + excluded.count
RETURNING id, amount = 0 AND count = 0
"""


@transaction.atomic
def fold_figures(*, most: int) -> int:
    """Add at most so many parts to the sums they belong to, and drop sums that have come to nothing; the sums change
    for nobody who reads. Any number of workers may do so at once. Returns how many sums were touched.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [most])
        sums = cursor.fetchall()
        nothing = [pk for pk, is_nothing in sums if is_nothing]
        if nothing:
            cursor.execute("DELETE FROM documents_figure WHERE id = ANY(%s) AND amount = 0 AND count = 0", [nothing])
    return len(sums)
