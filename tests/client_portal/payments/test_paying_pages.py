"""What a contact sees and does when it pays: ways, one page, several documents, the outcome, the receipt."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

from advisory_portal.core.access import system_actor
from client_portal.models import ContactGateway, GatewayAccount, GatewayPayment, PaymentAttempt, PortalSettings
from documents.actions import settle
from documents.models import Document, DocumentSettings, Kind
from tests.client_portal.entered import entered, opened
from tests.client_portal.factories_payments import KINDS, attempt_at, contact_gateway, gateway_account
from tests.factories import ContactFactory, DocumentFactory, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
State = PaymentAttempt.State


@pytest.fixture
def accounts(companies, erin):
    return {kind: contact_gateway(erin, gateway_account(erin.organisation, kind)).account for kind in KINDS}


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/{tail}"


def pay(browser, account, *documents, **more):
    data = {"d": [one.pk for one in documents], "account": account.pk, **more}
    return browser.post("/portal/delta/pay/", data)


def leads_to(answer):
    assert answer.status_code == 200, answer
    return re.fullmatch(r"0; url=(.+)", answer.headers["Refresh"])[1]


def of_the_site(address):
    parts = urlsplit(address)
    assert parts.query.startswith("from=paid")
    return f"{parts.path}?{parts.query}"


# --- What is offered -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.SALES_ORDER])
def test_side_bar_has_a_button_for_each_way(accounts, erin, kind):
    document = issued_document(erin, kind=kind)
    shown = tree(opened(document).get(page(document)))
    words = [text_of(one) for one in shown.xpath("//div[@id='pay']//button")]
    assert words == ["Pay with PayPal", "Pay with Square", "Pay with Stripe"]
    assert {one.get("value") for one in shown.xpath("//div[@id='pay']//input[@name='d']")} == {str(document.pk)}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "paid", "settled": 121},
        {"state": "void"},
        {"kind": "quote"},
        {"kind": "credit_note"},
        {"kind": "delivery_note"},
    ],
)
def test_nothing_is_offered_where_nothing_is_due(accounts, erin, values):
    document = DocumentFactory(contact=erin, **values)
    assert tree(entered(erin).get(page(document))).xpath("//div[@class='pay']") == []


def test_only_ways_of_the_contact_that_take_the_currency_are_offered(companies, erin, delta):
    contact_gateway(erin, gateway_account(delta, "stripe"))
    contact_gateway(erin, gateway_account(delta, "square"))  # its location takes EUR
    gateway_account(delta, "paypal")  # of the business, but not for Erin
    invoice = issued_document(erin, currency="USD")
    shown = tree(entered(erin).get(page(invoice)))
    assert [text_of(one) for one in shown.xpath("//div[@id='pay']//button")] == ["Pay with Stripe"]
    words = text_of(tree(entered(erin).get(f"/portal/delta/pay/?d={invoice.pk}")))
    assert "Square: It does not take payments in USD." in words


def test_bank_transfer_stands_beside_with_its_code(erin, delta):
    DocumentSettings.objects.create(organisation=delta, iban="ES9121000418450200051332", account_name="Delta, S. L.")
    invoice = issued_document(erin)
    shown = tree(entered(erin).get(f"/portal/delta/pay/?d={invoice.pk}"))
    words = text_of(shown)
    for part in ("ES91 2100 0418 4502 0005 1332", "Delta, S. L.", "Delta takes no online payments for this."):
        assert part in words
    assert len(shown.xpath("//div[@class='pay-code']/svg")) == 1
    beside = tree(entered(erin).get(page(invoice))).xpath("//div[@id='pay']//a")
    assert [(text_of(one), one.get("href")) for one in beside] == [
        ("Pay by bank transfer", f"/portal/delta/pay/?d={invoice.pk}")
    ]


def test_transfer_of_several_names_every_number_and_the_sum(erin, delta):
    DocumentSettings.objects.create(organisation=delta, iban="ES9121000418450200051332")
    one, other = issued_document(erin), issued_document(erin)
    words = text_of(tree(entered(erin).get(f"/portal/delta/pay/?d={one.pk}&d={other.pk}")))
    assert f"{one.number}, {other.number}" in words
    assert "€242.00" in words


# --- Pay -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pay_leads_on_to_the_company_and_back_to_paid(accounts, companies, erin, kind):
    invoice = issued_document(erin)
    browser = opened(invoice)
    there = leads_to(pay(browser, accounts[kind], invoice))
    back = companies.press(there, "pay")
    attempt = PaymentAttempt.objects.get()
    assert urlsplit(back).path == f"/portal/delta/pay/{attempt.pk}/"
    path = of_the_site(back)
    assert "We are asking" in text_of(tree(browser.get(path)))
    assert PaymentAttempt.objects.get().state == State.OPEN  # looking at the page asks nobody
    answer = browser.post(f"/portal/delta/pay/{attempt.pk}/look/", {"turn": "1"}, headers={"HX-Request": "true"})
    assert "Paid" in text_of(tree(answer))
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == (Document.State.PAID, 0)
    assert "hx-trigger" not in answer.content.decode()


def test_pressing_again_leads_to_the_same_page(accounts, erin):
    invoice = issued_document(erin)
    pages = {leads_to(pay(opened(invoice), accounts["stripe"], invoice)) for _ in range(2)}
    assert (len(pages), PaymentAttempt.objects.count()) == (1, 1)


def test_several_invoices_are_paid_at_once(accounts, companies, erin):
    browser, documents = entered(erin), [issued_document(erin) for _ in range(3)]
    answer = browser.post("/portal/delta/pay/chosen/", {"ids": [one.pk for one in documents]})
    shown = tree(browser.get(answer.headers["Location"]))
    assert "3 documents" in text_of(shown)
    assert shown.xpath("//p[@class='back']/a/@href") == ["/portal/delta/documents/invoices/"]
    assert "€363.00" in text_of(shown)
    companies.press(leads_to(pay(browser, accounts["square"], *documents)), "pay")
    attempt = PaymentAttempt.objects.get()
    browser.post(f"/portal/delta/pay/{attempt.pk}/look/")
    assert {one.state for one in Document.objects.filter(pk__in=[one.pk for one in documents])} == {"paid"}
    assert GatewayPayment.objects.get().allocated == Decimal(363)


def test_documents_in_two_currencies_are_not_paid_together(accounts, erin):
    one, other = issued_document(erin), issued_document(erin, currency="USD")
    answer = entered(erin).get(f"/portal/delta/pay/?d={one.pk}&d={other.pk}", follow=True)
    assert "Documents in different currencies are paid one by one." in text_of(tree(answer))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "Write an amount above zero."),
        ("-5", "Write an amount above zero."),
        ("121.01", "Only €121.00 is open on"),
        ("1e12", "is not a number"),
        ("ten", "is not a number"),
        ("1.001", "decimal"),
    ],
)
def test_part_that_is_none_is_refused_beside_its_field(accounts, erin, delta, typed, said):
    PortalSettings.objects.create(organisation=delta, takes_part=True)
    invoice = issued_document(erin)
    answer = pay(entered(erin), accounts["stripe"], invoice, amount=typed)
    assert answer.status_code == 422
    (field,) = tree(answer).xpath("//div[contains(@class, 'has-error')]")
    assert said in text_of(field)
    assert field.xpath(".//input/@value") == [typed]
    assert not PaymentAttempt.objects.exists()


def test_part_is_paid_where_the_business_allows_it_alone(accounts, erin, delta):
    invoice = issued_document(erin)
    pay(entered(erin), accounts["stripe"], invoice, amount="10")
    assert PaymentAttempt.objects.get().amount == 121
    PortalSettings.objects.create(organisation=delta, takes_part=True)
    pay(entered(erin), accounts["stripe"], invoice, amount="10")
    assert PaymentAttempt.objects.latest("id").amount == 10


def test_way_that_is_not_the_contacts_any_more_is_refused(accounts, erin):
    invoice, account = issued_document(erin), accounts["stripe"]
    ContactGateway.objects.filter(account=account).delete()
    answer = pay(entered(erin), account, invoice)
    assert answer.status_code == 422
    assert "You cannot pay this way any more. Choose another." in text_of(tree(answer))


def test_paid_document_leads_back_to_its_page(accounts, erin):
    invoice = DocumentFactory(contact=erin, state="paid", settled=121)
    answer = pay(entered(erin), accounts["stripe"], invoice)
    assert (answer.status_code, answer.headers["Location"]) == (302, page(invoice))


# --- Whose it is ---------------------------------------------------------------------------------------------


def test_nobody_pays_or_sees_what_is_not_theirs(accounts, erin, delta):
    other = ContactFactory(organisation=delta, name="Somebody else")
    theirs, mine = issued_document(other), issued_document(erin)
    attempt = attempt_at(accounts["stripe"], mine)
    assert pay(entered(erin), accounts["stripe"], theirs).status_code == 404
    assert entered(erin).get(f"/portal/delta/pay/?d={theirs.pk}").status_code == 404
    assert entered(erin).get("/portal/delta/pay/").status_code == 404
    for browser in (entered(other), opened(theirs)):
        assert browser.get(f"/portal/delta/pay/{attempt.pk}/").status_code == 404
        for verb in ("look", "cancel"):
            assert browser.post(f"/portal/delta/pay/{attempt.pk}/{verb}/").status_code == 404


def test_link_of_one_document_shows_no_payment_of_another(accounts, erin):
    one, other = issued_document(erin), issued_document(erin)
    attempt = attempt_at(accounts["stripe"], one, other)
    assert opened(one).get(f"/portal/delta/pay/{attempt.pk}/").status_code == 404
    assert entered(erin).get(f"/portal/delta/pay/{attempt.pk}/").status_code == 200


# --- How it stands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "title", "asks", "again"),
    [
        ({"state": State.OPEN, "redirect_url": "http://127.0.0.1:1/pay/"}, "Waiting for your payment", True, True),
        ({"state": State.NEW}, "One moment", True, False),
        ({"state": State.CAPTURING}, "One moment", True, False),
        ({"state": State.PENDING}, "Your payment is being processed", True, False),
        ({"state": State.FAILED}, "Not paid", False, True),
        ({"state": State.EXPIRED}, "Not paid", False, True),
        ({"state": State.CANCELLED}, "Payment cancelled", False, True),
        ({"state": State.SUCCEEDED}, "Paid", False, False),
    ],
)
def test_every_state_has_its_words_and_its_next_step(accounts, erin, values, title, asks, again):
    invoice = issued_document(erin)
    attempt = attempt_at(accounts["stripe"], invoice, **values)
    shown = tree(entered(erin).get(f"/portal/delta/pay/{attempt.pk}/"))
    (section,) = shown.xpath("//section[starts-with(@id, 'paying-')]")
    assert text_of(section.xpath(".//h1")[0]) == title
    assert (section.get("hx-post") is not None) == asks
    links = section.xpath(".//a[contains(@href, '/pay/?d=')]/@href")
    assert links == ([f"/portal/delta/pay/?d={invoice.pk}"] if again else [])


def test_what_is_not_known_is_never_called_failed(accounts, companies, erin):
    """The company's answer to the start is lost: the attempt waits, and its page asks again."""
    companies.fault("commit_then_drop", company="stripe", path="checkout/sessions", times=9)
    invoice = issued_document(erin)
    browser = entered(erin)
    answer = pay(browser, accounts["stripe"], invoice)
    attempt = PaymentAttempt.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/portal/delta/pay/{attempt.pk}/")
    words = text_of(tree(browser.get(answer.headers["Location"])))
    assert "One moment" in words
    assert "fail" not in words.lower()


