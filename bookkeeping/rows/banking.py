"""Rows of banking: accounts, lines, suggestions, what became of files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_date, format_money, money_formatter
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import JobItem
from bookkeeping.models import BankLine, LedgerAccount, Reconciliation
from bookkeeping.models.bank_overview import AccountState
from bookkeeping.rules.matching import Candidate, Suggestion
from bookkeeping.rules.payouts import LABELS
from bookkeeping.words import REASONS

_HOLE = UUID(int=0)


class AccountRow(NamedTuple):
    """An account in the list."""

    id: UUID
    name: str
    number: str
    currency: str
    ledger: str
    balance: str
    known_on: str
    open_count: int
    oldest: str
    lines_href: str
    href: str
    is_retired: bool


class BankLineRow(NamedTuple):
    """A line in the list."""

    href: str
    date: str
    who: str
    text: str
    account: str
    amount: str
    is_out: bool
    left: str
    state: str
    state_label: str


class SuggestionRow(NamedTuple):
    """What a line may be: the values that its button sends, what it is in words, and why."""

    picks: list[str]
    account: str
    title: str
    about: str
    amount: str
    reasons: list[str]
    sent: list[str]
    is_payment: bool


class PartRow(NamedTuple):
    """What a line, or a part of it, was said to be."""

    id: UUID
    title: str
    about: str
    href: str
    amount: str
    who: str


def account_rows(states: Iterable[AccountState], *, slug: str, today: date) -> list[AccountRow]:
    """Accounts as rows. Makes no query."""
    lines = reverse("bookkeeping:bank_lines", args=[slug])
    pattern = reverse("bookkeeping:bank_account", args=[slug, _HOLE])
    return [
        AccountRow(
            id=one.account.pk,
            name=one.account.name,
            number=spaced(one.account.iban) or one.account.number,
            currency=one.account.currency,
            ledger=str(one.account.ledger_account or ""),
            balance="" if one.balance is None else format_money(one.balance, one.account.currency),
            known_on=format_date(one.known_on) if one.known_on else "",
            open_count=one.open_count,
            oldest=_age(one.oldest, today) if one.oldest else "",
            lines_href=f"{lines}?account={one.account.pk}&state=open",
            href=pattern.replace(str(_HOLE), str(one.account.pk)),
            is_retired=one.account.retired_at is not None,
        )
        for one in states
    ]


def _age(day: date, today: date) -> str:
    days = max((today - day).days, 0)
    return ngettext("oldest %(days)s day", "oldest %(days)s days", days) % {"days": days}


def spaced(iban: str) -> str:
    """An IBAN in groups of four."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def bank_line_rows(lines: Iterable[BankLine], *, slug: str) -> list[BankLineRow]:
    """Lines as rows; their accounts must be fetched. Makes no query."""
    language = active_language()
    pattern = reverse("bookkeeping:bank_line", args=[slug, _HOLE])
    labels = {str(value): str(label) for value, label in BankLine.State.choices}
    rows = []
    for line in lines:
        money = money_formatter(language, line.account.currency)
        rows.append(
            BankLineRow(
                href=pattern.replace(str(_HOLE), str(line.pk)),
                date=format_date(line.booked_on),
                who=line.counterparty_name,
                text=line.text or line.reference,
                account=line.account.name,
                amount=money(line.amount),
                is_out=line.amount < 0,
                left=money(line.left) if line.state == BankLine.State.PARTIAL else "",
                state=line.state,
                state_label=labels[line.state],
            )
        )
    return rows


def reason_texts(reasons: Iterable[Sequence[str]]) -> list[str]:
    """Reasons in words."""
    found = []
    for code, value in reasons:
        if code == "date":  # counted, so not in REASONS
            days = int(value) if value.isdigit() else 0
            near = ngettext("%(days)s day from its day", "%(days)s days from its day", days) % {"days": days}
            found.append(near if days else _("On its day"))
        elif code in REASONS:
            found.append(str(REASONS[code]) % {"value": value})
    return found


def suggestion_rows(
    found: Iterable[Suggestion],
    candidates: Mapping[str, Candidate],
    accounts: Mapping[str, LedgerAccount],
    currency: str,
) -> list[SuggestionRow]:
    """Suggestions as rows. Makes no query; accounts by their keys."""
    rows = []
    for one in found:
        reasons, sent = reason_texts(one.reasons), [f"{code}:{value}" for code, value in one.reasons]
        first = one.keys[0]
        if first.startswith("account:"):
            account = accounts.get(first)
            if account is not None:
                name = str(account)
                rows.append(SuggestionRow([], name, name, _("Ledger account"), "", reasons, sent, False))
            continue
        parts = [candidates[key] for key in one.keys]
        rows.append(
            SuggestionRow(
                picks=[f"{part.key}:{part.open:f}" for part in parts],
                account="",
                title=", ".join(part.number for part in parts[:4]) + (" …" if len(parts) > 4 else ""),
                about=" · ".join(dict.fromkeys(part.name for part in parts)),
                amount=format_money(abs(sum((part.open for part in parts), Decimal(0))), currency),
                reasons=reasons,
                sent=sent,
                is_payment=first.startswith("payment:"),
            )
        )
    return rows


