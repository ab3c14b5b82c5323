"""What people send to the pages of banking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.text import clean_line
from advisory_portal.formats.bank import ColumnMapping, TableHead
from bookkeeping.forms.bank_lines import as_id
from bookkeeping.forms.contacts import contact_named
from bookkeeping.forms.journal import account_of
from bookkeeping.forms.numbers import AmountField
from bookkeeping.models import BankAccount, BankLine, BankRule, LedgerAccount
from bookkeeping.models.matching import usable_accounts
from bookkeeping.rules.statements import COLUMNS, chosen_mapping
from bookkeeping.words import BANK_COLUMNS
from documents.models import Contact

ORDERS = [("dmy", _("day, month, year")), ("mdy", _("month, day, year")), ("ymd", _("year, month, day"))]
MARKS = [(",", _("comma: 1.234,56")), (".", _("point: 1,234.56"))]


class BankAccountForm(forms.Form):
    """An account at a bank. Its currency is chosen once."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As you call it: the bank, or what it is for."))
    iban = forms.CharField(label="IBAN", max_length=60, required=False)
    number = forms.CharField(
        label=_("Account number"), max_length=40, required=False, help_text=_("Where the bank gives no IBAN.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    ledger_account = forms.ModelChoiceField(
        LedgerAccount.objects.none(),
        label=_("Account of the chart"),
        required=False,
        empty_label=_("The usual one for banks"),
    )

    def __init__(self, data: QueryDict | None, *, actor: Actor, account: BankAccount | None = None) -> None:
        initial: dict[str, Any] = {"currency": actor.place.currency}
        if account is not None:
            initial = {name: getattr(account, name) for name in ("name", "iban", "number", "ledger_account")}
        super().__init__(data, initial=initial)
        if account is not None:
            del self.fields["currency"]
        field = self.fields["ledger_account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = usable_accounts(actor).filter(kind=LedgerAccount.Kind.ASSET)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


class StatementFilesInput(forms.FileInput):
    allow_multiple_selected = True


class StatementFilesField(forms.FileField):
    """Several uploads at once; cleans to a list of them."""

    widget = StatementFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [one for one in (data if isinstance(data, list) else [data]) if one]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files


class StatementsForm(forms.Form):
    """Statements to import, and the account of those that do not name theirs."""

    use_required_attribute = False

    uploads = StatementFilesField(
        label=_("Statements"),
        help_text=_("CAMT.053, Norma 43, OFX, CSV or XLSX. What was imported before is recognised."),
        error_messages={"required": _("Choose at least one file.")},
    )
    account = forms.ModelChoiceField(
        BankAccount.objects.none(),
        label=_("Account"),
        required=False,
        empty_label=_("As the file says"),
        help_text=_("For files that do not say it themselves."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = BankAccount.objects.visible_to(actor).in_use().order_by("name")

    def contents(self) -> list[tuple[str, bytes]]:
        """Each file's name with its bytes; one byte more than the limit is enough to refuse it."""
        limit = settings.MAX_UPLOAD_BYTES + 1
        return [(file.name or "", file.read(limit)) for file in self.cleaned_data["uploads"]]


class BankColumnsForm(forms.Form):
    """What the columns of a bank's table are."""

    use_required_attribute = False

    date_order = forms.ChoiceField(label=_("Dates are written"), choices=ORDERS)
    decimal_mark = forms.ChoiceField(label=_("Decimal mark"), choices=MARKS)

    def __init__(self, data: QueryDict | None, *, head: TableHead) -> None:
        guess = head.guess
        super().__init__(
            data,
            initial={
                "date_order": guess.date_order if guess else "dmy",
                "decimal_mark": guess.decimal_mark if guess else ",",
            },
        )
        self.head = head
        choices = [("", _("Leave out")), *((name, BANK_COLUMNS[name]) for name in COLUMNS)]
        guessed = _guessed(guess, len(head.head))
        self.names = [f"column-{place}" for place in range(len(head.head))]
        for name, label, column in zip(self.names, head.head, guessed, strict=True):
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=column)

    def columns(self) -> list[tuple[str, list[str], forms.BoundField]]:
        """Each column's name in the file, its first cells, and its field."""
        return [
            (self.head.head[at], [row[at] if at < len(row) else "" for row in self.head.sample[:3]], self[name])
            for at, name in enumerate(self.names)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors:
            self.mapping = chosen_mapping(
                [values[name] for name in self.names],
                head_row=self.head.head_row,
                date_order=values["date_order"],
                decimal_mark=values["decimal_mark"],
            )
            if self.mapping is None:
                raise ValidationError(
                    _now("Say once which column is the date, and which the amount, or money out and money in."),
                    code="columns",
                )
        return values

    mapping: ColumnMapping | None = None


def _guessed(guess: ColumnMapping | None, width: int) -> list[str]:
    found = [""] * width
    if guess is not None:
        for name in COLUMNS:
            places = guess.text if name == "text" else (getattr(guess, name),)
            for place in places:
                if place is not None and place < width:
                    found[place] = name
    return found


class UnknownAccountsForm(forms.Form):
    """Which account each statement of a file is of: one that is there, or a new one by a name."""

    use_required_attribute = False

    def __init__(self, data: QueryDict | None, *, actor: Actor, unknown: Sequence[dict[str, str]]) -> None:
        super().__init__(data)
        self.unknown = unknown
        self.accounts = {str(one.pk): one for one in BankAccount.objects.visible_to(actor).in_use().order_by("name")}
        for at, one in enumerate(unknown):
            said = one["iban"] or one["number"] or _now("no account named")
            fitting = [
                (pk, f"{row.name} ({row.currency})")
                for pk, row in self.accounts.items()
                if one["currency"] in ("", row.currency)
            ]
            self.fields[f"account-{at}"] = forms.ChoiceField(
                label=_now("Statement of %(account)s") % {"account": said},
                choices=[("", _now("A new account")), *fitting],
                required=False,
            )
            self.fields[f"name-{at}"] = forms.CharField(
                label=_now("Name of the new account"),
                max_length=80,
                required=False,
                initial=_now("Account %(end)s") % {"end": said[-4:]} if one["iban"] or one["number"] else "",
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for at in range(len(self.unknown)):
            if not values.get(f"account-{at}") and not clean_line(values.get(f"name-{at}") or ""):
                self.add_error(f"name-{at}", _now("Choose an account, or name the new one."))
        return values

    def chosen(self) -> dict[str, BankAccount | str]:
        """What `actions.choose_accounts` takes of a valid form."""
        said = self.cleaned_data
        return {
            one["key"]: self.accounts.get(said[f"account-{at}"]) or clean_line(said[f"name-{at}"])
            for at, one in enumerate(self.unknown)
        }


class ReconcileForm(forms.Form):
    """What a line was: documents and payments that were ticked, and an account for the rest or all of it.

    `pick` values are "document:<id>:<open>": what was open when the page was made travels along.
    """

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    account = forms.CharField(label=_("Account of the chart"), max_length=140, required=False)
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    rate = AmountField(label=_("Rate"), decimals=8)
    always = forms.BooleanField(label=_("Always do this for lines with these words"), required=False)
    words = forms.CharField(label=_("Words"), max_length=140, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        actor: Actor,
        line: BankLine | None = None,
    ) -> None:
        super().__init__(data, initial={"key": uuid7(), "words": line.text[:60] if line else ""})
        self.actor, self.accounts = actor, list(usable_accounts(actor))
        self.fields["account"].widget.attrs |= {"list": "account-names", "autocomplete": "off"}
        self.picks = _picks(data.getlist("pick")) if data is not None else []
        self.reasons = _reasons(data.getlist("reason")) if data is not None else []

    def clean_account(self) -> LedgerAccount | None:
        text = self.cleaned_data["account"]
        if not text:
            return None
        found = account_of(self.accounts, text)
        if found is None:
            raise ValidationError(_now("Choose an account of the chart."), code="unknown")
        return found

    def clean_contact(self) -> Contact | None:
        text = self.cleaned_data["contact"].strip()
        return contact_named(self.actor, text) if text else None

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"])

    def clean_words(self) -> str:
        return clean_line(self.cleaned_data["words"])


def _picks(texts: Iterable[str]) -> list[tuple[str, Decimal | None]]:
    """Keys of candidates with what was seen; what is none counts as nothing."""
    found = []
    for text in texts:
        kind, _colon, rest = text.partition(":")
        pk, _colon, seen = rest.partition(":")
        if kind in ("document", "payment") and as_id(pk):
            found.append((f"{kind}:{pk}", _decimal(seen)))
    return found


def _reasons(texts: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, value[:100]) for code, _colon, value in (text.partition(":") for text in texts) if code][:10]


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


class BankRuleForm(forms.Form):
    """Words, an account, which way the money goes."""

    use_required_attribute = False

    words = forms.CharField(label=_("The line contains"), max_length=140, help_text=_("All of these words."))
    way = forms.ChoiceField(
        label=_("Money"), choices=[("", _("In or out")), ("in", _("In")), ("out", _("Out"))], required=False
    )
    account = forms.ModelChoiceField(
        LedgerAccount.objects.none(), label=_("Account of the chart"), empty_label=_("Choose an account")
    )
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    is_automatic = forms.BooleanField(label=_("Without asking, as soon as a statement is imported"), required=False)

    def __init__(self, data: QueryDict | None, *, actor: Actor, rule: BankRule | None = None) -> None:
        initial: dict[str, Any] = {}
        if rule is not None:
            ways = {True: "in", False: "out", None: ""}
            initial = {"words": rule.words, "way": ways[rule.is_income], "account": rule.account_id}
            initial |= {"contact": rule.contact.name if rule.contact else "", "is_automatic": rule.is_automatic}
        super().__init__(data, initial=initial)
        self.actor = actor
        field = self.fields["account"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = usable_accounts(actor)

    def clean_words(self) -> str:
        return clean_line(self.cleaned_data["words"])

    def clean_contact(self) -> Contact | None:
        text = self.cleaned_data["contact"].strip()
        return contact_named(self.actor, text) if text else None

    def values(self) -> dict[str, Any]:
        """What `actions.keep_bank_rule` takes of a valid form."""
        said = self.cleaned_data
        kept = {name: said[name] for name in ("words", "account", "contact", "is_automatic")}
        return kept | {"is_income": {"in": True, "out": False}.get(said["way"])}
