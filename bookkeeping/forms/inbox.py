"""Files that come in, and what is typed beside one to make a bill of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import active_language, format_money, format_number
from advisory_portal.core.money import CURRENCIES, exponent
from advisory_portal.core.text import clean_line
from bookkeeping.forms.numbers import AmountField
from bookkeeping.models import InboxFile
from bookkeeping.models.inbox import InboxFiles
from bookkeeping.rules.inbox import LARGEST_FILE
from documents.rules import (
    Content,
    LineContent,
    Totals,
    compute,
    is_tax_id,
    key_of_tax,
    tax_of_key,
    taxes_of,
    withholdings_of,
)
from documents.words import tax_label
from partners.rules.countries import country_names

ROWS = 4
MOST_APART = Decimal("0.05")  # by how much a total may differ for the rounding of each rate
OPEN = "open"  # the filter that shows what waits


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploads at once; cleans to a list. What is wrong with one of them, the inbox says of that one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list) else [data]
        chosen = [file for file in files if isinstance(file, UploadedFile)]
        if not chosen:
            raise ValidationError(self.error_messages["required"], code="required")
        return chosen


class UploadForm(forms.Form):
    """Files for the inbox."""

    uploads = ManyFilesField(label=_("Files"), error_messages={"required": _("Choose at least one file.")})

    @property
    def contents(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each file; of one over the limit a byte more than it, which is enough to refuse it."""
        return [(file.name or "", file.read(LARGEST_FILE + 1)) for file in self.cleaned_data["uploads"]]


