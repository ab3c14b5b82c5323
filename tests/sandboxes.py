"""The sandbox in this process, and a gateway of each company that speaks with it over HTTP by the company's own SDK."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from advisory_portal.gateways import Gateway, Mode, gateway_of
from advisory_portal.sandbox.server import Server
from advisory_portal.sandbox.webhooks import PayPalSigner

KINDS = ("stripe", "paypal", "square")
CREDENTIALS: dict[str, dict[str, Any]] = {
    "stripe": {"secret_key": "sk_test_sandbox"},
    "paypal": {"client_id": "sandbox-client", "client_secret": "sandbox-secret"},
    "square": {"access_token": "EAAAsandbox", "location_id": "LMAINEUR"},
}
PATIENCE = 120  # seconds: only what hangs is given up
SECRETS = {"stripe": "webhook_secrets", "paypal": "webhook_ids", "square": "signature_keys"}


class Sandbox:
    """The running stand-ins, and what a test asks of them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.sandbox.world.base_url
        self.world = server.sandbox.world
        self.made: list[Gateway] = []

    def gateway(self, kind: str, **credentials: Any) -> Gateway:
        self.made.append(gateway_of(kind, Mode.SANDBOX, CREDENTIALS[kind] | credentials, sandbox_url=self.url))
        return self.made[-1]

    def control(self, name: str, said: Any) -> Any:
        request = urllib.request.Request(f"{self.url}/__control/{name}", data=json.dumps(said).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return json.load(response)

    def told(self, name: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/__control/{name}", timeout=PATIENCE) as response:
            return json.load(response)

    def fault(self, kind: str, **fits: Any) -> None:
        self.control("faults", {"faults": [{"kind": kind, **fits}]})

    def act(self, kind: str, do: str, thing: str, **more: Any) -> Any:
        return self.control("act", {"company": kind, "do": do, "id": thing, **more})

    def press(self, url: str, do: str) -> str:
        """Press a button of the page to pay on; where it leads, "" where it stays."""
        opener = urllib.request.build_opener(NoRedirect)
        try:
            with opener.open(url, data=f"do={do}".encode(), timeout=PATIENCE):
                return ""
        except urllib.error.HTTPError as error:
            assert error.code == 303, error.read()
            return str(error.headers["Location"])


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


@pytest.fixture(scope="session")
def signer() -> PayPalSigner:
    return PayPalSigner()


@pytest.fixture
def sandbox(signer: PayPalSigner) -> Iterator[Sandbox]:
    server = Server(0, signer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    running = Sandbox(server)
    yield running
    for one in running.made:
        one.end()
    server.shutdown()
    server.server_close()
    thread.join()
