"""Who is told of money that came, failed, went back or is disputed. Each runs in the transaction of what it tells.

The payer gets a mail in the language they paid in, with one button; staff who manage sales get a mail and a
notification. The caller tells once: where the row moved, under its lock.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from advisory_portal.core.access import Section
from advisory_portal.core.mail import Recipient, notify
from client_portal.actions.links import new_link
from client_portal.actions.people import managers_of
from client_portal.models import Dispute, GatewayAccount, GatewayPayment, PaymentAttempt, Refund
from documents.models import Contact, Document
from partners.models import Organisation

Paid = list[tuple[Document, Decimal]]


def tell_received(*, payment: GatewayPayment, now: datetime, paid: Paid | None = None) -> None:
    """Money came in: the payer's receipt, and staff. What stands on which document must be booked before.

    `paid` is that, where the caller knows it.
    """
    paid = _booked(payment) if paid is None else paid
    documents = [document for document, _amount in paid] or _asked_for(payment.attempt)
    context = _context(payment) | {"paid": paid}
    path = _payers_page("client_portal/payment_received", payment, payment.attempt, documents, now, receipt=paid)
    if path:
        notify(
            "client_portal/payment_received",
            to=[_payer(payment.contact, payment.attempt)],
            url=path,
            context=context,
            **_from(payment.organisation),
        )
    notify(
        "client_portal/payment_arrived",
        to=managers_of(payment.organisation_id, Section.SALES),
        url=_staffs_page(payment),
        organisation_id=payment.organisation_id,
        context=context,
    )


def tell_failed(*, attempt: PaymentAttempt, now: datetime) -> None:
    """Money that was on its way did not come: the payer may pay again, and staff wait no longer."""
    documents = _asked_for(attempt)
    context = {"business": attempt.organisation, "attempt": attempt, "documents": documents}
    path = _payers_page("client_portal/payment_failed", attempt, attempt, documents, now)
    if path:
        notify(
            "client_portal/payment_failed",
            to=[_payer(attempt.contact, attempt)],
            url=path,
            context=context,
            **_from(attempt.organisation),
        )
    notify(
        "client_portal/payment_not_made",
        to=managers_of(attempt.organisation_id, Section.SALES),
        url=_documents_page(attempt.organisation, documents),
        organisation_id=attempt.organisation_id,
        context=context,
    )


def tell_refunded(*, refund: Refund, now: datetime, was_told: bool = False) -> None:
    """A refund is decided. The payer is told of money that comes, and of money that does not come after all.

    `was_told`: it had succeeded before, so that the payer waits for it.
    """
    payment = refund.payment
    context = _context(payment) | {"refund": refund}
    if refund.state == Refund.State.SUCCEEDED or was_told:
        documents = [document for document, _amount in _booked(payment)] or _asked_for(payment.attempt)
        path = _payers_page("client_portal/payment_refunded", payment, payment.attempt, documents, now)
        if path:
            notify(
                "client_portal/payment_refunded",
                to=[_payer(payment.contact, payment.attempt)],
                url=path,
                context=context,
                **_from(payment.organisation),
            )
    notify(
        "client_portal/refund_decided",
        to=managers_of(payment.organisation_id, Section.SALES),
        url=_staffs_page(payment),
        organisation_id=payment.organisation_id,
        context=context,
    )


def tell_look(*, payment: GatewayPayment) -> None:
    """A person has to look at this money; `look` says why. Nothing for money that nobody has to look at."""
    if not payment.look:
        return
    notify(
        "client_portal/payment_to_look_at",
        to=managers_of(payment.organisation_id, Section.SALES),
        url=_staffs_page(payment),
        organisation_id=payment.organisation_id,
        context=_context(payment),
    )


def tell_dispute(*, dispute: Dispute) -> None:
    """The payer disputes a payment, or it was decided who was right."""
    payment = dispute.payment
    notify(
        "client_portal/payment_disputed",
        to=managers_of(payment.organisation_id, Section.SALES),
        url=_staffs_page(payment),
        organisation_id=payment.organisation_id,
        context=_context(payment) | {"dispute": dispute},
    )


def tell_fault(*, account: GatewayAccount) -> None:
    """An account does not work any more; `check_error` says why."""
    notify(
        "client_portal/account_fault",
        to=managers_of(account.organisation_id, Section.SETTINGS),
        url=reverse("client_portal:gateway_account", args=[account.organisation.slug, account.pk]),
        organisation_id=account.organisation_id,
        context={"business": account.organisation, "account": account},
    )


def tell_unheard(*, account: GatewayAccount) -> None:
    """Money comes by an account, and its company does not call any more."""
    notify(
        "client_portal/account_unheard",
        to=managers_of(account.organisation_id, Section.SETTINGS),
        url=reverse("client_portal:gateway_account", args=[account.organisation.slug, account.pk]),
        organisation_id=account.organisation_id,
        context={"business": account.organisation, "account": account},
    )


def _context(payment: GatewayPayment) -> dict[str, Any]:
    return {"business": payment.organisation, "payment": payment, "account": payment.account}


def _from(business: Organisation) -> dict[str, Any]:
    """A mail to a contact comes from the business, and is answered to it."""
    return {"organisation_id": business.pk, "from_name": business.name, "reply_to": business.email}


def _payer(contact: Contact | None, attempt: PaymentAttempt | None) -> Recipient:
    """Who pressed Pay, as the portal knew them; else the contact."""
    email, language, name = _payer_address(contact, attempt), "", ""
    if attempt is not None:
        language, name = attempt.language, attempt.payer_name
    if contact is not None:
        language, name = language or contact.language, name or contact.name
    return Recipient(address=email, language=language, name=name[:200])


def _payer_address(contact: Contact | None, attempt: PaymentAttempt | None) -> str:
    return (attempt.email if attempt is not None else "") or (contact.email if contact is not None else "")


def _payers_page(
    kind: str,
    about: GatewayPayment | PaymentAttempt,
    attempt: PaymentAttempt | None,
    documents: Sequence[Document],
    now: datetime,
    *,
    receipt: Paid | None = None,
) -> str:
    """A fresh link to what was paid: the one document, else the portal where it goes to the contact's own address.

    With what a payment was booked on as `receipt` it leads to that, where the link may show all of it. "" where nobody
    is to be mailed: no address, no document that the address may see, or no mail of this kind wanted.
    """
    contact = about.contact
    email = _payer_address(contact, attempt)
    if contact is None or not email or not contact.wants(kind):
        return ""
    theirs = [document for document in documents if document.contact_id == contact.pk]
    is_portal = len(theirs) != 1 and email == contact.email
    if not theirs and not is_portal:
        return ""
    business = about.organisation
    document = None if is_portal else theirs[0]
    _link, path = new_link(
        contact=contact, document=document, email=email, sender=business.name, now=now, business=business
    )
    is_all = attempt is not None and receipt is not None and [part for _one, part in receipt] == [attempt.amount]
    leads_on = receipt is not None and (is_portal or is_all)
    return f"{path}?payment={about.pk}" if leads_on else path


def _booked(payment: GatewayPayment) -> Paid:
    """What of the payment stands on which document now, in the order of the documents' ids. One query."""
    sums: dict[Any, tuple[Document, Decimal]] = {}
    for row in payment.allocations.select_related("document").order_by("document_id", "id"):
        _document, before = sums.get(row.document_id, (row.document, Decimal(0)))
        sums[row.document_id] = row.document, before + row.amount
    return [(document, amount) for document, amount in sums.values() if amount]


def _asked_for(attempt: PaymentAttempt | None) -> list[Document]:
    """The documents that an attempt pays. One query."""
    return [share.document for share in attempt.shares.select_related("document")] if attempt is not None else []


def _staffs_page(payment: GatewayPayment) -> str:
    """Where staff see the payment, and what may be done about it."""
    return reverse("client_portal:staff_payment", args=[payment.organisation.slug, payment.pk])


def _documents_page(business: Organisation, documents: Sequence[Document]) -> str:
    if len(documents) == 1:
        return reverse("documents:document", args=[business.slug, documents[0].pk])
    return reverse("documents:list", args=[business.slug, "invoices"])
