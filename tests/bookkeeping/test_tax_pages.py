"""The pages of tax returns: what they show, what they let whom do."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookkeeping import actions
from bookkeeping.models import FilingCalendar, TaxFiling
from documents.models import Kind
from documents.rules import exempt_tax
from tests.factories import (
    ContactFactory,
    MemberFactory,
    OrganisationFactory,
    RoleFactory,
    UserFactory,
    issued_document,
    typed_line,
)

FORMS = {"303": "quarter", "130": "quarter", "111": "quarter", "347": "year", "349": "quarter"}


@pytest.fixture(autouse=True)
def on_a_day(time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z")


@pytest.fixture
def page(client_of, dan, delta):
    """Dan's browser, for pages of taxes by their names."""
    client = client_of(dan)

    def call(name, filing=None, data=None, **query):
        parts = {"organisation": delta.slug} | ({"filing_id": filing.pk} if filing else {})
        path = reverse(f"bookkeeping:{name}", kwargs=parts)
        return client.get(path, query) if data is None else client.post(path, data)

    return call


@pytest.fixture
def filings(dan_here):
    """The returns that stand on the day, those of the third quarter too; by form and period."""
    actions.choose_forms(actor=dan_here, forms=FORMS, today=dan_here.today(), since=date(2026, 10, 1))
    return {(one.form, one.period): one for one in TaxFiling.objects.all()}


@pytest.fixture
def home(delta):
    return ContactFactory(organisation=delta, name="Home", country="ES", tax_id="B65410011", kind="both")


def text(response):
    return response.content.decode()


# --- The list ------------------------------------------------------------------------------------------------


def test_who_has_chosen_nothing_is_led_to_the_choice(page):
    assert "Which returns do you file?" in text(page("taxes"))


def test_country_without_a_pack_says_so(page, delta):
    delta.country = "FR"
    delta.save()
    assert "No tax calendar for this country" in text(page("taxes"))
    assert page("filing_settings").status_code == 200


def test_list_shows_what_is_to_be_done_and_marks_what_is_late(page, filings):
    shown = text(page("taxes"))
    assert shown.count('class="row-link"') == len(filings)
    assert shown.index("Quarter 3, 2026") < shown.index("Quarter 4, 2026")
    assert "32 days late" in shown  # 20 October to 21 November
    assert "pill-overdue" in shown


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"state": "filed"}, 1),
        ({"state": "overdue"}, 3),
        ({"state": "all"}, 9),
        ({}, 8),
        ({"form": "303"}, 1),
        ({"form": "303", "state": "all"}, 2),
        ({"assigned": "nobody", "state": "all"}, 8),
        ({"state": "what", "form": "9", "assigned": "x"}, 8),
    ],
)
def test_list_is_filtered(page, dan_here, dan, filings, query, number):
    first = filings["303", "2026-Q3"]
    actions.file_filing(actor=dan_here, filing=first, filed_on=date(2026, 10, 19), reference="", today=dan_here.today())
    mine = dan.memberships.get()
    actions.assign_filings(actor=dan_here, filings=[first], member=mine)
    assert text(page("taxes", **query)).count('class="row-link"') == number
    assert text(page("taxes", state="all", assigned=str(mine.pk))).count('class="row-link"') == 1


def test_list_costs_the_same_whatever_is_in_it(page, filings, delta):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert page("taxes").status_code == 200
        return len(found)

    before = queries()
    for number in range(20):
        TaxFiling.objects.create(
            organisation=delta, form="303", period=f"20{10 + number}-Q1", starts_on=date(2026, 1, 1),
            ends_on=date(2026, 3, 31), opens_on=date(2026, 4, 1), due_on=date(2026, 4, 20),
            assigned_to=MemberFactory(organisation=delta, code="administrator"),
        )  # fmt: skip
    assert queries() == before


