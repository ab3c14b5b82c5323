"""Webhooks: kept as they come, looked into by a worker, replayed by staff.

A webhook is a doorbell. What it says happened is not believed: it names what to ask the gateway about.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from psycopg.types.json import Jsonb

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.history import record
from advisory_portal.core.jobs import nudge, put_off
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import ConfigError, Gateway, GatewayError, ProtocolError, WebhookHint
from client_portal import rules
from client_portal.actions.payments.adopting import adopt_payment
from client_portal.actions.payments.gateways import gateway_for
from client_portal.actions.payments.locking import lock_payment
from client_portal.actions.payments.refunds import apply_refunds
from client_portal.actions.payments.syncing import sync_attempt
from client_portal.models import (
    Dispute,
    GatewayAccount,
    GatewayPayment,
    PaymentAttempt,
    PaymentLog,
    Refund,
    WebhookEvent,
)

Outcome, Signature = WebhookEvent.Outcome, WebhookEvent.Signature
TRIGGER = PaymentLog.Trigger.WEBHOOK
# What each company's signature stands in: nothing else of the headers is kept.
SIGNED_BY = {
    "stripe": ("Stripe-Signature",),
    "paypal": tuple(
        f"Paypal-{name}"
        for name in ("Auth-Algo", "Cert-Url", "Transmission-Id", "Transmission-Sig", "Transmission-Time")
    ),
    "square": ("X-Square-Hmacsha256-Signature",),
}
LONGEST_HEADER = 2_000
LONGEST_REF, MOST_REFS = 255, 30
NOTED_EVERY = timedelta(minutes=1)  # when an account was called last is not written more often
KEEP = """
INSERT INTO client_portal_webhookevent AS kept
    (id, created_at, organisation_id, account_id, event_id, type, refs, headers, body, received_at, due_at, signature,
     outcome, attempts, last_error)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'received', 0, '')
ON CONFLICT (account_id, event_id) DO UPDATE
SET type = excluded.type, refs = excluded.refs, headers = excluded.headers, body = excluded.body,
    received_at = excluded.received_at, due_at = excluded.due_at, signature = excluded.signature,
    outcome = excluded.outcome, attempts = 0, last_error = ''
WHERE kept.signature = 'invalid'
RETURNING id
"""


@transaction.atomic
def take_webhook(
    *, account: GatewayAccount, headers: Mapping[str, str], body: bytes, now: datetime
) -> Literal["taken", "known", "forged", "later"]:
    """Keep what a company called to say, once, and wake the worker. Asks nobody.

    "forged": not signed by the company, or no event of it; nothing is kept. "later": the account's secrets cannot be
    read at present, so the company shall call again.
    """
    signed = {name: headers.get(name, "") for name in SIGNED_BY[account.kind]}
    if any(len(value) > LONGEST_HEADER or not value.isprintable() for value in signed.values()):
        return "forged"
    try:
        gateway = gateway_for(account)
    except ConfigError:
        return "later"
    verdict = gateway.verify(signed, body, account.hook_url)
    hint = _hint(gateway, body) if verdict != "invalid" else None
    if hint is None:
        return "forged"
    event = WebhookEvent(
        organisation_id=account.organisation_id,
        account=account,
        event_id=hint.event_id or hashlib.sha256(body).hexdigest(),
        type=hint.type[:100],
        refs=list(hint.refs[:MOST_REFS]),
        headers=signed,
        body=body,
        received_at=now,
        due_at=now,
        signature=Signature.VALID if verdict == "valid" else Signature.DEFERRED,
    )
    if not _is_kept(event):
        return "known"
    nudge("client_portal.handle_webhooks")
    return "taken"


def _hint(gateway: Gateway, body: bytes) -> WebhookHint | None:
    """What the event says it is about; None for what is no event, or holds what no company writes."""
    try:
        hint = gateway.parse(body)
    except ProtocolError:
        return None
    texts = (hint.event_id, hint.type, *hint.refs)
    return hint if all(len(one) <= LONGEST_REF and "\x00" not in one for one in texts) else None


def _is_kept(event: WebhookEvent) -> bool:
    """Whether the event is new: one that bears the id of a forged one takes its place. One statement."""
    values: tuple[Any, ...] = (
        *(event.pk, event.created_at, event.organisation_id, event.account_id, event.event_id, event.type),
        *(Jsonb(event.refs), Jsonb(event.headers), bytes(event.body), event.received_at, event.due_at, event.signature),
    )
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        return cursor.fetchone() is not None


@calls_outside
def handle_webhook(*, event_id: UUID, now: datetime) -> Literal["done", "left", "later"]:
    """Look into a due webhook: is it theirs, what is it about, how does that stand at the gateway now.

    "left": somebody works on it, or it is not due. "later": the gateway does not answer; it is tried again, and after
    eight tries a person sees it. Repeating it finds nothing new.
    """
    event = _claim(event_id, now)
    if event is None:
        return "left"
    try:
        gateway = gateway_for(event.account)
        if event.signature == Signature.DEFERRED and not gateway.verify_now(event.headers, bytes(event.body)):
            _close(event, Outcome.REFUSED, Signature.INVALID)
            return "done"
        is_ours = _look_into(event, gateway, now)
    except GatewayError as error:
        put_off(WebhookEvent, event.pk, error)
        return "later"
    _close(event, Outcome.DONE if is_ours else Outcome.IGNORED, Signature.VALID)
    called = Q(hooked_at=None) | Q(hooked_at__lt=now - NOTED_EVERY)
    GatewayAccount.objects.filter(called, pk=event.account_id).update(hooked_at=now)
    return "done"


@transaction.atomic
def replay_webhook(*, actor: Actor, event: WebhookEvent, now: datetime) -> None:
    """Look into a webhook once more; what was done is found done. Raises Forbidden.

    Nothing for a forged one, and for one that was emptied before anybody could tell whether it is.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    rows = WebhookEvent.objects.filter(pk=event.pk).exclude(signature=Signature.INVALID)
    rows = rows.exclude(signature=Signature.DEFERRED, body=b"")
    if not rows.update(due_at=now, attempts=0, last_error="", outcome=Outcome.RECEIVED):
        return
    record(actor, "client_portal.webhookevent.replayed", about=event, after={"type": event.type})
    nudge("client_portal.handle_webhooks")


