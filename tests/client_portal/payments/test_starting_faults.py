"""Starting a payment at a company that fails: what is known not to be is told, what is not known is asked again."""

from datetime import timedelta

import pytest

from client_portal.actions import NotBegun
from client_portal.models import GatewayAccount, PaymentAttempt, PaymentLog
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)
START = {"stripe": "checkout/sessions$", "paypal": "checkout/orders$", "square": "payment-links$"}


@pytest.fixture
def payer(companies, invoice):
    return lambda kind="stripe": Payer(companies, invoice, kind)


def begun(companies, kind):
    """How many checkouts the company has."""
    things = {"stripe": "stripe.sessions", "paypal": "paypal.orders", "square": "square.orders"}[kind]
    return len(companies.world.of(things))


@EACH
@pytest.mark.parametrize("fault", ["commit_then_drop", "500", "html"])
def test_an_answer_that_is_lost_is_never_called_failed(payer, kind, fault):
    one = payer(kind)
    one.fault(fault, method="POST", path=START[kind], times=9)
    attempt = one.start()
    assert (attempt.state, attempt.shares.get().is_open) == ("new", True)
    assert attempt.due_at == one.now + timedelta(minutes=1)
    one.companies.control("faults", {"clear": True})
    attempt = one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert (attempt.state, attempt.last_error, begun(one.companies, kind)) == ("open", "", 1)
    one.press()
    assert one.sync().state == "succeeded"


@EACH
def test_pressed_again_after_a_lost_answer_it_is_the_same_checkout(payer, kind):
    one = payer(kind)
    one.fault("commit_then_drop", method="POST", path=START[kind], times=9)
    first = one.start()
    one.companies.control("faults", {"clear": True})
    again = one.start()
    assert (again.pk, again.state, begun(one.companies, kind)) == (first.pk, "open", 1)


@EACH
def test_a_known_refusal_after_a_lost_answer_is_still_an_open_question(payer, kind):
    one = payer(kind)
    one.fault("commit_then_drop", method="POST", path=START[kind], times=9)
    one.start()
    one.companies.control("faults", {"clear": True})
    one.fault("401", times=9)
    assert one.start().state == "new"


@EACH
@pytest.mark.parametrize("fault", ["401", "429"])
def test_a_company_that_refuses_ends_the_attempt_in_words(payer, kind, fault):
    one = payer(kind)
    GatewayAccount.objects.update(checked_at=one.now)
    one.fault(fault, times=9)
    with pytest.raises(NotBegun, match="Nothing was paid"):
        one.start()
    attempt = PaymentAttempt.objects.get()
    assert (attempt.state, attempt.shares.get().is_open, attempt.due_at) == ("failed", False, None)
    assert attempt.error_code
    # Where the account itself is at fault it is checked soon, so that staff see it.
    assert GatewayAccount.objects.get().checked_at == (None if fault == "401" else one.now)
    one.companies.control("faults", {"clear": True})
    assert one.start().state == "open"


@EACH
def test_one_that_never_got_its_page_ends_with_its_hour(payer, kind):
    one = payer(kind)
    one.fault("drop", method="POST", path=START[kind], times=9)
    one.start()
    one.now += timedelta(hours=1)
    attempt = one.sync(trigger=PaymentLog.Trigger.SWEEP)
    assert (attempt.state, attempt.due_at, attempt.shares.get().is_open) == ("expired", None, False)
    assert one.sync().state == "expired"


def test_a_company_that_cannot_be_reached_did_nothing(payer, settings):
    one = payer("square")
    settings.PAYMENTS_SANDBOX_URL = "http://127.0.0.1:1"
    GatewayAccount.objects.update(credentials_version=2)
    with pytest.raises(NotBegun):
        one.start()
