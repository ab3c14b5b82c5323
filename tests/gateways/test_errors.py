"""What goes wrong at the companies, in the words of one who has to decide what to do about it."""

import pytest

from advisory_portal.gateways import (
    ConfigError,
    GatewayError,
    InProgress,
    Money,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
)
from tests.gateways.test_paying import paid
from tests.sandboxes import CREDENTIALS

START = {
    "stripe": ("POST", "/v1/checkout/sessions$"),
    "paypal": ("POST", "/v2/checkout/orders$"),
    "square": ("POST", "/v2/online-checkout/payment-links$"),
}
READ = {"stripe": "/v1/checkout/sessions/", "paypal": "/v2/checkout/orders/", "square": "/v2/orders/"}
MADE = {"stripe": "stripe.sessions", "paypal": "paypal.orders", "square": "square.orders"}
MANY = 9  # more than any SDK tries


def start_fault(sandbox, gateway, kind, times=MANY):
    method, path = START[gateway.kind]
    sandbox.fault(kind, company=gateway.kind, method=method, path=path, times=times)


@pytest.mark.parametrize(
    "wrong",
    [
        ("stripe", {"secret_key": "sk_live_other"}),
        ("paypal", {"client_id": "nobody"}),
        ("square", {"access_token": "wrong"}),
        ("square", {"location_id": "nowhere"}),
    ],
    ids=str,
)
def test_wrong_credentials_say_so(sandbox, wrong):
    kind, credentials = wrong
    with pytest.raises((ConfigError, Rejected)) as caught:
        sandbox.gateway(kind, **credentials).check()
    assert caught.value.is_outcome_known


def test_a_key_that_is_revoked_in_between(sandbox, gateway, kind, order):
    started = gateway.start(order())
    sandbox.control("revoke", {"key": next(iter(CREDENTIALS[kind].values()))})
    with pytest.raises(ConfigError):
        gateway.fetch(started.ref, started.ref2)


def test_a_token_that_paypal_forgot_is_asked_for_again(sandbox, order):
    gateway = sandbox.gateway("paypal")
    started = gateway.start(order())
    sandbox.world.of("paypal.tokens").clear()
    assert gateway.fetch(started.ref).state == "open"
    assert len(sandbox.world.of("paypal.tokens")) == 1


def test_paypal_refusing_every_token_ends(sandbox, order):
    gateway = sandbox.gateway("paypal")
    sandbox.fault("401", company="paypal", path="/v2/", times=1_000)
    with pytest.raises(ConfigError):
        gateway.start(order())
    assert sandbox.world.faults[0].times == 998  # asked twice


@pytest.mark.parametrize("fault", ["500", "503", "html", "drop", "commit_then_drop"])
def test_a_start_without_an_answer_may_have_happened(sandbox, gateway, order, fault):
    start_fault(sandbox, gateway, fault)
    with pytest.raises(OutcomeUnknown) as caught:
        gateway.start(order())
    assert caught.value.is_retryable
    assert not caught.value.is_outcome_known


STATUSES = ("429", "500", "503", "409", "401", "html")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fault", STATUSES)
def test_a_company_that_refuses_has_done_nothing_and_one_that_loses_its_answer_has(
    sandbox, gateway, order, fault, after
):
    method, path = START[gateway.kind]
    sandbox.fault(fault, company=gateway.kind, method=method, path=path, times=MANY, after=after)
    request = order()
    with pytest.raises(GatewayError):
        gateway.start(request)
    assert len(sandbox.world.of(MADE[gateway.kind])) == after
    sandbox.control("faults", {"clear": True})
    gateway.start(request)  # the same key: what was made is given again
    assert len(sandbox.world.of(MADE[gateway.kind])) == 1


def test_a_start_whose_answer_was_lost_is_found_again_with_its_key(sandbox, gateway, order):
    start_fault(sandbox, gateway, "commit_then_drop")
    request = order()
    with pytest.raises(OutcomeUnknown):
        gateway.start(request)
    sandbox.control("faults", {"clear": True})
    started = gateway.start(request)
    sandbox.press(started.redirect_url, "pay")
    assert len(sandbox.world.of(MADE[gateway.kind])) == 1


def test_a_capture_whose_answer_was_lost_takes_the_money_once(sandbox, order):
    gateway = sandbox.gateway("paypal")
    request = order()
    started = gateway.start(request)
    sandbox.press(started.redirect_url, "pay")
    sandbox.fault("commit_then_drop", company="paypal", path="/capture$")
    with pytest.raises(OutcomeUnknown):
        gateway.capture(started.ref, f"{request.attempt_id}:cap")
    assert gateway.fetch(started.ref).state == "succeeded"
    assert len(gateway.capture(started.ref, f"{request.attempt_id}:cap").payments) == 1