def test_payer_gives_it_up(accounts, companies, erin):
    invoice, browser = issued_document(erin), entered(erin)
    there = leads_to(pay(browser, accounts["stripe"], invoice))
    attempt = PaymentAttempt.objects.get()
    answer = browser.post(f"/portal/delta/pay/{attempt.pk}/cancel/", follow=True)
    assert "Payment cancelled" in text_of(tree(answer))
    with pytest.raises((AssertionError, HTTPError)):  # the page of the company is closed too
        companies.press(there, "pay")
    assert PaymentAttempt.objects.get().state == State.CANCELLED


@pytest.mark.parametrize("is_enabled", [True, False])
def test_payment_that_is_being_processed_is_named_beside_the_document(accounts, erin, is_enabled):
    invoice = issued_document(erin)
    attempt = attempt_at(accounts["stripe"], invoice, state=State.PENDING)
    GatewayAccount.objects.update(is_enabled=is_enabled)
    (part,) = tree(entered(erin).get(page(invoice))).xpath("//div[@id='pay']")
    assert part.xpath(".//button") == []
    assert part.xpath(".//a/@href") == [f"/portal/delta/pay/{attempt.pk}/"]


def test_what_is_being_paid_already_is_not_offered_for_payment_again(accounts, erin):
    invoice, other = issued_document(erin), issued_document(erin)
    attempt = attempt_at(accounts["stripe"], invoice, state=State.PENDING)
    answer = entered(erin).get(f"/portal/delta/pay/?d={other.pk}&d={invoice.pk}", follow=True)
    assert answer.redirect_chain == [(f"/portal/delta/pay/{attempt.pk}/", 302)]
    assert f"{invoice.number} is being paid already" in text_of(tree(answer))
    assert entered(erin).get(f"/portal/delta/pay/?d={other.pk}").status_code == 200


