"""Webhooks of the sandbox, signed as the companies sign them, judged by their own SDKs and by ours."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe
from square.utils.webhooks_helper import verify_signature

from advisory_portal.gateways import ProtocolError
from advisory_portal.sandbox.server import Server
from tests.gateways.test_paying import paid
from tests.sandboxes import KINDS, PATIENCE, SECRETS

HEADERS = {"stripe": "Stripe-Signature", "square": "X-Square-Hmacsha256-Signature", "paypal": "Paypal-Transmission-Sig"}


class Inbox:
    """An address that keeps what is sent to it, and answers with the next of `answers`, or 200."""

    def __init__(self):
        self.got, self.answers, self.arrived = [], [], threading.Condition()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.title(): value for name, value in self.headers.items()}
                with inbox.arrived:
                    inbox.got.append((headers, body))
                    status = inbox.answers.pop(0) if inbox.answers else 200
                    inbox.arrived.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/token/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, number=1):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= number, timeout=PATIENCE), self.got
            return list(self.got)


@pytest.fixture
def inbox():
    found = Inbox()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def hooked(sandbox, kind, inbox):
    """A gateway whose webhooks arrive in the inbox, and which knows their secret."""
    secret = sandbox.gateway(kind).provision_webhook(inbox.url).secret
    return sandbox.gateway(kind, **{SECRETS[kind]: ("old-secret", secret)})


def is_genuine(gateway, headers, body, url):
    answer = gateway.verify(headers, body, url)
    return gateway.verify_now(headers, body) if answer == "defer" else answer == "valid"


def test_a_webhook_is_verified_and_names_what_it_is_about(sandbox, hooked, inbox, order, kind):
    request, started, found = paid(sandbox, hooked, order)
    inbox.wait(2 if kind != "stripe" else 1)
    refs = set()
    for headers, body in inbox.got:
        assert is_genuine(hooked, headers, body, inbox.url)
        refs |= set(hooked.parse(body).refs)
    assert {started.ref, str(request.attempt_id)} & refs
    if kind != "stripe":
        assert found.payments[0].id in refs


def test_the_sdks_own_verifiers_agree(sandbox, inbox, order):
    for kind in ("stripe", "square"):
        inbox.got.clear()
        secret = sandbox.gateway(kind).provision_webhook(inbox.url).secret
        paid(sandbox, sandbox.gateway(kind), order)
        headers, body = inbox.wait()[0]
        if kind == "stripe":
            assert stripe.WebhookSignature.verify_header(body.decode(), headers["Stripe-Signature"], secret, 300)
        else:
            signature = headers["X-Square-Hmacsha256-Signature"]
            assert verify_signature(
                request_body=body.decode(), signature_header=signature, signature_key=secret, notification_url=inbox.url
            )


@pytest.mark.parametrize(
    "spoil", ["no header", "altered byte", "wrong secret", "stale", "future", "odd header", "bytes"]
)
def test_a_forged_webhook_is_refused(sandbox, hooked, inbox, order, kind, spoil):
    if spoil == "wrong secret":
        sandbox.control("delivery", {"wrong_secret": True})
    if spoil in ("stale", "future"):
        sandbox.control("delivery", {"stale": 3_600 if spoil == "stale" else -3_600})
    paid(sandbox, hooked, order)
    headers, body = inbox.wait()[0]
    if spoil == "no header":
        headers.pop(HEADERS[kind])
    elif spoil == "altered byte":
        body = body.replace(b"12", b"13", 1)
    elif spoil == "odd header":
        headers[HEADERS[kind]] = "t=ñ,v1=ö"
    elif spoil == "bytes":
        body = b"\xff\xfe" + body
    if spoil in ("stale", "future") and kind != "stripe":
        return  # the others sign no time, or PayPal judges it
    assert not is_genuine(hooked, headers, body, inbox.url)


def test_square_signs_the_address_too(sandbox, inbox, order):
    secret = sandbox.gateway("square").provision_webhook(inbox.url).secret
    gateway = sandbox.gateway("square", signature_keys=(secret,))
    paid(sandbox, gateway, order)
    headers, body = inbox.wait()[0]
    assert gateway.verify(headers, body, inbox.url) == "valid"
    assert gateway.verify(headers, body, inbox.url + "?") == "invalid"


def test_paypal_is_asked_with_the_bytes_that_it_signed(sandbox, inbox, order):
    hook = sandbox.gateway("paypal").provision_webhook(inbox.url).secret
    gateway = sandbox.gateway("paypal", webhook_ids=(hook,))
    paid(sandbox, gateway, order, title="Factura ñandú €")
    headers, body = next(one for one in inbox.wait(2) if b"APPROVED" in one[1])
    assert gateway.verify(headers, body, inbox.url) == "defer"
    assert gateway.verify_now(headers, body)
    assert not gateway.verify_now(headers, json.dumps(json.loads(body), indent=1).encode())


def test_a_webhook_that_is_not_taken_comes_again(sandbox, hooked, inbox, order):
    inbox.answers = [500]
    paid(sandbox, hooked, order)

    def bodies():
        return [body for _, body in inbox.got]

    with inbox.arrived:
        assert inbox.arrived.wait_for(lambda: bodies().count(bodies()[0]) == 2 if inbox.got else False, PATIENCE)
        assert len(bodies()) == len(set(bodies())) + 1


def test_copies_and_losses_as_they_are_asked_for(sandbox, inbox, order):
    gateway = sandbox.gateway("stripe")
    gateway.provision_webhook(inbox.url)
    sandbox.control("delivery", {"copies": 3})
    paid(sandbox, gateway, order)
    assert len({body for _, body in inbox.wait(3)}) == 1
    sandbox.control("delivery", {"drop": 1})
    paid(sandbox, gateway, order)
    sandbox.control("delivery", {})
    paid(sandbox, gateway, order)
    assert len({body for _, body in inbox.wait(4)}) == 2


def test_what_is_held_back_is_handed_over_to_whoever_asks(sandbox, hooked, inbox, order, kind):
    sandbox.control("delivery", {"hold": True})
    paid(sandbox, hooked, order)
    parcels = sandbox.control("parcels", {})
    for one in parcels:
        headers = {name.title(): value for name, value in one["headers"].items()}
        assert one["url"] == inbox.url
        assert is_genuine(hooked, headers, one["body"].encode(), inbox.url)
    assert parcels
    assert sandbox.control("parcels", {}) == []
    sandbox.control("delivery", {})
    assert sandbox.told("webhooks") == {"idle": True, "sent": []}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null", b'{"id": 1}', b'{"type": "x", "data": 5}'])
def test_what_is_no_event_is_refused(sandbox, kind, body):
    with pytest.raises(ProtocolError):
        sandbox.gateway(kind).parse(body)


def test_a_sandbox_that_is_closed_leaves_no_courier(signer):
    def couriers():
        return {one for one in threading.enumerate() if one.name == "courier"}

    before = couriers()  # those of sandboxes that other tests closed may still be on their way home
    server = Server(0, signer)
    (courier,) = couriers() - before
    server.server_close()
    courier.join(PATIENCE)
    assert not courier.is_alive()
