"""A company that does not answer for a minute holds a worker for its time limit, and nobody hears of a failure."""

from time import monotonic

import pytest

from advisory_portal.gateways import paypal_api, square, stripe
from client_portal.models import PaymentAttempt, PaymentLog
from tests.client_portal.entered import entered
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
START = {"stripe": "checkout/sessions$", "paypal": "checkout/orders$", "square": "payment-links$"}
LOOK = {"stripe": "sessions", "paypal": "orders", "square": "orders"}


@pytest.fixture
def one(companies, invoice, kind, monkeypatch):
    """A payer at a company whose answers are waited for half a second in place of twenty."""
    monkeypatch.setattr(stripe, "TIMEOUT", (5, 0.5))
    monkeypatch.setattr(paypal_api, "TIMEOUT", (5, 0.5))
    monkeypatch.setattr(square, "TIMEOUT", 0.5)
    return Payer(companies, invoice, kind)


@EACH
def test_a_start_that_hangs_is_not_failed(one, erin):
    one.fault("slow", method="POST", path=START[one.kind], times=9, seconds=60)
    began = monotonic()
    attempt = one.start()
    assert monotonic() - began < 20
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
    one.fault("slow", method="GET", path=LOOK[one.kind], times=9, seconds=60)
    began = monotonic()
    attempt = one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert monotonic() - began < 20
    assert (attempt.state, bool(attempt.last_error)) == ("open", True)
    assert one.read[1:] == ("issued", 0)
    one.companies.control("faults", {"clear": True})
    one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert PaymentAttempt.objects.get().state == "succeeded"
