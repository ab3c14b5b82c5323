"""A document as it is read: finished words in its own language, the same for the page, the print and the PDF."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from babel import Locale
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext as _p

from advisory_portal.core.formatting import format_date, format_number, locale_of, money_formatter
from advisory_portal.core.money import exponent
from documents import pdf
from documents.models import AllowanceCharge, Document, DocumentLine, Kind, TaxLine

CARRY_FROM_LINES = 12  # fewer fit on one page with the address and the totals
RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ur"})

UNITS = {  # UN/ECE Recommendation 20, the codes that people meet
    **dict.fromkeys(("C62", "EA", "H87", "PCE", "NAR", "XPP", "ZZ"), gettext_lazy("pcs")),
    **dict.fromkeys(("HUR", "LH"), gettext_lazy("h")),
    "DAY": gettext_lazy("days"),
    "WEE": gettext_lazy("weeks"),
    "MON": gettext_lazy("months"),
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "MTR": "m",
    "MTK": "m²",
    "MTQ": "m³",
    "KMT": "km",
    "LTR": "l",
    "KWH": "kWh",
}
TAX_CATEGORIES = {  # UNTDID 5305, where the rate does not say it all
    "E": gettext_lazy("Exempt"),
    "AE": gettext_lazy("Reverse charge"),
    "K": gettext_lazy("Intra-community"),
    "G": gettext_lazy("Export"),
    "O": gettext_lazy("Not subject to tax"),
}


def document_pdf(document: Document, *, accent: str) -> bytes:
    """The document as PDF/A-3, about 50 ms of CPU for two pages. `document` as `for_reading()` fetches it."""
    return pdf.render_pdf(sheet_of(document, accent=accent))


def file_name(document: Document) -> str:
    """What a download of the document is called, without its ending: "Invoice INV-2026-0001 Delta"."""
    with translation.override(document.language):
        words = f"{document.get_kind_display()} {document.number}".strip()
    return "".join("-" if character in '/\\:*?"<>|' else character for character in words)


def sheet_of(document: Document, *, accent: str) -> pdf.Sheet:
    """What the document says. Needs it as `Documents.for_reading()` fetches it, and makes no query."""
    with translation.override(document.language):
        return _Writer(document).sheet(accent)


class _Writer:
    """Turns one document's rows to words, in the language that is active."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.language = document.language
        self.money = money_formatter(document.language, document.currency)
        self.lines: Sequence[DocumentLine] = list(document.lines.all())
        every: Iterable[AllowanceCharge] = document.allowances_charges.all()
        self.adjustments: dict[Any, list[AllowanceCharge]] = {}
        for one in every:
            self.adjustments.setdefault(one.line_id, []).append(one)

    def sheet(self, accent: str) -> pdf.Sheet:
        document, parties = self.document, self.document.parties
        seller = parties.get("seller", {})
        country = seller.get("address", {}).get("country", "")
        own = self.adjustments.get(None, [])
        running = list(accumulate(line.net for line in self.lines))
        return pdf.Sheet(
            title=str(Kind(document.kind).label),
            number=document.number,
            language=self.language,
            direction="rtl" if self.language in RTL_LANGUAGES else "ltr",
            paper=pdf.paper_for(country),
            business=self.business(seller, accent),
            customer=self.customer(parties.get("buyer", {})),
            columns=self.columns(),
            created_at=document.created_at,
            page_pattern=_("Page {page} of {pages}"),
            facts=tuple(self.facts()),
            headline=self.headline(),
            lines=tuple(self.line(line, total) for line, total in zip(self.lines, running, strict=True)),
            adjustments=tuple(self.adjustment(one) for one in own),
            carry=pdf.Carry(_("Carried forward"), _("Brought forward"))
            if len(self.lines) > CARRY_FROM_LINES and not own
            else None,
            totals=tuple(self.totals()),
            tax_columns=pdf.TaxRow(_("Tax"), _("Taxable amount"), _("Tax amount")),
            taxes=tuple(self.tax(tax) for tax in document.taxes.all()),
            payment_title=_("Payment"),
            payment=tuple(self.payment()),
            notes_title=_("Notes"),
            notes=tuple(note["text"] for note in document.notes if note.get("text")),
            footer=tuple(filter(None, (seller.get("legal_form", ""),))),
            watermark=self.watermark(),
        )

    def business(self, party: dict[str, Any], accent: str) -> pdf.Business:
        return pdf.Business(**self._party(party), accent=accent)

    def customer(self, party: dict[str, Any]) -> pdf.Customer:
        return pdf.Customer(**self._party(party), heading=_("For"))

    def _party(self, party: dict[str, Any]) -> dict[str, Any]:
        tax_id = party.get("tax_id") or party.get("legal_registration_id", "")
        label = _("VAT no.") if party.get("tax_id") else _("Reg. no.")
        return {
            "name": party.get("name", ""),
            "address": tuple(address_lines(party.get("address", {}), locale_of(self.language))),
            "tax_id": f"{label} {tax_id}" if tax_id else "",
            "email": party.get("email", ""),
            "phone": party.get("phone", ""),
        }

    def columns(self) -> pdf.Columns:
        return pdf.Columns(
            position="#",
            name=_("Description"),
            quantity=_("Quantity"),
            unit=_("Unit"),
            unit_price=_("Price"),
            discount=_("Discount"),
            tax=_("Tax"),
            net=_("Amount"),
        )

    def facts(self) -> Iterable[tuple[str, str]]:
        document, references = self.document, self.document.references
        due = _("Valid until") if document.kind == Kind.QUOTE else _("Due")
        for label, day in (
            (_("Date"), document.issued_on),
            (due, document.due_on),
            (_("Delivered"), document.delivered_on),
            (_("Tax point"), document.tax_point_on),
        ):
            if day is not None:
                yield label, format_date(day, self.language)
        if document.period_start or document.period_end:
            days = (document.period_start, document.period_end)
            yield _("Period"), " – ".join(format_date(day, self.language) for day in days if day)
        for label, name in (
            (_("Your reference"), "buyer_reference"),
            (_("Your order"), "order_reference"),
            (_("Our order"), "sales_order_reference"),
            (_("Contract"), "contract_reference"),
            (_("Project"), "project_reference"),
            (_("Delivery note"), "despatch_reference"),
        ):
            if references.get(name):
                yield label, references[name]
        for preceding in references.get("preceding_invoices", []):
            yield _("Corrects"), preceding["number"]

    def headline(self) -> str:
        document = self.document
        words = {"amount": self.money(document.payable)}
        if document.due_on is None or document.kind not in (Kind.INVOICE, Kind.BILL, Kind.QUOTE):
            return words["amount"]
        words["date"] = format_date(document.due_on, self.language, width="long")
        if document.kind == Kind.QUOTE:
            return _("%(amount)s, valid until %(date)s") % words
        return _("%(amount)s due %(date)s") % words

    def line(self, line: DocumentLine, running: Decimal) -> pdf.Line:
        price = format_number(line.unit_price, self.language, least=exponent(self.document.currency))
        if line.price_base_quantity != 1:
            price += f" / {format_number(line.price_base_quantity, self.language)}"
        discount = line.discount_percent
        return pdf.Line(
            position=str(line.position),
            name=line.name,
            description=tuple(filter(None, (line.description, line.note, *self.item_facts(line)))),
            quantity=format_number(line.quantity, self.language),
            unit=str(UNITS.get(line.unit, line.unit)),
            unit_price=price,
            discount=f"{format_number(discount, self.language)} %" if discount else "",
            tax=self.rate(line.tax_category, line.tax_percent),
            net=self.money(line.net),
            adjustments=tuple(self.adjustment(one) for one in self.adjustments.get(line.pk, [])),
            running=self.money(running),
        )

    def item_facts(self, line: DocumentLine) -> Iterable[str]:
        if line.detail.get("seller_item_id"):
            yield _("Item %(number)s") % {"number": line.detail["seller_item_id"]}
        for attribute in line.detail.get("attributes", []):
            yield f"{attribute.get('name', '')}: {attribute.get('value', '')}"

    def adjustment(self, one: AllowanceCharge) -> pdf.Adjustment:
        name = one.reason or (_("Surcharge") if one.is_charge else _("Discount"))
        percent = f" ({format_number(one.percent, self.language)} %)" if one.percent else ""
        return pdf.Adjustment(
            label=name + percent,
            amount=self.money(one.amount if one.is_charge else -one.amount),
            tax=self.rate(one.tax_category, one.tax_percent),
        )

    def rate(self, category: str, percent: Decimal | None) -> str:
        if category in TAX_CATEGORIES:
            return str(TAX_CATEGORIES[category])
        return "" if percent is None else f"{format_number(percent, self.language)} %"

    def totals(self) -> Iterable[pdf.Total]:
        document = self.document
        if document.allowances or document.charges:
            yield pdf.Total(_("Sum of lines"), self.money(document.lines_net))
            if document.allowances:
                yield pdf.Total(_("Discounts"), self.money(-document.allowances))
            if document.charges:
                yield pdf.Total(_("Surcharges"), self.money(document.charges))
        yield pdf.Total(_("Total without tax"), self.money(document.tax_exclusive))
        yield pdf.Total(_p("on an invoice", "Tax"), self.money(document.tax_total))
        if document.payable != document.tax_inclusive:
            yield pdf.Total(_("Total with tax"), self.money(document.tax_inclusive))
        if document.prepaid:
            yield pdf.Total(_("Paid in advance"), self.money(-document.prepaid))
        if document.rounding:
            yield pdf.Total(_("Rounding"), self.money(document.rounding))
        last = _("Amount due") if document.kind in (Kind.INVOICE, Kind.BILL) else _("Total")
        yield pdf.Total(last, self.money(document.payable), emphasis=True)

    def tax(self, tax: TaxLine) -> pdf.TaxRow:
        label = self.rate(tax.category, tax.percent)
        if tax.exemption_reason:
            label = f"{label}: {tax.exemption_reason}"
        return pdf.TaxRow(label, self.money(tax.taxable), self.money(tax.tax))

    def payment(self) -> Iterable[tuple[str, str]]:
        payment = self.document.payment
        if payment.get("payment_terms"):
            yield _("Terms"), payment["payment_terms"]
        seen: set[tuple[str, str]] = set()
        for means in payment.get("payment_means", []):
            for label, name in (
                (_("Account"), "account"),
                (_("Account holder"), "account_name"),
                ("BIC", "bic"),
                (_("Reference"), "reference"),
                (_("Mandate"), "mandate"),
                (_("Debited account"), "debited_account"),
                (_("Card"), "card_number"),
            ):
                if means.get(name) and (label, means[name]) not in seen:
                    seen.add((label, means[name]))
                    yield label, means[name]

    def watermark(self) -> str | None:
        if self.document.state == Document.State.DRAFT:
            return _("Draft").upper()
        return _("Void").upper() if self.document.state == Document.State.VOID else None


def address_lines(address: dict[str, str], locale: Locale) -> Iterable[str]:
    """An address as it is written on a letter, the country in words."""
    for name in ("street", "additional_street", "third_line"):
        if address.get(name):
            yield address[name]
    town = " ".join(filter(None, (address.get("postcode"), address.get("city"))))
    if town:
        yield town
    if address.get("region"):
        yield address["region"]
    country = address.get("country", "")
    if country:
        yield locale.territories.get(country, country)
