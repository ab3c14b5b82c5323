"""Helpers of the tests around what a contact did by month."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum

from advisory_portal.core.access import Actor, ActorKind, system_actor
from client_portal.actions.months import SUMS
from client_portal.models import ContactMonth
from documents.actions import settle
from documents.models import Contact, Document, Settlement


def contact_actor(contact: Contact, **values: Any) -> Actor:
    """The contact in its portal, who sees all that is its own."""
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name,
        organisation=contact.organisation.workspace,
        contact_id=contact.pk,
        language=contact.language,
        **values,
    )


def pay(
    document: Document, amount: str, key: str = "a", day: date = date(2026, 3, 9), method: str = "transfer"
) -> None:
    settle(
        actor=system_actor(document.organisation.workspace),
        document=document,
        amount=Decimal(amount),
        received_on=day,
        method=method,
        source_key=key,
    )


def months(contact: Contact) -> dict[tuple[str, date], dict[str, Decimal]]:
    """The sums that are kept of a contact, by currency and month, without those that are zero."""
    rows = ContactMonth.objects.filter(contact=contact).values("currency", "month")
    return not_zero((row["currency"], row["month"], row) for row in rows.annotate(**{f"sum_{n}": Sum(n) for n in SUMS}))


def not_zero(rows: Iterable[tuple[str, date, dict[str, Any]]]) -> dict[tuple[str, date], dict[str, Decimal]]:
    found = {}
    for currency, month, row in rows:
        sums = {name: row[f"sum_{name}"] for name in SUMS if row[f"sum_{name}"]}
        if sums:
            found[currency, month] = sums
    return found


def open_of(contact: Contact) -> Decimal:
    """What is open on the contact's invoices, less what is open on its credit notes, added up from the documents."""
    issued = Document.objects.filter(contact=contact).exclude(state__in=("draft", "void"))
    left = Sum(F("payable") - F("settled"), default=Decimal(0))
    invoices, credit_notes = (
        issued.filter(kind=kind).aggregate(sum=left)["sum"] for kind in ("invoice", "credit_note")
    )
    return invoices - credit_notes


def received_of(contact: Contact) -> Decimal:
    """The money that came in for the contact's invoices and orders, less what went back on credit notes."""
    money = Settlement.objects.filter(document__contact=contact).exclude(method="credit_note")
    sums = money.aggregate(
        came=Sum("amount", filter=Q(document__kind__in=("invoice", "sales_order")), default=Decimal(0)),
        went=Sum("amount", filter=Q(document__kind="credit_note"), default=Decimal(0)),
    )
    return Decimal(sums["came"] - sums["went"])
