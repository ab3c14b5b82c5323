"""What is open between the business and one contact."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, Q, Sum, When

from documents.models.document import Document, Documents, Kind

OWED_TO_US = (Kind.INVOICE, Kind.CREDIT_NOTE)
OWED_BY_US = (Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE)
CREDITS = (Kind.CREDIT_NOTE, Kind.SUPPLIER_CREDIT_NOTE)


@dataclass(frozen=True, slots=True)
class Balance:
    """In one currency: what is open of invoices (`is_ours`) or of bills, credit notes taken off; and what is overdue.

    Amounts are in the currency's units; `overdue` counts invoices or bills alone.
    """

    currency: str
    is_ours: bool
    open: Decimal
    overdue: Decimal


def balances(documents: Documents, today: date) -> list[Balance]:
    """The balances of these documents by currency, what is owed to the business first. One query.

    Of one contact's documents it reads those that are open alone (partial index).
    """
    waiting = documents.filter(
        state__in=(Document.State.ISSUED, Document.State.PARTIALLY_PAID), kind__in=(*OWED_TO_US, *OWED_BY_US)
    )
    left = F("payable") - F("settled")
    found = (
        waiting.order_by()
        .annotate(is_ours=Case(When(kind__in=OWED_TO_US, then=True), default=False))
        .values("currency", "is_ours")
        .annotate(
            open=Sum(Case(When(kind__in=CREDITS, then=-left), default=left)),
            overdue=Sum(left, filter=Q(due_on__lt=today) & ~Q(kind__in=CREDITS), default=Decimal(0)),
        )
        .order_by("-is_ours", "currency")
    )
    return [Balance(**row) for row in found]