def test_a_refund_whose_answer_was_lost_is_one_refund(sandbox, gateway, order):
    _request, started, found = paid(sandbox, gateway, order)
    sandbox.fault("commit_then_drop", company=gateway.kind, method="POST", path="refund", times=MANY)
    with pytest.raises(OutcomeUnknown):
        gateway.refund(found.payments[0].id, Money(1_000, "EUR"), "rf-1", "")
    sandbox.control("faults", {"clear": True})
    gateway.refund(found.payments[0].id, Money(1_000, "EUR"), "rf-1", "")
    assert [one.amount.minor for one in gateway.fetch(started.ref, started.ref2).refunds] == [1_000]


@pytest.mark.parametrize(
    ("fault", "error"), [("429", RateLimited), ("409", InProgress), ("500", Unavailable), ("drop", Unavailable)]
)
def test_a_look_that_fails_may_be_repeated(sandbox, gateway, order, fault, error):
    started = gateway.start(order())
    sandbox.fault(fault, company=gateway.kind, method="GET", path=READ[gateway.kind], times=MANY)
    with pytest.raises(error) as caught:
        gateway.fetch(started.ref, started.ref2)
    assert caught.value.is_retryable
    sandbox.control("faults", {"clear": True})
    assert gateway.fetch(started.ref, started.ref2).state == "open"


def test_a_page_in_place_of_an_answer_is_an_error(sandbox, gateway, order):
    started = gateway.start(order())
    sandbox.fault("html", company=gateway.kind, method="GET", path=READ[gateway.kind], times=MANY)
    with pytest.raises((ProtocolError, Unavailable)):
        gateway.fetch(started.ref, started.ref2)


def test_nobody_there_is_known_to_have_done_nothing(sandbox, gateway, order):
    sandbox.server.shutdown()
    sandbox.server.server_close()
    with pytest.raises(Unavailable) as caught:
        gateway.start(order())
    assert caught.value.is_outcome_known


def test_states_that_are_new_to_us_are_no_success_and_no_failure(sandbox, gateway, order):
    _request, started, _found = paid(sandbox, gateway, order)
    for fault in ("unknown_enum", "missing_field"):
        sandbox.fault(fault, company=gateway.kind, method="GET", times=MANY)
        found = gateway.fetch(started.ref, started.ref2)
        assert found.state in ("unknown", "pending")
        assert all(one.status == "pending" for one in found.payments)
        sandbox.control("faults", {"clear": True})


@pytest.mark.parametrize(
    ("kind", "minor", "currency"),
    [
        ("stripe", 49, "EUR"), ("stripe", 100_000_000, "EUR"), ("stripe", 1_001, "KWD"), ("stripe", 500, "ISK"),
        ("paypal", 150, "HUF"), ("paypal", 100, "RON"), ("square", 100, "USD"),
    ],
)  # fmt: skip
def test_amounts_that_a_company_does_not_take_are_refused(sandbox, order, kind, minor, currency):
    gateway = sandbox.gateway(kind)
    if kind != "square":  # what Square takes is said by its location
        assert not gateway.takes(Money(minor, currency))
    with pytest.raises(GatewayError) as caught:
        gateway.start(order(minor, currency))
    assert caught.value.is_outcome_known


@pytest.mark.parametrize(
    ("kind", "minor", "currency"),
    [
        ("stripe", 50, "EUR"), ("stripe", 99_999_999, "EUR"), ("stripe", 5_000, "JPY"), ("stripe", 1_230, "KWD"),
        ("stripe", 120_000, "MGA"), ("paypal", 1, "EUR"), ("paypal", 5_000, "JPY"), ("paypal", 1_500_000, "HUF"),
        ("square", 1, "EUR"),
    ],
)  # fmt: skip
def test_amounts_come_back_as_they_went(sandbox, order, kind, minor, currency):
    gateway = sandbox.gateway(kind)
    assert gateway.takes(Money(minor, currency))
    _request, _started, found = paid(sandbox, gateway, order, minor=minor, currency=currency)
    assert [one.amount for one in found.payments] == [Money(minor, currency)]


def test_another_account_sees_nothing_of_a_checkout(sandbox, gateway, kind, order):
    started = gateway.start(order())
    others = {
        "stripe": {"secret_key": "sk_test_other"},
        "paypal": {"client_id": "sandbox-other"},
        "square": {"access_token": "EAAAother"},
    }
    stranger = sandbox.gateway(kind, **others[kind])
    if kind == "paypal":  # an order that is not there and one that is gone are the same
        assert stranger.fetch(started.ref).state == "expired"
    else:
        with pytest.raises(Rejected):
            stranger.fetch(started.ref, started.ref2)
