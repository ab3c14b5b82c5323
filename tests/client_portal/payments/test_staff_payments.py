"""The staff's pages of online payments: lists, one payment and what is done with it, attempts, webhooks."""

import re
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory_portal.core.ids import uuid7
from client_portal.actions import payments
from client_portal.actions.payments.log import log_payment
from client_portal.models import Dispute, GatewayPayment, PaymentAttempt, PaymentLog, Refund, WebhookEvent
from client_portal.words import PAYMENT_STEPS
from tests.client_portal.factories_payments import attempt_at, booked_payment, gateway_account, started_attempt
from tests.factories import ContactFactory, MemberFactory, OrganisationFactory, RoleFactory, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
PAGE = "/o/delta/payments/"
Look = GatewayPayment.Look
STEP = re.compile(r"""(?:what=|[._]log\((?:[a-z]+, )?)"([a-z_]+)\"""")


@pytest.fixture
def account(companies, delta):
    return gateway_account(delta)


@pytest.fixture
def payment(account, invoice):
    return booked_payment(attempt_at(account, invoice, state="succeeded"))


def page_of(payment, part=""):
    return f"{PAGE}{payment.pk}/{part}"


def said(browser, address):
    return text_of(tree(browser.get(address)))


def main_of(browser, address):
    (main,) = tree(browser.get(address)).xpath("//main")
    return text_of(main)


def names_in(browser, address):
    return [text_of(cell) for cell in tree(browser.get(address)).xpath("//td[@class='name']")]


def event_of(account, **values):
    usual = {
        "event_id": f"evt_{uuid4().hex}",
        "type": "checkout.session.completed",
        "body": b"{}",
        "signature": "valid",
    }
    return WebhookEvent.objects.create(organisation_id=account.organisation_id, account=account, **usual | values)


def test_payments_are_listed_narrowed_and_paged(client_of, dan, account, payment, delta):
    other = booked_payment(
        attempt_at(gateway_account(delta, "paypal"), issued_document(ContactFactory(organisation=delta, name="Zoe"))),
        status="pending", provider_id="CAPTURE-1",
    )  # fmt: skip
    browser = client_of(dan)
    assert "€121.00" in main_of(browser, PAGE)
    for query, shown in (
        ("", ["Zoe", "Erin"]), ("?q=zo", ["Zoe"]), ("?q=CAPTURE-1", ["Zoe"]), ("?q=CAPTURE", []),
        ("?company=stripe", ["Erin"]), ("?status=pending", ["Zoe"]), (f"?from={timezone.localdate()}", ["Zoe", "Erin"]),
        ("?company=x&status=y&from=z&after=w", ["Zoe", "Erin"]), (f"?to={timezone.localdate()}", ["Zoe", "Erin"]),
    ):  # fmt: skip
        assert names_in(browser, f"{PAGE}{query}") == shown
    assert "Nothing matches" in main_of(browser, f"{PAGE}?to=2020-01-01")
    assert tree(browser.get(PAGE)).xpath(f"//a[@href='{page_of(other)}']")


def test_lists_cost_the_same_for_many_rows(client_of, dan, account, delta, invoice):
    browser = client_of(dan)
    counts = []
    for more in (1, 29):
        for _each in range(more):
            contact = ContactFactory(organisation=delta)
            booked_payment(attempt_at(account, issued_document(contact)), look=Look.SURPLUS)
            event_of(account)
        counts.append([])
        for part in ("", "to-look-at/", "attempts/", "webhooks/"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(f"{PAGE}{part}").status_code == 200
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]


def test_what_is_to_be_looked_at_stands_apart_with_advice(client_of, dan, payment):
    browser = client_of(dan)
    assert "Nothing to look at" in main_of(browser, f"{PAGE}to-look-at/")
    for look in Look.values:
        GatewayPayment.objects.update(look=look)
        assert str(Look(look).label) in main_of(browser, f"{PAGE}to-look-at/")
        assert str(Look(look).label) in main_of(browser, page_of(payment))


def test_a_payment_tells_all_about_itself(client_of, dan, payment, account, invoice):
    GatewayPayment.objects.update(fee=Decimal("2.07"), method="card", look_note="She knows")
    refund = {"organisation": invoice.organisation, "account": account, "payment": payment, "amount": Decimal(5)}
    Refund.objects.create(**refund, source="staff", key="rf-1", note="Bent wheel", asked_by_name="Dan")
    Dispute.objects.create(**refund, provider_id="dp_1", due_at=timezone.now())
    log_payment(account=account, what="received", trigger="webhook", payment=payment, detail={"amount": "121.00"})
    log_payment(account=account, what="new", trigger="page", attempt=payment.attempt)
    words = main_of(client_of(dan), page_of(payment))
    for expected in ("€2.07", "€118.93", "Bent wheel", "Dispute", "Money booked", "Payment begun", "She knows", "card"):
        assert expected in words


def test_every_step_of_the_log_has_words():
    """What is written by name in the actions, and the states of attempts."""
    written = {one for path in Path(payments.__path__[0]).glob("*.py") for one in STEP.findall(path.read_text())}
    assert {"received", "refund_asked", "matched"} <= written
    assert written | set(PaymentAttempt.State.values) <= set(PAYMENT_STEPS)


def test_a_refund_is_asked_for_once_by_one_form(client_of, dan, payment):
    browser, key = client_of(dan), str(uuid4())
    typed = {"amount": "21.00", "note": "Too much", "key": key}
    for _twice in range(2):
        assert browser.post(page_of(payment, "refund/"), typed)["Location"] == page_of(payment)
    refund = Refund.objects.get()
    assert (refund.amount, refund.note, refund.asked_by_name) == (21, "Too much", "Dan")
    payment.refresh_from_db()
    assert payment.refunding == 21


