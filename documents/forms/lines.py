"""The lines of a document as they are typed: texts first, values once they can be read.

A page of 500 lines has thousands of fields; repeated names in the order of the page (`line_name`, `line_quantity`, …)
cost a tenth of a Django form for each line, and moving a line is moving its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import format_number
from advisory_portal.core.money import exponent
from advisory_portal.core.text import clean_line
from documents.forms.numbers import BadNumber, bounded_number
from documents.rules import AdjustmentContent, LineContent, Tax

LINE_PARTS = (
    "name", "description", "item_number", "quantity", "unit", "unit_price", "discount", "tax", "withholding",
)  # fmt: skip
ADJUSTMENT_PARTS = ("kind", "reason", "value", "measure", "tax")
MOST_ADJUSTMENTS = 20
LONGEST = {"name": 500, "description": 5_000, "item_number": 100, "reason": 200}
HUNDRED = Decimal(100)

Taxes = Callable[[str], Tax | None]


@dataclass(slots=True)
class TypedRow:
    """What stands in the fields of one row, and what is wrong with it, by field. Blank rows are left out."""

    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, read: Callable[[str], Decimal], *, blank: Decimal | None = None) -> Decimal:
        """The number in a field; 0 with an error beside it if there is none."""
        text = self.texts[name].strip()
        if not text and blank is not None:
            return blank
        try:
            return read(text)
        except BadNumber as error:
            self.errors[name] = str(error) if text else _("Write a number.")
            return Decimal(0)

    def line(self, name: str) -> str:
        text = clean_line(self.texts[name])
        return self.fitting(name, text)

    def fitting(self, name: str, text: str) -> str:
        if len(text) > LONGEST[name]:
            self.errors[name] = _("Write %(most)s characters at most.") % {"most": LONGEST[name]}
        return text[: LONGEST[name]]


class TypedLine(TypedRow):
    """A line of the document."""

    @property
    def is_blank(self) -> bool:
        """Nothing typed but what a new line has already."""
        return not any(self.texts[name].strip() for name in ("name", "description", "item_number", "unit_price"))

    def content(self, taxes: Taxes) -> LineContent:
        """The line's values; what cannot be read counts as nothing and is told in `errors`."""
        tax = taxes(self.texts["tax"])
        if tax is None:
            self.errors["tax"] = _("Choose a tax.")
        return LineContent(
            name=self.line("name"),
            description=self.fitting("description", paragraphs(self.texts["description"])),
            item_number=self.line("item_number"),
            quantity=self.read("quantity", bounded_number, blank=Decimal(1)),
            unit=clean_line(self.texts["unit"])[:20],
            unit_price=self.read("unit_price", lambda text: bounded_number(text, least=Decimal(0))),
            discount_percent=self.read("discount", percentage, blank=Decimal(0)),
            tax=tax or Tax("O", None),
            withholding_percent=self.read("withholding", percentage, blank=Decimal(0)),
        )


class TypedAdjustment(TypedRow):
    """A discount or surcharge of the whole document."""

    def content(self, taxes: Taxes, currency: str) -> AdjustmentContent:
        is_percent = self.texts["measure"] != "amount"
        read = percentage if is_percent else lambda text: bounded_number(text, decimals=exponent(currency), least=ZERO)
        value = self.read("value", read)
        return AdjustmentContent(
            reason=self.line("reason"),
            is_charge=self.texts["kind"] == "charge",
            percent=value if is_percent else None,
            amount=None if is_percent else value,
            tax=taxes(self.texts["tax"]) if self.texts["tax"] else None,
        )


ZERO = Decimal(0)


def paragraphs(text: str) -> str:
    """Several lines as they are kept: no control characters, nothing around them."""
    return "\n".join(clean_line(line) for line in text.splitlines()).strip()


def percentage(text: str) -> Decimal:
    """0 to 100, at most six decimals. Raises BadNumber."""
    return bounded_number(text, digits=3, decimals=6, least=ZERO, most=HUNDRED)


def typed_rows(data: QueryDict, prefix: str, parts: Sequence[str]) -> list[dict[str, str]]:
    """The texts of the rows that were posted, in the order of the page; a part that is missing is empty."""
    columns = {part: data.getlist(f"{prefix}_{part}") for part in parts}
    count = max((len(column) for column in columns.values()), default=0)
    return [
        {part: column[row] if row < len(column) else "" for part, column in columns.items()} for row in range(count)
    ]


def put_rows(data: QueryDict, prefix: str, parts: Sequence[str], rows: list[dict[str, str]]) -> None:
    """Write rows back as repeated fields."""
    for part in parts:
        data.setlist(f"{prefix}_{part}", [one[part] for one in rows])


def blank_line(tax: str, withholding: str = "") -> dict[str, str]:
    """The texts of a new line: one of it, taxed as usual."""
    return {**dict.fromkeys(LINE_PARTS, ""), "quantity": "1", "tax": tax, "withholding": withholding}


def line_texts(line: LineContent, *, tax: str, currency: str) -> dict[str, str]:
    """A line's values as texts in the reader's language; `tax` is its key."""
    return {
        "name": line.name,
        "description": line.description,
        "item_number": line.item_number,
        "quantity": format_number(line.quantity),
        "unit": line.unit,
        "unit_price": format_number(line.unit_price, least=exponent(currency)),
        "discount": format_number(line.discount_percent) if line.discount_percent else "",
        "tax": tax,
        "withholding": percent_text(line.withholding_percent),
    }


def percent_text(percent: Decimal) -> str:
    """A percentage as it is typed; nothing for none."""
    return format_number(percent) if percent else ""


def adjustment_texts(one: AdjustmentContent, *, tax: str, currency: str) -> dict[str, str]:
    """A discount's or surcharge's values as texts in the reader's language."""
    amount = one.amount if one.percent is None else None
    value = format_number(one.percent or ZERO) if amount is None else format_number(amount, least=exponent(currency))
    return {
        "kind": "charge" if one.is_charge else "discount",
        "reason": one.reason,
        "value": value,
        "measure": "percent" if amount is None else "amount",
        "tax": tax,
    }


BLANK_ADJUSTMENT: Mapping[str, str] = {"kind": "discount", "reason": "", "value": "", "measure": "percent", "tax": ""}
