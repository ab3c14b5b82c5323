"""The receipt of a payment that came by a gateway: who paid what, when, by which way, and for which documents."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, format_moment, format_money, locale_of
from client_portal.models import GatewayPayment
from documents.models import Document, Kind
from documents.sheets import Certificate, Part, address_lines, render_certificate
from partners.models import Organisation

Facts = Iterator[tuple[str, str]]


def receipt_number(payment: GatewayPayment) -> str:
    """What the payer knows the payment by: our reference, or the gateway's id where it came without an attempt."""
    return payment.attempt.reference if payment.attempt else payment.provider_id


def receipt_name(payment: GatewayPayment, language: str) -> str:
    """What a download of the receipt is called: "Receipt INV-2026-0001-1.pdf"."""
    with translation.override(language):
        name = _("Receipt %(number)s") % {"number": receipt_number(payment)}
    return "".join("-" if character in '/\\:*?"<>|' else character for character in name) + ".pdf"


def receipt_pdf(
    payment: GatewayPayment,
    *,
    standing: Sequence[tuple[Document, Decimal]],
    given_back: Sequence[tuple[str, Decimal]],
    business: Organisation,
    language: str,
) -> bytes:
    """The receipt, times in the business's zone. `payment` with its account, attempt and contact; `standing` is what of
    it stands on which document, `given_back` days and amounts. Makes no query.
    """
    with translation.override(language):
        return render_certificate(_receipt(payment, standing, given_back, business, language))


def _receipt(
    payment: GatewayPayment,
    standing: Sequence[tuple[Document, Decimal]],
    given_back: Sequence[tuple[str, Decimal]],
    business: Organisation,
    language: str,
) -> Certificate:
    paid_at = payment.paid_at or payment.created_at
    parts = [
        Part(_("The payment"), tuple(_payment_facts(payment, business))),
        Part(_("What it paid"), tuple(_paid_facts(payment, standing))),
    ]
    if given_back:
        facts = ((day, format_money(amount, payment.currency)) for day, amount in given_back)
        parts.append(Part(_("Given back"), tuple(facts)))
    parts.append(Part(_("Received by"), tuple(_business_facts(business))))
    said = {
        "business": business.name,
        "amount": format_money(payment.amount, payment.currency),
        "date": format_moment(paid_at, business.time_zone),
    }
    return Certificate(
        language=language,
        business=business.name,
        accent=business.accent,
        title=_("Receipt"),
        number=receipt_number(payment),
        verdict=_("%(business)s received %(amount)s on %(date)s. Thank you.") % said,
        parts=tuple(parts),
        signature_heading="",
        signature="",
        signature_alt="",
        signature_name="",
        page_pattern=_("Page {page} of {pages}"),
        created_at=paid_at,
    )


def _payment_facts(payment: GatewayPayment, business: Organisation) -> Facts:
    yield _("Amount"), format_money(payment.amount, payment.currency)
    yield (
        _("Time"),
        f"{format_moment(payment.paid_at or payment.created_at, business.time_zone)} ({business.time_zone})",
    )
    yield _("Paid by"), way_of(payment)
    if payment.contact:
        yield _("Paid for"), payment.contact.name
    if payment.attempt and payment.attempt.payer_name:
        yield _("Name"), payment.attempt.payer_name
    yield _("Number at %(company)s") % {"company": payment.account.get_kind_display()}, payment.provider_id


def way_of(payment: GatewayPayment) -> str:
    """How it was paid: the company, and the means where it says so ("Stripe, Visa 4242")."""
    company, means = str(payment.account.get_kind_display()), means_of(payment)
    return f"{company}, {means}" if means and means.lower() != company.lower() else company


def means_of(payment: GatewayPayment) -> str:
    """By which means it was paid, as the company says it; a mere "card" in the reader's language."""
    return _("card") if payment.method.lower() == "card" else payment.method


def _paid_facts(payment: GatewayPayment, standing: Sequence[tuple[Document, Decimal]]) -> Facts:
    for document, amount in standing:
        yield f"{Kind(document.kind).label} {document.number}", format_money(amount, payment.currency)
    if payment.credit:
        yield _("Credit in your favour"), format_money(payment.credit, payment.currency)


def _business_facts(business: Organisation) -> Facts:
    yield _("Name"), business.name
    if business.tax_id:
        yield _("Tax id"), business.tax_id
    address = {name: getattr(business, name) for name in ("street", "city", "postcode", "country")}
    if lines := list(address_lines(address, locale_of(active_language()))):
        yield _("Address"), ", ".join(lines)
