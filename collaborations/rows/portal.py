"""The table of *My portal*, prepared: every text once, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisory_portal.core.formatting import format_date, format_number
from collaborations.forms.portal import ANY, NEXT, QUESTIONS, PortalFilter
from collaborations.kpis import KPIS, MESSAGES, Waiting
from collaborations.models.kpis import KpiPreference
from collaborations.models.portal import PortalRow, PortalSettings
from collaborations.rules.grants import last_day_of
from collaborations.rules.work_next import Reason, is_old, reasons_of
from partners.models.membership import PREDEFINED_NAMES

REASONS_SHOWN = 3
TEXT_COLUMNS = ("managers", "since", "access", "plan")
COLUMNS: dict[str, str | Promise] = {
    "managers": gettext_lazy("Managers"),
    "since": gettext_lazy("Since"),
    "access": gettext_lazy("Access"),
    "plan": gettext_lazy("Plan"),
    **{code: kpi.label for code, kpi in KPIS.items()},
    "reconciliations": gettext_lazy("Reconcili\u00adations"),  # may break, so that the column stays narrow
    MESSAGES: gettext_lazy("Messages"),
    QUESTIONS: gettext_lazy("Questions"),
}
USUAL = tuple(code for code in COLUMNS if code != "plan")
Counts = Mapping[UUID, Mapping[str, Waiting]]


class KpiCell(NamedTuple):
    """A number in the table. `shape` is "badge" where the person wants to be told of it, "plain" where not, "zero",
    or "absent" where the client does not share it; `age` says how old, `is_old` marks what has waited long. `value`
    is what its button sends, `href` where it leads from My portal on, of those that are read in the firm's own pages.
    """

    shape: str
    number: str
    age: str
    is_old: bool
    value: str = ""
    href: str = ""


@dataclass(slots=True)
class TableRow:
    """A row: `texts` are (code, text, or parts of it) of the columns that are not counted, `numbers` of those that
    are, in order; `reasons` say why it is up next.
    """

    id: UUID
    name: str
    tax_id: str
    tags: list[str]
    has_access: bool
    texts: list[tuple[str, Any]]
    numbers: list[KpiCell]
    reasons: list[str]


def kpi_choices() -> list[tuple[str, str | Promise]]:
    """The filter of pending work."""
    counted = [(code, label) for code, label in COLUMNS.items() if code not in TEXT_COLUMNS]
    return [(ANY, _("Anything")), *counted]


class Wanted:
    """Of what a person wants to be told, for each client: the general choice, or the client's own."""

    def __init__(self, settings: PortalSettings) -> None:
        self._general = self._read(settings.general)
        self._own = {pk: self._read(row) for pk, row in settings.overrides.items()}

    @staticmethod
    def _read(row: KpiPreference | None) -> tuple[Collection[str], Mapping[str, int]]:
        return ((*KPIS, MESSAGES), {}) if row is None else (frozenset(row.kpis), row.thresholds)

    def tells(self, client_id: UUID, code: str, number: int) -> bool:
        kpis, thresholds = self._own.get(client_id, self._general)
        return code in kpis and number >= thresholds.get(code, 1)


# --- Which clients, in which order ---------------------------------------------------------------------------


def sorted_rows(rows: Sequence[PortalRow], asked: PortalFilter, counts: Counts, today: date) -> list[PortalRow]:
    """The rows that have the pending work asked for, in the order asked for. `rows` come by name."""
    kept = [row for row in rows if _has(row, asked.kpi, counts)] if asked.kpi else list(rows)
    column, backwards = asked.order.removeprefix("-"), asked.order.startswith("-")
    if column == NEXT:
        return sorted(kept, key=lambda row: -sum(one.weight for one in row_reasons(row, counts, today)))
    keys: dict[str, Callable[[PortalRow], Any]] = {
        "managers": lambda row: [name.casefold() for name in row.managers] or ["\uffff"],
        "access": lambda row: (not row.has_access, role_label(row).casefold()),
        "name": lambda row: 0,
        "since": lambda row: row.since,
        "plan": lambda row: (not row.plan, row.plan.casefold()),
    }
    if column == "name":
        return kept[::-1] if backwards else kept
    return sorted(kept, key=keys.get(column, lambda row: _number(row, column, counts)), reverse=backwards)


