"""Issuing documents and declaring them void: numbers without gaps, dates in order, content that stays."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.history import record
from advisory_portal.core.states import move
from documents import fiscal, rules
from documents.actions.contents import cleaned, computed, content_of, line_rows, tax_rows
from documents.actions.drafts import fill, refresh
from documents.actions.periods import require_open
from documents.actions.prepayments import mark_invoiced, move_prepayment
from documents.actions.settings import settings_of
from documents.models import Contact, Document, DocumentLine, FiscalRecord, Kind, Series, SeriesCounter, TaxLine

PREFIXES = {
    Kind.INVOICE: "INV-",
    Kind.CREDIT_NOTE: "CN-",
    Kind.QUOTE: "QU-",
    Kind.PROFORMA: "PF-",
    Kind.SALES_ORDER: "SO-",
    Kind.DELIVERY_NOTE: "DN-",
    Kind.PURCHASE_ORDER: "PO-",
}
HASHED = (
    *("organisation_id", "kind", "number", "version", "contact_name", "language", "issued_on", "due_on"),
    *("delivered_on", "currency", "parties", "references", "payment", "notes", "lines_net", "allowances", "charges"),
    *("tax_exclusive", "tax_total", "tax_inclusive", "prepaid", "rounding", "withheld", "payable", "seller_key"),
    *("corrects_id", "replaces_id"),
)
ISSUED_BEFORE = (
    *(Document.State.PARTIALLY_PAID, Document.State.PAID),
    *(Document.State.ACCEPTED, Document.State.DECLINED),
)
NOT_OF_PARTS = ("id", "created_at", "organisation", "document")


class NotComplete(Refused):
    """Something is missing that the document needs before it is issued; the message says what."""


class DateOutOfOrder(Refused):
    """The date lies in the future, or before the last invoice of the series."""


class NumberTaken(Refused):
    """The supplier has a document with this number already."""


class QuoteAccepted(Refused):
    """The customer accepted the version that this one was to replace."""


class MoneyOnIt(Refused):
    """Money was received or given back on the document, or a credit note was set off with it."""


@transaction.atomic
def issue_document(*, actor: Actor, document: Document, now: datetime) -> None:
    """Freeze a draft, with the next number of its series; "enter" a bill under its supplier's. Repeating does nothing.

    The number is taken under a lock on the series' counter in the same transaction, so that none is left out or given
    twice. The earlier version of a quote becomes void. Raises NotComplete, PeriodClosed, DateOutOfOrder, NumberTaken,
    QuoteAccepted, IllegalMove, Forbidden.

    What was paid on the sales order that an invoice was made of moves to the invoice.
    """
    actor.require(document.section, Level.MANAGE)
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if current.state == Document.State.DRAFT and current.kind != Kind.RECURRING_INVOICE:
        _prepare(actor, current, now)
        move(current, Document.State.ISSUED, actor=actor)
        if current.replaces is not None:
            _supersede(actor, current.replaces, by=current)
        fiscal.keep(document=current, act=FiscalRecord.Act.ISSUED, now=now)
        _take_prepayments(actor, current, now)
    elif current.state not in ISSUED_BEFORE:
        move(current, Document.State.ISSUED, actor=actor)
    document.refresh_from_db()


@transaction.atomic
def issue_order(*, actor: Actor, contact: Contact, content: rules.Content, now: datetime) -> Document:
    """Write a sales order and issue it in one act, as a shop does; nobody sees it as a draft.

    It is what `save_draft` and `issue_document` do one after the other, without reading what was just written.
    `contact` is the one that the content names. Raises DoesNotFit, NotComplete, PeriodClosed, Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    content = cleaned(Kind.SALES_ORDER, content)
    totals = computed(content)
    if not content.lines:
        raise NotComplete(_("Add at least one line before you issue this document."))
    order = Document(organisation=contact.organisation, kind=Kind.SALES_ORDER)
    fill(order, content, totals)
    settings = settings_of(order.organisation_id)
    require_open(order.organisation_id, order.issued_on, settings=settings)
    _take_number(order)
    order.seller_key = str(order.organisation_id)
    refresh(order, contact, settings=settings)
    lines, taxes = line_rows(order, content, totals), tax_rows(order, totals)
    order.content_hash = _hash_of(order, {"lines": lines, "allowances_charges": [], "taxes": taxes})
    order.save(force_insert=True)
    DocumentLine.objects.bulk_create(lines)
    TaxLine.objects.bulk_create(taxes)
    move(order, Document.State.ISSUED, actor=actor)
    return order


def _take_prepayments(actor: Actor, invoice: Document, now: datetime) -> None:
    """What was paid on the sales orders that an invoice was made of stands on the invoice from now on."""
    today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    for order in mark_invoiced(invoice):
        move_prepayment(actor=actor, order=order, invoice=invoice, today=today)


