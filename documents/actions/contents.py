"""The typed content of a document: whether it fits, what it is as rows, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.core.money import CURRENCIES, fits
from advisory_portal.core.text import clean_line
from documents import rules
from documents.models import AllowanceCharge, Document, DocumentLine, TaxLine
from documents.words import exemption_text

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
NUMBER_DECIMALS, LARGEST_NUMBER = 8, Decimal(10) ** 12
LONGEST_TEXT = 10_000
LONGEST = {"number": 100, "buyer_reference": 500, "order_reference": 500, "note": LONGEST_TEXT, "terms": LONGEST_TEXT}
LONGEST_OF_LINE = {"name": 500, "description": LONGEST_TEXT, "unit": 20, "item_number": 500}
LONGEST_REASON = 1_000
LONGEST_ADDRESS = 300  # of each part


class DoesNotFit(Refused):
    """A value that the document cannot hold; the message names the field and, of a line, its number."""


def cleaned(kind: str, content: rules.Content) -> rules.Content:
    """The content as it is kept: no control characters, and a number only where the supplier gives it."""
    return replace(
        content,
        lines=tuple(
            replace(
                line,
                name=clean_line(line.name),
                description=_paragraphs(line.description),
                unit=clean_line(line.unit),
                item_number=clean_line(line.item_number),
                tax=_clean_tax(line.tax),
            )
            for line in content.lines
        ),
        adjustments=tuple(
            replace(one, reason=clean_line(one.reason), tax=one.tax and _clean_tax(one.tax))
            for one in content.adjustments
        ),
        number=clean_line(content.number) if kind in rules.SUPPLIER_NUMBERED_KINDS else "",
        buyer_reference=clean_line(content.buyer_reference),
        order_reference=clean_line(content.order_reference),
        note=_paragraphs(content.note),
        terms=_paragraphs(content.terms),
        delivery=_clean_address(content.delivery),
    )


def _clean_address(address: Mapping[str, str] | None) -> dict[str, str] | None:
    """The parts of an address that say something."""
    if address is None:
        return None
    parts = {part: clean_line(address.get(part, "")) for part in rules.DELIVERY_PARTS}
    return {part: text for part, text in parts.items() if text}


def _paragraphs(text: str) -> str:
    return "\n".join(clean_line(line) for line in text.splitlines()).strip()


def _clean_tax(tax: rules.Tax) -> rules.Tax:
    return replace(
        tax, exemption_reason=clean_line(tax.exemption_reason), exemption_code=clean_line(tax.exemption_code)
    )


def computed(content: rules.Content, *, most_lines: int = rules.MOST_LINES) -> rules.Totals:
    """What the content comes to, after a look at every value. Raises DoesNotFit."""
    _check_head(content)
    if len(content.lines) > most_lines or len(content.adjustments) > most_lines:
        raise DoesNotFit(_("A document typed by hand has %(most)s lines at most.") % {"most": most_lines})
    for number, line in enumerate(content.lines, start=1):
        if wrong := _wrong_in_line(line):
            raise DoesNotFit(_("Line %(number)s: %(reason)s") % {"number": number, "reason": wrong}, field="lines")
    for number, one in enumerate(content.adjustments, start=1):
        if wrong := _wrong_in_adjustment(one, content.currency):
            words = _("Discount or charge %(number)s: %(reason)s") % {"number": number, "reason": wrong}
            raise DoesNotFit(words, field="adjustments")
    totals = rules.compute(content.lines, content.adjustments, content.currency)
    for number, net in enumerate(totals.line_nets, start=1):
        if not fits(net, content.currency):
            reason = _("its amount is too large.")
            raise DoesNotFit(_("Line %(number)s: %(reason)s") % {"number": number, "reason": reason}, field="lines")
    sums = [totals.lines_net, totals.allowances, totals.charges, totals.tax_exclusive, totals.tax_total]
    sums += [totals.tax_inclusive, totals.withheld, totals.payable, *(group.taxable for group in totals.groups)]
    if not all(fits(amount, content.currency) for amount in sums):
        raise DoesNotFit(_("The total of this document is too large."))
    return totals


def _check_head(content: rules.Content) -> None:
    if content.currency not in CURRENCIES:
        raise DoesNotFit(_("This is not a currency that we know."), field="currency")
    if content.language not in dict(settings.LANGUAGES):
        raise DoesNotFit(_("This is not a language that documents are written in."), field="language")
    for name in ("issued_on", "due_on", "delivered_on"):
        day = getattr(content, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise DoesNotFit(_("This date is out of range."), field=name)
    if content.due_on is not None and content.due_on < content.issued_on:
        raise DoesNotFit(_("This is before the date of the document."), field="due_on")
    if any(len(text) > LONGEST_ADDRESS for text in (content.delivery or {}).values()):
        raise DoesNotFit(_("Write at most %(most)s characters.") % {"most": LONGEST_ADDRESS}, field="delivery")
    for name, longest in LONGEST.items():
        if len(getattr(content, name)) > longest:
            raise DoesNotFit(_("Write at most %(most)s characters.") % {"most": longest}, field=name)


def _wrong_in_line(line: rules.LineContent) -> str:
    for name, longest in LONGEST_OF_LINE.items():
        if len(getattr(line, name)) > longest:
            return _label(name) % {"reason": _("write at most %(most)s characters.") % {"most": longest}}
    for name in ("quantity", "unit_price"):
        if reason := _wrong_number(getattr(line, name)):
            return _label(name) % {"reason": reason}
    if line.unit_price < 0:
        return _label("unit_price") % {"reason": _("it cannot be negative; write a negative quantity.")}
    for name in ("discount_percent", "withholding_percent"):
        if not rules.is_percent(getattr(line, name)) or getattr(line, name) > 100:
            return _label(name) % {"reason": _("write 0 to 100, with at most 6 decimals.")}
    return _wrong_tax(line.tax)


def _label(name: str) -> str:
    return {
        "name": _("the name: %(reason)s"),
        "description": _("the description: %(reason)s"),
        "unit": _("the unit: %(reason)s"),
        "item_number": _("the item number: %(reason)s"),
        "quantity": _("the quantity: %(reason)s"),
        "unit_price": _("the unit price: %(reason)s"),
        "discount_percent": _("the discount: %(reason)s"),
        "withholding_percent": _("the withholding: %(reason)s"),
    }[name]


def _wrong_number(number: Decimal) -> str:
    if not number.is_finite() or abs(number) >= LARGEST_NUMBER:
        return _("this number is too large.")
    if number != round(number, NUMBER_DECIMALS):
        return _("write at most %(most)s decimals.") % {"most": NUMBER_DECIMALS}
    return ""


def _wrong_tax(tax: rules.Tax) -> str:
    if not rules.is_tax(tax) or len(tax.exemption_code) > 40 or len(tax.exemption_reason) > LONGEST_REASON:
        return _("choose its tax anew.")
    return ""


def _wrong_in_adjustment(one: rules.AdjustmentContent, currency: str) -> str:
    if len(one.reason) > LONGEST_REASON:
        return _("write at most %(most)s characters.") % {"most": LONGEST_REASON}
    if (one.percent is None) == (one.amount is None):
        return _("give it a percentage or an amount.")
    if one.percent is not None and (not rules.is_percent(one.percent) or one.percent > 100):
        return _("write 0 to 100, with at most 6 decimals.")
    if one.amount is not None and (one.amount < 0 or not fits(one.amount, currency)):
        return _("this is not an amount of %(currency)s.") % {"currency": currency}
    return _wrong_tax(one.tax) if one.tax is not None else ""


# --- Rows --------------------------------------------------------------------------------------------------------


def replace_parts(document: Document, content: rules.Content, totals: rules.Totals) -> None:
    """Write the lines, adjustments and taxes of a draft in place of those it had."""
    document.lines.all().delete()
    document.allowances_charges.all().delete()
    document.taxes.all().delete()
    add_parts(document, content, totals)


def add_parts(document: Document, content: rules.Content, totals: rules.Totals) -> None:
    """Write the lines, adjustments and taxes of a draft that has none."""
    own = {"organisation_id": document.organisation_id, "document": document}
    DocumentLine.objects.bulk_create(line_rows(document, content, totals))
    parts = enumerate(totals.adjustments, start=1)
    AllowanceCharge.objects.bulk_create(
        _adjustment(own, number, part, content.adjustments[part.index]) for number, part in parts
    )
    TaxLine.objects.bulk_create(tax_rows(document, totals))


def line_rows(document: Document, content: rules.Content, totals: rules.Totals) -> list[DocumentLine]:
    """The rows of the content's lines, not saved."""
    own = {"organisation_id": document.organisation_id, "document": document}
    pairs = enumerate(zip(content.lines, totals.line_nets, strict=True), start=1)
    return [_line(own, number, line, net) for number, (line, net) in pairs]


