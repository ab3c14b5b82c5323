"""Writing documents: draft, issue, void, review, and marks of what was done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file
from advisory_portal.core.history import record
from advisory_portal.core.states import move
from advisory_portal.core.text import plain
from documents import rules
from documents.models import Contact, Document, DocumentLine, Kind, Series, SeriesCounter, TaxLine
from partners.models import Organisation

PREFIXES = {
    Kind.INVOICE: "INV-",
    Kind.CREDIT_NOTE: "CN-",
    Kind.QUOTE: "QU-",
    Kind.PROFORMA: "PF-",
    Kind.SALES_ORDER: "SO-",
    Kind.DELIVERY_NOTE: "DN-",
    Kind.PURCHASE_ORDER: "PO-",
}


class NoLines(Refused):
    """A document without lines cannot be issued."""


class NotOurs(Refused):
    """Suppliers number their own documents; those come in by import."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """What a person types of a line. Percentages are whole percents: 21 means 21 %."""

    name: str
    quantity: Decimal
    unit_price: Decimal
    tax_percent: Decimal
    discount_percent: Decimal = Decimal(0)
    description: str = ""
    unit: str = ""


@transaction.atomic
def draft_document(
    *,
    actor: Actor,
    kind: Kind,
    contact: Contact,
    currency: str,
    issued_on: date,
    due_on: date | None,
    lines: Sequence[NewLine],
    note: str = "",
) -> Document:
    """Write a draft with its totals. Raises Forbidden without MANAGE on the kind's section."""
    actor.require(Section(rules.section_of(kind)), Level.MANAGE)
    figures = [_figures(line, currency) for line in lines]
    totals = rules.totals(figures, currency)
    document = Document.objects.create(
        organisation_id=actor.place.id,
        contact=contact,
        kind=kind,
        contact_name=contact.name,
        contact_key=contact.sort_key,
        language=contact.language,
        issued_on=issued_on,
        due_on=due_on,
        currency=currency,
        parties=_parties(actor, kind, contact),
        notes=[{"text": note}] if note else [],
        search_text=plain(contact.name)[:1500],
        lines_net=totals.lines_net,
        tax_exclusive=totals.tax_exclusive,
        tax_total=totals.tax_total,
        tax_inclusive=totals.payable,
        payable=totals.payable,
    )
    pairs = enumerate(zip(lines, figures, strict=True), start=1)
    DocumentLine.objects.bulk_create(_line(document, position, *pair) for position, pair in pairs)
    TaxLine.objects.bulk_create(_tax(document, *numbered) for numbered in enumerate(totals.groups, start=1))
    record(actor, "documents.document.drafted", about=document)
    return document


def _tax(document: Document, position: int, group: rules.TaxGroup) -> TaxLine:
    return TaxLine(
        organisation_id=document.organisation_id,
        document=document,
        position=position,
        category=group.category,
        percent=group.percent,
        taxable=group.taxable,
        tax=group.tax,
    )


def _figures(line: NewLine, currency: str) -> rules.LineFigures:
    net = rules.line_net(line.quantity, line.unit_price, line.discount_percent, currency)
    return rules.LineFigures(net, "S" if line.tax_percent else "Z", line.tax_percent)


def _line(document: Document, position: int, line: NewLine, figures: rules.LineFigures) -> DocumentLine:
    return DocumentLine(
        organisation_id=document.organisation_id,
        document=document,
        position=position,
        identifier=str(position),
        name=line.name,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=figures.net,
        tax_category=figures.tax_category,
        tax_percent=figures.tax_percent,
    )


def _parties(actor: Actor, kind: Kind, contact: Contact) -> dict[str, object]:
    business = Organisation.objects.get(pk=actor.place.id)
    ours = _party(business.name, business.tax_id, business, email=business.email, phone=business.phone)
    theirs = _party(contact.name, contact.tax_id, contact, email=contact.email, phone=contact.phone)
    seller, buyer = (theirs, ours) if kind in rules.PURCHASE_KINDS else (ours, theirs)
    return {"seller": seller, "buyer": buyer}


