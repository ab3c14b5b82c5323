"""What a statement of account reads: what was charged and paid in a period, and what is open."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from advisory_portal.core.access import Actor
from documents import rules
from documents.models import Document, Kind, Settlement

OWED = (Kind.INVOICE, Kind.CREDIT_NOTE)


class Movement(NamedTuple):
    """A document or a payment. `amount` is what it adds to what the contact owes, in the document's currency.

    `method` is "" for a document, else how it was paid.
    """

    day: date
    currency: str
    kind: str
    number: str
    document_id: UUID
    amount: Any
    method: str


def movements_of(actor: Actor, since: date, until: date, most: int) -> list[Movement]:
    """What happened from the first to the last day, in order: at most so many documents, and so many payments.

    Set-offs are no movement: they lower an invoice by what they take from a credit note. Two statements.
    """
    documents = Document.objects.visible_to(actor).filter(kind__in=OWED, issued_on__range=(since, until))
    issued = documents.exclude(state=Document.State.VOID).order_by("issued_on", "id")
    charged = issued.values_list("issued_on", "currency", "kind", "number", "pk", "payable")[:most]
    money = Settlement.objects.visible_to(actor).filter(document__kind__in=OWED, received_on__range=(since, until))
    paid = money.exclude(method=rules.CREDIT_METHOD).order_by("received_on", "id")
    columns = ("received_on", "document__currency", "document__kind", "document__number", "document_id", "amount")
    found = [Movement(*row, "")._replace(amount=_signed(row[2], row[5])) for row in charged]
    for row in paid.values_list(*columns, "method")[:most]:
        found.append(Movement(*row)._replace(amount=-_signed(row[2], row[5])))
    return sorted(found, key=lambda one: (one.day, bool(one.method)))


def _signed(kind: str, amount: Any) -> Any:
    return -amount if kind == Kind.CREDIT_NOTE else amount
