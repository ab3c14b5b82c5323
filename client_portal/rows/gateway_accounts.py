"""Accounts at payment companies as their pages show them: states in words, never a key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_moment
from advisory_portal.gateways import KINDS
from advisory_portal.gateways.addresses import COMPANIES
from advisory_portal.gateways.keys import modes_of
from client_portal.models import GatewayAccount, WebhookEvent


@dataclass(frozen=True, slots=True)
class AccountRow:
    """`pill` is (kind, words) of its state; `facts` pairs of label and words, `warning` what somebody has to do."""

    kind: str
    company: str
    title: str
    href: str
    pill: tuple[str, str]
    mode: str
    facts: tuple[tuple[str, str], ...]
    warning: str


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company without an account here."""

    kind: str
    company: str
    text: str
    href: str


def company_texts() -> Mapping[str, str]:
    """What each company brings, for who chooses one."""
    return {
        "stripe": _("Cards, wallets and the payment methods of each country, on Stripe’s page."),
        "paypal": _("PayPal accounts, on PayPal’s page. You receive the money in your PayPal business account."),
        "square": _("Cards on Square’s page, in the currency of one of your locations."),
    }


def companies_left(accounts: Iterable[GatewayAccount], *, slug: str) -> list[CompanyRow]:
    """The companies that could still be connected, in a fixed order."""
    there = {account.kind for account in accounts}
    texts = company_texts()
    return [
        CompanyRow(
            kind,
            COMPANIES[kind],
            texts[kind],
            reverse("client_portal:connect_gateway", kwargs={"organisation": slug, "gateway": kind}),
        )
        for kind in KINDS
        if kind not in there
    ]


def failed_hooks(actor: Actor) -> dict[UUID, int]:
    """By account: how many webhooks wait for a person, because every try failed. One query."""
    failed = WebhookEvent.objects.visible_to(actor).given_up()
    return dict(failed.order_by().values_list("account_id").annotate(Count("pk")))


def account_row(account: GatewayAccount, *, slug: str, zone: str, failed: int) -> AccountRow:
    """An account as a card of the list, and as the head of its own page."""
    return AccountRow(
        kind=account.kind,
        company=COMPANIES[account.kind],
        title=account.name,
        href=reverse("client_portal:gateway_account", kwargs={"organisation": slug, "gateway_id": account.pk}),
        pill=state_pill(account),
        mode="" if account.mode == GatewayAccount.Mode.LIVE else account.get_mode_display(),
        facts=health(account, zone=zone, failed=failed),
        warning=warning_of(account, failed),
    )


def state_pill(account: GatewayAccount) -> tuple[str, str]:
    """The state of an account: a kind of pill and its words."""
    if account.retired_at is not None:
        return "removed", _("Retired")
    if account.check_error:
        return "error", _("Does not work")
    return ("active", _("On")) if account.is_enabled else ("draft", _("Off"))


def health(account: GatewayAccount, *, zone: str, failed: int) -> tuple[tuple[str, str], ...]:
    """What is known of an account's health, as pairs of label and words."""
    never = _("Not yet")
    moments = ((_("Last check"), account.checked_at), (_("Last money"), account.paid_at))
    facts = [(label, format_moment(moment, zone) if moment else never) for label, moment in moments]
    hooked = format_moment(account.hooked_at, zone) if account.hooked_at else never
    facts.append((_("Last webhook"), hooked if account.hook_secrets else _("Not connected")))
    if failed:
        facts.append((_("Failed webhooks"), str(failed)))
    return tuple(facts)


def warning_of(account: GatewayAccount, failed: int) -> str:
    """The first thing that somebody has to do about an account, "" for nothing."""
    if account.retired_at is not None:
        return ""
    if account.check_error:
        return str(GatewayAccount.Fault(account.check_error).label)
    if not account.hook_secrets:
        return _("Without its webhook, payments are noticed minutes later.")
    if account.is_unheard:
        return _("Money came, but the company has not called for a day: look at its webhook there.")
    if failed:
        return _("Webhooks failed: look at them under Payments.")
    return ""


def sandbox_keys() -> dict[str, dict[str, str]]:
    """Keys that the stand-ins of this instance take, by kind; none where there are no stand-ins."""
    if not settings.PAYMENTS_SANDBOX_URL:
        return {}
    keys = {
        "stripe": {"secret_key": "sk_test_sandbox"},
        "paypal": {"client_id": "sandbox-client", "client_secret": "sandbox-secret"},
        "square": {"access_token": "EAAAsandbox", "location_id": "LMAINEUR"},
    }
    return {kind: typed for kind, typed in keys.items() if "sandbox" in modes_of(kind, typed, has_sandbox=True)}
