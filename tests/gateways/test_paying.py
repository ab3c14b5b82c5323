"""The same story with each company: start, pay, fetch, refund, dispute, close. Real SDKs over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from advisory_portal.gateways import Money, NotReady, RefundRefused


def paid(sandbox, gateway, order, do="pay", **more):
    """A checkout that the payer has dealt with, and the seller has taken."""
    request = order(**more)
    started = gateway.start(request)
    sandbox.press(started.redirect_url, do)
    if gateway.kind == "paypal":
        return request, started, gateway.capture(started.ref, f"{request.attempt_id}:cap")
    return request, started, gateway.fetch(started.ref, started.ref2)


def test_credentials_that_work_are_told_apart_from_those_that_do_not(gateway, kind):
    info = gateway.check()
    assert not info.is_live
    assert info.currency == ("EUR" if kind == "square" else "")


def test_a_checkout_waits_on_the_companys_page(gateway, order):
    started = gateway.start(order())
    found = gateway.fetch(started.ref, started.ref2)
    assert (found.state, found.payments, found.is_live) == ("open", (), False)
    assert started.redirect_url.startswith("http://127.0.0.1:")


def test_starting_again_with_the_same_key_is_the_same_checkout(gateway, order):
    request = order()
    assert gateway.start(request) == gateway.start(request)


def test_money_that_was_paid_is_seen_with_its_fee_and_our_attempt(sandbox, gateway, order):
    request, started, found = paid(sandbox, gateway, order)
    assert (found.state, found.attempt_id, found.ref) == ("succeeded", str(request.attempt_id), started.ref)
    (payment,) = found.payments
    assert (payment.status, payment.amount) == ("succeeded", Money(12_345, "EUR"))
    assert payment.fee is not None
    assert 0 < payment.fee.minor < 1_000
    assert payment.paid_at is not None
    assert abs(payment.paid_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_payer_who_paid_comes_back_to_our_address(sandbox, gateway, order):
    started = gateway.start(order())
    assert sandbox.press(started.redirect_url, "pay").startswith("http://127.0.0.1:1/back/")


def test_a_payer_who_goes_back_has_paid_nothing(sandbox, gateway, order, kind):
    started = gateway.start(order())
    back = sandbox.press(started.redirect_url, "back")
    assert back == ("" if kind == "square" else "http://127.0.0.1:1/cancelled/")
    assert gateway.fetch(started.ref, started.ref2).state == "open"


def test_declined_means_leave_the_checkout_open_for_others(sandbox, gateway, order, kind):
    request = order()
    started = gateway.start(request)
    sandbox.press(started.redirect_url, "decline")
    if kind == "paypal":
        with pytest.raises(Exception, match="instrument presented"):
            gateway.capture(started.ref, f"{request.attempt_id}:cap")
    assert gateway.fetch(started.ref, started.ref2).state == "open"
    sandbox.press(started.redirect_url, "pay")
    if kind == "paypal":
        gateway.capture(started.ref, f"{request.attempt_id}:cap2")
    assert gateway.fetch(started.ref, started.ref2).state == "succeeded"


@pytest.mark.parametrize(("do", "state"), [("settle", "succeeded"), ("deny", "failed")])
def test_money_that_settles_later_is_pending_first(sandbox, gateway, order, kind, do, state):
    _request, started, found = paid(sandbox, gateway, order, "later")
    assert (found.state, [one.status for one in found.payments]) == ("pending", ["pending"])
    sandbox.act(kind, do, found.payments[0].id)
    then = gateway.fetch(started.ref, started.ref2)
    if (kind, do) == ("square", "deny"):  # Square forgets the payment and lets the payer try again
        assert (then.state, then.payments) == ("open", ())
    else:
        assert (then.state, then.payments[0].status) == (state, "succeeded" if do == "settle" else "failed")


def test_paypal_takes_nothing_before_the_payer_approves(sandbox, order):
    gateway = sandbox.gateway("paypal")
    request = order()
    started = gateway.start(request)
    with pytest.raises(NotReady):
        gateway.capture(started.ref, f"{request.attempt_id}:cap")
    sandbox.press(started.redirect_url, "pay")
    assert gateway.fetch(started.ref).state == "approved"


def test_capturing_again_takes_the_money_once(sandbox, order):
    gateway = sandbox.gateway("paypal")
    request, started, first = paid(sandbox, gateway, order)
    again = gateway.capture(started.ref, f"{request.attempt_id}:cap")
    other = gateway.capture(started.ref, f"{request.attempt_id}:other")  # ORDER_ALREADY_CAPTURED: what there is
    assert first.payments == again.payments == other.payments
    assert len(sandbox.told("ledger")["payments"]) == 1


def test_closing_ends_what_nobody_has_paid(sandbox, gateway, order, kind):
    started = gateway.start(order())
    assert gateway.close(started.ref, started.ref2) == ("not_supported" if kind == "paypal" else "closed")
    if kind != "paypal":
        assert gateway.fetch(started.ref, started.ref2).state in ("expired", "cancelled")
        assert gateway.close(started.ref, started.ref2) == "closed"


def test_closing_says_that_it_was_paid(sandbox, gateway, order):
    _request, started, _found = paid(sandbox, gateway, order)
    assert gateway.close(started.ref, started.ref2) == "already_paid"


def test_refunds_in_part_until_nothing_is_left(sandbox, gateway, order, kind):
    _request, started, found = paid(sandbox, gateway, order)
    payment = found.payments[0].id
    for number, minor in enumerate((2_345, 6_000, 4_000)):
        refund = gateway.refund(payment, Money(minor, "EUR"), f"rf-{number}", "Sent back")
        assert refund.amount == Money(minor, "EUR")
        assert refund.status == ("pending" if kind == "square" else "succeeded")
        assert gateway.fetch_refund(refund.id).payment_id == payment
    with pytest.raises(RefundRefused):
        gateway.refund(payment, Money(1, "EUR"), "rf-more", "")
    then = gateway.fetch(started.ref, started.ref2)
    assert sorted(one.amount.minor for one in then.refunds) == [2_345, 4_000, 6_000]
    assert (then.state, then.payments[0].amount) == ("succeeded", Money(12_345, "EUR"))


def test_a_refund_repeated_with_its_key_is_one(sandbox, gateway, order):
    _request, started, found = paid(sandbox, gateway, order)
    payment = found.payments[0].id
    first = gateway.refund(payment, Money(1_000, "EUR"), "rf-1", "")
    assert gateway.refund(payment, Money(1_000, "EUR"), "rf-1", "").id == first.id
    assert len(gateway.fetch(started.ref, started.ref2).refunds) == 1


def test_more_than_was_paid_is_never_given_back(sandbox, gateway, order):
    _request, _started, found = paid(sandbox, gateway, order)
    with pytest.raises(RefundRefused):
        gateway.refund(found.payments[0].id, Money(12_346, "EUR"), "rf-1", "")


def test_a_refund_in_the_companys_own_pages_is_seen(sandbox, gateway, order, kind):
    _request, started, found = paid(sandbox, gateway, order)
    amount = "10.00" if kind == "paypal" else 1_000
    made = sandbox.act(kind, "refund", found.payments[0].id, amount=amount)["id"]
    then = gateway.fetch(started.ref, started.ref2)
    assert [(one.id, one.amount) for one in then.refunds] == [(made, Money(1_000, "EUR"))]


def test_a_refund_that_fails_is_told(sandbox, gateway, order, kind):
    _request, started, found = paid(sandbox, gateway, order)
    refund = gateway.refund(found.payments[0].id, Money(1_000, "EUR"), "rf-1", "")
    sandbox.act(kind, "fail_refund", refund.id)
    assert gateway.fetch_refund(refund.id).status == "failed"
    assert [one.status for one in gateway.fetch(started.ref, started.ref2).refunds] == ["failed"]


@pytest.mark.parametrize("kind", ["stripe"])
def test_more_refunds_than_stripe_shows_with_a_charge_are_all_seen(sandbox, gateway, order):
    _request, started, found = paid(sandbox, gateway, order)
    for number in range(12):
        gateway.refund(found.payments[0].id, Money(100 + number, "EUR"), f"rf-{number}", "")
    seen = gateway.fetch(started.ref, started.ref2).refunds
    assert sorted(one.amount.minor for one in seen) == list(range(100, 112))


@pytest.mark.parametrize(("do", "status"), [("win", "won"), ("lose", "lost")])
def test_disputes_are_seen_until_their_end(sandbox, gateway, order, kind, do, status):
    _request, started, found = paid(sandbox, gateway, order)
    dispute = sandbox.act(kind, "dispute", found.payments[0].id)["id"]
    (seen,) = gateway.fetch(started.ref, started.ref2).disputes
    assert (seen.id, seen.payment_id, seen.status) == (dispute, found.payments[0].id, "open")
    assert seen.amount == Money(12_345, "EUR")
    sandbox.act(kind, do, dispute)
    assert [one.status for one in gateway.fetch(started.ref, started.ref2).disputes] == [status]


def test_what_was_paid_lately_is_listed(sandbox, gateway, order):
    before = datetime.now(UTC) - timedelta(hours=1)
    refs = {paid(sandbox, gateway, order)[1].ref for _ in range(3)}
    gateway.start(order())
    webhook = gateway.provision_webhook("http://127.0.0.1:1/hook/")
    gateway.remove_webhook(webhook.id)
    assert {one.ref for one in gateway.recent(before) if one.payments} == refs


def test_a_checkout_expires_where_the_company_lets_it(sandbox, gateway, order, kind):
    started = gateway.start(order())
    sandbox.control("clock", {"seconds": 4 * 3600})
    # A link of Square never expires by itself.
    assert gateway.fetch(started.ref, started.ref2).state == ("open" if kind == "square" else "expired")
