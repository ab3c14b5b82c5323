"""The sandbox and our gateways, held against the companies' own descriptions."""

import os
from contextlib import suppress

import pytest

from advisory_portal.gateways import GatewayError, Money
from tests.gateways.specs import Specs
from tests.gateways.test_paying import paid
from tests.sandboxes import KINDS

pytestmark = pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/")
# Where the descriptions are narrower than the companies: Square's own examples break them in the same places.
TOLERATED = ("risk_evaluation", "fulfillments")


@pytest.fixture(scope="module")
def specs():
    return {kind: Specs(kind) for kind in KINDS}


def everything(sandbox, gateway, order):
    """Each call that we make, once at least: with an answer of each kind."""
    gateway.check()
    hook = gateway.provision_webhook("https://delta.example/hooks/token/")
    _request, started, found = paid(sandbox, gateway, order)
    payment = found.payments[0].id
    refund = gateway.refund(payment, Money(1_000, "EUR"), "rf-1", "Sent back")
    gateway.fetch_refund(refund.id)
    sandbox.act(gateway.kind, "dispute", payment)
    gateway.fetch(started.ref, started.ref2)
    open_one = gateway.start(order())
    gateway.close(open_one.ref, open_one.ref2)
    paid(sandbox, gateway, order, "later")
    list(gateway.recent(found.payments[0].paid_at))
    gateway.remove_webhook(hook.id)
    with suppress(GatewayError):  # which one is told by test_errors; here the answer's shape counts
        gateway.fetch("nothing")
    with suppress(GatewayError):
        gateway.refund(payment, Money(999_999, "EUR"), "rf-2", "")


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_send_and_what_the_sandbox_answers_is_as_described(sandbox, order, specs, kind):
    everything(sandbox, sandbox.gateway(kind), order)
    exchanges = [one for one in sandbox.told("exchanges") if one["company"] == kind]
    described = [one for one in exchanges if specs[kind].find(one["method"], one["path"])]
    assert len({(one["method"], one["path"].split("/")[2:4][-1]) for one in described}) >= 4
    complaints = [
        f"{one['method']} {one['path']} {one['status']}: {complaint}"
        for one in exchanges
        for complaint in (*specs[kind].of_request(one), *specs[kind].of_answer(one))
        if not any(word in complaint for word in TOLERATED)
    ]
    assert complaints == []


def test_the_descriptions_find_what_is_wrong(specs):
    """That the comparison can fail: a word that nobody knows, a wrong type, a missing field."""
    exchange = {
        "method": "POST", "path": "/v2/refunds", "query": [], "status": 200, "answer": {"refund": {"status": 7}},
        "headers": {"content-type": "application/json"},
        "body": '{"idempotency_key": 5, "amount_money": {"amount": 1, "currency": "EUR"}, "tip": true}',
    }  # fmt: skip
    asked = " ".join(specs["square"].of_request(exchange))
    assert "/tip: nobody knows" in asked
    assert "idempotency_key" in asked
    assert specs["square"].of_answer(exchange) != []