def _has(row: PortalRow, kpi: str, counts: Counts) -> bool:
    return any(_number(row, code, counts) > 0 for code in (row.codes if kpi == ANY else (kpi,)))


def _number(row: PortalRow, column: str, counts: Counts) -> int:
    """What a counted column shows; -1 where it is absent."""
    if column == MESSAGES:
        return row.unread if row.conversation_id else -1
    if column == QUESTIONS:
        return row.open_questions + row.answers if row.business_id else -1
    return counts[row.business_id][column].number if row.business_id and column in row.codes else -1


def row_reasons(row: PortalRow, counts: Counts, today: date) -> list[Reason]:
    """Why the client is up, the weightiest first."""
    pending = counts.get(row.business_id, {}) if row.business_id else {}
    ends_on = last_day_of(row.ends_at, row.time_zone)
    return reasons_of(pending, unread=row.unread, answers=row.answers, ends_on=ends_on, today=today)


# --- What a row shows ----------------------------------------------------------------------------------------


def table_rows(
    rows: Iterable[PortalRow], *, columns: Sequence[str], counts: Counts, wanted: Wanted, today: date, is_next: bool
) -> list[TableRow]:
    """The rows of one page. Makes no query."""
    writer = _Writer(counts, wanted, today)
    return [
        TableRow(
            row.id,
            row.name,
            row.tax_id,
            row.tags,
            row.has_access,
            [(code, writer.texts[code](row)) for code in columns if code in writer.texts],
            [writer.number(row, code) for code in columns if code not in writer.texts],
            [reason_text(one, today) for one in row_reasons(row, counts, today)[:REASONS_SHOWN]] if is_next else [],
        )
        for row in rows
    ]


class _Writer:
    """Writes cells; days and ages once for all that share them."""

    def __init__(self, counts: Counts, wanted: Wanted, today: date) -> None:
        self._counts, self._wanted, self._today = counts, wanted, today
        self._ages: dict[tuple[bool, date | None], str] = {}
        self.texts: dict[str, Callable[[PortalRow], Any]] = {
            "managers": lambda row: row.managers,
            "since": lambda row: format_date(row.since),
            "access": self._access,
            "plan": lambda row: row.plan,
        }

    def number(self, row: PortalRow, code: str) -> KpiCell:
        if code == MESSAGES:
            return self._messages(row)
        return self._questions(row) if code == QUESTIONS else self._kpi(row, code)

    def _kpi(self, row: PortalRow, code: str) -> KpiCell:
        if row.business_id is None or code not in row.codes:
            return _ABSENT
        number, oldest = self._counts[row.business_id][code]
        if not number:
            return _ZERO
        shape = "badge" if self._wanted.tells(row.id, code, number) else "plain"
        age = self._ages.get((code == "taxes", oldest))
        if age is None:
            age = self._ages[code == "taxes", oldest] = age_text(code, oldest, self._today)
        return KpiCell(shape, f"{number:,}", age, is_old(code, oldest, self._today), f"{row.id}:{code}")

    def _messages(self, row: PortalRow) -> KpiCell:
        if row.conversation_id is None:
            return _ABSENT
        if not row.unread:
            return _ZERO
        shape = "badge" if self._wanted.tells(row.id, MESSAGES, row.unread) else "plain"
        return KpiCell(shape, str(row.unread), "", False, href=f"requests/{row.conversation_id}/")

    def _questions(self, row: PortalRow) -> KpiCell:
        if row.business_id is None:
            return _ABSENT
        total = row.open_questions + row.answers
        if not total:
            return _ZERO
        told = {"open": row.open_questions, "answered": row.answers}
        age = _("%(open)s open, %(answered)s answered") % told
        shape = "badge" if row.answers else "plain"
        return KpiCell(shape, str(total), age, False, href=f"clients/{row.id}/#questions")

    def _access(self, row: PortalRow) -> tuple[str, str, str]:
        """State, words, and when it ends or was asked for."""
        if row.business_id is None:
            return "outside", _("No account here"), ""
        if row.has_access:
            ends_on = last_day_of(row.ends_at, row.time_zone)
            return "given", role_label(row), _("until %(day)s") % {"day": format_date(ends_on)} if ends_on else ""
        return "missing", _("No access"), _("asked for") if row.asked_at else ""


