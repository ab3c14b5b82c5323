"""Writing drafts: kept with their totals as often as somebody types, copied, deleted."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import plain, sort_key
from documents import rules
from documents.actions.contents import add_parts, cleaned, computed, content_of, own_delivery, replace_parts
from documents.actions.settings import settings_of
from documents.models import Contact, Document, DocumentSettings, Kind, Recurrence, Series
from partners.models import Organisation

ASKS_FOR_MONEY = ("invoice", "proforma", "sales_order", "recurring_invoice")  # these say where to pay


class ChangedMeanwhile(Refused):
    """Somebody else has saved the draft since it was read."""


class NotADraft(Refused):
    """The document was issued; what it says stays as it is."""


class NotOfTheBusiness(Refused):
    """The contact or the series is not one of this business, or is not used any more."""


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    kind: str,
    content: rules.Content,
    document: Document | None = None,
    revision: int | None = None,
) -> Document:
    """Keep what a person typed, with its totals: a new draft, or the content of `document`. Answers the draft.

    Saving what is kept already does nothing. `revision` is that of the draft which was read. A bill's `number` is its
    supplier's; other kinds get theirs when they are issued. Raises DoesNotFit, NotOfTheBusiness, ChangedMeanwhile,
    NotADraft, Forbidden.
    """
    actor.require(Section(rules.section_of(kind)), Level.MANAGE)
    content = cleaned(kind, content)
    totals = computed(content)
    draft = Document(organisation_id=actor.place.id, kind=kind) if document is None else locked_draft(document)
    if content.delivery is None:
        content = replace(content, delivery=own_delivery(draft))
    if document is not None and content_of(draft) == content:
        return draft
    if document is not None and revision is not None and revision != draft.revision:
        words = _("Somebody else has changed this draft meanwhile. Load it again before you go on.")
        raise ChangedMeanwhile(words)
    contact = _contact(actor, content.contact_id)
    if content.series_id is not None and content.series_id != draft.series_id:
        _check_series(draft, content.series_id)
    fill(draft, content, totals)
    refresh(draft, contact)
    draft.revision += 1
    draft.save(force_insert=document is None)
    if document is None:
        add_parts(draft, content, totals)
        record(actor, "documents.document.drafted", about=draft)
    else:
        replace_parts(draft, content, totals)
    return draft


def locked_draft(document: Document) -> Document:
    """The draft as it stands now, locked until commit. Raises NotADraft."""
    current = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if current is None or current.state != Document.State.DRAFT:
        raise NotADraft(_("This is not a draft any more, so it does not change."))
    return current


def _contact(actor: Actor, contact_id: UUID) -> Contact:
    contact = Contact.objects.filter(organisation_id=actor.place.id).present().filter(pk=contact_id).first()
    if contact is None:
        raise NotOfTheBusiness(_("This contact is not there any more. Choose another."), field="contact")
    return contact


def _check_series(draft: Document, series_id: UUID) -> None:
    series = Series.objects.in_use().filter(organisation_id=draft.organisation_id, kind=draft.kind, pk=series_id)
    if draft.replaces_id is not None or not series.exists():
        raise NotOfTheBusiness(_("This series is not for this document. Choose another."), field="series")


def fill(draft: Document, content: rules.Content, totals: rules.Totals) -> None:
    """Put what was typed, and what it comes to, into a draft; saved by the caller."""
    typed = {"buyer_reference": content.buyer_reference, "order_reference": content.order_reference}
    kept = {name: value for name, value in draft.references.items() if name not in typed}
    draft.references = kept | {name: text for name, text in typed.items() if text}
    draft.notes = [{"text": content.note}] if content.note else []
    draft.payment = {"payment_terms": content.terms} if content.terms else {}
    draft.parties = {"delivery": {"address": content.delivery, "is_own": True}} if content.delivery else {}
    if draft.replaces_id is None:
        draft.series_id = content.series_id
    if draft.kind in rules.SUPPLIER_NUMBERED_KINDS:
        draft.number = content.number
    for name in ("currency", "issued_on", "due_on", "delivered_on", "language"):
        setattr(draft, name, getattr(content, name))
    for name in (
        *("lines_net", "allowances", "charges", "tax_exclusive", "tax_total", "tax_inclusive"),
        *("withheld", "payable"),
    ):
        setattr(draft, name, getattr(totals, name))


def refresh(draft: Document, contact: Contact, *, settings: DocumentSettings | None = None) -> None:
    """Put the names and addresses of today into a draft, and where to pay; saved by the caller.

    `settings` are those of the business, where the caller has them.
    """
    business = draft.organisation
    draft.contact = contact
    draft.contact_name, draft.contact_key = contact.name, contact.sort_key
    delivery = own_delivery(draft)
    draft.parties = parties_of(draft.kind, business, contact)
    if delivery:
        draft.parties["delivery"] = {"address": delivery, "is_own": True}
    if draft.kind in rules.SUPPLIER_NUMBERED_KINDS:
        draft.seller_key = rules.tax_id_key(contact.tax_id)[:200] or sort_key(contact.name)
    if draft.kind in ASKS_FOR_MONEY:
        draft.payment = {
            **draft.payment,
            **_payment(settings or settings_of(business.pk), draft.currency, draft.number),
        }
    draft.search_text = search_text(draft)


def _payment(settings: DocumentSettings, currency: str, number: str) -> dict[str, Any]:
    """The business's account as EN 16931 says it: a SEPA transfer (58) in euro, else a transfer (30)."""
    if not settings.iban:
        return {}
    means = {
        "code": "58" if currency == "EUR" else "30",
        "account": settings.iban,
        "account_name": settings.account_name,
        "bic": settings.bic,
        "reference": number,
    }
    return {"payment_means": [{name: value for name, value in means.items() if value}]}


