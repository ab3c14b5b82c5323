"""Recurring invoices as people read them."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_date, money_formatter
from documents.models import Document, Recurrence

_HOLE = UUID(int=0)
_STATES = {"active": "active", "paused": "waiting", "ended": "void"}  # the pills' colours


class RecurrenceRow(NamedTuple):
    """A recurring invoice in the list. Without a schedule `rhythm` is "" and `href` leads to where it gets one."""

    href: str
    contact: str
    rhythm: str
    next: str
    state: str
    state_label: str
    amount: str
    needs_help: bool


def recurrence_rows(invoices: Iterable[Document], *, slug: str) -> list[RecurrenceRow]:
    """Documents of the kind, with `schedule`, as rows. Makes no query."""
    language = active_language()
    page = reverse("documents:recurrence", args=[slug, _HOLE])
    begin = reverse("documents:new_recurrence", args=[slug, _HOLE])
    rows = []
    for invoice in invoices:
        schedule: Recurrence | None = getattr(invoice, "schedule", None)
        href = page.replace(str(_HOLE), str(schedule.pk)) if schedule else begin.replace(str(_HOLE), str(invoice.pk))
        rows.append(
            RecurrenceRow(
                href=href,
                contact=invoice.contact_name,
                rhythm=rhythm(schedule) if schedule else "",
                next=format_date(schedule.next_on, language) if schedule and schedule.next_on else "",
                state=_STATES[schedule.state] if schedule else "draft",
                state_label=str(schedule.get_state_display()) if schedule else _("No schedule yet"),
                amount=money_formatter(language, invoice.currency)(invoice.payable),
                needs_help=bool(schedule and schedule.last_error),
            )
        )
    return rows


def rhythm(schedule: Recurrence) -> str:
    """How often, in words: "every month", "every 2 weeks"."""
    if schedule.unit == Recurrence.Unit.WEEK:
        words = ngettext("every week", "every %(number)s weeks", schedule.every)
    elif schedule.unit == Recurrence.Unit.MONTH:
        words = ngettext("every month", "every %(number)s months", schedule.every)
    else:
        words = ngettext("every year", "every %(number)s years", schedule.every)
    return words % {"number": schedule.every}


def pill_of(state: str) -> str:
    """The colour of a schedule's state."""
    return _STATES[state]