def test_chosen_returns_are_assigned_together(page, filings, delta):
    fay = MemberFactory(organisation=delta, code="administrator")
    two = [filings["303", "2026-Q3"], filings["111", "2026-Q3"]]
    data = {"ids": [str(one.pk) for one in two] + ["nonsense"], "member": str(fay.pk)}
    assert page("assign_filings", data=data).status_code == 302
    assert set(TaxFiling.objects.filter(assigned_to=fay)) == set(two)
    viewer = MemberFactory(organisation=delta, code="viewer")
    page("assign_filings", data=data | {"member": str(viewer.pk)})
    assert set(TaxFiling.objects.filter(assigned_to=fay)) == set(two)


# --- One return ----------------------------------------------------------------------------------------------


def test_boxes_open_to_documents_with_the_same_sum(page, filings, home):
    day = {"issued_on": date(2026, 8, 3), "due_on": None}
    issued_document(home, **day)
    issued_document(home, lines=(typed_line(price="33.33"),), **day)
    issued_document(home, currency="USD", **day)
    filing = filings["303", "2026-Q3"]
    shown = text(page("filing", filing))
    assert "€133.33" in shown
    assert "Not in euro" in shown
    opened = text(page("filing_documents", filing, box="07"))
    assert opened.count('class="row-link"') == 2
    assert "€133.33" in opened
    left = text(page("filing_documents", filing, left="currency", currency="USD"))
    assert "US$100.00" in left


def test_documents_are_listed_but_not_opened_by_who_may_not_see_sales(client_of, filings, home, delta):

    role = RoleFactory(organisation=delta, name="Taxes only", levels={"taxes": 1})
    user = UserFactory()
    MemberFactory(organisation=delta, user=user, role=role)
    issued_document(home, issued_on=date(2026, 8, 3), due_on=None)
    path = reverse("bookkeeping:filing_documents", args=[delta.slug, filings["303", "2026-Q3"].pk])
    shown = text(client_of(user).get(path, {"box": "07"}))
    assert "€100.00" in shown
    assert 'class="row-link"' not in shown


@pytest.mark.parametrize(
    "query",
    [
        {"box": ""},
        {"box": "999"},
        {"box": "\x00"},
        {"left": "why"},
        {"key": "B", "party": "nobody"},
        {"percent": "x"},
        {"percent": "NaN"},
        {"percent": "-1"},
    ],
)
def test_figures_that_there_are_not_are_not_found(page, filings, query):
    filing = filings["347", "2026"] if "key" in query else filings["303", "2026-Q3"]
    assert page("filing_documents", filing, **query).status_code == 404


def test_parties_and_percentages_open(page, filings, home, delta):
    day = {"issued_on": date(2026, 8, 3), "due_on": None}
    issued_document(home, lines=(typed_line(price="4000"),), **day)
    union = ContactFactory(organisation=delta, name="Union", country="DE", tax_id="DE136695976")
    issued_document(union, lines=(typed_line(price="70", tax=exempt_tax("K")),), **day)
    issued_document(home, kind=Kind.BILL, lines=(typed_line(withholding_percent=Decimal(15)),), **day)
    operations = filings["347", "2026"]
    assert "€4,840.00" in text(page("filing", operations))
    assert "€4,000.00" in text(page("filing_documents", operations, key="B", party="ESB65410011"))
    operators = filings["349", "2026-Q3"]
    assert "€70.00" in text(page("filing", operators))
    assert "€70.00" in text(page("filing_documents", operators, key="E", party="DE136695976"))
    kept = filings["111", "2026-Q3"]
    assert "€15.00" in text(page("filing", kept))
    assert "€15.00" in text(page("filing_documents", kept, percent="15"))


def test_form_without_figures_says_so(page, filings):
    assert "Only the dates of this form are known here" in text(page("filing", filings["130", "2026-Q3"]))


def test_operations_are_taken_away_as_csv(page, filings, home):
    issued_document(home, lines=(typed_line(price="4000"),), issued_on=date(2026, 8, 3), due_on=None)
    response = page("filing", filings["347", "2026"], format="csv")
    rows = list(csv.reader(io.StringIO(text(response).lstrip("\ufeff")), delimiter=","))
    rows = rows if len(rows[0]) > 1 else list(csv.reader(io.StringIO(text(response).lstrip("\ufeff")), delimiter=";"))
    assert rows[1][:4] == ["B", "B65410011", "Home", "4840.00"]
    assert "347-2026.csv" in response["Content-Disposition"]


