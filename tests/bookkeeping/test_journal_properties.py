"""Whatever people do, the books balance: the trial balance is zero and assets are what is owed and owned."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from advisory_portal.core.errors import Refused
from bookkeeping import actions
from bookkeeping.models import AccountMonth, EntryToMake, JournalEntry, JournalLine
from bookkeeping.models.reports import sums_of_accounts
from bookkeeping.rows.reports import Writer, balance_sheet, trial_balance
from bookkeeping.rules import chart_of
from documents.actions import apply_credit, take_back_payment, take_back_review, void_document
from documents.models import Document, Kind, Settlement
from tests.bookkeeping.entries import paid, reviewed, two_lines
from tests.factories import ContactFactory, typed_line

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 12, 1), date(2026, 12, 1)
KINDS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE, Kind.SALES_ORDER)


class Year:
    """Somebody who does this and that in a business's books."""

    def __init__(self, actor, organisation, accounts, seed):
        self.actor, self.chance, self.accounts = actor, random.Random(seed), accounts
        self.contacts = [ContactFactory(organisation=organisation) for _ in range(2)]
        self.day, self.step = date(2025, 12, 20), 0

    def acts(self):
        return (self.document, self.document, self.pay, self.pay_back, self.post, self.reverse, self.write, self.check,
                self.void, self.set_off, self.unreview)  # fmt: skip

    def go(self, steps):
        done = Counter()
        for self.step in range(steps):
            self.day += timedelta(days=self.chance.randint(0, 5))
            act = self.chance.choice(self.acts())
            try:
                done[act.__name__] += act() is not False
            except Refused:
                done[f"{act.__name__} refused"] += 1
        return done

    def some(self, rows):
        found = list(rows.order_by("id"))
        return self.chance.choice(found) if found else None

    def document(self):
        chance = self.chance
        lines = tuple(self.line() for _ in range(chance.randint(1, 4)))
        kind, currency = chance.choice(KINDS), chance.choice(("EUR", "EUR", "USD"))
        reviewed(self.actor, chance.choice(self.contacts), kind=kind, lines=lines, currency=currency,
                 issued_on=self.day, due_on=None, number=f"S-{self.step}")  # fmt: skip

    def line(self):
        chance = self.chance
        price, percent = f"{chance.randint(1, 99_999) / 100}", chance.choice(("0", "10", "21"))
        return typed_line(
            str(chance.randint(1, 9)), price, percent, withholding_percent=Decimal(chance.choice((0, 15)))
        )

    def pay(self):
        document = self.some(Document.objects.filter(state__in=("issued", "partially_paid")))
        if document is None:
            return False
        share = document.outstanding * self.chance.choice((1, Decimal("0.3")))
        method = self.chance.choice(("transfer", "cash"))
        payment = paid(self.actor, document, round(share, 2), self.day, method, str(self.step))
        return actions.post_settlement(actor=self.actor, settlement=payment, rate=self.rate(document))

    def pay_back(self):
        document = self.some(Document.objects.filter(settlements__amount__gt=0).distinct())
        return document is not None and take_back_payment(
            actor=self.actor, settlement=document.settlements.filter(amount__gt=0).earliest("id")
        )

    def rate(self, document):
        return Decimal(self.chance.randint(7_000, 13_000)) / 10_000 if document.currency == "USD" else None

    def post(self):
        dollars = self.some(Document.objects.filter(currency="USD", state="issued"))
        if dollars is not None and self.chance.random() < 0.5:
            return actions.post_document(actor=self.actor, document=dollars, rate=self.rate(dollars))
        return actions.post_reviewed(actor=self.actor, now=timezone.now())

    def reverse(self):
        entry = self.some(JournalEntry.objects.filter(reverses=None))
        return entry is not None and actions.reverse_entry(actor=self.actor, entry=entry, today=self.day)

    def write(self):
        debit, credit = self.chance.sample(sorted(self.accounts), 2)
        lines = two_lines(self.accounts, f"{self.chance.randint(1, 999_999) / 100}", debit, credit)
        return actions.write_entry(actor=self.actor, dated_on=self.day, text="By hand", lines=lines)

    def check(self):
        return actions.check_entries(actor=self.actor, entries=JournalEntry.objects.unchecked()[:3], now=timezone.now())

    def void(self):
        document = self.some(Document.objects.filter(state="issued"))
        return document is not None and void_document(actor=self.actor, document=document, now=timezone.now())

    def unreview(self):
        document = self.some(Document.objects.exclude(reviewed_at=None))
        return document is not None and take_back_review(actor=self.actor, document=document)

    def set_off(self):
        note = self.some(Document.objects.filter(kind=Kind.CREDIT_NOTE, state="issued"))
        invoice = note and self.some(Document.objects.filter(kind=Kind.INVOICE, contact=note.contact, state="issued"))
        if not invoice:
            return False
        amount = min(note.outstanding, invoice.outstanding)
        return apply_credit(actor=self.actor, credit_note=note, invoice=invoice, amount=amount, key=str(self.step))


