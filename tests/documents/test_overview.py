"""The overview: figures that follow every change, only those that the reader may see, at a cost that does not grow."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisory_portal.core.access import system_actor
from documents import actions
from documents.actions import settle
from documents.models import Document, Figure
from documents.models.overview import waiting
from documents.rows.overview import overview_of
from documents.tasks import fold_figures
from tests.documents.builders import with_levels
from tests.documents.fiscal import NOW
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    MemberFactory,
    RoleFactory,
    drafted_document,
    issued_document,
)
from tests.threads import together

TODAY = date(2026, 3, 10)


def sums(organisation, measure):
    found = {}
    for _measure, currency, day, amount, _number in Figure.objects.filter(
        organisation=organisation, measure=measure
    ).by_day():
        found[currency, day] = amount
    return found


def pay(document, amount, key="a", method="transfer"):
    actor = system_actor(document.organisation.workspace)
    settle(
        actor=actor,
        document=document,
        amount=Decimal(amount),
        received_on=date(2026, 3, 9),
        method=method,
        source_key=key,
    )


MARCH = ("EUR", date(2026, 3, 1))
DUE = ("EUR", date(2026, 4, 1))


@pytest.mark.django_db
@pytest.mark.parametrize("is_folded", [False, True])
def test_figures_follow_a_document_from_draft_to_void(delta, erin, is_folded):
    def now(measure):
        if is_folded:
            fold_figures()
        return sums(delta, measure)

    draft = drafted_document(erin)
    assert (now("sold"), now("open_sales")) == ({}, {})
    actor = system_actor(delta.workspace)
    actions.issue_document(actor=actor, document=draft, now=NOW)
    assert (now("sold"), now("open_sales"), now("customer")) == (
        {MARCH: 100},
        {DUE: 121},
        {("EUR", date(2026, 1, 1)): 100},
    )
    pay(draft, "21")
    assert (now("open_sales"), now("received")) == ({DUE: 100}, {MARCH: 21})
    pay(draft, "100", "b")
    assert (now("open_sales"), now("received"), now("sold")) == ({}, {MARCH: 121}, {MARCH: 100})
    pay(draft, "-121", "c")
    actions.void_document(actor=actor, document=draft, now=NOW)
    assert [now(measure) for measure in ("sold", "open_sales", "customer")] == [{}, {}, {}]


@pytest.mark.django_db
def test_credit_notes_lower_sales_and_setting_off_is_no_money(delta, erin):
    actor = system_actor(delta.workspace)
    invoice = issued_document(erin)
    note = actions.credit_document(actor=actor, document=invoice, today=date(2026, 3, 2))
    actions.issue_document(actor=actor, document=note, now=NOW)
    actions.apply_credit(actor=actor, credit_note=note, invoice=invoice, amount=Decimal(121))
    assert [sums(delta, measure) for measure in ("sold", "open_sales", "received")] == [
        {MARCH: 0},
        {},
        {},
    ]


@pytest.mark.django_db
def test_purchases_and_currencies_stand_apart(delta, erin):
    DocumentFactory(contact=erin, kind="bill", issued_on=date(2026, 3, 4))
    DocumentFactory(contact=erin, currency="USD", due_on=None)
    DocumentFactory(contact=erin, kind="quote")
    assert (sums(delta, "bought"), sums(delta, "open_purchases")) == ({MARCH: 100}, {DUE: 121})
    assert (sums(delta, "sold"), sums(delta, "open_sales")) == (
        {("USD", date(2026, 3, 1)): 100},
        {("USD", None): 121},
    )


@pytest.mark.django_db(transaction=True)
def test_folding_at_once_neither_loses_nor_doubles(delta):
    erin = ContactFactory(organisation=delta)
    for _ in range(20):
        DocumentFactory(contact=erin)
    together([lambda: actions.fold_figures(most=7)] * 4 + [lambda: DocumentFactory(contact=erin)] * 2)
    assert sums(delta, "sold") == {MARCH: 2200}
    fold_figures()
    assert sums(delta, "sold") == {MARCH: 2200}
    assert set(Figure.objects.values_list("is_folded", flat=True)) == {True}
    assert Figure.objects.filter(measure="sold").count() == 1


def levels(**found):
    return {"sales": 0, "purchases": 0, "contacts": 0, "settings": 0} | found


@pytest.mark.django_db
def test_sums_are_written_for_their_reader(delta, erin):
    paid = DocumentFactory(contact=erin)
    pay(paid, "121")
    DocumentFactory(contact=erin, issued_on=date(2026, 1, 5), due_on=date(2026, 2, 5), payable=Decimal(50))
    DocumentFactory(contact=erin, currency="USD")
    DocumentFactory(contact=erin, kind="bill", issued_on=date(2025, 4, 1))
    fold_figures()
    shown = overview_of(with_levels(delta, **levels(sales=1, purchases=1, contacts=1)), TODAY)
    assert [(tile.label, tile.value) for tile in shown.tiles] == [
        ("Sales this month", "€100.00"),
        ("Received this month", "€121.00"),
        ("Unpaid", "€50.00"),
        ("Overdue", "€50.00"),
        ("Expenses this month", "€0.00"),
        ("To pay", "€121.00"),
    ]
    assert (shown.months[0], shown.months[-1]) == ("Apr", "Mar")
    assert [(name, values[0], values[9], values[11]) for name, values, _texts in shown.series] == [
        ("Sales", 0, 100, 100),
        ("Expenses", 100, 0, 0),
    ]
    assert [(other.currency, other.sums) for other in shown.others] == [
        ("USD", [("Sales", "US$100.00"), ("Unpaid", "US$121.00")])
    ]
    assert [(top.name, top.amount, bool(top.href)) for top in shown.customers] == [("Erin", "€200.00", True)]
    assert (shown.suppliers, len(shown.recent)) == ([], 4)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("section", "series", "kinds"), [("sales", "Sales", "Invoice"), ("purchases", "Expenses", "Bill")]
)
def test_nothing_of_the_other_section_is_there(delta, erin, section, series, kinds):
    for kind in ("invoice", "bill"):
        DocumentFactory(contact=erin, kind=kind, currency="USD")
        DocumentFactory(contact=erin, kind=kind)
    fold_figures()
    shown = overview_of(with_levels(delta, **levels(**{section: 1})), TODAY)
    assert [name for name, _values, _texts in shown.series] == [series]
    assert {row.kind for row in shown.recent} == {kinds}
    assert len(shown.tiles) == (4 if section == "sales" else 2)
    assert {label for other in shown.others for label, _value in other.sums} == (
        {"Sales", "Unpaid"} if section == "sales" else {"Expenses", "To pay"}
    )
    assert bool(shown.customers) == (section == "sales")
    assert bool(shown.suppliers) == (section == "purchases")
    assert all(not top.href for top in (*shown.customers, *shown.suppliers))


@pytest.mark.django_db
def test_what_waits_is_counted_by_who_may_see_it(delta, erin):
    DocumentFactory(contact=erin, state=Document.State.DRAFT, number="")
    DocumentFactory(contact=erin, kind="quote", due_on=date(2026, 3, 17))
    DocumentFactory(contact=erin, kind="quote", due_on=date(2026, 3, 18))
    DocumentFactory(contact=erin, kind="quote", due_on=date(2026, 3, 9))
    DocumentFactory(contact=erin, kind="bill")
    assert waiting(with_levels(delta, **levels(sales=1)), TODAY) == {"drafts": 1, "quotes": 1}
    assert waiting(with_levels(delta, **levels(purchases=1)), TODAY) == {"bills_to_review": 1}
    assert waiting(with_levels(delta, **levels()), TODAY) == {}


@pytest.mark.django_db
def test_page_asks_ten_questions_however_much_there_is(client_of, dan, delta, erin):
    client, url = client_of(dan), reverse("documents:overview", args=["delta"])
    client.get(url)
    numbers = []
    for _ in range(2):
        for number in range(12):
            DocumentFactory(contact=erin, issued_on=date(2026, 1 + number % 3, 2))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 10


@pytest.mark.django_db
def test_business_begins_with_its_overview(client_of, dan, delta):
    client = client_of(dan)
    assert client.get("/o/delta/")["Location"] == "/o/delta/overview/"
    page = client.get("/o/delta/overview/").content.decode()
    assert "Write your first invoice" in page and "/o/delta/import/" in page and 'class="chart"' not in page


@pytest.mark.django_db
def test_role_without_documents_has_no_overview(client_of, dan, delta):
    role = RoleFactory(organisation=delta, levels={"contacts": 1})
    member = MemberFactory(organisation=delta, role=role)
    client = client_of(member.user)
    assert client.get("/o/delta/overview/").status_code == 403
    assert client.get("/o/delta/")["Location"] == "/o/delta/contacts/"
