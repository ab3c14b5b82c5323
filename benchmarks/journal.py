"""The journal's pages with a million lines in the business: 250,000 entries of four, 146 accounts, five years."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from datetime import date

from django.db import connection, transaction

from advisory_portal.core.access import system_actor
from benchmarks._harness import Figures, measure, served, table
from benchmarks._world import make_business
from benchmarks.pages import session_of
from bookkeeping import actions
from bookkeeping.models import JournalLine, LedgerAccount
from bookkeeping.models.reports import months_of
from partners.models import Organisation, User

ENTRIES, LINES = 250_000, 4
# The triggers are off: what they would say of these rows is made in one statement each, and is as they would make it.
FILL = [
    """CREATE TEMPORARY TABLE codes AS SELECT id, row_number() OVER (ORDER BY code) - 1 AS place
    FROM bookkeeping_ledgeraccount WHERE organisation_id = %(business)s""",
    """CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id, place, date '2022-01-01' + place %% 1826 AS day
    FROM generate_series(1, %(entries)s) AS place""",
    """INSERT INTO bookkeeping_journalentry (id, created_at, organisation_id, year, number, dated_on, text, source,
        made_by_name, is_reversed, checked_by_name, search_text, checked_at)
    SELECT id, now(), %(business)s, extract(year FROM day), row_number() OVER (PARTITION BY extract(year FROM day)
        ORDER BY day, place), day, 'Entry ' || place, 'manual', 'Bench', false, '', 'entry ' || place,
        CASE WHEN place %% 1000 = 0 THEN NULL ELSE now() END FROM made""",
    """INSERT INTO bookkeeping_journalline (id, created_at, organisation_id, entry_id, position, account_id, dated_on,
        text, debit, credit)
    SELECT gen_random_uuid(), now(), %(business)s, made.id, side, codes.id, day, '',
        CASE WHEN side < 2 THEN 10 ELSE 0 END, CASE WHEN side < 2 THEN 0 ELSE 10 END
    FROM made CROSS JOIN generate_series(0, 3) AS side
    JOIN codes ON codes.place = (made.place * 7 + side * 31) %% (SELECT count(*) FROM codes)""",
    """INSERT INTO bookkeeping_accountmonth (id, created_at, organisation_id, account_id, month, debit, credit)
    SELECT gen_random_uuid(), now(), organisation_id, account_id, date_trunc('month', dated_on), sum(debit), sum(credit)
    FROM bookkeeping_journalline WHERE organisation_id = %(business)s
    GROUP BY organisation_id, account_id, date_trunc('month', dated_on)""",
    "DROP TABLE codes",
    "DROP TABLE made",
]


def fill(business: Organisation) -> None:
    """A million lines, once."""
    if JournalLine.objects.filter(organisation=business).exists():
        return
    actions.ensure_chart(actor=system_actor(business.workspace))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in FILL:
            cursor.execute(statement, {"business": business.pk, "entries": ENTRIES})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bookkeeping_journalentry, bookkeeping_journalline, bookkeeping_accountmonth")


def pages_of(business: Organisation) -> list[tuple[str, str]]:
    """(name, path) of each page measured."""
    here = f"/o/{business.slug}"
    account = LedgerAccount.objects.filter(organisation=business).earliest("code")
    return [
        ("trial balance, a year", f"{here}/reports/trial-balance/?year=2026"),
        ("profit and loss, two years", f"{here}/reports/profit-and-loss/?year=2026"),
        ("balance sheet", f"{here}/reports/balance-sheet/?year=2026"),
        ("ledger, 100 lines", f"{here}/ledger/{account.pk}/?year=2026"),
        ("journal, 50 entries", f"{here}/journal/"),
        ("journal, to check", f"{here}/journal/?check=open"),
        ("journal, search", f"{here}/journal/?q=entry+77777"),
    ]


def plan(business: Organisation) -> str:
    """How the database adds up the accounts of a year."""
    return months_of(business.pk, date(2026, 1, 1), date(2026, 12, 1)).explain(analyze=True)


def main() -> None:
    business = make_business("bench-journal", 100)
    fill(business)
    cookie = session_of(User.objects.get(email=f"owner@{business.slug}.example"))
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi") as portal:
        for name, path in pages_of(business):
            rows.append((name, measure(hello, portal, path, {"Cookie": cookie})))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    print("\n" + table(rows) + "\n\n" + plan(business))


if __name__ == "__main__":
    main()
