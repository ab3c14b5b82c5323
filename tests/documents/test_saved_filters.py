"""Filters of a list beyond its words, and lists that a person keeps under a name."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.http import QueryDict

from documents import actions
from documents.actions import saved_filters
from documents.forms import DocumentFilter
from documents.models import SavedFilter
from documents.rules.periods import period_days
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory
from tests.pages import first_column, of_class, text_of

pytestmark = pytest.mark.django_db
INVOICES = "/o/delta/documents/invoices/"
FILTERS = f"{INVOICES}filters/"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("this-month", ("2026-03-01", "2026-03-31")),
        ("last-month", ("2026-02-01", "2026-02-28")),
        ("this-quarter", ("2026-01-01", "2026-03-31")),
        ("last-quarter", ("2025-10-01", "2025-12-31")),
        ("this-year", ("2026-01-01", "2026-12-31")),
        ("last-year", ("2025-01-01", "2025-12-31")),
    ],
)
def test_periods_move_with_today(period, expected):
    assert tuple(day.isoformat() for day in period_days(period, date(2026, 3, 31))) == expected


def test_december_ends_its_periods():
    for period in ("this-month", "this-quarter", "this-year"):
        assert period_days(period, date(2026, 12, 31))[1] == date(2026, 12, 31)


@pytest.fixture
def four(erin):
    ana = ContactFactory(organisation=erin.organisation, name="Ana")
    DocumentFactory(contact=erin, number="A", issued_on=date(2025, 12, 31), payable=Decimal("99.99"))
    DocumentFactory(contact=erin, number="B", issued_on=date(2026, 1, 1), payable=100)
    DocumentFactory(contact=ana, number="C", issued_on=date(2026, 2, 28), payable=200, currency="USD")
    DocumentFactory(contact=ana, number="D", issued_on=date(2026, 3, 31), payable=300)
    return ana


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"from": "2026-01-01"}, "DCB"),
        ({"to": "2026-02-28"}, "CBA"),
        ({"from": "2026-01-01", "to": "2026-02-28"}, "CB"),
        ({"period": "this-month"}, "D"),
        ({"period": "last-year"}, "A"),
        ({"period": "this-year", "to": "2026-01-31"}, "B"),
        ({"currency": "usd"}, "C"),
        ({"currency": "XXX"}, "DCBA"),
        ({"min": "100"}, "DCB"),
        ({"max": "100,00"}, "BA"),
        ({"min": "100.01", "max": "200"}, "C"),
        ({"min": "nonsense", "from": "2026-13-01", "contact": "x", "period": "ever"}, "DCBA"),
        ({"contact": "ana"}, "DC"),
    ],
)
def test_a_list_is_narrowed(browser, four, asked, expected):
    asked = {name: str(four.pk) if value == "ana" else value for name, value in asked.items()}
    with time_machine.travel("2026-03-31T09:00:00Z", tick=False):
        assert "".join(first_column(browser.get(INVOICES, asked))) == expected


def test_what_narrows_the_list_can_be_taken_off(browser, four):
    page = browser.get(INVOICES, {"contact": str(four.pk), "min": "1", "state": "issued", "after": "x"})
    chips = {text_of(chip): chip.get("href") for chip in of_class(page, "chip-off")}
    assert list(chips) == ["AnaTake this filter off", "≥ 1.00Take this filter off"]
    assert chips["≥ 1.00Take this filter off"] == f"?contact={four.pk}&state=issued"


def test_a_contact_of_others_is_not_named(browser, erin):
    page = browser.get(INVOICES, {"contact": str(ContactFactory(name="Secret").pk)})
    assert "Secret" not in page.content.decode()
    assert first_column(page) == []


def test_equal_filters_have_equal_queries():
    first = DocumentFilter.of(QueryDict("min=100&state=paid&q=+a&after=xyz&junk=1&period=this-year"))
    second = DocumentFilter.of(QueryDict("period=this-year&q=a&state=paid&min=100,0"))
    assert first.query == second.query == "q=a&state=paid&period=this-year&min=100"
    assert DocumentFilter.of(QueryDict(first.query)).query == first.query
    assert DocumentFilter.of(QueryDict("")).query == ""


# --- Saved -----------------------------------------------------------------------------------------------------


def test_a_filter_is_saved_shown_renamed_and_deleted(browser, four):
    query = "state=issued&min=100"
    response = browser.post(FILTERS, {"name": "  Big\tones ", "query": f"{query}&after=xyz&junk=1"})
    kept = SavedFilter.objects.get()
    assert response["Location"] == f"{INVOICES}?{kept.query}"
    assert (kept.name, kept.kind) == ("Big ones", "invoice")
    assert "junk" not in kept.query and "after" not in kept.query
    chip = of_class(browser.get(INVOICES + "?" + kept.query), "chip")[0]
    assert (text_of(chip), chip.get("aria-current")) == ("Big ones", "true")
    assert of_class(browser.get(INVOICES), "chip")[0].get("aria-current") is None
    assert browser.post(f"/o/delta/documents/filters/{kept.pk}/rename/", {"name": "Bigger"})["Location"] == FILTERS
    kept.refresh_from_db()
    assert kept.name == "Bigger"
    assert browser.post(f"/o/delta/documents/filters/{kept.pk}/delete/")["Location"] == FILTERS
    assert not SavedFilter.objects.exists()
    assert "No saved filters yet" in browser.get(FILTERS).content.decode()


def test_the_same_name_takes_the_place_of_the_one_before(browser, erin):
    for query in ("state=paid", "state=issued"):
        assert browser.post(FILTERS, {"name": "Mine", "query": query}).status_code == 302
    assert SavedFilter.objects.get().query == "state=issued"


def test_filters_are_a_person_s_own(browser, delta, dan_here, client_of, carol):
    browser.post(FILTERS, {"name": "Mine", "query": "state=paid"})
    kept = SavedFilter.objects.get()
    other = MemberFactory(organisation=delta, code="administrator").user
    assert of_class(client_of(other).get(FILTERS), "filter-list") == []
    for user in (other, carol):
        for act in ("rename", "delete"):
            address = f"/o/delta/documents/filters/{kept.pk}/{act}/"
            assert client_of(user).post(address, {"name": "Theirs"}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "Mine"


def test_a_name_that_is_taken_or_missing_is_told(browser, dan_here):
    for name in ("One", "Two"):
        actions.save_filter(actor=dan_here, kind="invoice", name=name, query="state=paid")
    two = SavedFilter.objects.get(name="Two")
    taken = browser.post(f"/o/delta/documents/filters/{two.pk}/rename/", {"name": "One"})
    assert taken.status_code == 422
    assert "Another of your filters has this name." in taken.content.decode()
    for name in ("", " ", "x" * 61):
        assert browser.post(FILTERS, {"name": name, "query": "state=paid"}).status_code == 422
    assert SavedFilter.objects.count() == 2


def test_thirty_are_enough(dan_here):
    for number in range(30):
        actions.save_filter(actor=dan_here, kind="invoice", name=f"F{number}", query="")
    with pytest.raises(saved_filters.FilterRefused):
        actions.save_filter(actor=dan_here, kind="invoice", name="One more", query="")
    actions.save_filter(actor=dan_here, kind="invoice", name="F0", query="state=paid")
    actions.save_filter(actor=dan_here, kind="quote", name="One more", query="")


def test_filters_of_a_section_that_is_closed_are_closed(client_of, delta):
    role = RoleFactory(organisation=delta, levels={"purchases": 1})
    buyer = client_of(MemberFactory(organisation=delta, role=role).user)
    assert buyer.get(FILTERS).status_code == 403
    assert buyer.post("/o/delta/documents/bills/filters/", {"name": "Mine", "query": ""}).status_code == 302
