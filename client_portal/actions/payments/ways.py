"""By which accounts a contact may pay documents, and why not by others. Writes nothing, calls nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money
from advisory_portal.core.money import to_minor
from advisory_portal.gateways import ConfigError, Money
from client_portal import rules
from client_portal.actions.payments.gateways import gateway_for
from client_portal.models import GatewayAccount
from client_portal.models.readings import accounts_of_document
from documents.models import Document

ORDINARY = Decimal(1_000)  # of every currency: neither too little nor too much for a company that takes the currency


class WrongWay(Refused):
    """The contact cannot pay by this account, or not this amount."""


@dataclass(frozen=True, slots=True)
class Way:
    """An account of the contact's. `why_not` says why it does not take this payment, "" where it does; `takes_part`
    whether its business lets a part of a document be paid.
    """

    account: GatewayAccount
    why_not: str
    takes_part: bool


def is_payable(document: Document) -> bool:
    """Whether a contact can pay something on the document at a gateway."""
    is_open = document.state in (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
    is_asked_for = document.kind in rules.PAID_ONLINE and not document.is_invoiced
    return is_asked_for and is_open and document.outstanding > 0


def payable_ways(*, actor: Actor, documents: Sequence[Document]) -> list[Way]:
    """The accounts that the contact may pay by, and which of them take what is open on these documents.

    The documents are payable, of the contact, in one currency. One query. Nothing where there are none.
    """
    if not documents:
        return []
    amount = sum((one.outstanding for one in documents), Decimal(0))
    accounts = GatewayAccount.objects.offered_to(actor).order_by("kind", "pk")
    with_part = accounts.annotate(part=F("organisation__portal_settings__takes_part"))
    return _ways(with_part, amount, documents[0].currency)


def ways_of_document(*, actor: Actor, document: Document) -> tuple[list[Way], UUID | None]:
    """What `payable_ways` says of one document, and the attempt whose money is on its way for it. One query."""
    accounts = accounts_of_document(actor, document.pk)
    under_way = next((one.running for one in accounts if one.running), None)
    return ([] if under_way else _ways(accounts, document.outstanding, document.currency)), under_way


def way_of_contact(*, actor: Actor, account_id: UUID | str) -> GatewayAccount:
    """The account, where the contact may pay by it. Raises WrongWay."""
    account = GatewayAccount.objects.offered_to(actor).filter(pk=account_id).first()
    if account is None:
        raise WrongWay(_("You cannot pay this way any more. Choose another."), field="account")
    return account


def why_not(account: GatewayAccount, amount: Decimal, currency: str) -> str:
    """Why the account does not take the amount, in words for a contact; "" where it does."""
    try:
        gateway = gateway_for(account)
    except ConfigError:
        return _("This way is out of order at the moment.")
    is_its_own = account.currency in ("", currency)
    if not is_its_own or not gateway.takes(Money(to_minor(ORDINARY, currency), currency)):
        return _("It does not take payments in %(currency)s.") % {"currency": currency}
    if not gateway.takes(Money(to_minor(amount, currency), currency)):
        return _("It does not take a payment of %(amount)s.") % {"amount": format_money(amount, currency)}
    return ""


def _ways(accounts: Iterable[Any], amount: Decimal, currency: str) -> list[Way]:
    return [Way(one, why_not(one, amount, currency), bool(one.part)) for one in accounts]
