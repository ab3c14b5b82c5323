"""What an electronic invoice must have and how it must add up, said in words of those who can complete it."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.formats.invoice import InvoiceFile, Line
from documents.models import Document, Kind

_ZERO = Decimal(0)
_BUYER_OWES = ("AE", "K")


class NotElectronic(Refused):
    """The document is of a kind, or lacks something, that the norm of electronic invoices has no word for."""


def require_electronic(document: Document) -> None:
    """Raise NotElectronic unless it is an invoice or credit note, ours or received, that was issued."""
    if document.kind not in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE):
        raise NotElectronic(_("Only invoices and credit notes can be downloaded as electronic invoices."))
    if document.state == Document.State.DRAFT:
        raise NotElectronic(_("Issue this document first: a draft is not an invoice yet."))


def require_valid(invoice: InvoiceFile, *, ours: bool) -> None:
    """Raise NotElectronic for what the norm's mandatory rules would refuse. `ours`: the seller is the business.

    Source: EN 16931 BR-08 to BR-11, BR-CO-10 to BR-CO-16, BR-CO-26, BR-DEC, and the rules of the VAT categories.
    """
    for found, ours_text, theirs_text in _missing(invoice):
        if found:
            raise NotElectronic(ours_text if ours else theirs_text)
    categories = {line.tax_category for line in invoice.lines}
    if "O" in categories and len(categories) > 1:
        raise NotElectronic(
            _("Lines that are not subject to tax must stand on an invoice of their own in an electronic invoice.")
        )
    if not _adds_up(invoice):
        raise NotElectronic(_("The figures of this document do not add up as electronic invoices want it."))
    if any(amount != round(amount, 2) for amount in _amounts(invoice)):
        raise NotElectronic(_("Electronic invoices have amounts of at most two decimals; this currency has three."))


def _missing(invoice: InvoiceFile) -> Iterable[tuple[bool, str, str]]:
    """Each rule: whether it is broken, what to say of the business's own document, and of a received one."""
    seller, buyer = invoice.seller, invoice.buyer
    own = _("This document was issued without %(what)s, which electronic invoices need.")
    received = _("The file of this document does not say %(what)s, which electronic invoices need.")
    for is_missing, what, where in (
        (
            not seller.address.country,
            _("the seller's country"),
            _("Complete it under Settings > Organisation: it counts from the next document on."),
        ),
        (
            not buyer.address.country,
            _("the customer's country"),
            _("Complete it on the contact's page: it counts from the next document on."),
        ),
        (
            not (seller.tax_id or seller.legal_registration_id or seller.tax_registration_id or seller.identifiers),
            _("the seller's tax id"),
            _("Complete it under Settings > Organisation: it counts from the next document on."),
        ),
        (
            any(line.tax_category in _BUYER_OWES for line in invoice.lines) and not _is_known(invoice),
            _("the customer's tax id"),
            _("Complete it on the contact's page: it counts from the next document on."),
        ),
    ):
        words = {"what": what}
        yield is_missing, f"{own % words} {where}", received % words


def _is_known(invoice: InvoiceFile) -> bool:
    return bool(invoice.buyer.tax_id or invoice.buyer.legal_registration_id)


def _adds_up(invoice: InvoiceFile) -> bool:
    """BR-CO-10 to BR-CO-16, and that every line says how it is taxed."""
    sums = _sum(line.net for line in invoice.lines)
    allowances = _sum(one.amount for one in invoice.allowances_charges if not one.is_charge)
    charges = _sum(one.amount for one in invoice.allowances_charges if one.is_charge)
    taxes = _sum(group.tax for group in invoice.taxes)
    return (
        (invoice.lines_net, invoice.allowances, invoice.charges, invoice.tax_total)
        == (sums, allowances, charges, taxes)
        and invoice.tax_exclusive == sums - allowances + charges
        and invoice.tax_inclusive == invoice.tax_exclusive + invoice.tax_total
        and invoice.payable == invoice.tax_inclusive - invoice.prepaid + invoice.rounding
        and _sum(group.taxable for group in invoice.taxes) == invoice.tax_exclusive
        and all(line.tax_category and line.unit and line.unit_price >= 0 for line in invoice.lines)
        and all(one.tax_category and (one.reason or one.reason_code) for one in invoice.allowances_charges)
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)


def _amounts(invoice: InvoiceFile) -> Iterable[Decimal]:
    yield from (invoice.tax_exclusive, invoice.tax_inclusive, invoice.prepaid, invoice.rounding, invoice.payable)
    for group in invoice.taxes:
        yield from (group.taxable, group.tax)
    for line in invoice.lines:
        yield from _line_amounts(line)


def _line_amounts(line: Line) -> Iterable[Decimal]:
    yield line.net
    yield from (one.amount for one in line.allowances_charges)