def _party(name: str, tax_id: str, address: Organisation | Contact, *, email: str, phone: str) -> dict[str, object]:
    where = {
        field: value
        for field in ("street", "city", "postcode", "region", "country")
        if (value := getattr(address, field, ""))
    }
    known = {"name": name, "tax_id": tax_id, "address": where, "email": email, "phone": phone}
    return {field: value for field, value in known.items() if value}


@transaction.atomic
def issue_document(*, actor: Actor, document: Document) -> None:
    """Give a draft the next number of its series and freeze it. Repeating it does nothing.

    The number is taken under a lock on the series in the same transaction, so that none is left out or given
    twice. Raises NoLines, NotOurs, IllegalMove, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if current.state == Document.State.DRAFT:
        if not current.lines.exists():
            raise NoLines(_("Add at least one line before you issue this document."))
        _take_number(current)
    if current.state not in (Document.State.PARTIALLY_PAID, Document.State.PAID):  # those were issued before
        move(current, Document.State.ISSUED, actor=actor)
    document.refresh_from_db()


def _take_number(document: Document) -> None:
    kind = Kind(document.kind)
    if kind not in PREFIXES:
        raise NotOurs(_("A supplier gives this document its number. Import the supplier's file instead."))
    series = document.series or _default_series(document.organisation_id, kind)
    year = document.issued_on.year if series.is_yearly else 0
    first = SeriesCounter(organisation_id=document.organisation_id, series=series, year=year)
    SeriesCounter.objects.bulk_create([first], ignore_conflicts=True)
    counter = SeriesCounter.objects.select_for_update().get(series=series, year=year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    document.series = series
    document.number = rules.series_number(series.prefix, year, counter.last_number, series.digits)
    document.seller_key = str(document.organisation_id)
    document.search_text = plain(f"{document.number} {document.contact_name}")[:1500]
    document.save(update_fields=["series", "number", "seller_key", "search_text"])


def _default_series(organisation_id: UUID, kind: Kind) -> Series:
    """The series of the kind that is used unless another is chosen, made when it is first needed."""
    key = {"organisation_id": organisation_id, "kind": kind}
    series = Series.objects.filter(**key, is_default=True).first()
    if series is None:
        Series.objects.bulk_create([Series(**key, prefix=PREFIXES[kind], is_default=True)], ignore_conflicts=True)
        series = Series.objects.get(**key, prefix=PREFIXES[kind])
    return series


@transaction.atomic
def void_document(*, actor: Actor, document: Document) -> None:
    """Declare an issued document void; its number stays taken. Raises IllegalMove once money has come in."""
    actor.require(document.section, Level.MANAGE)
    move(document, Document.State.VOID, actor=actor)


@transaction.atomic
def review_document(*, actor: Actor, document: Document, now: datetime) -> None:
    """Mark a document as looked at. Repeating it keeps the first mark. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    unreviewed = Document.objects.filter(pk=document.pk, reviewed_at=None)
    if unreviewed.update(reviewed_at=now, reviewed_by_name=actor.name):
        record(actor, "documents.document.reviewed", about=document)
    document.refresh_from_db(fields=["reviewed_at", "reviewed_by_name"])


@transaction.atomic
def mark_sent(*, actor: Actor, document: Document, now: datetime) -> None:
    """Note when the document last went out to its contact. Raises Forbidden."""
    actor.require(document.section, Level.MANAGE)
    document.sent_at = now
    document.save(update_fields=["sent_at"])


@transaction.atomic
def download_original(*, actor: Actor, document: Document) -> bytes:
    """The bytes of the file that an imported document came from; who took them is kept.

    Raises Forbidden, LookupError for a document that was not imported.
    """
    actor.require(document.section, Level.VIEW)
    if document.original is None:
        raise LookupError("This document has no original.")
    record(actor, "documents.original.downloaded", about=document)
    return read_file(document.original)
