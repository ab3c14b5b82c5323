"""Which rows are locked when money is booked, and in which order: documents by id → the attempt → payments.

Everything of this package that writes money or an attempt's state takes its locks here, so that two who work on the
same rows wait for each other and never in a circle.
"""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from client_portal.models import GatewayAccount, GatewayPayment, PaymentAllocation, PaymentAttempt
from documents.models import Document, Settlement

MOVED = "moved"


def lock_documents(ids: Iterable[UUID]) -> dict[UUID, Document]:
    """The documents as they stand, locked in the order of their ids. One query."""
    rows = Document.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def lock_attempt(attempt_id: UUID) -> PaymentAttempt:
    """The attempt as it stands, locked, with its account and contact. Its documents are locked before."""
    rows = PaymentAttempt.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("account__organisation", "contact").get(pk=attempt_id)


def lock_payments(
    account: GatewayAccount, provider_ids: Iterable[str], *, attempt: PaymentAttempt | None = None
) -> dict[str, GatewayPayment]:
    """Those of the account with these ids and those of the attempt, by the gateway's id, locked in the order of ids.

    Documents, and the attempt, come before. One query.
    """
    named = Q(account=account, provider_id__in=set(provider_ids))
    rows = GatewayPayment.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    wanted = named if attempt is None else named | Q(attempt=attempt)
    found = {row.provider_id: row for row in rows.filter(wanted).order_by("pk")}
    for row in found.values():
        row.account = account
        if attempt is not None and row.attempt_id == attempt.pk:
            row.attempt = attempt
    return found


def wait_at_account(account: GatewayAccount) -> None:
    """Let those who write down money of no attempt at an account do it one after the other. Nothing else is locked."""
    GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)


def lock_payment(payment_id: UUID, *, also: Iterable[UUID] = ()) -> GatewayPayment:
    """The payment as it stands, locked behind the documents that its money stands on, and these. Three queries or more.

    Money that moves on between the look and the lock is followed by whoever books; its document is then locked last.
    """
    lock_documents({*also, *(document_id for document_id, _amount in standing(payment_id))})
    rows = GatewayPayment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("account__organisation").get(pk=payment_id)


def standing(payment_id: UUID) -> list[tuple[UUID, Decimal]]:
    """What of a payment stands on which document now, the last allocated first; only what is above zero.

    What moved on from a sales order to its invoice stands on the invoice. Two queries at most.
    """
    rows = list(PaymentAllocation.objects.filter(payment_id=payment_id).order_by("-id"))
    moved = _moved({row.document_id for row in rows}) if rows else {}
    sums: dict[UUID, Decimal] = {}
    for row in rows:
        left = row.amount
        for document_id, amount in moved.get(row.settlement_id, ()):
            sums[document_id] = sums.get(document_id, Decimal(0)) + amount
            left -= amount
        sums[row.document_id] = sums.get(row.document_id, Decimal(0)) + left
    return [(document_id, amount) for document_id, amount in sums.items() if amount > 0]


def _moved(documents: set[UUID]) -> dict[UUID, list[tuple[UUID, Decimal]]]:
    """By settlement: what of it moved on to which invoice. Of the keys that `documents` gives such settlements."""
    found: dict[UUID, list[tuple[UUID, Decimal]]] = {}
    rows = Settlement.objects.filter(document_id__in=documents, source_key__startswith=f"{MOVED}:", amount__lt=0)
    for source_key, amount in rows.values_list("source_key", "amount"):
        _word, settlement, invoice, *_count = source_key.split(":")
        found.setdefault(UUID(settlement), []).append((UUID(invoice), -amount))
    return found