def search_text(document: Document) -> str:
    """What the document is found by: number (also as one says it), contact, references, without accents."""
    references = document.references
    words = (
        document.number,
        rules.spoken_number(document.number),
        document.contact_name,
        references.get("buyer_reference", ""),
        references.get("order_reference", ""),
    )
    return plain(" ".join(filter(None, words)))[:1500]


def parties_of(kind: str, business: Organisation, contact: Contact) -> dict[str, object]:
    """Seller, buyer and where it goes, with the names and addresses of today."""
    ours = _party(business.name, business.tax_id, business, email=business.email, phone=business.phone)
    theirs = _party(contact.name, contact.tax_id, contact, email=contact.email, phone=contact.phone)
    seller, buyer = (theirs, ours) if kind in rules.PURCHASE_KINDS else (ours, theirs)
    parties: dict[str, object] = {"seller": seller, "buyer": buyer}
    if contact.delivery and kind in rules.SALES_KINDS:
        parties["delivery"] = {"address": contact.delivery}
    return parties


def _party(name: str, tax_id: str, address: Organisation | Contact, *, email: str, phone: str) -> dict[str, object]:
    where = {
        field: value
        for field in ("street", "city", "postcode", "region", "country")
        if (value := getattr(address, field, ""))
    }
    known = {"name": name, "tax_id": tax_id, "address": where, "email": email, "phone": phone}
    return {field: value for field, value in known.items() if value}


@transaction.atomic
def delete_draft(*, actor: Actor, document: Document) -> None:
    """Forget a draft. Raises NotADraft for a document that was issued, Forbidden."""
    actor.require(document.section, Level.MANAGE)
    draft = locked_draft(document)
    if Recurrence.objects.filter(invoice=draft).exists():
        raise NotADraft(_("A recurring invoice is made of this. End that one instead; it stays to be read."))
    record(actor, "documents.document.deleted", about=draft)
    draft.delete()


@transaction.atomic
def duplicate_document(*, actor: Actor, document: Document, today: date) -> Document:
    """A draft that says the same as of `today`, in the series that is used now; the number of a bill is left out.

    Raises NotOfTheBusiness where the contact was merged away, Forbidden.
    """
    return copy_document(actor=actor, document=document, kind=document.kind, today=today)


def copy_document(*, actor: Actor, document: Document, kind: str, today: date) -> Document:
    """A draft of `kind` with the content of a document, dated `today` and due when such documents are."""
    content = replace(
        content_of(document),
        issued_on=today,
        due_on=_due_on(kind, document.contact, settings_of(document.organisation_id), today),
        delivered_on=None,
        number="",
        series_id=None,
    )
    draft = save_draft(actor=actor, kind=kind, content=content)
    draft.source = document
    draft.save(update_fields=["source"])
    return draft


def _due_on(kind: str, contact: Contact, settings: DocumentSettings, today: date) -> date | None:
    if kind == Kind.QUOTE:
        return today + timedelta(days=settings.quote_days)
    if kind not in (Kind.INVOICE, Kind.PROFORMA, Kind.BILL, Kind.RECURRING_INVOICE):
        return None
    days = settings.payment_days if contact.payment_days is None else contact.payment_days
    return today + timedelta(days=days)
