"""The rows of *My portal* as HTML, written here and not in a template: a thousand of them are a thousand times dearer
there. Buttons say "row:KPI" and labels point to the heads of their column and row, so that no row repeats them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from html import escape
from itertools import chain
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from advisory_portal.core.formatting import active_language, format_date, format_number
from collaborations.forms.portal import QUESTIONS
from collaborations.kpis import KPIS, MESSAGES, Counts, Waiting
from collaborations.models.portal_rows import PortalRow
from collaborations.models.portal_settings import PortalSettings, Preference
from collaborations.rows.portal import age_text, reason_text, role_label, row_reasons
from collaborations.rules.grants import last_day_of
from collaborations.rules.once import Once
from collaborations.rules.work_next import is_old

REASONS_SHOWN = 3
ABSENT, ZERO = "<td>–</td>", "<td>0</td>"
_EVERYTHING = Preference([*KPIS, MESSAGES], {}, [])
_NEVER = 1 << 62  # more than ever waits
Rows = Sequence[PortalRow]
Cells = Iterable[str]


class Table:
    """Writes the rows of one page, column by column. `settings` say of what the person wants to be told; texts are made
    once for all cells that share them. Makes no query.
    """

    def __init__(
        self, columns: Sequence[str], *, counts: Counts, settings: PortalSettings, today: date, is_next: bool = False
    ) -> None:
        self._columns, self._is_next = columns, is_next
        self._counts, self._today = counts, today
        self._figures = Once[int, str](partial(format_number, language=active_language()))
        self._least = _least(settings.general or _EVERYTHING)
        self._own = {client: _least(own) for client, own in settings.overrides.items()}

    def html(self, rows: Rows) -> Markup:
        columns: list[Cells] = [_clients(rows)]
        if self._is_next:
            columns.append(map(self._reasons, rows))
        columns += [_TEXTS[code](rows) for code in self._columns if code in _TEXTS]
        columns += self._counted([code for code in self._columns if code not in _TEXTS], rows)
        return Markup("".join(chain.from_iterable(zip(*columns, _signs(rows), strict=True))))

    # --- Numbers -------------------------------------------------------------------------------------------------

    def _counted(self, codes: Sequence[str], rows: Rows) -> list[Cells]:
        """Counted columns: absent where the client does not share one, which is not zero."""
        starts = [f'<td><button name="go" value="{number}:' for number in range(len(rows))]
        businesses = [row.business for row in rows]
        special = {MESSAGES: self._messages, QUESTIONS: self._questions}
        return [
            map(special[code], rows) if code in special else self._numbers(code, rows, starts, businesses)
            for code in codes
        ]

    def _numbers(self, code: str, rows: Rows, starts: Sequence[str], businesses: Sequence[str]) -> list[str]:
        ends = Once[Waiting, str](lambda waiting: self._end(code, waiting, self._least))
        found = [self._counts[code].get(business) for business in businesses]
        cells = [
            start + ends[waiting] if waiting is not None else ZERO if code in row.codes else ABSENT
            for start, row, waiting in zip(starts, rows, found, strict=True)
        ]
        for place, row in enumerate(rows) if self._own else ():
            waiting = found[place]
            if row.id in self._own and waiting is not None:
                cells[place] = starts[place] + self._end(code, waiting, self._own[row.id])
        return cells

    def _end(self, code: str, waiting: Waiting, least: Mapping[str, int]) -> str:
        """The end of a cell, from the value of its button on."""
        is_told = waiting.number >= least.get(code, _NEVER)
        marks = (("told", is_told), ("old", is_old(code, waiting.oldest, self._today)))
        classes = " ".join([name for name, has in marks if has])
        age = age_text(code, waiting.oldest, self._today)
        opening = f'{code}"{_attribute("class", classes)}{_attribute("title", age)}>'
        return f"{opening}{self._figures[waiting.number]}</button></td>"

    def _messages(self, row: PortalRow) -> str:
        if not row.conversation:
            return ABSENT
        if not row.unread:
            return ZERO
        least = self._own.get(row.id, self._least)
        told = ' class="told"' if row.unread >= least.get(MESSAGES, _NEVER) else ""
        return f'<td><a{told} href="requests/{row.conversation}/">{self._figures[row.unread]}</a></td>'

    def _questions(self, row: PortalRow) -> str:
        if not row.business:
            return ABSENT
        total = row.open_questions + row.answers
        if not total:
            return ZERO
        told = ' class="told"' if row.answers else ""
        age = _("%(open)s open, %(answered)s answered") % {"open": row.open_questions, "answered": row.answers}
        link = f'<a{told} href="clients/{row.id}/#questions"{_attribute("title", age)}>'
        return f"<td>{link}{self._figures[total]}</a></td>"

    # --- Texts ---------------------------------------------------------------------------------------------------

    def _reasons(self, row: PortalRow) -> str:
        """Why the client is up next."""
        reasons = row_reasons(row, self._counts, self._today)[:REASONS_SHOWN]
        texts = "".join([f"<p>{escape(reason_text(one, self._today))}</p>" for one in reasons])
        return f'<td class="reasons">{texts}</td>'


def _clients(rows: Rows) -> list[str]:
    """The beginnings of the rows, up to the client's cell."""
    names, tax_ids = _escaped([row.name for row in rows]), _escaped([row.tax_id for row in rows])
    tags = Once[tuple[str, ...], str](
        lambda tags: "".join([f' <span class="tag">{escape(tag)}</span>' for tag in tags])
    )
    return [
        f'<tr><th scope="row"><a class="row-link" id="c{number}" href="clients/{row.id}/">{name}</a>'
        f"<small>{tax_id}{tags[row.tags]}</small></th>"
        for number, (row, name, tax_id) in enumerate(zip(rows, names, tax_ids, strict=True))
    ]