class AsideForm(forms.Form):
    """Why a file becomes no document."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


@dataclass(frozen=True)
class InboxFilter:
    """What the address of the inbox asks for: a state, what waits (the usual), or everything."""

    state: str = OPEN
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> InboxFilter:
        state = query.get("state", OPEN)
        known = state in (OPEN, "all", *InboxFile.State.values)
        return cls(state if known else OPEN, query.get("q", "").replace("\x00", "")[:100])

    def apply(self, rows: InboxFiles) -> InboxFiles:
        if self.state == OPEN:
            rows = rows.pending()
        elif self.state != "all":
            rows = rows.filter(state=self.state)
        return rows.matching(self.words)

    @property
    def query(self) -> str:
        return urlencode({"state": self.state, "q": self.words})


class BillForm(forms.Form):
    """A bill as it is typed beside its file: the supplier, the head, a line a rate of tax, and the total as a check."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("This is"),
        choices=[("bill", _("A bill")), ("supplier_credit_note", _("A credit note"))],
        initial="bill",
    )
    name = forms.CharField(label=_("Supplier"), max_length=200)
    tax_id = forms.CharField(label=_("Tax id"), max_length=60, required=False)
    country = forms.ChoiceField(label=_("Country"))
    number = forms.CharField(label=_("Number"), max_length=100)
    issued_on = forms.DateField(label=_("Date"))
    due_on = forms.DateField(label=_("Due"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    withholding = forms.ChoiceField(label=_("Withheld"), required=False)
    total = AmountField(label=_("Total"), required=True)

    def __init__(self, data: Any, *, actor: Actor, found: Mapping[str, Any], strict: bool = True) -> None:
        self.actor, self.found = actor, found
        super().__init__(data if data is not None else None, initial=self._suggested(found))
        taxes = [tax for tax in taxes_of(actor.place.country) if not tax.exemption_code or tax.category != "E"]
        self.taxes = [(key_of_tax(tax), tax_label(tax.category, tax.percent, code=tax.exemption_code)) for tax in taxes]
        for name in ("issued_on", "due_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self._choose("country", country_names(active_language()))
        percents = [(str(one), f"{format_number(one)} %") for one in withholdings_of(actor.place.country)]
        self._choose("withholding", [("", _now("Nothing")), *percents])
        self.rows = [self._row(index) for index in range(ROWS)]
        if not strict:
            for one in self.fields.values():
                one.required = False
        self.is_strict = strict

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def _suggested(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """What was read, as the fields' first values."""
        said = {name: str(one["value"]) for name, one in found.items() if isinstance(one, dict)}
        country = said.get("country") or (said.get("tax_id", "")[:2] if said.get("tax_id", "")[:2].isalpha() else "")
        home = self.actor.place.country
        known = {code for code, _name in country_names("en")}
        total = said.get("total", "")
        return {
            "kind": "bill", "name": said.get("name", ""), "tax_id": said.get("tax_id", ""),
            "country": country if country in known else home, "number": said.get("number", ""),
            "issued_on": said.get("issued_on", ""), "due_on": said.get("due_on", ""),
            "currency": said.get("currency") or self.actor.place.currency,
            "total": _amount_text(total),
        } | self._suggested_rates(said)  # fmt: skip

    def _suggested_rates(self, said: Mapping[str, str]) -> dict[str, str]:
        """A line for each rate that was read."""
        ends = {index: f"_{index}" if index else "" for index in range(ROWS)}
        bases = {f"base_{index}": _amount_text(said.get(f"base{end}", "")) for index, end in ends.items()}
        percents = {index: said.get(f"percent{end}", "") for index, end in ends.items()}
        return bases | {f"tax_{index}": f"S:{percent}" if percent else "" for index, percent in percents.items()}

    def _row(self, index: int) -> dict[str, Any]:
        """The three bound fields of a line."""
        self.fields[f"text_{index}"] = forms.CharField(label=_("What for"), max_length=200, required=False)
        self.fields[f"base_{index}"] = AmountField(label=_("Base"))
        self.fields[f"tax_{index}"] = forms.ChoiceField(label=_("Tax"), choices=self.taxes, required=False)
        return {part: self[f"{part}_{index}"] for part in ("text", "base", "tax")}

    @property
    def used_rows(self) -> int:
        """How many lines are shown open: those with something in them, at least one."""
        typed = [index for index in range(ROWS) if self[f"base_{index}"].value()]
        return max(typed, default=0) + 1

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_number(self) -> str:
        return clean_line(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        tax_id = data.get("tax_id", "")
        if self.is_strict and tax_id and data.get("country") and not is_tax_id(tax_id, data["country"]):
            self.add_error("tax_id", _now("This is not a tax id of the country. Check the digits, or the country."))
        if data.get("due_on") and data.get("issued_on") and data["due_on"] < data["issued_on"]:
            self.add_error("due_on", _now("This is before the date of the bill."))
        if self.is_strict and not self.errors:
            self._check_total(data)
        return data

    def _check_total(self, data: dict[str, Any]) -> None:
        places = exponent(data["currency"])
        for name in ("total", *(f"base_{index}" for index in range(ROWS))):
            if data.get(name) is not None and data[name] != round(data[name], places):
                self.add_error(name, _now("This has more decimals than the currency."))
        if not self.lines:
            self.add_error("base_0", _now("Type the amount before tax."))
        elif not self.errors and abs(self.totals.payable - data["total"]) > MOST_APART:
            words = _now("Base and tax come to %(sum)s. Correct the amounts, or the total.")
            self.add_error("total", words % {"sum": format_money(self.totals.payable, data["currency"])})

    @property
    def lines(self) -> tuple[LineContent, ...]:
        """The lines with an amount, after `is_valid`; one without words takes the supplier's number for them."""
        data, usual = self.cleaned_data, _now("Bill %(number)s") % {"number": self.cleaned_data.get("number", "")}
        withheld = Decimal(data.get("withholding") or 0)
        return tuple(
            LineContent(
                name=clean_line(data.get(f"text_{index}", "")) or usual.strip(),
                quantity=Decimal(1),
                unit_price=data[f"base_{index}"],
                tax=tax_of_key(data.get(f"tax_{index}") or self.taxes[0][0]),
                withholding_percent=withheld,
            )
            for index in range(ROWS)
            if data.get(f"base_{index}")
        )

    @property
    def totals(self) -> Totals:
        """What the lines come to."""
        return compute(self.lines, (), self.cleaned_data.get("currency") or self.actor.place.currency)

    def content(self, contact_id: UUID, language: str) -> Content:
        """What a valid form says, for the supplier that was found."""
        data = self.cleaned_data
        return Content(
            contact_id=contact_id, currency=data["currency"], issued_on=data["issued_on"], due_on=data["due_on"],
            number=data["number"], language=language, lines=self.lines,
        )  # fmt: skip

    @property
    def supplier(self) -> dict[str, str]:
        """What is known of the supplier beside the name."""
        return {"tax_id": self.cleaned_data["tax_id"].strip(), "country": self.cleaned_data["country"]}


def _amount_text(text: str) -> str:
    """An amount that was read, as the reader writes it."""
    try:
        return format_number(Decimal(text), least=2) if text else ""
    except InvalidOperation:
        return ""