@pytest.mark.parametrize("seed", range(4))
def test_books_balance_after_any_sequence(dan_here, delta, chart, seed):
    done = Year(dan_here, delta, chart, seed).go(60)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every entry balances
    assert done["document"] and done["post"] and done["write"]
    writer = Writer(slug="delta", currency="EUR", query="")
    for first, last in ((FIRST, LAST), (date(2026, 1, 1), date(2026, 1, 1)), (date(2026, 2, 1), LAST)):
        sums = sums_of_accounts(delta.pk, first, last)
        _rows, total = trial_balance(sums, writer)
        assert (total.amounts[0], total.amounts[3], total.amounts[1] - total.amounts[2]) == (0, 0, 0)
    for month in (FIRST, LAST):
        sums = sums_of_accounts(delta.pk, month.replace(month=1), month)
        sheet = balance_sheet(sums, chart_of("ES"), writer)
        assets, equity, liabilities = (part.sum.amounts[0] for part in sheet.parts)
        assert assets == equity + liabilities
    assert_months_are_sums_of_lines()
    assert_queue_is_what_the_journal_lacks()
    numbers = JournalEntry.objects.order_by("year", "number").values_list("year", "number")
    count = Counter(year for year, _number in numbers)
    assert list(numbers) == [(year, number) for year in sorted(count) for number in range(1, count[year] + 1)]


def assert_months_are_sums_of_lines():
    lines = JournalLine.objects.order_by().annotate(month=TruncMonth("dated_on")).values_list("account", "month")
    months = AccountMonth.objects.values_list("account", "month", "debit", "credit")
    assert sorted(lines.annotate(debits=Sum("debit"), credits=Sum("credit"))) == sorted(months)


def assert_queue_is_what_the_journal_lacks():
    standing = JournalEntry.objects.filter(is_reversed=False)
    entered = set(standing.filter(source="document").values_list("document", flat=True))
    booked = set(standing.filter(source="payment").values_list("settlement", flat=True))
    seen = Document.objects.exclude(reviewed_at=None)
    wanted = [
        *(("document", one.pk) for one in seen.exclude(state="void").exclude(kind=Kind.SALES_ORDER)
          if one.pk not in entered),
        *(("payment", one.pk) for one in Settlement.objects.filter(document__in=seen).select_related("document")
          if one.pk not in booked and not (one.method == "credit_note" and one.document.kind == Kind.CREDIT_NOTE)),
        *(("take_back", one.pk) for one in standing.filter(source="document", document__state="void")),
    ]  # fmt: skip
    queue = EntryToMake.objects.all()
    found = [(one.what, one.entry_id or one.settlement_id or one.document_id) for one in queue]
    assert sorted(found) == sorted(wanted)
