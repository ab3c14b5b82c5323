"""Which rows *My portal* shows in which order, and the words of its cells, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from advisory_portal.core.formatting import format_date, format_number
from collaborations.forms.portal import ANY, NEXT, QUESTIONS, PortalFilter
from collaborations.kpis import KPIS, MESSAGES, NOTHING, Counts, Waiting, waiting_in
from collaborations.models.portal_rows import PortalKey, PortalRow
from collaborations.rules.grants import last_day_of
from collaborations.rules.work_next import Reason, reasons_of, weight_of
from partners.models.membership import PREDEFINED_NAMES

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


# --- Which clients, in which order ---------------------------------------------------------------------------


def placed(rows: Sequence[PortalKey], asked: PortalFilter, counts: Counts, today: date) -> list[PortalKey]:
    """Those that have the pending work asked for, in the order asked for; where that is equal, in the order they come.

    `counts` has what the filter and the order compare.
    """
    kept = [row for row in rows if _has(row, asked.kpi, counts)] if asked.kpi else list(rows)
    column, backwards = asked.column, asked.order.startswith("-")
    if column == NEXT:
        return sorted(kept, key=lambda row: -_weight(row, counts, today))
    if column == "managers":
        return sorted(kept, key=_names, reverse=backwards)
    if column == "access":
        return sorted(kept, key=lambda row: (not row.has_access, role_label(row).casefold()), reverse=backwards)
    if not asked.is_by_count:
        return kept
    return sorted(kept, key=lambda row: _number(row, column, counts), reverse=backwards)


def _names(row: PortalKey) -> list[str]:
    return [name.casefold() for name in row.managers] or ["\uffff"]


def _has(row: PortalKey, kpi: str, counts: Counts) -> bool:
    return any(_number(row, code, counts) > 0 for code in (row.codes if kpi == ANY else (kpi,)))


def _number(row: PortalKey, column: str, counts: Counts) -> int:
    """What a counted column shows; -1 where it is absent."""
    if column == MESSAGES:
        return row.unread if row.conversation else -1
    if column == QUESTIONS:
        return row.open_questions + row.answers if row.business else -1
    return counts[column].get(row.business, NOTHING).number if column in row.codes else -1


def _weight(row: PortalKey, counts: Counts, today: date) -> int:
    """How much presses a client."""
    waiting = waiting_in(row, counts)
    ends_on = last_day_of(row.ends_at, row.time_zone)
    return weight_of(waiting, unread=row.unread, answers=row.answers, ends_on=ends_on, today=today)


def row_reasons(row: PortalRow, counts: Counts, today: date) -> list[Reason]:
    """Why the client is up, the weightiest first."""
    waiting = waiting_in(row, counts)
    ends_on = last_day_of(row.ends_at, row.time_zone)
    return reasons_of(waiting, unread=row.unread, answers=row.answers, ends_on=ends_on, today=today)


# --- Words ---------------------------------------------------------------------------------------------------


def role_label(row: PortalRow | PortalKey) -> str:
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
        pending = waiting_in(row, counts)
        figures = [text for code in KPIS for text in _figures(pending.get(code))]
        yield [
            row.name, row.tax_id, ", ".join(row.tags), ", ".join(row.managers), row.since.isoformat(),
            role_label(row), row.plan, ends_on.isoformat() if ends_on else "", *figures,
            str(row.unread) if row.conversation else "",
            *((str(row.open_questions), str(row.answers)) if row.business else ("", "")),
        ]  # fmt: skip


def _figures(waiting: Waiting | None) -> tuple[str, str]:
    if waiting is None:
        return "", ""
    return str(waiting.number), waiting.oldest.isoformat() if waiting.oldest else ""