def _escaped(texts: Sequence[str]) -> list[str]:
    """All of them at once: the database has no text with a NUL."""
    return escape("\0".join(texts)).split("\0") if texts else []


def _signs(rows: Rows) -> list[str]:
    """The ends of the rows: the icon that leads in, where there is access, and the cogwheel."""
    enters = [
        f'<button class="icon-button" name="go" value="{number}" aria-labelledby="go-in c{number}">'
        '<svg class="icon"><use href="#sign-in"></use></svg></button>'
        if row.has_access
        else ""
        for number, row in enumerate(rows)
    ]
    return [
        f'<td class="sign">{enter}</td><td class="sign"><a class="icon-button" href="clients/{row.id}/notifications/"'
        f' aria-labelledby="tell c{number}"><svg class="icon"><use href="#sign-cog"></use></svg></a></td></tr>'
        for number, (row, enter) in enumerate(zip(rows, enters, strict=True))
    ]


def _managers(rows: Rows) -> Cells:
    return map(Once(_managers_cell).__getitem__, [row.managers for row in rows])


def _managers_cell(names: tuple[str, ...]) -> str:
    if not names:
        return '<td class="who">–</td>'
    first, *others = names
    if not others:
        return f'<td class="who">{escape(first)}</td>'
    title = _attribute("title", ", ".join(names))
    return f'<td class="who"{title}>{escape(first)} <span class="muted">+{len(others)}</span></td>'


def _since(rows: Rows) -> Cells:
    cells = Once[date, str](lambda day: f'<td class="day">{escape(format_date(day))}</td>')
    return [cells[row.since] for row in rows]


def _plan(rows: Rows) -> Cells:
    cells = Once[str, str](lambda plan: f'<td class="plan">{escape(plan)}</td>')
    return [cells[row.plan] for row in rows]


def _access(rows: Rows) -> Cells:
    outside = f'<td class="access off">{_("No account here")}</td>'
    known: dict[Any, str] = {}
    return [
        (known.get(key := _ACCESS(row)) or known.setdefault(key, _access_cell(row))) if row.business else outside
        for row in rows
    ]


def _access_cell(row: PortalRow) -> str:
    if not row.has_access:
        asked = f"<small>{_('asked for')}</small>" if row.asked_at else ""
        return f'<td class="access off">{_("No access")}{asked}</td>'
    ends_on = last_day_of(row.ends_at, row.time_zone)
    until = f"<small>{escape(_('until %(day)s') % {'day': format_date(ends_on)})}</small>" if ends_on else ""
    return f'<td class="access">{escape(role_label(row))}{until}</td>'


_ACCESS = attrgetter("role_code", "role_name", "ends_at", "time_zone", "asked_at")  # of which the cell speaks
_TEXTS: dict[str, Callable[[Rows], Cells]] = {
    "managers": _managers,
    "since": _since,
    "access": _access,
    "plan": _plan,
}


def _least(preference: Preference) -> dict[str, int]:
    """From how much on the person wants to be told; without what they do not want to be told of at all."""
    return {code: preference.thresholds.get(code, 1) for code in preference.kpis}


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""
