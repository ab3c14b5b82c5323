"""What every gateway does, in values that know no company. Source: payments design, 5.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

PaymentStatus = Literal["pending", "succeeded", "failed"]
CheckoutState = Literal["open", "approved", "pending", "succeeded", "failed", "cancelled", "expired", "unknown"]
JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of ISO 4217 (cents for EUR, yen for JPY)."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A payment to begin. `key` makes a repeated `start` the same one; it is kept before the first call.

    `reference` is what the payer recognises and must be new for each attempt; `locale` a language code;
    `expires_at` when the gateway's page shall stop taking the payment, as far as it can.
    """

    attempt_id: UUID
    key: str
    amount: Money
    title: str
    reference: str
    return_url: str
    cancel_url: str
    expires_at: datetime
    email: str = ""
    locale: str = ""
    business: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutStarted:
    """A payment that waits on the gateway's page at `redirect_url`; `ref` and `ref2` are what it is found by."""

    ref: str
    redirect_url: str
    ref2: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeenPayment:
    """Money as the gateway has it. `fee` is what the gateway keeps of it, where it says so."""

    id: str
    status: PaymentStatus
    amount: Money
    fee: Money | None = None
    paid_at: datetime | None = None
    method: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class SeenRefund:
    """Money that goes back. `key` is ours, where the gateway keeps it."""

    id: str
    payment_id: str
    status: PaymentStatus
    amount: Money
    key: str = ""


@dataclass(frozen=True, slots=True)
class SeenDispute:
    """A payer's complaint to the bank. `due_at` is until when the business may answer."""

    id: str
    payment_id: str
    status: Literal["open", "won", "lost"]
    amount: Money
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the gateway knows of one checkout at this moment.

    `attempt_id` is ours as the gateway kept it, `merchant` whose account it is in, where it says so.
    """

    state: CheckoutState
    ref: str
    payments: tuple[SeenPayment, ...] = ()
    refunds: tuple[SeenRefund, ...] = ()
    disputes: tuple[SeenDispute, ...] = ()
    is_live: bool = False
    merchant: str = ""
    attempt_id: str = ""
    redirect_url: str = ""
    raw: JSON = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The account behind the credentials: its id there, its name, its currency ("" where it takes many)."""

    merchant: str
    name: str
    currency: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """A webhook that the gateway will call. `secret` is told once; for PayPal it is the webhook's id."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookHint:
    """What a webhook says happened, to look up: `refs` are ids that we may know, `checkouts` those of them that
    `fetch` takes. Nothing of it is believed.
    """

    event_id: str
    type: str
    occurred_at: datetime | None
    refs: tuple[str, ...]
    checkouts: tuple[str, ...] = ()


class Gateway(Protocol):
    """One account at one payment company. Methods call it over the network, except `verify` and `parse`.

    All raise GatewayError. `start`, `capture` and `refund` are safe to repeat with the same key.
    """

    kind: str

    def takes(self, amount: Money) -> bool:
        """Whether the company takes this currency and amount, as far as is known without asking."""

    def check(self) -> AccountInfo: ...

    def provision_webhook(self, url: str) -> WebhookSecret: ...

    def remove_webhook(self, webhook_id: str) -> None: ...

    def start(self, request: CheckoutRequest) -> CheckoutStarted: ...

    def fetch(self, ref: str, ref2: str = "") -> Snapshot:
        """Reads only."""

    def capture(self, ref: str, key: str) -> Snapshot:
        """Takes the money that the payer approved (PayPal). The others take it themselves: fetches."""

    def close(self, ref: str, ref2: str = "") -> Literal["closed", "already_paid", "not_supported"]:
        """Ends a checkout that is not paid, so that nobody pays it any more."""

    def refund(self, payment_id: str, amount: Money, key: str, note: str) -> SeenRefund: ...

    def fetch_refund(self, refund_id: str) -> SeenRefund: ...

    def verify(self, headers: Mapping[str, str], body: bytes, url: str) -> Literal["valid", "invalid", "defer"]:
        """Whether a webhook comes from the company; "defer" where only a call can tell (`verify_now`)."""

    def verify_now(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Asks the company whether it sent this webhook. Where `verify` answers by itself: True."""

    def parse(self, body: bytes) -> WebhookHint:
        """Raises ProtocolError if it is not an event of this company."""

    def recent(self, since: datetime) -> Iterator[Snapshot]:
        """Checkouts with money since then, to compare the books with."""

    def end(self) -> None:
        """Lets its connections go. It is not used afterwards."""
