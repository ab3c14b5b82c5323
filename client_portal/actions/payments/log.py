"""The payment log: what happened to attempts and money, one line a step."""

from typing import Any, NotRequired, TypedDict, Unpack

from advisory_portal.core.access import Actor
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog


class Line(TypedDict):
    """What a line says. `what` is a word of `words.payments`, `trigger` a PaymentLog.Trigger.

    `detail` holds plain values: states, amounts as text, the gateway's codes and request ids; never a secret, never a
    gateway's whole answer.
    """

    account: GatewayAccount
    what: str
    trigger: str
    attempt: NotRequired[PaymentAttempt | None]
    payment: NotRequired[GatewayPayment | None]
    actor: NotRequired[Actor | None]
    detail: NotRequired[dict[str, Any] | None]


def log_payment(**line: Unpack[Line]) -> None:
    """Append a line; inside the transaction of what it tells."""
    log_line(**line).save(force_insert=True)


def log_line(**line: Unpack[Line]) -> PaymentLog:
    """A line that is not written yet, for those who write several at once."""
    actor = line.get("actor")
    return PaymentLog(
        organisation_id=line["account"].organisation_id,
        account=line["account"],
        attempt=line.get("attempt"),
        payment=line.get("payment"),
        what=line["what"],
        trigger=line["trigger"],
        actor_name=actor.name[:200] if actor else "",
        detail=line.get("detail") or {},
    )
