"""What the address that leads back says is nobody's word: how a payment stands, the company tells."""

from decimal import Decimal

import pytest
from django.test import Client

from client_portal.models import GatewayPayment, PaymentAttempt
from tests.client_portal.entered import entered
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer
from tests.factories import issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
SAID = (
    "?from=paid",
    "?from=paid&token=5O190127TN364715T&PayerID=SANDBOX",
    "?from=paid&s=cs_test_another&redirect_status=succeeded",
    "?from=paid&orderId=another&transactionId=1&state=succeeded&amount=0.01",
    "?from=../../&attempt=00000000-0000-0000-0000-000000000000",
)


@pytest.fixture
def one(companies, invoice, kind):
    payer = Payer(companies, invoice, kind)
    payer.start()
    return payer


@EACH
@pytest.mark.parametrize("said", SAID, ids=["paid", "paypal", "stripe", "square", "odd"])
def test_an_address_that_says_paid_pays_nothing(one, erin, said):
    browser, page = entered(erin), f"/portal/delta/pay/{one.attempt.pk}/"
    words = text_of(tree(browser.get(f"{page}{said}")).xpath("//section[starts-with(@id, 'paying-')]")[0])
    assert "Receipt" not in words
    answer = browser.post(f"{page}look/{said}", {"turn": "1"}, headers={"HX-Request": "true"})
    assert "Receipt" not in text_of(tree(answer))
    assert (one.read, GatewayPayment.objects.count()) == (("open", "issued", 0), 0)


@EACH
def test_an_address_that_says_cancelled_keeps_nobody_from_having_paid(one, erin):
    one.press()
    browser, page = entered(erin), f"/portal/delta/pay/{one.attempt.pk}/"
    browser.get(f"{page}?from=cancelled")
    answer = browser.post(f"{page}look/?from=cancelled", {"turn": "1"}, headers={"HX-Request": "true"})
    assert "Receipt" in text_of(tree(answer))
    assert one.read == ("succeeded", "paid", 121)


@pytest.mark.parametrize("kind", ["stripe"])
def test_the_address_of_another_attempt_tells_of_that_one_alone(one, erin):
    other = issued_document(erin)
    second = one.start(shares={other.pk: Decimal(121)})
    one.press()
    browser = entered(erin)
    first = PaymentAttempt.objects.exclude(pk=second.pk).get()
    browser.post(f"/portal/delta/pay/{first.pk}/look/?from=paid")
    assert PaymentAttempt.objects.get(pk=first.pk).state == "open"
    one.invoice.refresh_from_db()
    assert one.invoice.settled == 0
    browser.post(f"/portal/delta/pay/{second.pk}/look/")
    assert PaymentAttempt.objects.get(pk=second.pk).state == "succeeded"
    other.refresh_from_db()
    assert other.settled == 121


@pytest.mark.parametrize("kind", ["stripe"])
def test_who_is_not_signed_in_is_told_nothing(one):
    one.press()
    page = f"/portal/delta/pay/{one.attempt.pk}/"
    stranger = Client()
    assert stranger.get(f"{page}?from=paid").status_code == 302
    assert stranger.post(f"{page}look/").status_code in (302, 403)
    assert one.read == ("open", "issued", 0)