def tax_rows(document: Document, totals: rules.Totals) -> list[TaxLine]:
    """The rows of the taxes, not saved; reasons of exemptions in the document's language."""
    own = {"organisation_id": document.organisation_id, "document": document}
    with translation.override(document.language):
        return [_tax(own, number, group) for number, group in enumerate(totals.groups, start=1)]


def _line(own: dict[str, Any], position: int, line: rules.LineContent, net: Decimal) -> DocumentLine:
    detail = {
        "seller_item_id": line.item_number,
        "exemption_reason": line.tax.exemption_reason,
        "exemption_code": line.tax.exemption_code,
    }
    return DocumentLine(
        **own,
        position=position,
        identifier=str(position),
        name=line.name,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=net,
        tax_category=line.tax.category,
        tax_percent=line.tax.percent,
        surcharge_percent=line.tax.surcharge_percent,
        withholding_percent=line.withholding_percent,
        detail={name: text for name, text in detail.items() if text},
    )


def _adjustment(
    own: dict[str, Any], position: int, part: rules.AdjustmentPart, one: rules.AdjustmentContent
) -> AllowanceCharge:
    typed = {
        "position": part.index,
        "percent": None if one.percent is None else rules.number_text(one.percent),
        "amount": None if one.amount is None else rules.number_text(one.amount),
        "tax": None if one.tax is None else rules.key_of_tax(one.tax),
    }
    return AllowanceCharge(
        **own,
        position=position,
        is_charge=one.is_charge,
        amount=part.amount,
        base_amount=part.base,
        percent=one.percent,
        reason=one.reason,
        tax_category=part.tax.category,
        tax_percent=part.tax.percent,
        typed=typed,
    )


