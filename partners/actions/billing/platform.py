"""The operator's own Stripe account, as the settings name it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.gateways import Mode
from advisory_portal.gateways.registry import billing_of

if TYPE_CHECKING:
    from advisory_portal.gateways.stripe_billing import StripeBilling


class NotCharged(Refused):
    """This instance charges nothing, or not for this plan."""


class BillingUnreachable(Refused):
    """Stripe gave no answer, or none that helps; nothing is lost, and trying again charges nothing twice."""


def charges() -> bool:
    """Whether the operator charges for plans by Stripe; else subscriptions are set by hand alone."""
    return bool(settings.PLATFORM_STRIPE_SECRET_KEY)


def mode() -> str:
    """Where the operator's key works: live, test, or the project's own stand-ins."""
    return str(settings.PLATFORM_STRIPE_MODE)


def billing(*, is_quick: bool = False) -> "StripeBilling":
    """Stripe Billing in the operator's account. `is_quick` where a person waits. Raises NotCharged without settings."""
    if not charges():
        raise NotCharged(_("Nothing is charged here."))
    return _client(
        mode(),
        settings.PLATFORM_STRIPE_SECRET_KEY,
        tuple(settings.PLATFORM_STRIPE_WEBHOOK_SECRET),
        settings.PAYMENTS_SANDBOX_URL,
        is_quick,
    )


@lru_cache(maxsize=8)
def _client(where: str, key: str, secrets: tuple[str, ...], sandbox_url: str, is_quick: bool) -> "StripeBilling":
    """Made with the first call, after a process has forked; its connections are each thread's own."""
    return billing_of(Mode(where), key, hook_secrets=secrets, sandbox_url=sandbox_url, is_quick=is_quick)
