"""Recording payments by hand: the page, a second click, taking back, setting a credit note off."""

from decimal import Decimal

import pytest

from documents import actions
from documents.models import Document, Settlement
from tests.factories import MemberFactory, RoleFactory, drafted_document, issued_document
from tests.pages import errors_in, text_of, tree

pytestmark = pytest.mark.django_db
KEY = "0b5c6a5e-3f6f-4e57-8f0a-3f7c7c5a9f11"
PAID = {"amount": "21.00", "received_on": "2026-03-05", "method": "transfer", "reference": "TRF 1", "key": KEY}


@pytest.fixture(autouse=True)
def in_march(time_machine):
    time_machine.move_to("2026-03-10T12:00:00Z")


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def invoice(erin):
    return issued_document(erin)


def page_of(document, act=""):
    return f"/o/delta/documents/{document.pk}/{act}"


def value_of(page, name):
    return tree(page).xpath(f"//*[@name='{name}']/@value")[0]


def test_page_proposes_what_is_open(browser, invoice, dan):
    page = browser.get(page_of(invoice, "payments/new/"))
    assert (value_of(page, "amount"), value_of(page, "received_on")) == ("121.00", "2026-03-10")
    assert value_of(page, "key") != value_of(browser.get(page_of(invoice, "payments/new/")), "key")
    dan.language = "es"
    dan.save()
    assert value_of(browser.get(page_of(invoice, "payments/new/")), "amount") == "121,00"


def test_a_payment_is_booked_once_however_often_it_is_sent(browser, invoice):
    for _click in range(2):
        response = browser.post(page_of(invoice, "payments/new/"), PAID)
        assert (response.status_code, response["Location"]) == (302, page_of(invoice))
    row = Settlement.objects.get()
    assert (row.amount, row.method, row.reference, str(row.received_on)) == (21, "transfer", "TRF 1", "2026-03-05")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == ("partially_paid", 100)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount": "abc"}, "amount", "This is not a number."),
        ({"amount": "0"}, "amount", "Write an amount."),
        ({"amount": ""}, "amount", "This field is required."),
        ({"amount": "1.234"}, "amount", "Write at most 2 decimals."),
        ({"amount": "121.01"}, "amount", "€121.00"),
        ({"amount": "-5"}, "amount", "above zero"),
        ({"received_on": "2026-03-11"}, "received_on", "has not come yet"),
        ({"received_on": "never"}, "received_on", "valid date"),
        ({"method": "barter"}, "method", "valid choice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(browser, invoice, changes, field, words):
    page = browser.post(page_of(invoice, "payments/new/"), PAID | changes)
    assert page.status_code == 422
    assert words in errors_in(page)[field]
    assert value_of(page, "reference") == "TRF 1"
    assert not Settlement.objects.exists()


def test_a_payment_is_taken_back_in_its_own_line(browser, invoice):
    browser.post(page_of(invoice, "payments/new/"), PAID)
    row = Settlement.objects.get()
    page = browser.get(page_of(invoice))
    assert f"/payments/{row.pk}/take-back/" in page.content.decode()
    for _click in range(2):
        browser.post(page_of(invoice, f"payments/{row.pk}/take-back/"))
    invoice.refresh_from_db()
    assert (invoice.state, invoice.settled) == ("issued", 0)
    assert [row.amount for row in Settlement.objects.order_by("id")] == [21, -21]
    page = browser.get(page_of(invoice))
    assert "/take-back/" not in page.content.decode()
    assert "Taken back: Bank transfer · TRF 1" in text_of(tree(page))


def test_a_payment_of_another_document_is_not_found(browser, invoice, erin):
    browser.post(page_of(invoice, "payments/new/"), PAID)
    other = issued_document(erin)
    response = browser.post(page_of(other, f"payments/{Settlement.objects.get().pk}/take-back/"))
    assert response.status_code == 404


def test_drafts_take_no_payment(browser, erin):
    draft = drafted_document(erin)
    assert "payments/new/" not in browser.get(page_of(draft)).content.decode()
    assert browser.post(page_of(draft, "payments/new/"), PAID).status_code == 422
    assert not Settlement.objects.exists()


def test_a_credit_note_is_set_off_against_its_invoice(browser, dan_here, invoice):
    credit = actions.credit_document(actor=dan_here, document=invoice, today=dan_here.today())
    response = browser.post(page_of(credit, "issue/"))
    assert response.status_code == 302
    assert "set-off/" in browser.get(page_of(credit)).content.decode()
    for _click in range(2):
        browser.post(page_of(credit, "set-off/"))
    states = Document.objects.order_by("id").values_list("kind", "state", "settled")
    assert list(states) == [("invoice", "paid", Decimal(121)), ("credit_note", "paid", Decimal(121))]
    assert "set-off/" not in browser.get(page_of(credit)).content.decode()


def test_what_corrects_nothing_is_not_set_off(browser, invoice):
    browser.post(page_of(invoice, "set-off/"))
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("act", ["payments/new/", "set-off/", f"payments/{KEY}/take-back/"])
def test_doors_are_closed_to_who_may_not(delta, invoice, carol, client_of, act):
    role = RoleFactory(organisation=delta, levels={"sales": 1})
    viewer = client_of(MemberFactory(organisation=delta, role=role).user)
    assert client_of(carol).post(page_of(invoice, act), PAID).status_code == 404
    assert viewer.post(page_of(invoice, act), PAID).status_code == 403
    assert not Settlement.objects.exists()
