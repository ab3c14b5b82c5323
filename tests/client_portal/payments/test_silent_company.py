"""A company that does not answer for a minute holds a worker for its time limit, and nobody hears of a failure."""

from contextlib import contextmanager
from time import monotonic

import pytest
from django.db.models import F

from advisory_portal.gateways import paypal_api, square, stripe
from client_portal.models import GatewayAccount, PaymentAttempt, PaymentLog
from tests.client_portal.entered import entered
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
START = {"stripe": "checkout/sessions$", "paypal": "checkout/orders$", "square": "payment-links$"}
SILENCE = 60  # seconds
LOOK = {"stripe": "sessions", "paypal": "orders", "square": "orders"}


@pytest.fixture
def one(companies, invoice, kind):
    return Payer(companies, invoice, kind)


@contextmanager
def hurried():
    """The companies' answers are waited for half a second in place of twenty; a gateway of an account is made anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe, "TIMEOUT", (5, 0.5))
        patch.setattr(paypal_api, "TIMEOUT", (5, 0.5))
        patch.setattr(square, "TIMEOUT", 0.5)
        GatewayAccount.objects.update(credentials_version=F("credentials_version") + 1)
        yield
    GatewayAccount.objects.update(credentials_version=F("credentials_version") + 1)


@EACH
def test_a_start_that_hangs_is_not_failed(one, erin):
    one.fault("slow", method="POST", path=START[one.kind], times=9, seconds=SILENCE)
    began = monotonic()
    with hurried():
        attempt = one.start()
        assert monotonic() - began < SILENCE
        assert (attempt.state, attempt.shares.get().is_open) == ("new", True)
        words = text_of(tree(entered(erin).get(f"/portal/delta/pay/{attempt.pk}/")))
    assert "One moment" in words
    assert "fail" not in words.lower()
    one.companies.control("faults", {"clear": True})
    assert one.sync(trigger=PaymentLog.Trigger.SWEEP).state == "open"


@EACH
def test_a_look_that_hangs_changes_nothing_and_ends(one):
    one.start()
    one.press()
    one.fault("slow", method="GET", path=LOOK[one.kind], times=9, seconds=SILENCE)
    began = monotonic()
    with hurried():
        attempt = one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert monotonic() - began < SILENCE
    assert (attempt.state, bool(attempt.last_error)) == ("open", True)
    assert one.read[1:] == ("issued", 0)
    one.companies.control("faults", {"clear": True})
    one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert PaymentAttempt.objects.get().state == "succeeded"
