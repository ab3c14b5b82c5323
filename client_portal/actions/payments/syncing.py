"""How an attempt stands: ask its gateway, write down what it says. The one function behind every return, webhook,
regular check and button.

Nothing is locked while a gateway is asked. What may be asked twice at once is: each answer is written down under lock,
against the rows as they stand then. Source: payments design, 0.3, 5.3 and 5.4.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor, system_actor
from advisory_portal.core.outside import calls_outside
from advisory_portal.core.states import move
from advisory_portal.gateways import ConfigError, Declined, GatewayError, NotReady, Rejected, Snapshot
from client_portal import rules
from client_portal.actions.payments.allocating import open_on
from client_portal.actions.payments.applying import apply_snapshot, note_error
from client_portal.actions.payments.beginning import asked, begin, give_up_beginning
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.locking import lock_attempt, lock_documents
from client_portal.actions.payments.log import log_payment
from client_portal.models import AttemptShare, PaymentAttempt
from documents.models import Document

State = PaymentAttempt.State


@calls_outside
def sync_attempt(*, attempt_id: UUID, trigger: str, actor: Actor, now: datetime) -> PaymentAttempt:
    """Bring an attempt up to what its gateway says: its money, refunds, disputes and state. Repeating is safe.

    One that is NEW gets its page by the same key; what a payer approved at PayPal is collected if its documents still
    take it; one that shall end is closed at the gateway. A gateway that does not answer changes nothing but when it is
    asked again. `trigger` is a PaymentLog.Trigger. Raises PaymentAttempt.DoesNotExist.
    """
    shares = list(AttemptShare.objects.with_attempt().filter(attempt=attempt_id))
    if not shares:
        raise PaymentAttempt.DoesNotExist
    return sync_known(shares=shares, trigger=trigger, actor=actor, now=now)


def sync_known(*, shares: Sequence[AttemptShare], trigger: str, actor: Actor, now: datetime) -> PaymentAttempt:
    """`sync_attempt` of the one whose shares, all of them, were just read `with_attempt`."""
    if actor.organisation is None:
        actor = system_actor(shares[0].attempt.account.organisation.workspace)
    look = _Look(shares, trigger, actor, now)
    try:
        return look.at_gateway() if look.attempt.ref else look.at_beginning()
    except GatewayError as error:
        return look.failed(error)


class _Look:
    """One look at an attempt: what was known of it before, and what is done about the answer."""

    def __init__(self, shares: Sequence[AttemptShare], trigger: str, actor: Actor, now: datetime) -> None:
        self.shares, self.trigger, self.actor, self.now = shares, trigger, actor, now
        self.attempt = attempt = shares[0].attempt
        self.wants_end = attempt.close_wanted or now >= attempt.expires_at or not self.is_open

    @property
    def is_open(self) -> bool:
        return self.attempt.state in PaymentAttempt.OPEN_STATES

    def at_beginning(self) -> PaymentAttempt:
        """An attempt without a page: nobody can have paid it."""
        attempt = self.attempt
        if self.is_open and not self.wants_end:
            return begin(attempt=attempt, trigger=self.trigger, actor=self.actor, now=self.now)
        give_up_beginning(
            attempt_id=attempt.pk,
            error=None,
            trigger=self.trigger,
            actor=self.actor,
            now=self.now,
            to=State.CANCELLED if attempt.close_wanted else State.EXPIRED,
        )
        attempt.refresh_from_db()
        return attempt

    def at_gateway(self) -> PaymentAttempt:
        snapshot = self.fetch()
        if snapshot.state == "approved" and self.is_open and not self.attempt.close_wanted:
            return self.collect()
        if snapshot.state in ("open", "approved") and self.wants_end:
            return self.close(snapshot)
        return self.apply(snapshot)

    def fetch(self) -> Snapshot:
        gateway, attempt = gateway_for(self.attempt.account), self.attempt
        return asked(lambda: gateway.fetch(attempt.ref, attempt.ref2))

    def apply(self, snapshot: Snapshot, *, is_ours: bool = False) -> PaymentAttempt:
        return apply_snapshot(
            attempt=self.attempt,
            shares=self.shares,
            snapshot=snapshot,
            trigger=self.trigger,
            actor=self.actor,
            now=self.now,
            is_ours=is_ours,
        )

    def close(self, snapshot: Snapshot) -> PaymentAttempt:
        """End it at the gateway, so that nobody pays it any more; paid in this moment, that is what counts."""
        gateway, attempt = gateway_for(self.attempt.account), self.attempt
        answer = asked(lambda: gateway.close(attempt.ref, attempt.ref2), changes=True)
        if answer == "already_paid":
            return self.apply(self.fetch())
        return self.apply(replace(snapshot, state="cancelled" if attempt.close_wanted else "expired"))

    def collect(self) -> PaymentAttempt:
        """Take the money that the payer approved, if the documents still want it."""
        verdict = _hold(self.shares, self.trigger, self.actor, self.now)
        if verdict == "unwanted":
            return self.close(self.fetch())
        if verdict == "busy":
            return self.attempt
        gateway, attempt = gateway_for(self.attempt.account), self.attempt
        try:
            snapshot = asked(lambda: gateway.capture(attempt.ref, f"{attempt.key}:cap"), changes=True)
        except (Declined, NotReady, Rejected) as error:
            return self.not_collected(error)
        return self.apply(snapshot, is_ours=True)

    def not_collected(self, error: GatewayError) -> PaymentAttempt:
        """The gateway says no. The payer's means were declined: they may choose others on the same page."""
        snapshot = self.fetch()
        if snapshot.state == "approved":
            snapshot = replace(snapshot, state="failed" if isinstance(error, Rejected) else "open")
        log_payment(
            account=self.attempt.account,
            what="not_collected",
            trigger=self.trigger,
            attempt=self.attempt,
            actor=self.actor,
            detail={"error": type(error).__name__, "code": error.code, "request_id": error.request_id},
        )
        return self.apply(snapshot, is_ours=True)

    def failed(self, error: GatewayError) -> PaymentAttempt:
        """No answer, or none that helps. What shall end at an account that does not work any more ends here alone."""
        if isinstance(error, ConfigError) and self.attempt.close_wanted and self.attempt.state == State.OPEN:
            return self.apply(Snapshot(state="cancelled", ref=self.attempt.ref))
        return note_error(attempt_id=self.attempt.pk, error=error, trigger=self.trigger, actor=self.actor, now=self.now)


