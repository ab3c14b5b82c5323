"""One document's rows as the words of its sheet, in the language that is active."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext as _p

from advisory_portal.core.formatting import format_date, format_number, locale_of, money_formatter
from advisory_portal.core.money import exponent
from documents import pdf, rules
from documents.models import AllowanceCharge, Document, DocumentLine, Kind, TaxLine
from documents.sheets.payment import payment_facts, payment_qr
from documents.sheets.words import TAX_NAMES, UNITS, address_lines, rate_text, tax_text
from documents.words import state_label

CARRY_FROM_LINES = 12  # fewer fit on one page with the address and the totals
RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Look:
    """How a business's documents look. `fiscal_qr` is the address that the law wants as a code, with its words."""

    accent: str
    layout: pdf.Layout = "classic"
    logo: pdf.Logo | None = None
    footer: str = ""
    fiscal_qr: str = ""
    fiscal_words: str = "VERI*FACTU"


class Writer:
    """Turns one document's rows to words, in the language that is active."""

    def __init__(self, document: Document, look: Look) -> None:
        self.document, self.look = document, look
        self.language = document.language
        self.money = money_formatter(document.language, document.currency)
        self.lines: Sequence[DocumentLine] = list(document.lines.all())
        self.taxes: Sequence[TaxLine] = list(document.taxes.all())
        every: Iterable[AllowanceCharge] = document.allowances_charges.all()
        self.adjustments: dict[Any, list[AllowanceCharge]] = {}
        for one in every:
            self.adjustments.setdefault(one.line_id, []).append(one)

    def sheet(self) -> pdf.Sheet:
        document, parties = self.document, self.document.parties
        issuer, receiver = parties.get("seller", {}), parties.get("buyer", {})
        if document.kind == Kind.PURCHASE_ORDER:  # the one document that a buyer writes
            issuer, receiver = receiver, issuer
        country = issuer.get("address", {}).get("country", "")
        own = self.adjustments.get(None, [])
        running = list(accumulate(line.net for line in self.lines))
        return pdf.Sheet(
            title=str(Kind(document.kind).label),
            number=document.number,
            language=self.language,
            direction="rtl" if self.language in RTL_LANGUAGES else "ltr",
            paper=pdf.paper_for(country),
            business=self.business(issuer),
            customer=self.customer(receiver),
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
            tax_columns=pdf.TaxRow(self.other_tax or _("Tax"), _("Taxable amount"), _("Tax amount")),
            taxes=tuple(self.tax(tax) for tax in self.taxes),
            payment_title=_("Payment"),
            payment=tuple(payment_facts(document)),
            notes_title=_("Notes"),
            notes=tuple(note["text"] for note in document.notes if note.get("text")),
            footer=tuple(filter(None, (self.look.footer if self.is_ours else "", issuer.get("legal_form", "")))),
            watermark=self.watermark(),
            layout=self.look.layout,
            payment_qr=payment_qr(document),
            fiscal_qr=self.fiscal_qr(),
        )

    def business(self, party: dict[str, Any]) -> pdf.Business:
        logo = self.look.logo if self.is_ours else None
        return pdf.Business(**self._party(party), accent=self.look.accent, logo=logo)

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

    @property
    def is_ours(self) -> bool:
        """Whether the business writes such documents: its logo and footer are not for a supplier's bill."""
        return self.document.kind in rules.SALES_KINDS or self.document.kind == Kind.PURCHASE_ORDER

    def fiscal_qr(self) -> pdf.Qr | None:
        if not self.look.fiscal_qr:
            return None
        # These words are the law's own, in its own language: Real Decreto 1007/2023, Orden HAC/1177/2024 art. 20, 21.
        alt = _("QR code to check this invoice at the tax agency")
        return pdf.Qr(self.look.fiscal_qr, alt, above="QR tributario:", below=self.look.fiscal_words)

    def columns(self) -> pdf.Columns:
        return pdf.Columns(
            position="#",
            name=_("Description"),
            quantity=_("Quantity"),
            unit=_("Unit"),
            unit_price=_("Price"),
            discount=_("Discount"),
            tax=self.other_tax or _("Tax"),
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
        delivery = document.parties.get("delivery") or {}
        if delivery.get("is_own"):
            yield _("Deliver to"), ", ".join(address_lines(delivery["address"], locale_of(self.language)))
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
            tax=rate_text(line.tax_category, line.tax_percent, self.language, line.surcharge_percent),
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
            tax=rate_text(one.tax_category, one.tax_percent, self.language),
        )

    def totals(self) -> Iterable[pdf.Total]:
        document = self.document
        if document.allowances or document.charges:
            yield pdf.Total(_("Sum of lines"), self.money(document.lines_net))
            if document.allowances:
                yield pdf.Total(_("Discounts"), self.money(-document.allowances))
            if document.charges:
                yield pdf.Total(_("Surcharges"), self.money(document.charges))
        yield from self.tax_totals()
        if document.withheld:
            yield pdf.Total(_("Withheld"), self.money(-document.withheld))
        if document.prepaid:
            yield pdf.Total(_("Paid in advance"), self.money(-document.prepaid))
        if document.rounding:
            yield pdf.Total(_("Rounding"), self.money(document.rounding))
        last = _("Amount due") if document.kind in (Kind.INVOICE, Kind.BILL) else _("Total")
        yield pdf.Total(last, self.money(document.payable), emphasis=True)

    def tax_totals(self) -> Iterable[pdf.Total]:
        document, name = self.document, {"tax": self.other_tax}
        without = _("Total without %(tax)s") % name if self.other_tax else _("Total without tax")
        yield pdf.Total(without, self.money(document.tax_exclusive))
        surcharge = sum((tax.tax for tax in self.taxes if tax.kind == TaxLine.Kind.SURCHARGE), Decimal(0))
        yield pdf.Total(self.other_tax or _p("on an invoice", "Tax"), self.money(document.tax_total - surcharge))
        if surcharge:
            yield pdf.Total(_("Equivalence surcharge"), self.money(surcharge))
        if document.payable != document.tax_inclusive:
            inclusive = _("Total with %(tax)s") % name if self.other_tax else _("Total with tax")
            yield pdf.Total(inclusive, self.money(document.tax_inclusive))

    @cached_property
    def other_tax(self) -> str:
        """What the tax is called where it is not VAT, but IGIC or IPSI; "" for VAT."""
        names = {TAX_NAMES.get(tax.category, "") for tax in self.taxes if tax.kind == TaxLine.Kind.VAT}
        if not names - {""}:
            return ""
        return " / ".join(sorted(name or _p("on an invoice", "Tax") for name in names))

    def tax(self, tax: TaxLine) -> pdf.TaxRow:
        amount = -tax.tax if tax.kind == TaxLine.Kind.WITHHOLDING else tax.tax
        return pdf.TaxRow(tax_text(tax, self.language), self.money(tax.taxable), self.money(amount))

    def watermark(self) -> str | None:
        """What stands across a document that counts for nothing, in words that agree with its kind."""
        is_marked = self.document.state in (Document.State.DRAFT, Document.State.VOID)
        return state_label(self.document.kind, self.document.state).upper() if is_marked else None
