"""Tables of the books to take away."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from advisory_portal.core.access import WorkspaceRequest
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import file_response
from bookkeeping.models.journal import JournalEntry, JournalLines
from bookkeeping.rows.tables import FORMATS, Cell, written

MOST_EXPORTED = 100_000


class TooMuch(Refused):
    """More lines than one table takes."""


def export_heads() -> list[str]:
    return [
        _("Entry"), _("Date"), _("Text"), _("Made from"), _("Account"), _("Name of the account"), _("Contact"),
        _("Text of the line"), _("Debit"), _("Credit"), _("Checked"),
    ]  # fmt: skip


def export_rows(lines: JournalLines) -> Iterator[list[Cell]]:
    """Lines by date and number of their entries. Raises TooMuch."""
    if lines.order_by()[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
        words = _("This is more than %(limit)s lines. Narrow it with the dates.")
        raise TooMuch(words % {"limit": f"{MOST_EXPORTED:,}"})
    sources = dict(JournalEntry.Source.choices)
    rows = lines.order_by("dated_on", "entry__number", "position").values_list(
        "entry__year", "entry__number", "dated_on", "entry__text", "entry__source", "account__code", "account__name",
        "contact__name", "text", "debit", "credit", "entry__checked_at",
    )  # fmt: skip
    for year, number, day, text, source, code, name, contact, line, debit, credit, checked in rows.iterator():
        label, mark = str(sources[JournalEntry.Source(source)]), _("Yes") if checked else ""
        yield [f"{year}/{number}", day, text, label, code, name, contact or "", line, debit, credit, mark]


def table_response(
    request: WorkspaceRequest, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The table as a file in the format that the address asks for, named after the business and what it is."""
    file_format = request.GET["format"]
    content = written([list(heads), *rows], file_format, name)
    file_name = f"{request.actor.place.slug}-{name}.{file_format}"
    return file_response(content, name=file_name, content_type=FORMATS[file_format])
