"""The one hand that keeps what Stripe says of a subscription, whoever noticed that something happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.formatting import format_date
from advisory_portal.core.history import record
from advisory_portal.core.jobs import nudge
from advisory_portal.core.mail import notify
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import GatewayError, ProtocolError
from advisory_portal.gateways.billing import SeenSubscription
from partners.actions.billing.platform import billing, mode
from partners.actions.locks import lock_organisation
from partners.actions.programme import leaders_of, require_operator
from partners.models import BillingAccount, BillingEvent, Organisation, Plan, Subscription
from partners.rules import billing as laws

LEASE = timedelta(minutes=5)  # longer than Stripe may take to answer
Source, Status = Subscription.Source, Subscription.Status


@calls_outside
def sync_subscription(*, actor: Actor, account: BillingAccount, now: datetime, is_quick: bool = False) -> bool:
    """Ask Stripe for all subscriptions of a customer, and keep the one that counts; True if something changed.

    The return page, webhooks, the sweep and the operator call this alone, any number at once: an answer that was asked
    for before the one that stands is not kept. `is_quick` where a person waits. Raises GatewayError.
    """
    if not account.customer or account.mode != mode():
        return _rest(account)
    found = billing(is_quick=is_quick).subscriptions(account.customer)
    return _apply(account.pk, [_paid(one) for one in found], now)


class Asked(NamedTuple):
    """How many customers Stripe told of, and what of the others went wrong, in its words."""

    asked: int
    problems: list[str]


@calls_outside
def ask_for_subscriptions(*, actor: Actor, accounts: Sequence[BillingAccount], now: datetime) -> Asked:
    """The operator asks about these at once; what goes wrong with one does not hold up the others. Raises Forbidden."""
    require_operator(actor)
    problems = []
    for account in accounts:
        try:
            sync_subscription(actor=actor, account=account, now=now, is_quick=True)
        except GatewayError as error:
            problems.append(f"{account.customer}: {error}")
    return Asked(len(accounts) - len(problems), problems)


@calls_outside
def come_back(*, actor: Actor, account: BillingAccount, now: datetime) -> Literal["subscribed", "waiting", "nothing"]:
    """What the page after Stripe's says: a subscription stands, it is being paid or Stripe is slow, or neither.

    What the address of the page says is not believed. Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    try:
        sync_subscription(actor=actor, account=account, now=now, is_quick=True)
        stands = Subscription.objects.visible_to(actor).first()
        if stands is not None and stands.is_of_stripe and stands.status in laws.LIVE:
            return "subscribed"
        account.refresh_from_db()
        is_done = bool(account.checkout_ref) and _is_complete(account)
    except GatewayError:
        return "waiting"
    return "waiting" if is_done else "nothing"


def _is_complete(account: BillingAccount) -> bool:
    return billing(is_quick=True).fetch_checkout(account.checkout_ref).status == "complete"


@transaction.atomic
def take_billing_event(
    *, headers: Mapping[str, str], body: bytes, now: datetime
) -> Literal["taken", "known", "forged", "unreadable"]:
    """Keep a webhook that Stripe signed, once, and let the sweep ask Stripe; it is a hint and nothing more.

    One about a customer that nobody here is stays for the operator to see. Raises NotCharged without settings.
    """
    stripe = billing()
    if not stripe.verify(headers, body):
        return "forged"
    try:
        hint = stripe.parse(body)
    except ProtocolError:
        return "unreadable"
    customer = hint.refs[0] if hint.refs else ""
    accounts = BillingAccount.objects.filter(customer=customer, mode=mode()).exclude(customer="")
    event = BillingEvent(
        event_id=hint.event_id[:255],
        type=hint.type[:100],
        customer=customer[:100],
        is_known=accounts.exists(),
        body=body,
    )
    made = BillingEvent.objects.bulk_create([event], ignore_conflicts=True)
    if not made or not BillingEvent.objects.filter(pk=event.pk).exists():
        return "known"
    if accounts.update(hinted_at=now, due_at=now, attempts=0):
        nudge("partners.sync_subscriptions")
    return "taken"


@transaction.atomic
def claim_billing(*, now: datetime, most: int) -> list[BillingAccount]:
    """The customers whose time has come to be asked after, for this worker alone until LEASE has passed."""
    due = BillingAccount.objects.due(now).filter(mode=mode()).order_by("due_at")
    rows = list(due.select_for_update(skip_locked=True, no_key=True, of=("self",))[:most])
    BillingAccount.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + LEASE)
    return rows