@pytest.mark.parametrize("amount", ["", "0", "-1", "x", "0.001", "121.01", "1" * 30])
def test_a_refund_that_cannot_be_stays_as_it_was_typed(client_of, dan, payment, amount):
    answer = client_of(dan).post(page_of(payment, "refund/"), {"amount": amount, "note": "Sorry", "key": str(uuid4())})
    assert answer.status_code == 422 and "Sorry" in answer.content.decode()
    assert not Refund.objects.exists()


def test_a_payment_is_matched_by_the_number_of_a_document(client_of, dan, payment, invoice, erin):
    GatewayPayment.objects.update(look=Look.SURPLUS)
    other, browser = issued_document(erin), client_of(dan)
    assert tree(browser.get(page_of(payment))).xpath(f"//datalist/option[@value='{other.number}']")
    for number in ("", "NOBODY-1"):
        answer = browser.post(page_of(payment, "match/"), {"number": number, "amount": "121.00"})
        assert answer.status_code == 422
    typed = {"number": other.number.lower(), "amount": "121.00"}
    assert browser.post(page_of(payment, "match/"), typed)["Location"] == page_of(payment)
    other.refresh_from_db()
    assert other.outstanding == 0 and other.number in main_of(browser, page_of(payment))


def test_a_look_is_closed_with_a_note(client_of, dan, payment):
    GatewayPayment.objects.update(look=Look.LATE)
    browser = client_of(dan)
    assert browser.post(page_of(payment, "look/"), {"note": ""}).status_code == 422
    assert browser.post(page_of(payment, "look/"), {"note": "Kept"})["Location"] == f"{PAGE}to-look-at/"
    payment.refresh_from_db()
    assert (payment.look, payment.look_note) == ("", "Kept")


def test_what_cannot_be_done_has_no_button(client_of, dan, payment):
    browser = client_of(dan)
    GatewayPayment.objects.update(look=Look.FOREIGN)
    page = tree(browser.get(page_of(payment)))
    assert not page.xpath("//dialog[@id='refund']") and not page.xpath("//dialog[@id='match']")
    GatewayPayment.objects.update(look="", allocated=121)
    page = tree(browser.get(page_of(payment)))
    assert page.xpath("//dialog[@id='refund']")
    assert not page.xpath("//dialog[@id='match']") and not page.xpath("//dialog[@id='look']")


def test_an_attempt_is_asked_about_at_once(companies, client_of, dan, account, invoice):
    attempt, browser = started_attempt(account, invoice), client_of(dan)
    assert "Ask now" in main_of(browser, f"{PAGE}attempts/")
    companies.press(attempt.redirect_url, "pay")
    browser.post(f"{PAGE}attempts/{attempt.pk}/ask/")
    attempt.refresh_from_db()
    invoice.refresh_from_db()
    assert (attempt.state, invoice.outstanding) == ("succeeded", 0)
    assert PaymentLog.objects.filter(trigger="staff", actor_name="Dan").exists()
    assert "Ask now" not in main_of(browser, f"{PAGE}attempts/") or attempt.due_at is not None


def test_webhooks_that_failed_are_found_and_replayed(client_of, dan, account):
    done = event_of(account, outcome="done", due_at=None)
    failed = event_of(account, type="refund.failed", attempts=8, last_error="OperationalError: gone")
    refused = event_of(account, outcome="refused", due_at=None, signature="invalid")
    browser = client_of(dan)
    words = main_of(browser, f"{PAGE}webhooks/?failed=1")
    assert "refund.failed" in words and "OperationalError" in words and "checkout.session" not in words
    assert not tree(browser.get(f"{PAGE}webhooks/")).xpath(f"//form[contains(@action, '{refused.pk}')]")
    for event in (done, failed):
        assert browser.post(f"{PAGE}webhooks/{event.pk}/replay/")["Location"] == f"{PAGE}webhooks/"
        event.refresh_from_db()
        assert (event.due_at is not None, event.attempts) == (True, 0)


def test_a_documents_page_shows_what_was_tried_and_paid(client_of, dan, account, invoice, erin):
    browser, card = client_of(dan), f"/o/delta/documents/{invoice.pk}/online-payments/"
    assert text_of(tree(browser.get(f"/o/delta/documents/{invoice.pk}/"))) and "Nobody has tried" in said(browser, card)
    attempt_at(account, invoice, state="failed")
    assert tree(browser.get(f"/o/delta/documents/{invoice.pk}/")).xpath(f"//*[@hx-get='{card}']")
    fragment = browser.get(card, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and "Failed" in fragment
    assert browser.get(f"/o/delta/documents/{uuid7()}/online-payments/").status_code == 404


def test_pages_are_for_who_may_see_sales(client_of, delta, carol, payment, account):
    event = event_of(account)
    role = RoleFactory(organisation=delta, levels={"sales": 1})
    looks = client_of(MemberFactory(organisation=delta, role=role).user)
    assert not tree(looks.get(page_of(payment))).xpath("//main//form[@method='post']")
    posts = [page_of(payment, part) for part in ("refund/", "match/", "look/")]
    posts += [f"{PAGE}attempts/{payment.attempt_id}/ask/", f"{PAGE}webhooks/{event.pk}/replay/"]
    assert looks.get(f"{PAGE}webhooks/").status_code == 403
    for address in posts:
        assert looks.post(address).status_code == 403
        assert client_of(carol).post(address).status_code == 404
    stranger = MemberFactory(organisation=OrganisationFactory(slug="other"), code="owner").user
    assert client_of(stranger).get(f"/o/other/payments/{payment.pk}/").status_code == 404
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
