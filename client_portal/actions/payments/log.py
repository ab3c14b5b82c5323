"""The payment log: what happened to attempts and money, one line a step."""

from typing import Any

from advisory_portal.core.access import Actor
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog


def log_payment(
    *,
    account: GatewayAccount,
    what: str,
    trigger: str,
    attempt: PaymentAttempt | None = None,
    payment: GatewayPayment | None = None,
    actor: Actor | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append a line; inside the transaction of what it tells. `what` is a word of `words.payments`.

    `trigger` is a PaymentLog.Trigger. `detail` holds plain values: states, amounts as text, the gateway's codes and
    request ids; never a secret, never a gateway's whole answer.
    """
    PaymentLog.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        attempt=attempt,
        payment=payment,
        what=what,
        trigger=trigger,
        actor_name=actor.name[:200] if actor else "",
        detail=detail or {},
    )
