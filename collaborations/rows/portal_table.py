"""The rows of *My portal* as HTML, written here and not in a template: a thousand of them are a thousand times dearer
there. Buttons say "row:KPI" and labels point to the heads of their column and row, so that no row repeats them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from advisory_portal.core.formatting import format_date, format_number
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
_SIGNS = (
    '<td class="sign">{}</td><td class="sign"><a class="icon-button" href="clients/{}/notifications/" '
    'aria-labelledby="tell c{}"><svg class="icon"><use href="#sign-cog"></use></svg></a></td></tr>'
)
_ENTER = (
    '<button class="icon-button" name="go" value="{}" aria-labelledby="go-in c{}">'
    '<svg class="icon"><use href="#sign-in"></use></svg></button>'
)


class Table:
    """Writes the rows of one page. `settings` say of what the person wants to be told; texts are made once for all
    cells that share them. Makes no query.
    """

    def __init__(
        self, columns: Sequence[str], *, counts: Counts, settings: PortalSettings, today: date, is_next: bool = False
    ) -> None:
        texts = {"managers": self._managers, "since": self._since, "access": self._access, "plan": self._plan}
        self._texts: list[Callable[[PortalRow], str]] = [texts[code] for code in columns if code in texts]
        if is_next:
            self._texts.insert(0, self._reasons)
        self._counted = [code for code in columns if code not in texts]
        self._counts, self._today = counts, today
        self._least = _least(settings.general or _EVERYTHING)
        self._own = {client: _least(own) for client, own in settings.overrides.items()}
        self._ends: dict[str, dict[Waiting, str]] = {code: {} for code in self._counted}
        self._given: dict[tuple[str, str, date | None], str] = {}
        self._days: dict[date, str] = {}

    def html(self, rows: Sequence[PortalRow]) -> Markup:
        return Markup("".join([self._row(number, row) for number, row in enumerate(rows)]))

    def _row(self, number: int, row: PortalRow) -> str:
        tags = "".join([f' <span class="tag">{escape(tag)}</span>' for tag in row.tags])
        texts = "".join([write(row) for write in self._texts])
        enter = _ENTER.format(number, number) if row.role_code or row.role_name else ""
        return (
            f'<tr><th scope="row"><a class="row-link" id="c{number}" href="clients/{row.id}/">{escape(row.name)}</a>'
            f"<small>{escape(row.tax_id)}{tags}</small></th>{texts}{self._numbers(number, row)}"
            f"{_SIGNS.format(enter, row.id, number)}"
        )

    # --- Numbers -------------------------------------------------------------------------------------------------

    def _numbers(self, number: int, row: PortalRow) -> str:
        """The counted columns: absent where the client does not share them, which is not zero."""
        cells, codes, counts, business = [], row.codes, self._counts, row.business
        least = self._own.get(row.id) if self._own else None
        for code in self._counted:
            if code in codes:
                waiting = counts[code].get(business)
                if waiting is None:
                    cells.append(ZERO)
                    continue
                end = self._end(code, waiting, least) if least else self._ends[code].get(waiting)
                if end is None:
                    end = self._ends[code][waiting] = self._end(code, waiting, self._least)
                cells.append(f'<td><button name="go" value="{number}:{end}')
            elif code == MESSAGES:
                cells.append(_messages(row, least or self._least))
            else:
                cells.append(_questions(row) if code == QUESTIONS else ABSENT)
        return "".join(cells)

    def _end(self, code: str, waiting: Waiting, least: Mapping[str, int]) -> str:
        """The end of a cell, from the value of its button on."""
        is_told = waiting.number >= least.get(code, _NEVER)
        marks = (("told", is_told), ("old", is_old(code, waiting.oldest, self._today)))
        classes = " ".join([name for name, has in marks if has])
        age = age_text(code, waiting.oldest, self._today)
        opening = f'{code}"{_attribute("class", classes)}{_attribute("title", age)}>'
        return f"{opening}{format_number(waiting.number)}</button></td>"

    # --- Texts ---------------------------------------------------------------------------------------------------

    def _managers(self, row: PortalRow) -> str:
        if not row.managers:
            return '<td class="who">–</td>'
        first, *others = row.managers
        if not others:
            return f'<td class="who">{escape(first)}</td>'
        names = _attribute("title", ", ".join(row.managers))
        return f'<td class="who"{names}>{escape(first)} <span class="muted">+{len(others)}</span></td>'

    def _since(self, row: PortalRow) -> str:
        return f'<td class="day">{self._day(row.since)}</td>'

    def _plan(self, row: PortalRow) -> str:
        return f'<td class="plan">{escape(row.plan)}</td>'

    def _access(self, row: PortalRow) -> str:
        if not row.business:
            return f'<td class="access off">{_("No account here")}</td>'
        if not row.has_access:
            asked = f"<small>{_('asked for')}</small>" if row.asked_at else ""
            return f'<td class="access off">{_("No access")}{asked}</td>'
        key = row.role_code, row.role_name, last_day_of(row.ends_at, row.time_zone)
        known = self._given.get(key)
        if known is None:
            until = f"<small>{_('until %(day)s') % {'day': self._day(key[2])}}</small>" if key[2] else ""
            known = self._given[key] = f'<td class="access">{escape(role_label(row))}{until}</td>'
        return known

    def _reasons(self, row: PortalRow) -> str:
        """Why the client is up next."""
        reasons = row_reasons(row, self._counts, self._today)[:REASONS_SHOWN]
        texts = "".join([f"<p>{escape(reason_text(one, self._today))}</p>" for one in reasons])
        return f'<td class="reasons">{texts}</td>'

    def _day(self, day: date) -> str:
        text = self._days.get(day)
        if text is None:
            text = self._days[day] = escape(format_date(day))
        return text


def _least(preference: Preference) -> dict[str, int]:
    """From how much on the person wants to be told; without what they do not want to be told of at all."""
    return {code: preference.thresholds.get(code, 1) for code in preference.kpis}


def _messages(row: PortalRow, least: Mapping[str, int]) -> str:
    if not row.conversation:
        return ABSENT
    if not row.unread:
        return ZERO
    told = ' class="told"' if row.unread >= least.get(MESSAGES, _NEVER) else ""
    return f'<td><a{told} href="requests/{row.conversation}/">{format_number(row.unread)}</a></td>'


def _questions(row: PortalRow) -> str:
    if not row.business:
        return ABSENT
    total = row.open_questions + row.answers
    if not total:
        return ZERO
    told = ' class="told"' if row.answers else ""
    age = _("%(open)s open, %(answered)s answered") % {"open": row.open_questions, "answered": row.answers}
    return f'<td><a{told} href="clients/{row.id}/#questions"{_attribute("title", age)}>{format_number(total)}</a></td>'


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""