_ABSENT = KpiCell("absent", "", "", False)
_ZERO = KpiCell("zero", "0", "", False)


def role_label(row: PortalRow) -> str:
    """The role that the client gave, in the reader's language; "" without access."""
    return str(PREDEFINED_NAMES.get(row.role_code, row.role_name))


def age_text(code: str, oldest: date | None, today: date) -> str:
    """How old the oldest item is, or when the first tax return is due."""
    if oldest is None:
        return ""
    days, day = (today - oldest).days, format_date(oldest)
    if code == "taxes":
        return (_("Late since %(day)s") if days > 0 else _("Due %(day)s")) % {"day": day}
    if days <= 0:
        return _("Oldest: %(day)s") % {"day": day}
    text = ngettext("Oldest: %(day)s, one day ago", "Oldest: %(day)s, %(days)s days ago", days)
    return text % {"day": day, "days": format_number(days)}


def reason_text(reason: Reason, today: date) -> str:
    """A reason in words."""
    number, days = reason.number, reason.days
    values = {"number": number, "days": days}
    if reason.kind == "taxes_late":
        return ngettext("A tax return is one day late", "A tax return is %(days)s days late", days) % values
    if reason.kind == "taxes_due":
        if days == 0:
            return _("A tax return is due today")
        return ngettext("A tax return is due tomorrow", "A tax return is due in %(days)s days", days) % values
    if reason.kind == "messages":
        return ngettext("A message waits for an answer", "%(number)s messages wait for an answer", number) % values
    if reason.kind == "answers":
        return ngettext("A question was answered", "%(number)s questions were answered", number) % values
    if reason.kind == "access_ends":
        return (
            _("Access ends today")
            if not days
            else ngettext("Access ends tomorrow", "Access ends in %(days)s days", days) % values
        )
    return _work_text(reason)


def _work_text(reason: Reason) -> str:
    values = {"kpi": KPIS[reason.code].label, "number": format_number(reason.number), "days": reason.days}
    if reason.code == "taxes" or not reason.days:
        return _("%(kpi)s: %(number)s") % values
    return (
        ngettext("%(kpi)s: %(number)s, for one day", "%(kpi)s: %(number)s, for up to %(days)s days", reason.days)
        % values
    )


# --- The table to take away ----------------------------------------------------------------------------------


def csv_rows(rows: Iterable[PortalRow], counts: Counts) -> Iterable[list[str]]:
    """The clients as a table: head and rows, all columns; what is not shared is empty, days are ISO."""
    yield [
        _("Client"), _("Tax id"), _("Tags"), _("Account managers"), _("Since"), _("Access"), _("Plan"),
        _("Access until"),
        *(str(text) for kpi in KPIS.values() for text in (kpi.label, _("%(kpi)s, oldest") % {"kpi": kpi.label})),
        _("Messages"), _("Open questions"), _("Answered questions"),
    ]  # fmt: skip
    for row in rows:
        ends_on = last_day_of(row.ends_at, row.time_zone)
        pending = counts.get(row.business_id, {}) if row.business_id else {}
        figures = [text for code in KPIS for text in _figures(pending.get(code))]
        yield [
            row.name, row.tax_id, ", ".join(row.tags), ", ".join(row.managers), row.since.isoformat(),
            role_label(row), row.plan, ends_on.isoformat() if ends_on else "", *figures,
            str(row.unread) if row.conversation_id else "",
            *((str(row.open_questions), str(row.answers)) if row.business_id else ("", "")),
        ]  # fmt: skip


def _figures(waiting: Waiting | None) -> tuple[str, str]:
    if waiting is None:
        return "", ""
    return str(waiting.number), waiting.oldest.isoformat() if waiting.oldest else ""