def _tax(own: dict[str, Any], position: int, group: rules.TaxGroup) -> TaxLine:
    """The row of a tax; an exemption says why in the language that is active."""
    reasons = group.exemption_reasons or (exemption_text(group.category, code) for code in group.exemption_codes)
    reason = "; ".join(reasons) or exemption_text(group.category)
    return TaxLine(
        **own,
        position=position,
        kind=group.kind,
        category=group.category,
        percent=group.percent,
        taxable=group.taxable,
        tax=group.tax,
        exemption_reason=reason[:1000] if group.kind == rules.VAT else "",
        exemption_code=group.exemption_codes[0] if len(group.exemption_codes) == 1 else "",
    )


# --- And back ----------------------------------------------------------------------------------------------------


def content_of(document: Document) -> rules.Content:
    """What was typed of the document, at most two queries; none if it was fetched `for_reading()`.

    Of an imported document it is what comes nearest: a line whose net does not follow from quantity and price (it
    has allowances of its own) becomes one piece at its net.
    """
    references, adjustments = document.references, document.allowances_charges.all()
    return rules.Content(
        contact_id=document.contact_id,
        currency=document.currency,
        issued_on=document.issued_on,
        lines=tuple(_line_content(line, document.currency) for line in document.lines.all()),
        adjustments=tuple(_adjustment_contents(one for one in adjustments if one.line_id is None)),
        due_on=document.due_on,
        delivered_on=document.delivered_on,
        language=document.language,
        number=document.number if document.kind in rules.SUPPLIER_NUMBERED_KINDS else "",
        series_id=document.series_id,
        buyer_reference=references.get("buyer_reference", ""),
        order_reference=references.get("order_reference", ""),
        note="\n".join(note["text"] for note in document.notes if note.get("text")),
        terms=document.payment.get("payment_terms", ""),
        delivery=own_delivery(document),
    )


def own_delivery(document: Document) -> dict[str, str]:
    """The delivery address of this document alone; empty where goods go to the contact's."""
    delivery = document.parties.get("delivery") or {}
    return dict(delivery["address"]) if delivery.get("is_own") else {}


def _line_content(line: DocumentLine, currency: str) -> rules.LineContent:
    quantity, price = line.quantity, line.unit_price
    if line.price_base_quantity not in (0, 1):
        price = round(price / line.price_base_quantity, NUMBER_DECIMALS)
    discount = line.discount_percent
    if rules.line_net(quantity, price, discount, currency) != line.net:
        quantity, price, discount = Decimal(1), line.net, Decimal(0)
    if price < 0:
        quantity, price = -quantity, -price
    return rules.LineContent(
        name=line.name,
        quantity=quantity,
        unit_price=price,
        tax=rules.nearest_tax(
            line.tax_category,
            line.tax_percent,
            surcharge_percent=line.surcharge_percent,
            exemption_reason=line.detail.get("exemption_reason", ""),
            exemption_code=line.detail.get("exemption_code", ""),
        ),
        discount_percent=discount,
        withholding_percent=line.withholding_percent,
        description=line.description,
        unit=line.unit,
        item_number=line.detail.get("seller_item_id", ""),
    )


def _adjustment_contents(rows: Iterable[AllowanceCharge]) -> Sequence[rules.AdjustmentContent]:
    """One for each that was typed, however many taxes it was spread over."""
    found: dict[Any, rules.AdjustmentContent] = {}
    for row in rows:
        typed = row.typed
        if not typed:
            tax = rules.nearest_tax(row.tax_category, row.tax_percent)
            found[row.pk] = rules.AdjustmentContent(row.reason, row.is_charge, amount=row.amount, tax=tax)
        elif typed["position"] not in found:
            found[typed["position"]] = rules.AdjustmentContent(
                reason=row.reason,
                is_charge=row.is_charge,
                percent=None if typed["percent"] is None else Decimal(typed["percent"]),
                amount=None if typed["amount"] is None else Decimal(typed["amount"]),
                tax=None if typed["tax"] is None else rules.tax_of_key(typed["tax"]),
            )
    return list(found.values())
