"""From one document to the next: quote to order to delivery note to invoice, credit notes, new versions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from documents import rules
from documents.actions.contents import content_of
from documents.actions.drafts import copy_document, save_draft, search_text
from documents.models import Document, Kind

# How the document that was made refers to the one it was made from. Source: EN 16931 BT-13, BT-14, BT-16.
REFERENCE = {
    "quote": "order_reference",
    "proforma": "order_reference",
    "purchase_order": "order_reference",
    "sales_order": "sales_order_reference",
    "delivery_note": "despatch_reference",
}

HANDED_ON = (
    *("sales_order_reference", "despatch_reference", "contract_reference", "project_reference"),
    *("tender_reference", "buyer_accounting_reference"),
)


class NotConvertible(Refused):
    """The kind or the state of the document leads to no such document."""


class AlreadyMade(Refused):
    """The document was converted before; `document` is what it became."""

    def __init__(self, message: str, *, document: Document) -> None:
        super().__init__(message)
        self.document = document


@transaction.atomic
def convert_document(
    *, actor: Actor, document: Document, to: str, today: date, again: bool = False, order_reference: str = ""
) -> Document:
    """A draft of the next kind with the content of an issued document, dated `today`; it names where it comes from.

    `order_reference` is the number that the customer ordered under, if it gave one. Raises NotConvertible for a draft,
    a void or a declined one, or a kind that `rules.CONVERSIONS` does not lead to; AlreadyMade if it was converted so
    before, unless `again`; Forbidden.
    """
    actor.require(document.section, Level.VIEW)
    source = _source(document)
    if to not in rules.CONVERSIONS.get(source.kind, ()):
        raise NotConvertible(_("This document cannot become one of that kind."))
    if source.state == Document.State.DECLINED:
        raise NotConvertible(_("The customer declined this quote. Make a new version for another decision."))
    if not again:
        _require_not_made([source], to)
    draft = copy_document(actor=actor, document=source, kind=to, today=today)
    if order_reference:
        draft.references["order_reference"] = order_reference
    _refer(draft, _handed_on(source) | {REFERENCE[source.kind]: source.number})
    record(actor, "documents.document.converted", about=source, after={"to": to})
    return draft


@transaction.atomic
def invoice_deliveries(*, actor: Actor, documents: Sequence[Document], today: date, again: bool = False) -> Document:
    """One invoice draft for several delivery notes of one contact, their lines one after the other.

    Raises NotConvertible if they differ in contact or currency or one is not an issued delivery note, AlreadyMade if
    one was invoiced before, unless `again`; DoesNotFit beyond MOST_LINES, Forbidden.
    """
    sources = [_source(one) for one in sorted(documents, key=lambda one: one.pk)]
    for one in sources:
        actor.require(one.section, Level.VIEW)
    if not sources or any(one.kind != Kind.DELIVERY_NOTE for one in sources):
        raise NotConvertible(_("Choose issued delivery notes."))
    if len({(one.contact_id, one.currency) for one in sources}) > 1:
        raise NotConvertible(_("One invoice takes delivery notes of one contact in one currency."))
    if not again:
        _require_not_made(sources, Kind.INVOICE)
    draft = copy_document(actor=actor, document=sources[0], kind=Kind.INVOICE, today=today)
    contents = [content_of(one) for one in sources]
    whole = replace(
        content_of(draft),
        lines=tuple(line for content in contents for line in content.lines),
        adjustments=tuple(one for content in contents for one in _as_amounts(content)),
    )
    draft = save_draft(actor=actor, kind=Kind.INVOICE, content=whole, document=draft)
    numbers = ", ".join(one.number for one in sources)
    _refer(draft, {REFERENCE[Kind.DELIVERY_NOTE]: numbers, "delivery_notes": [str(one.pk) for one in sources]})
    for one in sources:
        record(actor, "documents.document.converted", about=one, after={"to": Kind.INVOICE})
    return draft


def _as_amounts(content: rules.Content) -> Iterable[rules.AdjustmentContent]:
    """The adjustments with the amounts that they come to: a percentage is not of the lines of another document."""
    for part in rules.compute(content.lines, content.adjustments, content.currency).adjustments:
        one = content.adjustments[part.index]
        is_charge = one.is_charge if part.amount >= 0 else not one.is_charge
        yield rules.AdjustmentContent(one.reason, is_charge, amount=abs(part.amount), tax=part.tax)


def _source(document: Document) -> Document:
    """The issued document as it stands, locked, so that two who convert it at once see each other."""
    current = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    if current.state in (Document.State.DRAFT, Document.State.VOID):
        raise NotConvertible(_("Issue this document first; one that is void stays as it is."))
    return current


def _require_not_made(sources: Sequence[Document], to: str) -> None:
    for one in sources:
        made_of = Q(source=one) | Q(references__delivery_notes__contains=str(one.pk))
        made = Document.objects.filter(organisation_id=one.organisation_id, contact_id=one.contact_id, kind=to)
        found = made.filter(made_of).exclude(state=Document.State.VOID).first()
        if found is not None:
            words = _("%(number)s was converted already: %(kind)s %(made)s.")
            names = {"number": one.number, "kind": found.get_kind_display(), "made": found.number or _("(draft)")}
            raise AlreadyMade(words % names, document=found)


def _handed_on(source: Document) -> dict[str, Any]:
    return {name: source.references[name] for name in HANDED_ON if name in source.references}


def _refer(draft: Document, references: dict[str, Any]) -> None:
    """Keep these references, unless the document names others there already."""
    draft.references = references | draft.references
    draft.search_text = search_text(draft)
    draft.save(update_fields=["references", "search_text"])


@transaction.atomic
def credit_document(*, actor: Actor, document: Document, today: date) -> Document:
    """The draft of a credit note over a whole invoice (of a bill: the supplier's); its lines may then be lowered.

    Repeating it answers the draft that is there. Raises NotConvertible for a draft or a void one, another kind, or an
    invoice that is credited as a whole; Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    corrected = _source(document)
    if corrected.kind not in rules.CREDITED_BY:
        raise NotConvertible(_("Only invoices and bills are credited."))
    notes = list(corrected.corrections.exclude(state=Document.State.VOID))
    for note in notes:
        if note.state == Document.State.DRAFT:
            return note
    if notes and sum(note.tax_inclusive for note in notes) >= corrected.tax_inclusive:
        raise NotConvertible(_("%(number)s is credited as a whole already.") % {"number": corrected.number})
    draft = copy_document(actor=actor, document=corrected, kind=rules.CREDITED_BY[corrected.kind], today=today)
    draft.corrects = corrected
    preceding = {"number": corrected.number, "issued_on": corrected.issued_on.isoformat()}
    draft.save(update_fields=["corrects"])
    _refer(draft, _handed_on(corrected) | {"preceding_invoices": [preceding]})
    return draft


@transaction.atomic
def new_version(*, actor: Actor, document: Document) -> Document:
    """The draft of a quote's next version, under the same number; issuing it makes this one void.

    Repeating it answers the draft that is there. Raises NotConvertible for another kind, a draft, a void or an accepted
    quote; Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    earlier = _source(document)
    if earlier.kind != Kind.QUOTE:
        raise NotConvertible(_("Only quotes have versions."))
    if earlier.state == Document.State.ACCEPTED:
        raise NotConvertible(_("The customer accepted this quote, so it stands. Duplicate it for another offer."))
    waiting = earlier.replacements.filter(state=Document.State.DRAFT).first()
    if waiting is not None:
        return waiting
    content = replace(content_of(earlier), series_id=None)
    draft = save_draft(actor=actor, kind=Kind.QUOTE, content=content)
    draft.replaces, draft.series, draft.number = earlier, earlier.series, earlier.number
    draft.version = earlier.version + 1
    draft.save(update_fields=["replaces", "series", "number", "version"])
    _refer(draft, _handed_on(earlier))
    return draft
