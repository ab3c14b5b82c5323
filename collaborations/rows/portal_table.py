"""The rows of *My portal* as HTML, written here and not in a template: a thousand of them are a thousand times dearer
there. Buttons say "row:KPI" and labels point to the heads of their column and row, so that no row repeats them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from itertools import chain

from django.utils.translation import gettext as _
from markupsafe import Markup

from advisory_portal.core.formatting import active_language, format_date, format_number
from collaborations.forms.portal import QUESTIONS
from collaborations.kpis import KPIS, MESSAGES, Counts, Waiting
from collaborations.models.portal_rows import PortalRow
from collaborations.models.portal_settings import PortalSettings, Preference
from collaborations.rows.portal import age_text, reason_text, role_label, row_reasons
from collaborations.rules.grants import last_day_of
from collaborations.rules.work_next import is_old

REASONS_SHOWN = 3
ABSENT, ZERO = "<td>–</td>", "<td>0</td>"
_EVERYTHING = Preference([*KPIS, MESSAGES], {}, [])
_NEVER = 1 << 62  # more than ever waits
_ENTER = (
    '<button class="icon-button" name="go" value="{0}" aria-labelledby="go-in c{0}">'
    '<svg class="icon"><use href="#sign-in"></use></svg></button>'
)
_COGWHEEL = (
    '<a class="icon-button" href="clients/{}/notifications/" aria-labelledby="tell c{}">'
    '<svg class="icon"><use href="#sign-cog"></use></svg></a>'
)
Rows = Sequence[PortalRow]


class Table:
    """Writes the rows of one page, column by column. `settings` say of what the person wants to be told; texts are made
    once for all cells that share them. Makes no query.
    """

    def __init__(
        self, columns: Sequence[str], *, counts: Counts, settings: PortalSettings, today: date, is_next: bool = False
    ) -> None:
        texts: dict[str, Callable[[PortalRow], str]] = {
            "managers": _Once(_managers, lambda row: tuple(row.managers)),
            "since": _Once(_since, lambda row: row.since),
            "access": _Once(_access, _access_key),
            "plan": _Once(_plan, lambda row: row.plan),
        }
        self._texts = [texts[code] for code in columns if code in texts]
        if is_next:
            self._texts.insert(0, self._reasons)
        self._counted = [code for code in columns if code not in texts]
        self._counts, self._today, self._language = counts, today, active_language()
        self._least = _least(settings.general or _EVERYTHING)
        self._own = {client: _least(own) for client, own in settings.overrides.items()}

    def html(self, rows: Rows) -> Markup:
        columns = [_clients(rows)]
        columns += [[write(row) for row in rows] for write in self._texts]
        columns += [self._numbers(code, rows) for code in self._counted]
        return Markup("".join(chain.from_iterable(zip(*columns, _signs(rows), strict=True))))

    # --- Numbers -------------------------------------------------------------------------------------------------

    def _numbers(self, code: str, rows: Rows) -> list[str]:
        """A counted column: absent where the client does not share it, which is not zero."""
        if code == MESSAGES:
            return [self._messages(row) for row in rows]
        if code == QUESTIONS:
            return [self._questions(row) for row in rows]
        counts, ends, own = self._counts[code], dict[Waiting, str](), self._own
        cells = []
        for number, row in enumerate(rows):
            if code not in row.codes:
                cells.append(ABSENT)
                continue
            waiting = counts.get(row.business)
            if waiting is None:
                cells.append(ZERO)
                continue
            if row.id in own:
                end = self._end(code, waiting, own[row.id])
            else:
                end = ends.get(waiting, "") or ends.setdefault(waiting, self._end(code, waiting, self._least))
            cells.append(f'<td><button name="go" value="{number}:{end}')
        return cells

    def _end(self, code: str, waiting: Waiting, least: Mapping[str, int]) -> str:
        """The end of a cell, from the value of its button on."""
        is_told = waiting.number >= least.get(code, _NEVER)
        marks = (("told", is_told), ("old", is_old(code, waiting.oldest, self._today)))
        classes = " ".join([name for name, has in marks if has])
        age = age_text(code, waiting.oldest, self._today)
        opening = f'{code}"{_attribute("class", classes)}{_attribute("title", age)}>'
        return f"{opening}{format_number(waiting.number, self._language)}</button></td>"

    def _messages(self, row: PortalRow) -> str:
        if not row.conversation:
            return ABSENT
        if not row.unread:
            return ZERO
        least = self._own.get(row.id, self._least)
        told = ' class="told"' if row.unread >= least.get(MESSAGES, _NEVER) else ""
        number = format_number(row.unread, self._language)
        return f'<td><a{told} href="requests/{row.conversation}/">{number}</a></td>'

    def _questions(self, row: PortalRow) -> str:
        if not row.business:
            return ABSENT
        total = row.open_questions + row.answers
        if not total:
            return ZERO
        told = ' class="told"' if row.answers else ""
        age = _("%(open)s open, %(answered)s answered") % {"open": row.open_questions, "answered": row.answers}
        number = format_number(total, self._language)
        return f'<td><a{told} href="clients/{row.id}/#questions"{_attribute("title", age)}>{number}</a></td>'

    # --- Texts ---------------------------------------------------------------------------------------------------

    def _reasons(self, row: PortalRow) -> str:
        """Why the client is up next."""
        reasons = row_reasons(row, self._counts, self._today)[:REASONS_SHOWN]
        texts = "".join([f"<p>{escape(reason_text(one, self._today))}</p>" for one in reasons])
        return f'<td class="reasons">{texts}</td>'


class _Once:
    """Writes a cell once for all rows of which `key` says the same."""

    def __init__(self, write: Callable[[PortalRow], str], key: Callable[[PortalRow], object]) -> None:
        self._write, self._key = write, key
        self._known: dict[object, str] = {}

    def __call__(self, row: PortalRow) -> str:
        key = self._key(row)
        cell = self._known.get(key)
        if cell is None:
            cell = self._known[key] = self._write(row)
        return cell


def _clients(rows: Rows) -> list[str]:
    """The beginnings of the rows, up to the client's cell."""
    cells = []
    for number, row in enumerate(rows):
        tags = "".join([f' <span class="tag">{escape(tag)}</span>' for tag in row.tags]) if row.tags else ""
        cells.append(
            f'<tr><th scope="row"><a class="row-link" id="c{number}" href="clients/{row.id}/">{escape(row.name)}</a>'
            f"<small>{escape(row.tax_id)}{tags}</small></th>"
        )
    return cells