class FoundRow(NamedTuple):
    """An open document, or a payment that stands, as the search of the reconcile page lists it."""

    pick: str
    title: str
    about: str
    day: str
    amount: str
    is_against: bool
    is_chosen: bool


def found_rows(
    candidates: Iterable[Candidate],
    kinds: Mapping[str, str],
    *,
    currency: str,
    is_out: bool,
    chosen: Collection[str] = (),
) -> list[FoundRow]:
    """Candidates as rows to tick. `kinds` names the kind of each by its key."""
    money = money_formatter(active_language(), currency)
    return [
        FoundRow(
            pick=f"{one.key}:{one.open:f}",
            title=f"{kinds.get(one.key, '')} {one.number}".strip(),
            about=one.name,
            day=format_date(one.day),
            amount=money(one.open),
            is_against=(one.open < 0) != is_out,
            is_chosen=one.key in chosen,
        )
        for one in candidates
    ]


def part_rows(rows: Iterable[Reconciliation], *, slug: str, currency: str, visible: frozenset[UUID]) -> list[PartRow]:
    """What stands of a line; documents and accounts must be fetched. Documents not `visible` have no link."""
    money = money_formatter(active_language(), currency)
    found = []
    for one in rows:
        document, account = one.document, one.account
        title, href = str(account or ""), ""
        if document is not None:
            title = f"{document.get_kind_display()} {document.number}"
            if document.pk in visible:
                href = reverse("documents:document", args=[slug, document.pk])
        about = document.contact_name if document is not None else one.note
        if one.gateway:
            title = _("Payout of %(gateway)s") % {"gateway": LABELS[one.gateway]}
            about = _("less %(fees)s fees") % {"fees": money(one.fees or Decimal(0))}
        found.append(PartRow(one.pk, title, about, href, money(one.amount), one.made_by_name))
    return found


class FileRow(NamedTuple):
    """What became of a file of an import: what to read, and where to help."""

    name: str
    outcome: str
    outcome_label: str
    texts: list[str]
    gaps: list[str]
    help_href: str


def file_rows(items: Iterable[JobItem], *, slug: str) -> list[FileRow]:
    """Items of an import as rows. Makes no query."""
    labels = {str(value): str(label) for value, label in JobItem.Outcome.choices}
    return [_file_row(item, slug, labels) for item in items]


def _file_row(item: JobItem, slug: str, labels: Mapping[str, str]) -> FileRow:
    detail, texts, gaps, href = item.detail, list[str](), list[str](), ""
    outcome, label = item.outcome, labels[item.outcome]
    if detail.get("waits"):
        outcome, label = "asks", _("Needs your help")
        asks = detail["waits"] == "columns"
        texts = [_("Say what its columns are.") if asks else _("Say which account it is of.")]
        href = reverse("bookkeeping:statement_file", args=[slug, item.job_id, item.pk])
    elif item.outcome == JobItem.Outcome.REFUSED:
        texts = [item.reason or refusal_text(detail)]
    for one in detail.get("statements", []):
        texts.append(_said(one))
        if one["gap"]:
            words = _("The opening balance differs by %(amount)s from the last one known: a statement is missing.")
            gaps.append(words % {"amount": format_money(abs(Decimal(one["gap"])), one["currency"])})
    return FileRow(item.name, outcome, label, texts, gaps, href)


def _said(one: Mapping[str, Any]) -> str:
    new = ngettext("%(number)s new line", "%(number)s new lines", one["created"]) % {"number": f"{one['created']:,}"}
    known = ngettext("%(number)s known", "%(number)s known", one["known"]) % {"number": f"{one['known']:,}"}
    parts = [one["account"], new, known]
    if one["from"] and one["until"]:
        days = [format_date(date.fromisoformat(one[name])) for name in ("from", "until")]
        parts.append(" – ".join(dict.fromkeys(days)))
    if one["closing"]:
        balance = format_money(Decimal(one["closing"]), one["currency"])
        parts.append(_("balance %(amount)s") % {"amount": balance})
    return " · ".join(parts)
