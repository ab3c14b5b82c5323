"""A document's rows as the invoice of EN 16931 that our writers take."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.money import round_money
from advisory_portal.formats import invoice as norm
from documents.einvoice import parties
from documents.einvoice.checks import require_electronic, require_valid
from documents.einvoice.taxes import Surcharges, category_of, notes_of
from documents.models import AllowanceCharge, Document, DocumentLine, Kind, TaxLine
from documents.rules import PURCHASE_KINDS
from documents.words import UNIT_NAMES

SPECIFICATION = "urn:cen.eu:en16931:2017"
PIECE = "C62"  # the unit of what names none, or one that the norm's list does not have
SEPA_TRANSFER, TRANSFER = "58", "30"  # UNTDID 4461
INVOICE_CODE, CREDIT_NOTE_CODE = "380", "381"  # UNTDID 1001


def invoice_file(document: Document) -> norm.InvoiceFile:
    """The document as an invoice that the norm's rules accept, in the document's language.

    Needs it as `for_reading()` fetches it, and makes no query. Raises NotElectronic for a draft, for
    kinds that are no invoice, and for what the norm wants and the document does not say.
    """
    require_electronic(document)
    with translation.override(document.language):
        made = _Reader(document).invoice()
    require_valid(made, ours=document.kind not in PURCHASE_KINDS and not document.is_imported)
    return made


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.is_own = not document.is_imported
        self.lines: Sequence[DocumentLine] = list(document.lines.all())
        self.taxes: Sequence[TaxLine] = list(document.taxes.all())
        self.adjustments: dict[UUID | None, list[AllowanceCharge]] = defaultdict(list)
        for one in document.allowances_charges.all():
            self.adjustments[one.line_id].append(one)
        self.surcharges = Surcharges(self.lines, self.adjustments[None], self.taxes)

    def invoice(self) -> norm.InvoiceFile:
        document, references = self.document, self.document.references
        is_credit = document.kind in (Kind.CREDIT_NOTE, Kind.SUPPLIER_CREDIT_NOTE)
        due_on, terms = document.due_on, document.payment.get("payment_terms", "")
        if due_on is None and not terms and document.payable > 0:
            terms = _("Payable on receipt.")  # BR-CO-25
        return norm.InvoiceFile(
            kind="credit_note" if is_credit else "invoice",
            type_code=_type_code(references.get("type_code", ""), is_credit),
            number=document.number,
            specification=SPECIFICATION,
            profile=references.get("profile", ""),
            issued_on=document.issued_on,
            due_on=due_on,
            tax_point_on=document.tax_point_on,
            tax_point_code=references.get("tax_point_code", ""),
            period_starts_on=document.period_start,
            period_ends_on=document.period_end,
            currency=document.currency,
            tax_currency=document.tax_currency,
            notes=tuple(self.notes()),
            payment_terms=terms,
            payment_means=tuple(self.payment_means()),
            creditor_reference=document.payment.get("creditor_reference", ""),
            lines=tuple(self.line(line) for line in self.lines),
            allowances_charges=tuple(self.document_adjustments()),
            taxes=tuple(self.tax_groups()),
            preceding_invoices=tuple(self.preceding()),
            documents=tuple(norm.SupportingDocument(**{"id": "", **one}) for one in document.supporting),
            **{name: references.get(name, "") for name in REFERENCES},
            object_identifier=_identifier(references.get("object_identifier", {})),
            **self.parties(),
            **self.totals(),
        )

    def parties(self) -> dict[str, Any]:
        kept = self.document.parties
        seller, buyer = parties.party(kept.get("seller", {})), parties.party(kept.get("buyer", {}))
        if self.is_own or not parties.names_country(seller.tax_id):
            seller = parties.with_tax_id(seller, is_seller=True)
        if self.is_own or not parties.names_country(buyer.tax_id):
            buyer = parties.with_tax_id(buyer, is_seller=False)
        if self.is_own and any(line.tax_category == "O" for line in self.lines):
            seller, buyer = parties.without_tax_id(seller), parties.without_tax_id(buyer)
        delivery = parties.delivery(kept["delivery"]) if kept.get("delivery") else None
        delivered_on = self.document.delivered_on
        if self.is_own and any(line.tax_category == "K" for line in self.lines):
            delivery = delivery or norm.Delivery(address=buyer.address)  # BR-IC-11, BR-IC-12
            if not (delivered_on or self.document.period_start or self.document.period_end):
                delivered_on = self.document.issued_on
        return {
            "seller": seller,
            "buyer": buyer,
            "payee": parties.party(kept["payee"]) if kept.get("payee") else None,
            "tax_representative": parties.party(kept["tax_representative"]) if kept.get("tax_representative") else None,
            "delivery": delivery,
            "delivered_on": delivered_on,
        }

    def totals(self) -> dict[str, Any]:
        document = self.document
        return {
            "lines_net": document.lines_net,
            "allowances": document.allowances,
            "charges": document.charges,
            "tax_exclusive": document.tax_exclusive,
            "tax_total": document.tax_total,
            "tax_total_in_tax_currency": document.tax_total_in_tax_currency,
            "tax_inclusive": document.tax_inclusive,
            "prepaid": document.prepaid + document.withheld,
            "rounding": document.rounding,
            "payable": document.payable,
        }

    def notes(self) -> Iterable[norm.Note]:
        for note in self.document.notes:
            if note.get("text"):
                yield norm.Note(text=note["text"], subject=note.get("subject", ""))
        yield from notes_of(self.document, self.taxes)

    def preceding(self) -> Iterable[norm.PrecedingInvoice]:
        for one in self.document.references.get("preceding_invoices", []):
            day = one.get("issued_on")
            yield norm.PrecedingInvoice(number=one["number"], issued_on=date.fromisoformat(day) if day else None)

    def payment_means(self) -> Iterable[norm.PaymentMeans]:
        """Those of the document; ours refer to its number."""
        code = SEPA_TRANSFER if self.document.currency == "EUR" else TRANSFER
        for one in self.document.payment.get("payment_means", []):
            means = norm.PaymentMeans(**one)
            if self.is_own:
                means = replace(means, code=means.code or code, reference=means.reference or self.document.number)
            yield means

    def tax_groups(self) -> Iterable[norm.TaxGroup]:
        if self.is_own:
            return self.surcharges.groups(self.document.currency)
        return [
            norm.TaxGroup(
                category=tax.category,
                percent=tax.percent,
                taxable=tax.taxable,
                tax=tax.tax,
                exemption_reason=tax.exemption_reason,
                exemption_code=tax.exemption_code,
            )
            for tax in self.taxes
        ]

    def document_adjustments(self) -> Iterable[norm.AllowanceCharge]:
        for one in self.adjustments[None]:
            if not self.is_own:
                yield _adjustment(one)
                continue
            category, percent = category_of(one.tax_category, one.tax_percent)
            parts = self.surcharges.split(one)
            for surcharge, amount in parts:
                if amount or len(parts) == 1:
                    rate = percent + surcharge if percent is not None else None
                    made = replace(_adjustment(one), amount=amount, tax_category=category, tax_percent=rate)
                    yield made if len(parts) == 1 else replace(made, base_amount=None, percent=None)

    def line(self, line: DocumentLine) -> norm.Line:
        category, percent = line.tax_category, line.tax_percent
        if self.is_own:
            category, percent = category_of(category, percent)
            percent = percent + line.surcharge_percent if percent is not None else None
        adjustments = [_adjustment(one) for one in self.adjustments[line.pk]]
        made = norm.Line(
            id=line.identifier or str(line.position),
            quantity=line.quantity,
            unit=self.unit(line.unit),
            unit_price=line.unit_price,
            price_base_quantity=line.price_base_quantity if line.price_base_quantity != 1 else None,
            net=line.net,
            tax_category=category,
            tax_percent=percent,
            name=line.name,
            description=line.description,
            note=line.note,
            allowances_charges=(*self.discount(line), *adjustments),
        )
        return replace(made, **_detail(line.detail)) if line.detail else made

    def discount(self, line: DocumentLine) -> Iterable[norm.AllowanceCharge]:
        """A line's percentage as an allowance: what the line's net is less than quantity times price."""
        if line.discount_percent and self.is_own:
            gross = round_money(line.quantity * line.unit_price / line.price_base_quantity, self.document.currency)
            yield norm.AllowanceCharge(
                is_charge=False,
                amount=gross - line.net,
                base_amount=gross,
                percent=line.discount_percent,
                reason=_("Discount"),
            )

    def unit(self, code: str) -> str:
        return code if code and (code in UNIT_NAMES or not self.is_own) else PIECE


REFERENCES = (
    "buyer_reference", "order_reference", "sales_order_reference", "contract_reference", "project_reference",
    "tender_reference", "despatch_reference", "receipt_reference", "buyer_accounting_reference",
)  # fmt: skip
_TEXTS = (
    "price_base_unit", "seller_item_id", "buyer_item_id", "origin_country", "order_line_reference",
    "buyer_accounting_reference",
)  # fmt: skip


def _type_code(known: str, is_credit: bool) -> str:
    if known and (known in norm.CREDIT_NOTE_CODES) == is_credit:
        return known
    return CREDIT_NOTE_CODE if is_credit else INVOICE_CODE


def _identifier(data: dict[str, Any]) -> norm.Identifier:
    return norm.Identifier(**{"value": "", **data})


def _adjustment(one: AllowanceCharge) -> norm.AllowanceCharge:
    reason = one.reason or ("" if one.reason_code else _("Surcharge") if one.is_charge else _("Discount"))
    return norm.AllowanceCharge(
        is_charge=one.is_charge,
        amount=one.amount,
        base_amount=one.base_amount,
        percent=one.percent,
        reason=reason,
        reason_code=one.reason_code,
        tax_category=one.tax_category,
        tax_percent=one.tax_percent,
    )


def _detail(detail: dict[str, Any]) -> dict[str, Any]:
    """What a line keeps as JSON, as fields of the norm's line."""
    figures = {name: Decimal(detail[name]) for name in ("gross_price", "price_discount") if detail.get(name)}
    days = {
        name: date.fromisoformat(detail[name]) for name in ("period_starts_on", "period_ends_on") if detail.get(name)
    }
    return {
        **{name: detail[name] for name in _TEXTS if detail.get(name)},
        **figures,
        **days,
        "standard_item": _identifier(detail.get("standard_item", {})),
        "object_identifier": _identifier(detail.get("object_identifier", {})),
        "classifications": tuple(_identifier(one) for one in detail.get("classifications", [])),
        "attributes": tuple(norm.Attribute(**{"name": "", "value": "", **one}) for one in detail.get("attributes", [])),
    }
