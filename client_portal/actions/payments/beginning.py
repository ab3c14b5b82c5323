"""An attempt gets its page at the gateway, by the key that was committed before: called again, it is the same page."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.core.money import to_minor
from advisory_portal.core.states import move
from advisory_portal.gateways import (
    CheckoutRequest,
    CheckoutStarted,
    ConfigError,
    GatewayError,
    Money,
    OutcomeUnknown,
    ProtocolError,
)
from client_portal import rules
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.locking import lock_attempt
from client_portal.actions.payments.log import log_payment
from client_portal.models import GatewayAccount, PaymentAttempt

State = PaymentAttempt.State
Answer = TypeVar("Answer")


def asked(call: Callable[[], Answer], *, changes: bool = False) -> Answer:
    """What the gateway answers. An answer of another shape than it must have is a GatewayError too."""
    try:
        return call()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        kind = OutcomeUnknown if changes else ProtocolError
        raise kind("The answer is not what it must be.") from error


def begin(*, attempt: PaymentAttempt, trigger: str, actor: Actor, now: datetime) -> PaymentAttempt:
    """Ask the gateway for the page of a NEW attempt, and keep where it is. Raises GatewayError.

    Two who do so at once get the same page. The attempt is not OPEN where it was ended meanwhile; its page is then
    closed by the next look.
    """
    request = CheckoutRequest(
        attempt_id=attempt.pk,
        key=attempt.key,
        amount=Money(to_minor(attempt.amount, attempt.currency), attempt.currency),
        title=attempt.title,
        reference=attempt.reference,
        return_url=attempt.asked["return_url"],
        cancel_url=attempt.asked["cancel_url"],
        expires_at=attempt.expires_at,
        email=attempt.email,
        locale=attempt.language,
        business=attempt.asked["business"],
    )
    gateway = gateway_for(attempt.account)
    started = asked(lambda: gateway.start(request), changes=True)
    return _keep_page(attempt.pk, started, trigger, actor, now)


@transaction.atomic
def _keep_page(attempt_id: UUID, started: CheckoutStarted, trigger: str, actor: Actor, now: datetime) -> PaymentAttempt:
    attempt = lock_attempt(attempt_id)
    if attempt.ref:
        return attempt
    attempt.ref, attempt.ref2, attempt.redirect_url = started.ref, started.ref2, started.redirect_url
    attempt.due_at, attempt.syncs = now, 0
    attempt.error_code = attempt.last_error = ""
    kept = ["ref", "ref2", "redirect_url", "expires_at", "due_at", "syncs", "error_code", "last_error"]
    if attempt.state != State.NEW:
        attempt.save(update_fields=kept)
        return attempt
    attempt.expires_at = started.expires_at or attempt.expires_at
    attempt.due_at = now + rules.PAUSES[0]
    move(attempt, State.OPEN, actor=actor, also=kept)
    log_payment(account=attempt.account, what=State.OPEN, trigger=trigger, attempt=attempt, actor=actor)
    return attempt


@transaction.atomic
def give_up_beginning(
    *, attempt_id: UUID, error: GatewayError | None, trigger: str, actor: Actor, now: datetime, to: str = State.FAILED
) -> bool:
    """End an attempt that has no page; False where it got one, or was ended, meanwhile.

    Where the account itself is at fault it is checked soon, so that staff see it.
    """
    attempt = lock_attempt(attempt_id)
    if attempt.state != State.NEW or attempt.ref:
        return False
    attempt.shares.update(is_open=False)
    detail: dict[str, str] = {}
    if error is not None:
        detail = {"error": type(error).__name__, "code": error.code, "request_id": error.request_id}
        attempt.error_code, attempt.last_error = (error.code or type(error).__name__)[:100], str(error)[:500]
    attempt.due_at = None
    move(attempt, to, actor=actor, also=["error_code", "last_error", "due_at"])
    log_payment(account=attempt.account, what=to, trigger=trigger, attempt=attempt, actor=actor, detail=detail)
    if isinstance(error, ConfigError):
        GatewayAccount.objects.filter(pk=attempt.account_id).update(checked_at=None)
    return True