@transaction.atomic
def follow_stripe(*, actor: Actor, subscription: Subscription) -> None:
    """Let a subscription that was set by hand be as Stripe has it again. Raises Forbidden."""
    require_operator(actor)
    lock_organisation(subscription.organisation_id)
    Subscription.objects.filter(pk=subscription.pk).update(source=Source.STRIPE)
    record(actor, "partners.subscription.followed", about=subscription)


def _paid(seen: SeenSubscription) -> laws.Paid:
    return laws.Paid(seen.id, seen.status, seen.price, seen.created_at, seen.paid_until, seen.ends_at)


@transaction.atomic
def _rest(account: BillingAccount) -> bool:
    """Nothing to ask for: it is not looked at again until somebody subscribes."""
    BillingAccount.objects.filter(pk=account.pk).update(due_at=None)
    return False


@transaction.atomic
def _apply(account_id: UUID, found: list[laws.Paid], asked_at: datetime) -> bool:
    account = BillingAccount.objects.get(pk=account_id)
    organisation = lock_organisation(account.organisation_id)
    account = BillingAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    if account.asked_at is not None and account.asked_at > asked_at:
        return False
    best = laws.standing(found)
    lives = best is not None and best.status in laws.LIVE
    if lives:
        account.checkout_key = account.checkout_ref = account.checkout_price = ""
    ends_at = account.checkout_expires_at if account.checkout_ref else None
    is_waiting = ends_at is not None and ends_at > asked_at
    account.due_at = laws.look_again(best, is_waiting=is_waiting, now=asked_at)
    if account.hinted_at is not None and account.hinted_at > asked_at:
        account.due_at = account.hinted_at  # something happened while the answer was on its way
    account.asked_at, account.attempts, account.last_error = asked_at, 0, ""
    account.save()
    return best is not None and _keep_subscription(organisation, best, asked_at)


def _keep_subscription(organisation: Organisation, best: laws.Paid, now: datetime) -> bool:
    """Write what counts on the organisation's row, its plan with it, and tell its people where it matters."""
    actor = system_actor(organisation.workspace)
    row = Subscription.objects.filter(organisation=organisation).first() or Subscription(
        organisation=organisation, source=Source.STRIPE
    )
    takes_over = laws.takes_over(
        is_by_hand=not row.is_of_stripe,
        is_paid_by_hand=bool(row.status) and row.is_paid(actor.today()),
        set_at=row.set_at or row.created_at,
        created_at=best.created_at,
    )
    if not takes_over:
        return False
    before = (row.source, row.ref, row.status, row.price, row.paid_until, row.ends_on)
    was = row.status if row.is_of_stripe else ""
    row.source, row.ref, row.status, row.price = Source.STRIPE, best.ref, Status(best.status).value, best.price
    row.paid_until, row.ends_on = laws.last_day(best.paid_until), laws.last_day(best.ends_at)
    if before == (row.source, row.ref, row.status, row.price, row.paid_until, row.ends_on):
        return False
    row.save()
    after = {"status": row.status, "paid_until": row.paid_until.isoformat() if row.paid_until else ""}
    record(actor, "partners.subscription.kept", about=row, after=after)
    _keep_plan(organisation, row)
    if row.status != was and row.status in (Status.PAST_DUE, Status.CANCELLED) and was:
        _tell(organisation, row)
    return True


def _keep_plan(organisation: Organisation, row: Subscription) -> None:
    """The plan that is paid for; the one that is given to everybody once the subscription has ended."""
    if row.status == Status.CANCELLED:
        plan = Plan.objects.filter(is_default=True).first()
    else:
        plan = Plan.objects.filter(stripe_price=row.price).first()
    if plan is None or organisation.plan_id == plan.pk:
        return
    organisation.plan = plan
    organisation.save(update_fields=["plan"])
    record(system_actor(organisation.workspace), "partners.organisation.replanned", about=organisation)


def _tell(organisation: Organisation, row: Subscription) -> None:
    notify(
        "partners/subscription_state",
        to=leaders_of(organisation),
        url=reverse("partners:plan", args=[organisation.slug]),
        organisation_id=organisation.pk,
        context={
            "organisation": organisation.name,
            "status": row.status,
            "day": format_date(row.paid_until) if row.paid_until else "",
        },
    )