def _signs(rows: Rows) -> list[str]:
    """The ends of the rows: the icon that leads in, where there is access, and the cogwheel."""
    return [
        f'<td class="sign">{_ENTER.format(number) if row.has_access else ""}</td>'
        f'<td class="sign">{_COGWHEEL.format(row.id, number)}</td></tr>'
        for number, row in enumerate(rows)
    ]


def _managers(row: PortalRow) -> str:
    if not row.managers:
        return '<td class="who">–</td>'
    first, *others = row.managers
    if not others:
        return f'<td class="who">{escape(first)}</td>'
    names = _attribute("title", ", ".join(row.managers))
    return f'<td class="who"{names}>{escape(first)} <span class="muted">+{len(others)}</span></td>'


def _since(row: PortalRow) -> str:
    return f'<td class="day">{escape(format_date(row.since))}</td>'


def _plan(row: PortalRow) -> str:
    return f'<td class="plan">{escape(row.plan)}</td>'


def _access_key(row: PortalRow) -> object:
    return row.role_code, row.role_name, row.ends_at, row.time_zone, bool(row.business), bool(row.asked_at)


def _access(row: PortalRow) -> str:
    if not row.business:
        return f'<td class="access off">{_("No account here")}</td>'
    if not row.has_access:
        asked = f"<small>{_('asked for')}</small>" if row.asked_at else ""
        return f'<td class="access off">{_("No access")}{asked}</td>'
    ends_on = last_day_of(row.ends_at, row.time_zone)
    until = f"<small>{escape(_('until %(day)s') % {'day': format_date(ends_on)})}</small>" if ends_on else ""
    return f'<td class="access">{escape(role_label(row))}{until}</td>'


def _least(preference: Preference) -> dict[str, int]:
    """From how much on the person wants to be told; without what they do not want to be told of at all."""
    return {code: preference.thresholds.get(code, 1) for code in preference.kpis}


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""
