"""What changes while the payer is on the company's page: the document, the account, the amount itself."""

from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import OutboundEmail
from client_portal.models import ContactGateway, GatewayPayment, PaymentAttempt
from client_portal.tasks import sync_attempts
from documents.actions import settle, void_document
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
TAKES_ITSELF = pytest.mark.parametrize("kind", ["stripe", "square"])  # PayPal's money is collected by us


@pytest.fixture
def one(companies, invoice, kind, dan_here):
    """A payer whose page at the company is open."""
    payer = Payer(companies, invoice, kind)
    payer.start()
    return payer


def cash(one, amount):
    settle(
        actor=system_actor(one.invoice.organisation.workspace),
        document=one.invoice,
        amount=Decimal(amount),
        received_on=one.invoice.issued_on,
        method="cash",
        source_key="hand:1",
    )


def looks(one):
    """How often staff were told that somebody has to look at money."""
    return OutboundEmail.objects.filter(kind="client_portal/payment_to_look_at").count()


# --- The document --------------------------------------------------------------------------------------------


@TAKES_ITSELF
def test_money_for_a_void_document_is_credit_and_does_not_bring_it_back(one, dan_here):
    void_document(actor=dan_here, document=one.invoice, now=one.now)
    one.press()
    attempt = one.sync()
    assert one.read == ("succeeded", "void", 0)
    assert (one.payment.allocated, one.payment.credit, one.payment.look) == (0, 121, "surplus")
    assert (looks(one), Settlement.objects.count(), attempt.shares.get().is_open) == (1, 0, False)
    one.sync()
    assert (looks(one), GatewayPayment.objects.count()) == (1, 1)


@TAKES_ITSELF
def test_money_that_comes_after_its_attempt_had_ended_for_a_void_document_is_late(one, dan_here):
    void_document(actor=dan_here, document=one.invoice, now=one.now)
    one.press()
    PaymentAttempt.objects.update(state="expired")
    attempt = one.sync()
    assert (attempt.is_late, one.read) == (True, ("succeeded", "void", 0))
    assert (one.payment.credit, one.payment.look, looks(one)) == (121, "late", 1)


@pytest.mark.parametrize("kind", ["paypal"])
def test_an_approval_for_a_void_document_is_not_collected(one, dan_here):
    void_document(actor=dan_here, document=one.invoice, now=one.now)
    one.press()
    assert one.sync().state == "cancelled"
    assert one.companies.told("ledger")["payments"] == {}


@EACH
@pytest.mark.parametrize("change", ["paid", "void"])
def test_the_clock_closes_the_page_of_a_document_that_takes_its_amount_no_more(one, dan_here, change):
    if change == "paid":
        cash(one, "21")
    else:
        void_document(actor=dan_here, document=one.invoice, now=one.now)
    assert sync_attempts() == 1
    assert one.read[0] == "cancelled"
    if one.kind == "paypal":
        one.press()  # the page stays, but what is approved there is not collected
        assert one.sync().state == "cancelled"
    else:
        with pytest.raises(AssertionError, match=r"40[49]"):
            one.press()
    assert one.companies.told("ledger")["payments"] == {}


@TAKES_ITSELF
@pytest.mark.parametrize(("paid", "booked", "credit"), [("100", 21, 100), ("0.01", Decimal("120.99"), Decimal("0.01"))])
def test_what_is_paid_in_the_same_moment_is_split_to_the_cent(one, paid, booked, credit):
    cash(one, paid)
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", 121)
    assert (one.payment.allocated, one.payment.credit, one.payment.look) == (booked, credit, "surplus")
    assert looks(one) == 1


# --- The amount at the company -------------------------------------------------------------------------------


def at_company(one):
    """The checkout as the company has it."""
    world = one.companies.world
    if one.kind == "square":
        return world.of("square.orders")[one.attempt.ref]
    return world.of(f"{one.kind}.{'sessions' if one.kind == 'stripe' else 'orders'}")[one.attempt.ref]


@EACH
@pytest.mark.parametrize(("came", "booked", "state"), [("100.00", 100, "partially_paid"), ("150.00", 121, "paid")])
def test_another_amount_than_asked_is_booked_as_far_as_it_goes(one, came, booked, state):
    minor = int(Decimal(came) * 100)
    at_company(one).update({"value": came} if one.kind == "paypal" else {"amount": minor})
    one.press()
    one.sync()
    assert one.read == ("succeeded", state, booked)
    assert (one.payment.amount, one.payment.credit, one.payment.look) == (
        Decimal(came),
        Decimal(came) - booked,
        "mismatch",
    )
    assert looks(one) == 1


@EACH
def test_another_currency_than_asked_stands_on_nothing(one):
    at_company(one)["currency"] = "usd" if one.kind == "stripe" else "USD"
    one.press()
    one.sync()
    assert one.read == ("succeeded", "issued", 0)
    assert (one.payment.currency, one.payment.credit, one.payment.look) == ("USD", 121, "mismatch")
    assert (looks(one), Settlement.objects.count()) == (1, 0)


# --- The account ---------------------------------------------------------------------------------------------


@EACH
def test_an_account_that_is_switched_off_meanwhile_still_books_what_comes(one):
    type(one.account).objects.update(is_enabled=False)
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", 121)
    assert one.payment.look == ""


@EACH
def test_a_contact_that_may_not_pay_this_way_any_more_has_paid_all_the_same(one):
    ContactGateway.objects.all().delete()
    one.press()
    one.sync()
    assert one.read == ("succeeded", "paid", 121)


@pytest.mark.parametrize("kind", ["paypal"])
@pytest.mark.parametrize("status", ["REVERSED", "DENIED"])
def test_what_paypal_takes_back_is_off_the_invoice_and_there_again_when_it_returns(one, status):
    one.press()
    one.sync()
    capture = one.companies.world.of("paypal.captures")[one.payment.provider_id]
    capture["status"] = status
    one.sync()
    assert one.read == ("succeeded", "issued", 0)
    assert (one.payment.status, one.payment.look, looks(one)) == ("failed", "reversed", 1)
    capture["status"] = "COMPLETED"
    one.sync()
    assert one.read == ("succeeded", "paid", 121)
    assert (one.payment.status, one.payment.allocated, one.payment.look) == ("succeeded", 121, "")


@EACH
def test_money_on_its_way_that_does_not_come_is_told_once(one):
    one.press("later")
    one.sync()
    one.act("deny")
    for _ in range(3):
        one.sync()
    told = OutboundEmail.objects.filter(kind="client_portal/payment_failed")
    assert (told.count(), one.read[1:]) == (1, ("issued", 0))
    assert not OutboundEmail.objects.filter(kind="client_portal/payment_received").exists()