@transaction.atomic
def empty_webhooks(*, now: datetime, most: int = 5_000) -> int:
    """Let go of the words of webhooks that are older than WEBHOOK_BODY_DAYS; how many. The rows and verdicts stay.

    Called by the sweep; repeating it, or two at once, empties none twice.
    """
    old = WebhookEvent.objects.filter(received_at__lt=now - timedelta(days=settings.WEBHOOK_BODY_DAYS))
    found = old.exclude(body=b"").select_for_update(of=("self",), no_key=True, skip_locked=True)
    ids = list(found.order_by("received_at").values_list("pk", flat=True)[:most])
    return WebhookEvent.objects.filter(pk__in=ids).update(body=b"", headers={})


@transaction.atomic
def _claim(event_id: UUID, now: datetime) -> WebhookEvent | None:
    """The event, this worker's alone until its lease is over."""
    rows = WebhookEvent.objects.due(now).select_for_update(of=("self",), no_key=True, skip_locked=True)
    event = rows.select_related("account__organisation").filter(pk=event_id).first()
    if event is not None:
        WebhookEvent.objects.filter(pk=event.pk).update(due_at=now + rules.LEASE)
    return event


@transaction.atomic
def _close(event: WebhookEvent, outcome: str, signature: str) -> None:
    rows = WebhookEvent.objects.filter(pk=event.pk)
    rows.update(outcome=outcome, signature=signature, due_at=None, last_error="")


def _look_into(event: WebhookEvent, gateway: Gateway, now: datetime) -> bool:
    """Ask about everything of ours that the event names; whether there was anything. Raises GatewayError."""
    refs = list(event.refs)
    payments = GatewayPayment.objects.filter(account=event.account_id, provider_id__in=refs)
    refunds = Refund.objects.filter(Q(provider_id__in=refs) | Q(key__in=refs), account=event.account_id)
    disputes = Dispute.objects.filter(account=event.account_id, provider_id__in=refs)
    attempts = PaymentAttempt.objects.filter(Q(ref__in=refs) | Q(pk__in=_ids(refs)), account=event.account_id)
    known = {
        *attempts.values_list("pk", flat=True),
        *payments.values_list("attempt_id", flat=True),
        *refunds.values_list("payment__attempt_id", flat=True),
        *disputes.values_list("payment__attempt_id", flat=True),
    }
    named = sorted(filter(None, known))
    for attempt_id in named:
        _sync(attempt_id, now)
    _ask_about_refunds(refunds, gateway, now)
    return bool(named) or _adopt(event, gateway, now)


def _sync(attempt_id: UUID, now: datetime) -> None:
    """Raises GatewayError where the gateway did not answer, so that the event is tried again too."""
    attempt = sync_attempt(attempt_id=attempt_id, trigger=TRIGGER, actor=system_actor(), now=now)
    if attempt.last_error:
        raise GatewayError(attempt.last_error, code=attempt.error_code)


def _ask_about_refunds(refunds: Iterable[Refund], gateway: Gateway, now: datetime) -> None:
    """What failed after it had succeeded is not among the refunds of its payment any more: it is asked for itself."""
    for refund in refunds:
        if refund.provider_id and refund.state != Refund.State.FAILED:
            seen = gateway.fetch_refund(refund.provider_id)
            with transaction.atomic():
                apply_refunds(payment=lock_payment(refund.payment_id), seen=[seen], trigger=TRIGGER, now=now)


def _adopt(event: WebhookEvent, gateway: Gateway, now: datetime) -> bool:
    """Money of a checkout that bears an id of ours, though no attempt of it is known; whether any was kept."""
    if not event.body:
        return False
    kept = False
    actor = system_actor(event.account.organisation.workspace)
    for ref in gateway.parse(bytes(event.body)).checkouts:
        snapshot = gateway.fetch(ref)
        for seen in snapshot.payments if snapshot.attempt_id else ():
            if seen.status == "succeeded":
                found = adopt_payment(
                    account=event.account, seen=seen, snapshot=snapshot, trigger=TRIGGER, actor=actor, now=now
                )
                kept = kept or found is not None
    return kept


def _ids(refs: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids of ours."""
    found = []
    for ref in refs:
        try:
            found.append(UUID(ref))
        except ValueError:
            continue
    return found
