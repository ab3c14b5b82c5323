"""The page of an organisation's plan: what it has, how that is paid, what else there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from advisory_portal.core.access import Section
from advisory_portal.core.formatting import format_date
from partners.models import Organisation, Plan, Subscription
from partners.rules import sections_of
from partners.rules.billing import LIVE

Status = Subscription.Status


class Notice(NamedTuple):
    """Something to know at once: kind of a banner, title, text."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A plan that may be subscribed to, with the sections it opens."""

    id: UUID
    name: str
    price: str
    sections: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlanState:
    """How the subscription stands. `may_subscribe` where a plan may be chosen now."""

    text: str
    pill: str
    label: str
    notice: Notice | None
    may_subscribe: bool
    is_of_stripe: bool


def plan_state(subscription: Subscription | None, today: date, *, sells: bool) -> PlanState:
    """The subscription in words. `sells` where the operator charges for plans by Stripe."""
    text = subscription_text(subscription, today, sells=sells)
    if subscription is None:
        return PlanState(text, "draft", _("None"), None, sells, is_of_stripe=False)
    lives = subscription.is_of_stripe and subscription.status in LIVE
    may = sells and not lives and (subscription.is_of_stripe or not subscription.is_paid(today))
    label = str(subscription.get_status_display())
    return PlanState(
        text, _pill(subscription), label, _notice(subscription, today), may, is_of_stripe=subscription.is_of_stripe
    )


def subscription_text(subscription: Subscription | None, today: date, *, sells: bool) -> str:
    """What there is of a subscription, and what to do if there is none or it is not paid."""
    if subscription is None and sells:
        return _("There is no subscription yet. Choose a plan and subscribe to it.")
    if subscription is None:
        return _("There is no subscription yet. The operator of this portal sets one up.")
    until = subscription.paid_until
    if not subscription.is_paid(today):
        if subscription.is_of_stripe and subscription.status == Status.PAST_DUE:
            return _("Your last payment failed. Change the card under “Manage payment”.")
        if sells:
            return _("Your subscription has ended. Choose a plan and subscribe again.")
        return _("Your subscription is not paid (%(status)s). Ask the operator of this portal to renew it.") % {
            "status": subscription.get_status_display()
        }
    if until is None:
        return _("Your subscription is paid.")
    return _("Your subscription is paid until %(day)s.") % {"day": format_date(until)}


def offer_rows(plans: Iterable[Plan], organisation: Organisation, subscription: Subscription | None) -> list[OfferRow]:
    """The plans on sale, the one that is paid for marked."""
    lives = subscription is not None and subscription.is_of_stripe and subscription.status in LIVE
    price = subscription.price if subscription is not None and lives else ""
    known = sections_of(organisation.kind)
    return [
        OfferRow(
            plan.pk,
            plan.name,
            plan.price_text,
            ", ".join(str(Section(name).label) for name in known if name in plan.sections),
            plan.stripe_price == price,
        )
        for plan in plans
    ]


def _pill(subscription: Subscription) -> str:
    shapes = {Status.ACTIVE: "active", Status.TRIALING: "active", Status.PAST_DUE: "overdue"}
    return shapes.get(Status(subscription.status), "expired")


def _notice(subscription: Subscription, today: date) -> Notice | None:
    if not subscription.is_of_stripe:
        return None
    if subscription.status == Status.PAST_DUE:
        paid = _("It was paid until %(day)s.") % {"day": format_date(subscription.paid_until or today)}
        help_text = _("Change the card under “Manage payment”; Stripe then charges it, and this page follows.")
        return Notice("error", _("The last payment failed"), f"{paid} {help_text}")
    if subscription.status in LIVE and subscription.ends_on is not None:
        words = _("It is cancelled and ends on %(day)s") % {"day": format_date(subscription.ends_on)}
        return Notice("info", words, _("Until then everything works. Under “Manage payment” you can keep it."))
    return None
