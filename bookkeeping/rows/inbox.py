"""The inbox as it is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.formatting import (
    active_language,
    format_ago,
    format_date,
    format_moment,
    format_money,
    format_number,
)
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.money import CURRENCIES
from advisory_portal.formats.invoice import InvoiceFile as ElectronicInvoice
from advisory_portal.formats.invoice import Party
from bookkeeping.models import InboxFile
from bookkeeping.rules.inbox import UNREAD
from documents.words import tax_label

MARKED: Mapping[str, Promise] = {
    "name": gettext_lazy("Supplier"),
    "tax_id": gettext_lazy("Tax id"),
    "number": gettext_lazy("Number"),
    "issued_on": gettext_lazy("Date"),
    "due_on": gettext_lazy("Due"),
    "base": gettext_lazy("Base"),
    "tax": gettext_lazy("Tax"),
    "total": gettext_lazy("Total"),
}
PILLS = {"to_verify": "waiting"}  # how a state looks, where not by its own name
MOST_PAGES = 30
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class FileRow:
    id: UUID
    href: str
    name: str
    icon: str
    state: str
    state_label: str
    said: str
    total: str
    origin: str
    received: str
    ago: str


def file_rows(files: Iterable[InboxFile], *, slug: str, time_zone: str, now: datetime) -> list[FileRow]:
    """Rows of the list. Needs `file` with each, and makes no query."""
    return [_row(file, slug, time_zone, now) for file in files]


def _row(file: InboxFile, slug: str, time_zone: str, now: datetime) -> FileRow:
    language = active_language()
    said = " · ".join(
        text for text in (value_of(file, "name") or value_of(file, "tax_id"), value_of(file, "number")) if text
    )
    return FileRow(
        id=file.pk,
        href=reverse("bookkeeping:inbox_file", args=[slug, file.pk]),
        name=file.name,
        icon="file-code"
        if file.found.get("einvoice")
        else "image"
        if "image" in file.file.content_type
        else "file-text",
        state=PILLS.get(file.state, file.state),
        state_label=file.get_state_display(),
        said=error_text(file) or str(file.found.get("aside", "")) or said,
        total=_money(file),
        origin=file.sender or file.added_by_name,
        received=format_moment(file.received_at, time_zone, language),
        ago=format_ago(file.received_at, now, language),
    )


def value_of(file: InboxFile, name: str) -> str:
    """A value that was read, "" for none."""
    one = file.found.get(name)
    return str(one["value"]) if isinstance(one, dict) else ""


def _money(file: InboxFile) -> str:
    currency, total = value_of(file, "currency"), value_of(file, "total")
    if not total:
        return ""
    if currency in CURRENCIES:
        return format_money(Decimal(total), currency)
    return format_number(Decimal(total), least=2)


def error_text(file: InboxFile) -> str:
    """Why a file could not be read, in the reader's language; "" for one without error."""
    if file.state != InboxFile.State.ERROR or not file.error:
        return ""
    if file.error.get("code") == UNREAD:
        return _("This file could not be read, after several tries. It can be typed from a copy, or put aside.")
    return refusal_text({"line": None, **file.error})


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a page, in hundredths of it."""

    field: str
    label: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class PageRow:
    number: int
    address: str
    marks: list[Mark]


def page_rows(file: InboxFile, *, slug: str) -> list[PageRow]:
    """The pages of a PDF or picture with the places of what was read; of a long one the first."""
    count = min(int(file.found.get("pages") or 0), MOST_PAGES)
    return [
        PageRow(
            number=number,
            address=reverse("bookkeeping:inbox_page", args=[slug, file.pk, number]),
            marks=[
                _mark(_marked(name), one) for name, one in file.found.items() if _marked(name) and _is_on(one, number)
            ],
        )
        for number in range(1, count + 1)
    ]


def _marked(name: str) -> str:
    """The field that a value belongs to: the second rate's "base_1" to "base"; "" for what is not marked."""
    field, _mark, number = name.rpartition("_")
    known = field if number.isdigit() else name
    return known if known in MARKED else ""


def _is_on(one: Any, number: int) -> bool:
    return isinstance(one, dict) and one.get("page") == number and len(one.get("box", ())) == 4


def _mark(field: str, one: dict[str, Any]) -> Mark:
    """A little larger than the words, so that it frames them."""
    x, y, width, height = (float(value) * 100 for value in one["box"])
    texts = (f"{value:.2f}" for value in (x - 0.4, y - 0.3, width + 0.8, height + 0.6))
    return Mark(field, str(MARKED[field]), *texts)


# --- Electronic invoices -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetLine:
    name: str
    description: str
    quantity: str
    price: str
    tax: str
    net: str


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """An electronic invoice as finished words."""

    title: str
    number: str
    facts: list[tuple[str, str]]
    seller: list[str]
    buyer: list[str]
    lines: list[SheetLine]
    more: int
    totals: list[tuple[str, str]]
    payable: str


def invoice_sheet(invoice: ElectronicInvoice) -> InvoiceSheet:
    """What an electronic invoice says, in the reader's language; of very many lines the first."""
    language = active_language()
    facts = [(_("Date"), format_date(invoice.issued_on, language))]
    if invoice.due_on:
        facts.append((_("Due"), format_date(invoice.due_on, language)))
    money = invoice.currency
    totals = [(_("Base"), format_money(invoice.tax_exclusive, money))]
    for group in invoice.taxes:
        label = tax_label(group.category, group.percent, code=group.exemption_code)
        totals.append((label, format_money(group.tax, money)))
    if invoice.prepaid:
        totals.append((_("Paid already"), format_money(invoice.prepaid, money)))
    shown = invoice.lines[:MOST_LINES]
    return InvoiceSheet(
        title=_("Credit note") if invoice.kind == "credit_note" else _("Invoice"),
        number=invoice.number,
        facts=facts,
        seller=_party(invoice.seller),
        buyer=_party(invoice.buyer),
        lines=[
            SheetLine(
                name=line.name,
                description=line.description,
                quantity=format_number(line.quantity),
                price=format_number(line.unit_price, least=2),
                tax=f"{format_number(line.tax_percent)} %" if line.tax_percent is not None else "",
                net=format_money(line.net, money),
            )
            for line in shown
        ],
        more=len(invoice.lines) - len(shown),
        totals=totals,
        payable=format_money(invoice.payable, money),
    )


def _party(party: Party) -> list[str]:
    address = party.address
    place = " ".join(text for text in (address.postcode, address.city) if text)
    number = party.tax_id or party.legal_registration_id
    return [text for text in (party.name, number, address.street, place, address.country) if text]