def _prepare(actor: Actor, draft: Document, now: datetime) -> None:
    contact = draft.contact
    models.prefetch_related_objects([draft], "lines", "allowances_charges", "taxes")
    require_open(draft.organisation_id, draft.issued_on)
    _require_lines(draft)
    if draft.kind in rules.INVOICE_KINDS:
        today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
        if draft.issued_on > today:
            raise DateOutOfOrder(_("This is dated in the future. Issue it on its day, or change its date."))
        _require_tax_id(actor, draft, contact)
    if draft.kind in rules.CREDITED_BY or draft.kind in rules.CREDITED_BY.values():
        _require_sign(draft)
    if draft.corrects is not None:
        _require_left(draft, draft.corrects)
    if draft.kind in rules.SUPPLIER_NUMBERED_KINDS:
        refresh(draft, Contact.objects.select_for_update(no_key=True).get(pk=contact.pk))
        _require_suppliers_number(draft)
    else:
        if draft.replaces_id is None:
            _take_number(draft)
        draft.seller_key = str(draft.organisation_id)
        refresh(draft, contact)
    draft.content_hash = content_hash(draft)
    draft.save()


def _require_lines(draft: Document) -> None:
    lines = draft.lines.all()
    if not lines:
        raise NotComplete(_("Add at least one line before you issue this document."))
    for line in lines:
        if not line.name:
            raise NotComplete(_("Line %(number)s has no name. Say what it is.") % {"number": line.position})


def _require_tax_id(actor: Actor, draft: Document, contact: Contact) -> None:
    """Whoever declares the tax, and every company of the seller's own country, is named with its tax id.

    A company without a country counts as one of the seller's. Source: directive 2006/112/EC art. 226 (4); for Spain
    Real Decreto 1619/2012 art. 6.1.d.
    """
    categories = {line.tax_category for line in draft.lines.all()}
    country = contact.country or actor.place.country
    name = {"contact": contact.name}
    if "K" in categories and (country == actor.place.country or not rules.is_in_eu(country)):
        words = _("An intra-community supply goes to another country of the EU. Correct the country of %(contact)s.")
        raise NotComplete(words % name)
    if "K" in categories and draft.delivered_on is None:
        draft.delivered_on = draft.issued_on
    if contact.tax_id:
        return
    if categories & set(rules.BUYER_OWES_CATEGORIES):
        raise NotComplete(_("This invoice needs the tax id of %(contact)s. Add it to the contact.") % name)
    if not contact.is_person and country == actor.place.country:
        words = _("This invoice needs the tax id of %(contact)s. Add it to the contact, or mark it as a person.")
        raise NotComplete(words % name)


def _require_sign(draft: Document) -> None:
    if draft.tax_inclusive >= 0:
        return
    if draft.kind in rules.CREDITED_BY:
        raise NotComplete(_("The total is negative. Make a credit note instead."))
    raise NotComplete(_("The total of a credit note is positive: it says how much is given back."))


def _require_left(draft: Document, corrected: Document) -> None:
    """No more than the whole invoice is credited. The lock lets one credit note after the other look.

    An imported invoice may have been rounded in another way than the credit note over it is.
    """
    Document.objects.select_for_update(of=("self",), no_key=True).get(pk=corrected.pk)
    before = corrected.corrections.exclude(state__in=(Document.State.DRAFT, Document.State.VOID)).aggregate(
        sum=models.Sum("tax_inclusive")
    )["sum"]
    whole = corrected.tax_inclusive
    if corrected.is_imported:
        content = content_of(corrected)
        whole = max(whole, rules.compute(content.lines, content.adjustments, content.currency).tax_inclusive)
    left = whole - (before or Decimal(0))
    if draft.tax_inclusive > left:
        words = _("Of %(number)s only %(amount)s is left to credit. Lower the lines of this credit note.")
        amount = format_money(left, corrected.currency)
        raise NotComplete(words % {"number": corrected.number, "amount": amount})


def _require_suppliers_number(draft: Document) -> None:
    """The caller holds the supplier's row locked: of two bills with one number the second is refused."""
    if not draft.number:
        raise NotComplete(_("Type the number that your supplier gave this document."), field="number")
    others = Document.objects.filter(organisation_id=draft.organisation_id, kind=draft.kind, number=draft.number)
    same = others.exclude(pk=draft.pk).exclude(state__in=(Document.State.DRAFT, Document.State.VOID))
    if same.filter(Q(seller_key=draft.seller_key) | Q(contact_id=draft.contact_id)).exists():
        words = _("%(contact)s has a document with the number %(number)s already.")
        raise NumberTaken(words % {"contact": draft.contact_name, "number": draft.number}, field="number")