# --- Receipts ------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(accounts, companies, erin):
    invoice, browser = issued_document(erin), entered(erin)
    companies.press(leads_to(pay(browser, accounts["stripe"], invoice)), "pay")
    browser.post(f"/portal/delta/pay/{PaymentAttempt.objects.get().pk}/look/")
    return GatewayPayment.objects.get()


def test_receipt_says_what_was_paid_when_and_how(paid, erin):
    words = text_of(tree(entered(erin).get(f"/portal/delta/receipts/{paid.pk}/")))
    for part in (f"Receipt {paid.attempt.reference}", "€121.00", "Stripe", "Invoice INV-2026-0001"):
        assert part in words
    answer = entered(erin).get(f"/portal/delta/receipts/{paid.pk}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    read = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
    for part in (paid.attempt.reference, "Invoice INV-2026-0001", paid.provider_id):
        assert part.replace(" ", "") in read.replace(" ", "").replace("\n", "")


def test_payments_lead_to_their_receipts(paid, erin):
    system = system_actor(erin.organisation.workspace)
    by_hand = {"amount": Decimal(1), "received_on": date(2026, 3, 9), "method": "cash", "source_key": "hand:1"}
    settle(actor=system, document=issued_document(erin), **by_hand)
    page = tree(entered(erin).get("/portal/delta/payments/"))
    assert page.xpath("//td[4]//a/@href") == [f"/portal/delta/receipts/{paid.pk}/"]


def test_receipt_is_its_payers_alone(paid, delta):
    other = entered(ContactFactory(organisation=delta))
    for tail in ("", "pdf/"):
        assert other.get(f"/portal/delta/receipts/{paid.pk}/{tail}").status_code == 404


def test_money_that_is_not_there_yet_has_no_receipt(paid, erin):
    GatewayPayment.objects.update(status="pending")
    assert entered(erin).get(f"/portal/delta/receipts/{paid.pk}/").status_code == 404
