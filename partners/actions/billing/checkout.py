"""Subscribing to a plan, and managing how it is paid: on Stripe's own pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import AlreadyDone, GatewayError, Rejected
from advisory_portal.gateways.billing import BillingCustomer, SubscriptionRequest
from partners.actions.billing.platform import BillingUnreachable, NotCharged, billing, charges, mode
from partners.actions.billing.sync import sync_subscription
from partners.actions.locks import lock_organisation
from partners.models import BillingAccount, Organisation, Plan, Subscription
from partners.rules.billing import LIVE

CHECKOUT_LIFE = timedelta(minutes=60)
SPARE = timedelta(minutes=31)  # Stripe takes no page that ends within half an hour
Answer = TypeVar("Answer")


class SubscribedAlready(Refused):
    """There is a subscription that lives; it is changed on Stripe's page, or by the operator."""


@calls_outside
def begin_subscription(*, actor: Actor, plan: Plan, return_url: str, cancel_url: str, now: datetime) -> str:
    """The address of Stripe's page where this plan is subscribed to. Repeating it gives the page that is open.

    What Stripe is asked with is kept before it is asked, so that a lost answer makes no second customer or page; a
    page for another plan is closed first. Raises NotCharged, SubscribedAlready, BillingUnreachable, Forbidden.
    """
    account = _prepare(actor, plan, now)
    if not account.customer:
        account = _make_customer(account)
    if account.checkout_ref:
        known = asked(lambda: billing().fetch_checkout(account.checkout_ref))
        if known.status == "open" and account.checkout_price == plan.stripe_price and known.redirect_url:
            return known.redirect_url
        if known.status == "open":
            _close(account)
        if known.status == "complete":
            sync_subscription(actor=actor, account=account, now=now)
            _prepare(actor, plan, now)  # raises SubscribedAlready, unless what was subscribed to has ended since
    account = _keep_key(account, plan, now)
    assert account.checkout_expires_at is not None  # the database keeps it with the key
    request = SubscriptionRequest(
        key=account.checkout_key,
        customer=account.customer,
        price=plan.stripe_price,
        reference=str(account.organisation_id),
        return_url=return_url,
        cancel_url=cancel_url,
        expires_at=account.checkout_expires_at,
    )
    started = asked(lambda: billing().start(request))
    _keep_page(account, started.ref, now)
    return started.redirect_url


@calls_outside
def manage_payment(*, actor: Actor, account: BillingAccount, return_url: str) -> str:
    """The address of Stripe's page where the organisation changes its card, reads its invoices and cancels.

    Raises BillingUnreachable, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    return asked(lambda: billing().portal(account.customer, return_url))


def asked(call: Callable[[], Answer]) -> Answer:
    """What Stripe answers. Raises BillingUnreachable with words for people, the failure as its cause."""
    try:
        return call()
    except GatewayError as error:
        words = _("Stripe does not answer as it should right now. Nothing was charged; please try again in a moment.")
        raise BillingUnreachable(words) from error


@transaction.atomic
def _prepare(actor: Actor, plan: Plan, now: datetime) -> BillingAccount:
    """The organisation's account with the key of its customer, once it is clear that it may subscribe."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    organisation = lock_organisation(actor.place.id)
    if not charges() or not Plan.objects.sold_to(organisation.kind).filter(pk=plan.pk).exists():
        raise NotCharged(_("This plan is not sold here."), field="plan")
    subscription = Subscription.objects.filter(organisation=organisation).first()
    if subscription is not None and subscription.source == Subscription.Source.STRIPE and subscription.status in LIVE:
        raise SubscribedAlready(_("You have a subscription. Change or cancel it under “Manage payment”."))
    if subscription is not None and subscription.is_paid(actor.today()) and not subscription.is_of_stripe:
        raise SubscribedAlready(_("The operator of this portal has set your subscription, and it is paid."))
    account, _made = BillingAccount.objects.get_or_create(
        organisation=organisation, mode=mode(), defaults={"customer_key": str(uuid4()), "due_at": None}
    )
    return account


def _make_customer(account: BillingAccount) -> BillingAccount:
    organisation = Organisation.objects.get(pk=account.organisation_id)
    wanted = BillingCustomer(account.customer_key, str(organisation.pk), organisation.name, organisation.email)
    customer = asked(lambda: billing().create_customer(wanted))
    return _keep(account, customer=customer)


def _close(account: BillingAccount) -> None:
    """Let the page for another plan take nothing any more; one that was paid at this moment shows in the next look."""
    try:
        billing().close_checkout(account.checkout_ref)
    except (Rejected, AlreadyDone) as error:
        words = _("Somebody is paying for another plan at this moment. Look again in a minute.")
        raise SubscribedAlready(words) from error
    except GatewayError as error:
        raise BillingUnreachable(_("Stripe does not answer right now. Please try again in a moment.")) from error


@transaction.atomic
def _keep_key(account: BillingAccount, plan: Plan, now: datetime) -> BillingAccount:
    """The key of a page to come, kept before Stripe is asked; that of a question whose answer was lost is kept on."""
    current = BillingAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    is_lost = bool(current.checkout_key) and not current.checkout_ref and current.checkout_price == plan.stripe_price
    if is_lost and current.checkout_expires_at and current.checkout_expires_at > now + SPARE:
        return current
    current.checkout_key, current.checkout_ref, current.checkout_price = str(uuid4()), "", plan.stripe_price
    current.checkout_expires_at = (now + CHECKOUT_LIFE).replace(microsecond=0)
    current.save(update_fields=["checkout_key", "checkout_ref", "checkout_price", "checkout_expires_at"])
    return current


@transaction.atomic
def _keep_page(account: BillingAccount, ref: str, now: datetime) -> None:
    """What was begun, and that the sweep looks whether somebody paid there and never came back."""
    rows = BillingAccount.objects.filter(pk=account.pk, checkout_key=account.checkout_key)
    rows.update(checkout_ref=ref, due_at=now + timedelta(minutes=2), attempts=0)


@transaction.atomic
def _keep(account: BillingAccount, **values: str) -> BillingAccount:
    BillingAccount.objects.filter(pk=account.pk).update(**values)
    account.refresh_from_db()
    return account
