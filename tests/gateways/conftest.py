"""A gateway of each company that speaks with the sandbox over HTTP by the company's own SDK."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from advisory_portal.gateways import CheckoutRequest, Gateway, Money
from tests.sandboxes import KINDS, Sandbox


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def gateway(sandbox: Sandbox, kind: str) -> Gateway:
    return sandbox.gateway(kind)


@pytest.fixture
def order() -> Callable[..., CheckoutRequest]:
    """A payment to begin, of 123.45 EUR unless said otherwise."""

    def make(minor: int = 12_345, currency: str = "EUR", attempt: UUID | None = None, **more: Any) -> CheckoutRequest:
        attempt = attempt or uuid4()
        known: dict[str, Any] = {
            "attempt_id": attempt,
            "key": f"{attempt}",
            "amount": Money(minor, currency),
            "title": "Invoice F-2026/0042",
            "reference": f"F-2026/0042/{str(attempt)[:8]}",
            "return_url": "http://127.0.0.1:1/back/",
            "cancel_url": "http://127.0.0.1:1/cancelled/",
            "expires_at": datetime.now(UTC) + timedelta(hours=1),
            "email": "erin@customer.example",
            "business": "Delta",
        }
        return CheckoutRequest(**known | more)

    return make
