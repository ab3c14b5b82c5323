"""Importing statements: every format, once each line, balances, accounts, columns."""

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden, Level, Section
from advisory_portal.formats.bank import read_head
from bookkeeping import actions
from bookkeeping.models import BankAccount, BankLine, ColumnMemory, Statement
from bookkeeping.tasks import import_statements, reconcile_lines
from tests.bookkeeping.factories_banking import DAY, bank, taken
from tests.formats.bank_samples import IBAN, camt, line, n43, ofx, statement, table
from tests.threads import together

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank" / "norma43-sample.n43"
LINES = [
    line(DAY, "121.00", "Transfer of Erin", counterparty_name="Erin"),
    line(DAY + timedelta(days=1), "-9.50", "Charges"),
]


def report(job):
    (item,) = job.items.all()
    return item


def amounts():
    return list(BankLine.objects.order_by("id").values_list("amount", flat=True))


@pytest.mark.parametrize("write", [camt, n43, ofx])
def test_every_format_brings_its_lines_and_balances(dan_here, write):
    kind = {camt: "camt053", n43: "norma43", ofx: "ofx"}[write]
    account = bank(dan_here)
    account.number = "210004180200051332"
    account.save()
    item = report(taken(dan_here, write(statement(LINES, account_format=kind)), account=account))
    (said,) = item.detail["statements"]
    assert (item.outcome, said["created"], said["known"]) == ("created", 2, 0)
    assert amounts() == [Decimal("121.00"), Decimal("-9.50")]
    kept = Statement.objects.get()
    assert (kept.format, kept.line_count, kept.imported_by_name) == (kind, 2, "Dan")
    assert kept.closing == Decimal("211.50")


@pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/")
def test_real_norma43_sample(dan_here):
    account = bank(dan_here, iban="")
    item = report(taken(dan_here, SAMPLE.read_bytes(), account=account, name="sample.n43"))
    assert item.detail["statements"][0]["closing"] == "101.96"
    assert amounts() == [Decimal("-178.30"), Decimal("280.29"), Decimal("-0.03")]


def test_the_same_statement_adds_nothing_twice(dan_here):
    bank(dan_here)
    taken(dan_here, camt(statement(LINES)))
    item = report(taken(dan_here, camt(statement(LINES))))
    assert (item.outcome, item.detail["statements"][0]["known"], len(amounts())) == ("duplicate", 2, 2)


def test_overlapping_statements_add_what_is_new(dan_here):
    bank(dan_here)
    taken(dan_here, camt(statement(LINES)))
    more = [LINES[1], line(DAY + timedelta(days=2), "30", "New")]
    item = report(taken(dan_here, camt(statement(more, opening="221.00"))))
    (said,) = item.detail["statements"]
    assert (said["created"], said["known"], said["gap"]) == (1, 1, "")
    assert len(amounts()) == 3


@pytest.mark.parametrize(("opening", "gap"), [("211.50", ""), ("250.00", "38.50")])
def test_gap_to_the_statement_before_is_told(dan_here, opening, gap):
    bank(dan_here)
    taken(dan_here, camt(statement(LINES)))
    later = statement([line(DAY + timedelta(days=9), "1", "Later")], opening=opening)
    item = report(taken(dan_here, camt(later)))
    assert (item.outcome, Decimal(item.detail["statements"][0]["gap"] or 0)) == ("created", Decimal(gap or 0))


def test_unbalanced_and_cut_files_are_refused_whole(dan_here):
    bank(dan_here)
    wrong = replace(statement(LINES), closing=Decimal(1))
    job = taken(dan_here, camt(wrong), camt(statement(LINES))[:-30], b"%PDF-1.7")
    codes = list(job.items.order_by("position").values_list("outcome", "detail__code"))
    assert codes[0] == ("refused", "statement_unbalanced")
    assert [outcome for outcome, _code in codes] == ["refused"] * 3
    assert codes[2][1] == "statement_foreign"
    assert not BankLine.objects.exists()
    assert job.finished_at


def test_statement_in_another_currency_is_refused(dan_here):
    bank(dan_here, currency="USD")
    item = report(taken(dan_here, camt(statement(LINES))))
    assert (item.outcome, "EUR" in item.reason) == ("refused", True)


def test_unknown_account_waits_for_a_choice(dan_here):
    job = taken(dan_here, camt(statement(LINES)))
    item = report(job)
    assert (item.outcome, item.detail["waits"], item.detail["unknown"][0]["iban"]) == ("waiting", "accounts", IBAN)
    import_statements()  # it waits for a person, not for the clock
    assert not BankLine.objects.exists()
    actions.choose_accounts(actor=dan_here, item=item, chosen={IBAN: "Current"}, now=timezone.now())
    import_statements()
    assert BankAccount.objects.get().iban == IBAN
    assert len(amounts()) == 2
    with pytest.raises(actions.NotImportable):
        actions.choose_accounts(actor=dan_here, item=item, chosen={IBAN: "Current"}, now=timezone.now())


def test_account_without_iban_learns_it(dan_here):
    account = bank(dan_here, iban="")
    item = report(taken(dan_here, camt(statement(LINES))))
    actions.choose_accounts(actor=dan_here, item=item, chosen={IBAN: account}, now=timezone.now())
    account.refresh_from_db()
    assert account.iban == IBAN


def test_columns_of_a_table_are_asked_once(dan_here):
    account = bank(dan_here)
    content = table(statement(LINES))
    item = report(taken(dan_here, content, account=account, name="march.csv"))
    assert (item.outcome, item.detail) == ("waiting", {"waits": "columns"})
    guess = read_head(content).guess
    actions.choose_columns(actor=dan_here, item=item, mapping=guess, now=timezone.now())
    import_statements()
    assert len(amounts()) == 2
    assert ColumnMemory.objects.count() == 1
    later = table(statement([line(DAY + timedelta(days=5), "7", "Later")], opening="211.50"))
    assert report(taken(dan_here, later, account=account, name="april.csv")).outcome == "created"


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_add_each_line_once(dan_here):
    bank(dan_here)
    content = camt(statement(LINES))
    for _each in range(2):
        uploads = [("one.xml", content)]
        actions.take_statements(actor=dan_here, uploads=uploads, now=timezone.now())
    together([import_statements, import_statements])
    assert len(amounts()) == 2


def test_rule_that_asks_nobody_reconciles_what_is_imported(dan_here, chart):
    bank(dan_here)
    actions.keep_bank_rule(actor=dan_here, words="charges", account=chart["626"], is_income=False, is_automatic=True)
    taken(dan_here, camt(statement(LINES)))
    assert reconcile_lines() == 1
    states = dict(BankLine.objects.values_list("text", "state"))
    assert states == {"Transfer of Erin": "pending", "Charges": "reconciled"}


def test_only_managers_import(dan_here):
    viewer = replace(dan_here, levels={Section.BANKING: Level.VIEW})
    with pytest.raises(Forbidden):
        actions.take_statements(actor=viewer, uploads=[("one.xml", b"x")], now=timezone.now())


@pytest.mark.parametrize(
    ("iban", "field"), [("ES9121000418450200051333", "iban"), ("ES91 2100 0418 4502 0005 1332", "")]
)
def test_iban_is_checked_and_compacted(dan_here, iban, field):
    if field:
        with pytest.raises(actions.NotAnAccount) as refused:
            bank(dan_here, iban=iban)
        assert refused.value.field == field
    else:
        account = bank(dan_here, iban=iban)
        assert account.iban == IBAN
        assert bank(dan_here, iban=iban) == account  # again
        with pytest.raises(actions.NotAnAccount):
            bank(dan_here, name="Other", iban=iban)
