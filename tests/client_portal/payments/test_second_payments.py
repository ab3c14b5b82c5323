"""An invoice that was paid twice: one payment stands on it, the other is the contact's, and goes back without it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from advisory_portal.core.models import OutboundEmail
from client_portal.actions.payments.refund_sending import send_refund
from client_portal.actions.payments.refunds import request_refund
from client_portal.models import AttemptShare, GatewayPayment, Refund
from documents.models import Document
from tests.client_portal.factories_payments import contact_gateway, gateway_account
from tests.client_portal.payments.payer import Payer

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize(
    "kinds", [("stripe", "square"), ("square", "stripe")], ids=["stripe-first", "square-first"]
)


@pytest.fixture
def one(companies, invoice, dan_here, kinds):
    """A payer who paid on two companies' pages, because the first could not be closed in time."""
    payer = Payer(companies, invoice, kinds[0])
    payer.start()
    first = payer.attempt
    AttemptShare.objects.update(is_open=False)
    other = gateway_account(invoice.organisation, kinds[1])
    contact_gateway(invoice.contact, other)
    payer.start(account=other)
    for attempt in (first, payer.attempt):
        payer.attempt = attempt
        payer.press()
        payer.sync()
    return payer


def standing(one):
    """What each payment has on the invoice and left over, by company; and the invoice's state."""
    rows = GatewayPayment.objects.select_related("account").order_by("id")
    document = Document.objects.get(pk=one.invoice.pk)
    return [(row.account.kind, row.allocated, row.credit) for row in rows], (document.state, document.settled)


@BOTH
def test_the_second_is_credit_and_staff_are_shown_it(one, kinds):
    assert standing(one) == ([(kinds[0], 121, 0), (kinds[1], 0, 121)], ("paid", 121))
    assert list(GatewayPayment.objects.order_by("id").values_list("look", flat=True)) == ["", "surplus"]
    assert OutboundEmail.objects.filter(kind="client_portal/payment_to_look_at").count() == 1


@BOTH
def test_refunding_the_second_leaves_the_invoice_paid(one, kinds, dan_here):
    second = GatewayPayment.objects.get(look="surplus")
    refund = request_refund(actor=dan_here, payment=second, amount=Decimal(121), note="", key=uuid4(), now=one.now)
    send_refund(refund_id=refund.pk, now=one.now)
    assert second.look == "surplus"
    refund.refresh_from_db()
    if kinds[1] == "square":
        one.companies.act("square", "settle_refund", refund.provider_id)
        send_refund(refund_id=refund.pk, now=one.now + timedelta(minutes=5))
    assert Refund.objects.get().state == "succeeded"
    assert standing(one) == ([(kinds[0], 121, 0), (kinds[1], 0, 0)], ("paid", 121))
    second.refresh_from_db()
    assert second.look == ""  # nothing of it is left to decide about
    one.companies.act(kinds[1], "fail_refund", refund.provider_id)
    one.attempt = second.attempt
    one.sync()
    second.refresh_from_db()
    assert (Refund.objects.get().state, second.credit, second.look) == ("failed", 121, "surplus")
    assert standing(one)[1] == ("paid", 121)


@BOTH
def test_a_refund_of_the_second_in_the_companys_dashboard_leaves_the_invoice_paid(one, kinds):
    second = GatewayPayment.objects.get(look="surplus")
    made = one.companies.act(kinds[1], "refund", second.provider_id, amount=12_100)["id"]
    if kinds[1] == "square":
        one.companies.act("square", "settle_refund", made)
    one.attempt = second.attempt
    one.sync()
    assert standing(one) == ([(kinds[0], 121, 0), (kinds[1], 0, 0)], ("paid", 121))


@BOTH
def test_refunding_the_first_opens_the_invoice_by_it_alone(one, kinds, dan_here):
    first = GatewayPayment.objects.get(look="")
    made = one.companies.act(kinds[0], "refund", first.provider_id, amount=2_100)["id"]
    if kinds[0] == "square":
        one.companies.act("square", "settle_refund", made)
    one.attempt = first.attempt
    one.sync()
    assert standing(one) == ([(kinds[0], 100, 0), (kinds[1], 0, 121)], ("partially_paid", 100))
