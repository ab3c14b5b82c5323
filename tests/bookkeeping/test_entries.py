"""Entries by hand: balanced, numbered without gaps, kept, taken back, checked."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from bookkeeping import actions
from bookkeeping.models import AccountMonth, JournalEntry, JournalLine, LedgerAccount
from bookkeeping.rules import EntryLine
from documents.actions import save_settings
from tests.bookkeeping.entries import DAY, said, two_lines, written
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, OrganisationFactory, predefined_role
from tests.threads import together

pytestmark = pytest.mark.django_db


def test_entry_has_its_lines_and_number(dan_here, chart, erin):
    lines = [
        EntryLine(chart["572"].pk, debit=D("10.50"), text="Till", contact_id=erin.pk),
        EntryLine(chart["570"].pk, credit=D("10.50")),
    ]
    entry = actions.write_entry(actor=dan_here, dated_on=DAY, text="From the till", lines=lines)
    assert (entry.year, entry.number, entry.dated_on, entry.source, entry.made_by_name) == (
        2026,
        1,
        DAY,
        "manual",
        "Dan",
    )
    assert said(entry) == [("572", D("10.50"), 0), ("570", 0, D("10.50"))]
    first = entry.lines.first()
    assert (first.text, first.contact, first.dated_on, first.organisation_id) == ("Till", erin, DAY, dan_here.place.id)
    assert entry.search_text == "2026/1 erin from the till till"


def test_numbers_count_in_a_year(dan_here, chart):
    days = (DAY, date(2026, 1, 1), date(2027, 5, 5), DAY)
    entries = [written(dan_here, chart, dated_on=day) for day in days]
    assert [str(entry) for entry in entries] == ["2026/1", "2026/2", "2027/1", "2026/3"]


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ([("10", "0"), ("0", "9.99")], "The entry does not balance: debit and credit differ by €0.01."),
        ([("10", "0")], "An entry has at least two lines, and at most 500."),
        ([("10", "10"), ("0", "0")], "Each line has either a debit or a credit, above zero, in EUR."),
        ([("-10", "0"), ("0", "-10")], "Each line has either a debit or a credit, above zero, in EUR."),
        ([("1.001", "0"), ("0", "1.001")], "Each line has either a debit or a credit, above zero, in EUR."),
        ([("NaN", "0"), ("0", "1")], "Each line has either a debit or a credit, above zero, in EUR."),
    ],
)
def test_what_is_no_entry_is_refused(dan_here, chart, sides, words):
    lines = [EntryLine(chart["572"].pk, debit=D(debit), credit=D(credit)) for debit, credit in sides]
    with pytest.raises(actions.NotAnEntry, match=words.replace("€", ".")) as refused:
        actions.write_entry(actor=dan_here, dated_on=DAY, text="Wrong", lines=lines)
    assert refused.value.message == words
    assert not JournalEntry.objects.exists()


def test_accounts_and_contacts_of_others_are_refused(dan_here, chart):
    other = OrganisationFactory()
    strange = LedgerAccount.objects.create(organisation=other, code="572", name="Theirs", kind="asset")
    for lines in (
        [EntryLine(strange.pk, debit=D(1)), EntryLine(chart["570"].pk, credit=D(1))],
        [
            EntryLine(chart["572"].pk, debit=D(1), contact_id=ContactFactory().pk),
            EntryLine(chart["570"].pk, credit=D(1)),
        ],
    ):
        with pytest.raises(actions.NotAnEntry):
            actions.write_entry(actor=dan_here, dated_on=DAY, text="Strange", lines=lines)


def test_retired_accounts_take_no_entry(dan_here, chart):
    actions.retire_account(actor=dan_here, account=chart["573"], now=timezone.now())
    with pytest.raises(actions.NotAnEntry, match="not in the chart"):
        written(dan_here, chart, credit="573")


def test_second_click_writes_nothing(dan_here, chart):
    key = uuid7()
    kept = [
        actions.write_entry(actor=dan_here, dated_on=DAY, text="Once", lines=two_lines(chart), key=key)
        for _ in range(2)
    ]
    assert (kept[0].pk, kept[1].pk, JournalEntry.objects.count()) == (key, key, 1)


def test_closed_period_is_refused_in_words(dan_here, chart):
    save_settings(actor=dan_here, changes={"closed_until": date(2026, 2, 28)})
    with pytest.raises(actions.BooksClosed) as refused:
        written(dan_here, chart, dated_on=date(2026, 2, 28))
    assert refused.value.message.startswith("The books are closed up to 28 Feb 2026.")
    assert refused.value.field == "dated_on"
    assert written(dan_here, chart, dated_on=date(2026, 3, 1)).number == 1


def test_writing_takes_the_level(dan_here, chart, delta):
    for actor in (with_levels(delta, journal=1), with_levels(delta, banking=2)):
        with pytest.raises(Forbidden):
            written(actor, chart)
        with pytest.raises(Forbidden):
            actions.check_entries(actor=actor, entries=[], now=timezone.now())


def test_taken_back_is_the_opposite_once(dan_here, chart, erin):
    lines = [
        EntryLine(chart["572"].pk, debit=D(5), text="a", contact_id=erin.pk),
        EntryLine(chart["570"].pk, credit=D(5)),
    ]
    entry = actions.write_entry(actor=dan_here, dated_on=DAY, text="Wrong", lines=lines)
    made = actions.reverse_entry(actor=dan_here, entry=entry, today=date(2026, 4, 1))
    assert said(made) == [("572", 0, 5), ("570", 5, 0)]
    assert (made.reverses, made.source, made.dated_on, str(made)) == (entry, "reversal", date(2026, 4, 1), "2026/2")
    assert made.text == "Taken back: 2026/1 Wrong"
    assert made.lines.first().contact == erin
    assert entry.is_reversed is True
    assert actions.reverse_entry(actor=dan_here, entry=entry, today=date(2026, 5, 1)) == made
    with pytest.raises(actions.NotReversible):
        actions.reverse_entry(actor=dan_here, entry=made, today=date(2026, 5, 1))


def test_nothing_is_taken_back_before_it_was(dan_here, chart):
    entry = written(dan_here, chart)
    with pytest.raises(actions.NotReversible) as refused:
        actions.reverse_entry(actor=dan_here, entry=entry, today=date(2026, 3, 1))
    assert refused.value.field == "dated_on"


def test_taking_back_works_on_retired_accounts(dan_here, chart):
    entry = written(dan_here, chart, debit="551", credit="550")
    written(dan_here, chart, debit="550", credit="551")
    actions.retire_account(actor=dan_here, account=chart["551"], now=timezone.now())
    assert said(actions.reverse_entry(actor=dan_here, entry=entry, today=DAY)) == [("551", 0, 10), ("550", 10, 0)]


def test_checks_are_marked_once_and_taken_back(dan_here, chart):
    entries = [written(dan_here, chart) for _ in range(2)]
    first, later = timezone.now(), timezone.now()
    assert actions.check_entries(actor=dan_here, entries=entries[:1], now=first) == 1
    assert actions.check_entries(actor=dan_here, entries=entries, now=later) == 1
    rows = JournalEntry.objects.order_by("number").values_list("checked_at", "checked_by_name")
    assert list(rows) == [(first, "Dan"), (later, "Dan")]
    actions.take_back_check(actor=dan_here, entry=entries[0])
    assert list(JournalEntry.objects.unchecked()) == [entries[0]]


def test_entries_of_others_are_not_checked(dan_here, chart, rival):
    entry = written(dan_here, chart)
    there = with_levels(rival, journal=2)
    assert actions.check_entries(actor=there, entries=[entry], now=timezone.now()) == 0


def raw_entry(delta, *lines):
    """Rows as somebody might insert them without our code."""
    with transaction.atomic():
        entry = JournalEntry.objects.create(
            organisation=delta, year=2026, number=77, dated_on=DAY, text="Raw", source="manual", made_by_name="Nobody"
        )
        JournalLine.objects.bulk_create(
            JournalLine(organisation=delta, entry=entry, position=place, account=account, dated_on=DAY, debit=debit,
                        credit=credit)
            for place, (account, debit, credit) in enumerate(lines)
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return entry


def test_database_refuses_what_does_not_balance(delta, chart):
    bank, cash = chart["572"], chart["570"]
    for lines in ([], [(bank, 5, 0)], [(bank, 5, 0), (cash, 0, 4)], [(bank, 5, 0), (cash, 5, 0)]):
        with pytest.raises(IntegrityError, match="does not balance"):
            raw_entry(delta, *lines)
    assert raw_entry(delta, (bank, 5, 0), (cash, 0, 5)).number == 77


def test_database_refuses_lines_that_come_later(delta, chart):
    entry = raw_entry(delta, (chart["572"], 5, 0), (chart["570"], 0, 5))
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        JournalLine.objects.create(
            organisation=delta, entry=entry, position=9, account=chart["572"], dated_on=DAY, debit=1
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_database_keeps_entries_and_lines(delta, chart):
    entry = raw_entry(delta, (chart["572"], 5, 0), (chart["570"], 0, 5))
    for change in (
        lambda: JournalEntry.objects.filter(pk=entry.pk).update(text="Other"),
        lambda: JournalEntry.objects.filter(pk=entry.pk).update(dated_on=date(2026, 3, 3)),
        lambda: JournalLine.objects.filter(entry=entry).update(debit=6),
        lambda: JournalLine.objects.filter(entry=entry).delete(),
        lambda: JournalEntry.objects.filter(pk=entry.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_months_add_up(dan_here, chart):
    for amount, day in (("10", DAY), ("5", date(2026, 3, 31)), ("2", date(2026, 4, 1))):
        written(dan_here, chart, amount, dated_on=day)
    rows = AccountMonth.objects.filter(account=chart["572"]).order_by("month").values_list("month", "debit", "credit")
    assert list(rows) == [(date(2026, 3, 1), 15, 0), (date(2026, 4, 1), 2, 0)]


@pytest.mark.django_db(transaction=True)
def test_four_at_once_leave_no_gap(dan_here, chart):
    def five():
        return [written(dan_here, chart).number for _ in range(5)]

    found = together([five] * 4)
    assert sorted(number for numbers in found for number in numbers) == list(range(1, 21))


def test_bookkeepers_may_write(delta):
    assert predefined_role(delta.kind, "bookkeeper").levels["journal"] == 2
