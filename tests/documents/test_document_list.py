"""The list of documents: found, filtered, sorted, paged, the same cost however many, whatever stands in the address."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from documents import rules
from documents.models import Document
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory
from tests.pages import first_column, link_to, of_class, rows, text_of, tree

INVOICES = "/o/delta/documents/invoices/"


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def five(erin):
    """Five invoices, each first in another order."""
    ana = ContactFactory(organisation=erin.organisation, name="Ána Ñandú")
    made = [
        {"number": "A-1", "issued_on": date(2026, 1, 3), "payable": 50, "contact": erin},
        {"number": "A-2", "issued_on": date(2026, 1, 5), "payable": 10, "contact": erin},
        {"number": "B_1", "issued_on": date(2026, 1, 1), "payable": 40, "contact": ana},
        {"number": "C%1", "issued_on": date(2026, 1, 4), "payable": 20, "contact": erin, "state": "paid"},
        {"number": "D\\1", "issued_on": date(2026, 1, 2), "payable": 30, "contact": erin, "state": "void"},
    ]
    return [DocumentFactory(**values) for values in made]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["A-2", "C%1", "A-1", "D\\1", "B_1"]),
        ("issued_on", ["B_1", "D\\1", "A-1", "C%1", "A-2"]),
        ("-issued_on", ["A-2", "C%1", "A-1", "D\\1", "B_1"]),
        ("number", ["A-1", "A-2", "B_1", "C%1", "D\\1"]),
        ("-number", ["D\\1", "C%1", "B_1", "A-2", "A-1"]),
        ("payable", ["A-2", "C%1", "D\\1", "B_1", "A-1"]),
        ("-payable", ["A-1", "B_1", "D\\1", "C%1", "A-2"]),
        ("contact_key", ["B_1", "A-1", "A-2", "C%1", "D\\1"]),
        ("-contact_key", ["D\\1", "C%1", "A-2", "A-1", "B_1"]),
        ("due_on", ["A-2", "C%1", "A-1", "D\\1", "B_1"]),
    ],
)
def test_list_is_sorted_by_each_column(browser, five, sort, expected):
    assert first_column(browser.get(INVOICES, {"sort": sort})) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a-2", ["A-2"]),
        ("d 1", ["D\\1"]),
        ("ana nandu", ["B_1"]),
        ("NANDU an", ["B_1"]),  # in any order, the last one begun
        ("nan ana", []),
        ("ÑANDÚ", ["B_1"]),
        ("andu", []),  # not what stands within a word
        ("ERIN", ["A-2", "C%1", "A-1", "D\\1"]),
        ("erin c", ["C%1"]),
        ("%", []),
        ("_ \\ -- &|!():*<->", []),
        ("'; drop", []),
        ("\x00", ["A-2", "C%1", "A-1", "D\\1", "B_1"]),
    ],
)
def test_list_is_searched_by_number_and_contact(browser, five, words, expected):
    page = browser.get(INVOICES, {"q": words})
    assert first_column(page) == expected
    if not expected:
        assert "Nothing matches" in page.content.decode()


@pytest.mark.django_db
def test_list_is_filtered_by_state_due_date_and_review(browser, five):
    Document.objects.filter(number="A-1").update(reviewed_at="2026-03-03T00:00:00Z")
    for number, due_on in (("A-2", date(2026, 2, 9)), ("B_1", date(2026, 2, 8))):
        DocumentFactory(contact=five[0].contact, number=f"{number} late", due_on=due_on)
    with time_machine.travel("2026-02-09T23:30:00Z", tick=False):  # the 10th in Madrid
        assert first_column(browser.get(INVOICES, {"state": "overdue"})) == ["B_1 late", "A-2 late"]
        assert first_column(browser.get(INVOICES, {"state": "overdue", "sort": "-due_on"})) == ["A-2 late", "B_1 late"]
        page = browser.get(INVOICES, {"state": "overdue"})
        assert [text_of(pill) for pill in of_class(page, "pill")] == ["Overdue", "Overdue"]
    with time_machine.travel("2026-02-09T12:00:00Z", tick=False):
        assert first_column(browser.get(INVOICES, {"state": "overdue"})) == ["B_1 late"]
    assert first_column(browser.get(INVOICES, {"state": "paid"})) == ["C%1"]
    assert first_column(browser.get(INVOICES, {"state": "void"})) == ["D\\1"]
    assert "A-1" not in first_column(browser.get(INVOICES, {"review": "open"}))
    assert first_column(browser.get(INVOICES, {"review": "open", "q": "c%"})) == ["C%1"]


@pytest.mark.django_db
def test_a_row_says_what_matters(browser, erin):
    DocumentFactory(contact=erin, number="F-1", is_possible_version=True, payable=Decimal("1234.50"))
    DocumentFactory(contact=erin, number="", state="draft", due_on=None, issued_on=date(2026, 1, 1))
    with time_machine.travel("2026-03-03T12:00:00Z", tick=False):
        issued, draft = rows(browser.get(INVOICES))
    assert issued.split()[0] == "F-1"
    for words in ("2 Mar 2026", "Erin", "1 Apr 2026", "Issued", "To review", "Possible version", "€1,234.50"):
        assert words in issued
    assert draft.split()[0] == "Draft"
    assert "Possible version" not in draft


@pytest.mark.django_db
def test_pages_lead_on_and_back_and_keep_the_filters(browser, erin):
    for number in range(120):
        DocumentFactory(contact=erin, number=f"{number:03}", issued_on=date(2026, 1, 1) + timedelta(number // 7))
    DocumentFactory(contact=ContactFactory(organisation=erin.organisation))
    first = browser.get(INVOICES, {"q": "erin", "sort": "number", "review": "open"})
    numbers = [f"{number:03}" for number in range(120)]
    assert first_column(first) == numbers[:50]
    assert link_to(first, "prev") == ""
    assert "120 documents" in first.content.decode()
    second = browser.get(INVOICES + link_to(first, "next"))
    third = browser.get(INVOICES + link_to(second, "next"))
    assert (first_column(second), first_column(third)) == (numbers[50:100], numbers[100:])
    assert link_to(third, "next") == ""
    back = browser.get(INVOICES + link_to(third, "prev"))
    assert first_column(back) == numbers[50:100]
    for link in (link_to(second, "next"), link_to(second, "prev")):
        kept = {
            name: values for name, values in parse_qs(urlsplit(link).query).items() if name in ("q", "sort", "review")
        }
        assert kept == {"q": ["erin"], "sort": ["number"], "review": ["open"]}
        assert len(parse_qs(urlsplit(link).query)) == 4


@pytest.mark.django_db
def test_one_row_and_thirty_cost_the_same_few_queries(browser, erin, django_assert_max_num_queries):
    counts = []
    for more in (1, 29):
        for _ in range(more):
            DocumentFactory(contact=ContactFactory(organisation=erin.organisation))
        with django_assert_max_num_queries(8) as queries:
            assert browser.get(INVOICES).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


LISTED = {slug: kind for slug, kind in rules.KIND_SLUGS.items() if kind != "recurring_invoice"}  # has its own list
JUNK = ["", "x" * 3000, "\x00", "%00", "--number", "-", "1'\"<script>", "é漢\u202e", "[]", "WyJBIiwgbnVsbF0"]
NAMES = ("q", "state", "review", "sort", "after", "before", "kind", "columns")


@pytest.mark.django_db
@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_the_address_is_no_error(browser, erin, junk):
    DocumentFactory(contact=erin)
    for address in (INVOICES, "/o/delta/contacts/"):
        for name in (*NAMES, None):
            response = browser.get(address, {name: junk} if name else dict.fromkeys(NAMES, junk))
            assert response.status_code == 200
            assert "<script>" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("slug", "kind"), sorted(LISTED.items()))
def test_every_kind_has_its_list_empty_and_with_rows(browser, erin, slug, kind):
    address = f"/o/delta/documents/{slug}/"
    empty = browser.get(address)
    assert (empty.status_code, first_column(empty)) == (200, [])
    DocumentFactory(contact=erin, kind=kind, number="N-1")
    DocumentFactory(contact=erin, kind="quote" if kind != "quote" else "invoice", number="other")
    assert first_column(browser.get(address)) == ["N-1"]


@pytest.mark.django_db
def test_filters_offer_the_states_of_the_kind(browser, erin):
    def states(slug, kind):
        DocumentFactory(contact=erin, kind=kind)
        page = browser.get(f"/o/delta/documents/{slug}/")
        return tree(page).xpath('//select[@name="state"]/option/@value')

    assert states("invoices", "invoice") == ["", "draft", "issued", "partially_paid", "paid", "void", "overdue"]
    assert states("quotes", "quote") == ["", "draft", "issued", "accepted", "declined", "void", "expired"]


@pytest.mark.django_db
def test_list_admits_those_who_may_view_its_section(delta, erin, carol, client_of):
    role = RoleFactory(organisation=delta, levels={"purchases": 1})
    buyer = client_of(MemberFactory(organisation=delta, role=role).user)
    assert buyer.get(INVOICES).status_code == 403
    assert buyer.get("/o/delta/documents/bills/").status_code == 200
    assert buyer.get("/o/delta/contacts/").status_code == 403
    assert client_of(carol).get(INVOICES).status_code == 404
    assert Client().get(INVOICES)["Location"] == f"/accounts/login/?next={INVOICES}"
    assert buyer.get("/o/delta/documents/nothing/").status_code == 404


@pytest.mark.django_db
def test_rows_of_other_organisations_are_never_listed(browser, delta):
    DocumentFactory(number="theirs")
    assert first_column(browser.get(INVOICES)) == []