def test_return_is_filed_and_changes_are_shown(page, filings, home):
    filing = filings["303", "2026-Q3"]
    assert page("file_filing", filing).status_code == 200
    assert page("file_filing", filing, data={"filed_on": "2026-12-24"}).status_code == 422
    assert page("file_filing", filing, data={"filed_on": "2026-10-19", "reference": " 303  A "}).status_code == 302
    filing.refresh_from_db()
    assert (filing.state, filing.reference) == ("filed", "303 A")
    assert "other figures now" not in text(page("filing", filing))
    issued_document(home, issued_on=date(2026, 8, 3), due_on=None)
    shown = text(page("filing", filing))
    assert "other figures now" in shown
    assert "303 A" in shown
    page("reopen_filing", filing, data={})
    assert "other figures now" not in text(page("filing", filing))


def test_return_is_prepared_skipped_noted_and_assigned(page, filings, dan):
    filing = filings["303", "2026-Q3"]
    mine = dan.memberships.get()
    page("prepare_filing", filing, data={})
    page("write_filing_note", filing, data={"note": "Wait for Erin"})
    page("assign_filing", filing, data={"member": str(mine.pk)})
    filing.refresh_from_db()
    assert (filing.state, filing.note, filing.assigned_to) == ("prepared", "Wait for Erin", mine)
    page("skip_filing", filing, data={})
    filing.refresh_from_db()
    assert filing.state == "not_needed"


def test_looking_is_not_enough_to_act(client_of, delta, filings):
    viewer = MemberFactory(organisation=delta, code="viewer").user
    client, filing = client_of(viewer), filings["303", "2026-Q3"]
    for name in ("prepare_filing", "skip_filing", "file_filing", "assign_filing", "write_filing_note"):
        path = reverse(f"bookkeeping:{name}", args=[delta.slug, filing.pk])
        assert client.post(path, {}).status_code == 403
    assert client.post(reverse("bookkeeping:filing_settings", args=[delta.slug]), {}).status_code == 403


def test_return_of_another_business_is_not_found(page, filings):
    other = TaxFiling.objects.create(
        organisation=OrganisationFactory(), form="303", period="2026-Q3", starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30), opens_on=date(2026, 10, 1), due_on=date(2026, 10, 20),
    )  # fmt: skip
    for name in ("filing", "filing_documents"):
        assert page(name, other, box="07").status_code == 404


# --- Settings ------------------------------------------------------------------------------------------------


def test_usual_forms_are_offered_and_chosen(page, delta):
    shown = text(page("filing_settings"))
    assert "usually files" in shown
    data = {f"form-{code}": "none" for code in ("130", "111", "115", "347", "349", "390")} | {"form-303": "month"}
    assert page("filing_settings", data=data).status_code == 302
    kept = FilingCalendar.objects.get()
    assert kept.forms == {"303": {"period": "month", "since": "2026-11-21"}}
    assert TaxFiling.objects.filter(form="303", period="2026-10").exists()
    assert page("filing_settings", data=data | {"form-347": "month"}).status_code == 422


def test_feed_address_is_shown_once_and_works(page, client, filings):
    shown = text(page("renew_tax_feed", data={}))
    start = shown.index("/calendar/")
    path = shown[start : shown.index("/taxes.ics", start)] + "/taxes.ics"
    assert client.get(path).status_code == 200
    assert "/calendar/" not in text(page("filing_settings"))
    page("stop_tax_feed", data={})
    assert client.get(path).status_code == 404


def test_feed_needs_returns(page):
    assert page("renew_tax_feed", data={}).status_code == 404


def test_late_by_one_day_and_due_today(page, filings, delta):
    today = date(2026, 11, 21)
    for days in (-1, 0, 1, 5):
        TaxFiling.objects.create(
            organisation=delta, form="303", period=f"2020-0{days + 2}", starts_on=today, ends_on=today, opens_on=today,
            due_on=today + timedelta(days=days),
        )  # fmt: skip
    shown = text(page("taxes"))
    for words in ("one day late", ">today<", ">tomorrow<", "in 5 days"):
        assert words in shown
