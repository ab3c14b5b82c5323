"""A draft as it is typed: contact, dates, references, lines, discounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisory_portal.core.money import CURRENCIES
from documents.forms.contacts import LineField
from documents.forms.lines import (
    ADJUSTMENT_PARTS,
    LINE_PARTS,
    MOST_ADJUSTMENTS,
    TypedAdjustment,
    TypedLine,
    adjustment_texts,
    line_texts,
    paragraphs,
    put_rows,
    typed_rows,
)
from documents.models import Contact
from documents.rules import (
    MOST_LINES,
    SUPPLIER_NUMBERED_KINDS,
    AdjustmentContent,
    Content,
    LineContent,
    Tax,
)
from documents.words import PART_LABELS

WITHOUT_DUE = ("delivery_note", "credit_note", "supplier_credit_note")
ERRORS_LISTED = 12


@dataclass(frozen=True)
class Choices:
    """What the selects of the editor offer. `tax_of` gives the tax of a key, None for a text that is none."""

    kind: str
    contact: Contact | None
    taxes: list[tuple[str, str]]
    withholdings: list[tuple[str, str]]
    units: list[tuple[str, str]]
    series: list[tuple[str, str]]
    tax_of: Callable[[str], Tax | None]


class ParagraphField(forms.CharField):
    """Several lines of plain text."""

    def to_python(self, value: Any) -> str:
        return paragraphs(super().to_python(value) or "")


def reference(label: Any) -> LineField:
    return LineField(label=label, max_length=200, required=False)


class EditorForm(forms.Form):
    """The head of a draft as a Django form, with its lines and adjustments beside it.

    A form that is not `strict` says what is wrong but not what is still missing: it is asked while somebody types.
    """

    use_required_attribute = False

    contact = forms.UUIDField(
        label=gettext_lazy("Contact"),
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Choose a contact."), "invalid": gettext_lazy("Choose a contact.")},
    )
    number = LineField(label=gettext_lazy("Supplier’s number"), max_length=100)
    issued_on = forms.DateField(label=gettext_lazy("Date"))
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False)
    delivered_on = forms.DateField(label=gettext_lazy("Delivered"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES])
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    series = forms.ChoiceField(label=gettext_lazy("Series"), required=False)
    buyer_reference = reference(gettext_lazy("Their reference"))
    order_reference = reference(gettext_lazy("Their order"))
    note = ParagraphField(label=gettext_lazy("Note"), max_length=5_000, required=False, widget=forms.Textarea)
    terms = ParagraphField(label=gettext_lazy("Payment terms"), max_length=1_000, required=False, widget=forms.Textarea)

    def __init__(self, data: QueryDict, *, choices: Choices, strict: bool = True, **options: Any) -> None:
        super().__init__(data, **options)
        self.choices, self.is_strict = choices, strict
        self.lines = [TypedLine(texts) for texts in typed_rows(data, "line", LINE_PARTS)]
        self.adjustments = [TypedAdjustment(texts) for texts in typed_rows(data, "adjustment", ADJUSTMENT_PARTS)]
        self._line_contents: list[LineContent] = []
        self._adjustment_contents: list[AdjustmentContent] = []
        self._fit_kind()
        if not strict:
            for one in self.fields.values():
                one.required = False

    def _fit_kind(self) -> None:
        kind, offered = self.choices.kind, self.fields["series"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = self.choices.series
        if kind not in SUPPLIER_NUMBERED_KINDS:
            del self.fields["number"]
        if kind in WITHOUT_DUE:
            del self.fields["due_on"]
        elif kind == "quote":
            self.fields["due_on"].label = _("Valid until")
        elif kind in ("sales_order", "purchase_order"):
            self.fields["due_on"].label = _("Wanted by")
        if len(self.choices.series) < 2:
            del self.fields["series"]

    def clean_contact(self) -> Any:
        """The id of a contact that the actor sees."""
        given = self.cleaned_data["contact"]
        if given and self.contact_row is None:
            raise forms.ValidationError(_("This contact is not there any more. Choose another."))
        return given

    @property
    def contact_row(self) -> Contact | None:
        """The chosen contact, if it is one that the actor sees."""
        contact = self.choices.contact
        return contact if contact and str(contact.pk) == self.data.get("contact") else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        due = data.get("due_on")
        if due and data.get("issued_on") and due < data["issued_on"]:
            self.add_error("due_on", _("This is before the date of the document."))
        self._read_rows(data.get("currency") or "EUR")
        for message in self._row_messages() if self.is_strict else ():
            self.add_error(None, message)
        return data

    def _read_rows(self, currency: str) -> None:
        if len(self.lines) > MOST_LINES:
            self.add_error(None, _("A document typed by hand has %(most)s lines at most.") % {"most": MOST_LINES})
            del self.lines[MOST_LINES:]
        del self.adjustments[MOST_ADJUSTMENTS:]
        for line in self.lines:
            if line.is_blank:
                continue
            self._line_contents.append(line.content(self.choices.tax_of))
            if self.is_strict and not self._line_contents[-1].name:
                line.errors["name"] = _("Say what this line is.")
        for one in self.adjustments:
            if one.texts["value"].strip():
                self._adjustment_contents.append(one.content(self.choices.tax_of, currency))

    def _row_messages(self) -> Iterator[str]:
        words = _("Line %(number)s, %(field)s: %(error)s")
        found = [
            words % {"number": number, "field": PART_LABELS[part], "error": error}
            for number, line in enumerate(self.lines, start=1)
            for part, error in line.errors.items()
        ]
        found += [
            f"{PART_LABELS[one.texts['kind']]}: {error}" for one in self.adjustments for error in one.errors.values()
        ]
        yield from found[:ERRORS_LISTED]
        more = max(len(found) - ERRORS_LISTED, 0)
        if more:
            yield ngettext("%(more)s more thing in the lines.", "%(more)s more things in the lines.", more) % {
                "more": more
            }

    @property
    def shown_currency(self) -> str:
        """The currency that figures are shown in, also while another one is typed."""
        return str(self.cleaned_data.get("currency") or "EUR")

    @property
    def figures(self) -> tuple[tuple[LineContent, ...], tuple[AdjustmentContent, ...]]:
        """What totals are computed of, after `is_valid`: what cannot be read counts as nothing."""
        return tuple(self._line_contents), tuple(self._adjustment_contents)

    @property
    def lacks(self) -> str:
        """What a form that is not strict still lacks to be kept, in words; nothing if it can be."""
        if self.errors or any(row.errors for row in (*self.lines, *self.adjustments)):
            return _("Not saved: correct what is marked")
        if not self.cleaned_data["contact"]:
            return _("Not saved yet: choose a contact")
        if not self.cleaned_data["issued_on"]:
            return _("Not saved yet: give it a date")
        if any(not line.name for line in self._line_contents):
            return _("Not saved yet: a line has no name")
        return ""

    @property
    def content(self) -> Content:
        """What a valid form says."""
        data, (lines, adjustments) = self.cleaned_data, self.figures
        values: dict[str, Any] = {
            name: data[name] for name in data if name not in ("contact", "series") and data[name] not in (None, "")
        }
        series = UUID(data["series"]) if data.get("series") else None
        return Content(contact_id=data["contact"], lines=lines, adjustments=adjustments, series_id=series, **values)


def texts_of(content: Content, key_of: Callable[[Tax], str]) -> QueryDict:
    """A draft's content as the editor would post it: texts in the reader's language, dates as ISO."""
    data = QueryDict(mutable=True)
    data["contact"] = str(content.contact_id)
    data["series"] = str(content.series_id or "")
    for name in EditorForm.base_fields:
        if name not in data:
            data[name] = str(getattr(content, name) or "")
    lines = [line_texts(line, tax=key_of(line.tax), currency=content.currency) for line in content.lines]
    put_rows(data, "line", LINE_PARTS, lines)
    adjustments = [
        adjustment_texts(one, tax=key_of(one.tax) if one.tax else "", currency=content.currency)
        for one in content.adjustments
    ]
    put_rows(data, "adjustment", ADJUSTMENT_PARTS, adjustments)
    return data
