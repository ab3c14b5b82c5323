"""Entries that a person writes, and what the address of the journal asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_number
from advisory_portal.core.ids import uuid7
from advisory_portal.core.money import exponent
from advisory_portal.core.text import clean_line
from bookkeeping.forms.contacts import contact_named
from bookkeeping.forms.numbers import AmountField
from bookkeeping.models import JournalEntry, LedgerAccount
from bookkeeping.models.journal import JournalEntries
from bookkeeping.rules import EntryLine

FIRST_LINES, MORE_LINES, MOST_LINES = 4, 4, 500


def account_of(accounts: Iterable[LedgerAccount], text: str) -> LedgerAccount | None:
    """The account whose code, name or both ("430 Clientes") the text is, or begins, if it is only one."""
    wanted = text.strip().casefold()
    code = wanted.split(" ")[0]
    rows = list(accounts)
    for fits in (
        lambda one: wanted in (one.code, one.name.casefold(), str(one).casefold()),
        lambda one: code == one.code,
        lambda one: one.code.startswith(wanted) or one.name.casefold().startswith(wanted),
    ):
        found = [one for one in rows if fits(one)]
        if len(found) == 1:
            return found[0]
    return None


class EntryLineForm(forms.Form):
    """One line; empty ones count as nothing."""

    use_required_attribute = False

    account = forms.CharField(label=_("Account"), max_length=140, required=False)
    text = forms.CharField(label=_("Text"), max_length=300, required=False)
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    debit = AmountField(label=_("Debit"))
    credit = AmountField(label=_("Credit"))

    def __init__(self, *args: Any, accounts: Sequence[LedgerAccount], actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.accounts, self.actor = accounts, actor
        for name in ("debit", "credit"):
            field = self.fields[name]
            assert isinstance(field, AmountField)
            field.decimals = exponent(actor.place.currency)
        for name, where in (("account", "account-names"), ("contact", "contact-names")):
            self.fields[name].widget.attrs |= {"list": where, "autocomplete": "off"}

    @property
    def is_empty(self) -> bool:
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)

    def clean_account(self) -> LedgerAccount | None:
        text = self.cleaned_data["account"]
        found = account_of(self.accounts, text) if text else None
        if found is None:
            raise ValidationError(_now("Choose an account of the chart."), code="unknown")
        return found

    def clean_contact(self) -> UUID | None:
        text = self.cleaned_data["contact"].strip()
        return contact_named(self.actor, text).pk if text else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        debit, credit = values.get("debit"), values.get("credit")
        if not self.errors and bool(debit) == bool(credit):
            raise ValidationError(_now("Write either a debit or a credit."), code="sides")
        return values

    @property
    def line(self) -> EntryLine:
        """The line of a valid form."""
        said = self.cleaned_data
        zero = Decimal(0)
        return EntryLine(
            said["account"].pk, said["debit"] or zero, said["credit"] or zero, clean_line(said["text"]), said["contact"]
        )


class EntryForm(forms.Form):
    """Date, text and lines of an entry. `key` is new on every page, so that a second click writes nothing."""

    use_required_attribute = False

    dated_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label=_("Text"), max_length=300)
    key = forms.UUIDField(widget=forms.HiddenInput)
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_LINES)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        actor: Actor,
        accounts: Sequence[LedgerAccount],
        like: JournalEntry | None = None,
        more: bool = False,
    ) -> None:
        rows = _rows_like(like) if like else []
        initial = {"dated_on": actor.today().isoformat(), "text": like.text if like else "", "key": uuid7()}
        number = _count(data) if data is not None else max(len(rows), FIRST_LINES)
        number = min(number + (MORE_LINES if more else 0), MOST_LINES)
        if data is not None:
            data = data.copy()
            data["count"] = str(number)
        super().__init__(data, initial=initial | {"count": number})
        rows += [{}] * (number - len(rows))
        known: dict[str, Any] = {"accounts": accounts, "actor": actor, "auto_id": "%s", "empty_permitted": True}
        self.lines = [  # what was copied is typed again by the form, so that an unchanged line is not an empty one
            EntryLineForm(data, prefix=f"line-{place}", initial={} if data else rows[place], **known)
            for place in range(number)
        ]

    @property
    def written(self) -> list[EntryLineForm]:
        return [line for line in self.lines if not line.is_empty]

    def is_valid(self) -> bool:
        lines_fit = [line.is_valid() for line in self.written]
        if not super().is_valid():
            return False
        if not all(lines_fit):
            self.add_error(None, _now("Look at the lines that are marked."))
        return all(lines_fit)

    @property
    def sides(self) -> tuple[Decimal, Decimal]:
        """Debit and credit so far: of the amounts that can be read."""
        for line in self.written:
            line.is_valid()
        said = [line.cleaned_data for line in self.written]
        zero = Decimal(0)
        debit = sum((one.get("debit") or zero for one in said), zero)
        return debit, sum((one.get("credit") or zero for one in said), zero)


def _count(data: QueryDict) -> int:
    text = data.get("count", "")
    return min(int(text), MOST_LINES) if text.isascii() and text.isdigit() and len(text) < 5 else FIRST_LINES


def _rows_like(entry: JournalEntry) -> list[dict[str, str]]:
    lines = entry.lines.select_related("account", "contact").order_by("position")
    places = exponent(entry.organisation.currency)
    return [
        {
            "account": str(line.account),
            "text": line.text,
            "contact": line.contact.name if line.contact else "",
            "debit": format_number(line.debit, least=places) if line.debit else "",
            "credit": format_number(line.credit, least=places) if line.credit else "",
        }
        for line in lines
    ]


class ReverseForm(forms.Form):
    """On which day an entry is taken back."""

    use_required_attribute = False

    dated_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))


class RateForm(forms.Form):
    """How much of the books' currency one unit of another was worth."""

    use_required_attribute = False

    rate = AmountField(label=_("Rate"), decimals=8)


@dataclass(frozen=True)
class JournalFilter:
    """What the address of the journal asks for; what it cannot mean counts as nothing."""

    words: str = ""
    since: date | None = None
    until: date | None = None
    account: UUID | None = None
    source: str = ""
    check: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> JournalFilter:
        source = query.get("source", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
            account=_id(query.get("account", "")),
            source=source if source in JournalEntry.Source.values else "",
            check="open" if query.get("check") == "open" else "",
        )

    @property
    def is_active(self) -> bool:
        return bool(self.query)

    @property
    def query(self) -> str:
        """The filter as an address says it, without pages."""
        said = {
            "q": self.words.strip(),
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "account": str(self.account or ""),
            "source": self.source,
            "check": self.check,
        }
        return urlencode({name: value for name, value in said.items() if value})

    def apply(self, entries: JournalEntries) -> JournalEntries:
        found = entries.matching(self.words)
        if self.check:
            found = found.unchecked()
        if self.account:
            found = found.on_account(self.account)
        wanted = {"dated_on__gte": self.since, "dated_on__lte": self.until, "source": self.source or None}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return found.filter(**chosen) if chosen else found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