@transaction.atomic
def _hold(shares: Sequence[AttemptShare], trigger: str, actor: Actor, now: datetime) -> str:
    """The last look before money is taken: "held" for us alone, "busy" with somebody else, or "unwanted".

    Whoever settles a document otherwise waits for this lock or is seen by it. The first share's attempt, which is the
    one that is known, is brought up to date.
    """
    known = shares[0].attempt
    documents = lock_documents(one.document_id for one in shares)
    attempt = lock_attempt(known.pk)
    verdict = _held(shares, documents, attempt, trigger, actor, now)
    for name in ("state", "close_wanted", "lease_until", "synced_at"):
        setattr(known, name, getattr(attempt, name))
    return verdict


def _held(
    shares: Sequence[AttemptShare],
    documents: dict[UUID, Document],
    attempt: PaymentAttempt,
    trigger: str,
    actor: Actor,
    now: datetime,
) -> str:
    is_free = attempt.lease_until is None or attempt.lease_until <= now
    if attempt.state not in (State.OPEN, State.CAPTURING) or (attempt.state == State.CAPTURING and not is_free):
        return "busy"
    too_much = any(open_on(documents[one.document_id], attempt) < one.amount for one in shares)
    if attempt.close_wanted or too_much:
        attempt.close_wanted = True
        attempt.save(update_fields=["close_wanted"])
        log_payment(account=attempt.account, what="not_wanted", trigger=trigger, attempt=attempt, actor=actor)
        return "unwanted"
    attempt.lease_until, attempt.due_at = now + rules.LEASE, now + rules.LEASE
    if attempt.state == State.OPEN:
        move(attempt, State.CAPTURING, actor=actor, also=["lease_until", "due_at"])
        log_payment(account=attempt.account, what=State.CAPTURING, trigger=trigger, attempt=attempt, actor=actor)
    else:
        attempt.save(update_fields=["lease_until", "due_at"])
    return "held"