def _take_number(draft: Document) -> None:
    series = draft.series or _default_series(draft.organisation_id, Kind(draft.kind))
    year = draft.issued_on.year if series.is_yearly else 0
    found = SeriesCounter.objects.select_for_update().filter(series=series, year=year)
    counter = found.first()
    if counter is None:
        first = SeriesCounter(organisation_id=draft.organisation_id, series=series, year=year)
        SeriesCounter.objects.bulk_create([first], ignore_conflicts=True)
        counter = found.get()
    if draft.kind in rules.INVOICE_KINDS:
        _require_order(draft, series, rules.series_number(series.prefix, year, counter.last_number, series.digits))
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    draft.series = series
    draft.number = rules.series_number(series.prefix, year, counter.last_number, series.digits)


def _require_order(draft: Document, series: Series, last_number: str) -> None:
    """Within a series dates run with the numbers. Source: Real Decreto 1619/2012 art. 6.1.a."""
    issued = Document.objects.filter(organisation_id=draft.organisation_id, kind=draft.kind, series=series)
    last = issued.filter(number=last_number).first()
    if last is None:  # the series' digits were changed since, or it has just begun
        of_year = issued.filter(issued_on__year=draft.issued_on.year) if series.is_yearly else issued
        last = of_year.exclude(state=Document.State.DRAFT).order_by("-issued_on").first()
    if last is not None and draft.issued_on < last.issued_on:
        words = _("The last one of this series, %(number)s, is of %(date)s. Choose that date or a later one.")
        day = format_date(last.issued_on)
        raise DateOutOfOrder(words % {"number": last.number, "date": day}, field="issued_on")


def _default_series(organisation_id: UUID, kind: Kind) -> Series:
    """The series of the kind that is used unless another is chosen, made when it is first needed."""
    key = {"organisation_id": organisation_id, "kind": kind}
    series = Series.objects.in_use().filter(**key, is_default=True).first()
    if series is None:
        Series.objects.bulk_create([Series(**key, prefix=PREFIXES[kind], is_default=True)], ignore_conflicts=True)
        series = Series.objects.get(**key, prefix=PREFIXES[kind])
    return series


def _supersede(actor: Actor, earlier: Document, *, by: Document) -> None:
    """Take the earlier version's place; a declined one stays to be read as it is. Raises QuoteAccepted."""
    earlier = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=earlier.pk)
    if earlier.state == Document.State.ACCEPTED:
        words = _("The version before was accepted meanwhile, so it stands. Delete this one, or duplicate it.")
        raise QuoteAccepted(words)
    if earlier.state != Document.State.VOID:
        if earlier.state != Document.State.DECLINED:
            move(earlier, Document.State.VOID, actor=actor)
        record(actor, "documents.document.superseded", about=earlier, after={"version": by.version})


@transaction.atomic
def void_document(*, actor: Actor, document: Document, now: datetime) -> None:
    """Declare an issued document void; its number stays taken. Repeating it does nothing.

    Raises PeriodClosed, MoneyOnIt where something was paid, set off or credited, IllegalMove for a draft, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    current = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if current.state not in (Document.State.DRAFT, Document.State.VOID):
        require_open(current.organisation_id, current.issued_on)
        _require_untouched(current)
    if move(current, Document.State.VOID, actor=actor):
        fiscal.keep(document=current, act=FiscalRecord.Act.VOIDED, now=now)
        mark_invoiced(current)
    document.refresh_from_db()


def _require_untouched(document: Document) -> None:
    if document.settled:
        if document.kind in rules.CREDITED_BY.values():
            raise MoneyOnIt(_("This credit note is used. Take back what it was set off against first."))
        raise MoneyOnIt(_("Money was recorded on this document. Take the payment back first."))
    credit = document.corrections.exclude(state__in=(Document.State.DRAFT, Document.State.VOID)).first()
    if credit is not None:
        words = _("The credit note %(number)s corrects this document. Declare that one void first.")
        raise MoneyOnIt(words % {"number": credit.number})


def content_hash(document: Document) -> str:
    """SHA-256 of what an issued document says, as canonical JSON: columns in HASHED, lines, adjustments and taxes."""
    parts = ("lines", "allowances_charges", "taxes")
    return _hash_of(document, {name: list(getattr(document, name).all()) for name in parts})


def _hash_of(document: Document, parts: Mapping[str, Sequence[models.Model]]) -> str:
    content: dict[str, Any] = {name: getattr(document, name) for name in HASHED}
    content |= {name: [_values(row) for row in rows] for name, rows in parts.items()}
    text = json.dumps(content, default=_text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _values(row: models.Model) -> dict[str, Any]:
    """What a row says, whether it was read or is about to be written."""
    fields: Iterable[Any] = row._meta.concrete_fields
    return {one.name: one.to_python(getattr(row, one.attname)) for one in fields if one.name not in NOT_OF_PARTS}


def _text(value: Any) -> str:
    return rules.number_text(value) if isinstance(value, Decimal) else str(value)
