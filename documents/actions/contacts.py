"""Writing contacts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import plain, sort_key
from documents.models import Contact, Document
from documents.rules import is_tax_id, tax_id_key
from partners.models import Organisation

# What the log shows of a changed contact, before and after.
LOGGED = ("name", "tax_id", "email", "phone", "street", "postcode", "city", "country", "language", "currency")


class TaxIdTaken(Refused):
    """Another contact of the business has the tax id."""


class WrongTaxId(Refused):
    """The text is no tax id of the contact's country."""


class AlreadyThere(Refused):
    """A new contact has name, tax id and e-mail of one that is there, as after a second click."""


class AlreadyMerged(Refused):
    """The contact has become part of another meanwhile."""


class HasDocuments(Refused):
    """A contact with documents stays."""


@transaction.atomic
def contact_for(*, actor: Actor, kind: Contact.Kind, name: str, details: Mapping[str, str]) -> Contact:
    """The contact that a document names: found by tax id, else by e-mail, else by name, else created.

    A contact with another tax id is never matched by e-mail or name. `details` may hold tax_id, email, phone,
    street, city, postcode, region, country and language; of a contact found, only its kind widens (a customer
    who also supplies is both). The caller holds the organisation's row locked, so that two imports of a new
    name make one contact. Source: issue 2, the walk.
    """
    values = {field: value for field, value in details.items() if value}
    key = tax_id_key(values.get("tax_id", ""), values.get("country", "") or actor.place.country)
    contact = _matching(actor, name=name, tax_id=key, email=values.get("email", ""))
    if contact is None:
        return _create(actor, kind, name, values)
    if kind not in (contact.kind, Contact.Kind.BOTH) and contact.kind != Contact.Kind.BOTH:
        contact.kind = Contact.Kind.BOTH
        contact.save(update_fields=["kind"])
        record(actor, "documents.contact.widened", about=contact, after={"kind": contact.kind})
    return contact


def _matching(actor: Actor, *, name: str, tax_id: str, email: str) -> Contact | None:
    contacts = Contact.objects.filter(organisation_id=actor.place.id).present().order_by("id")
    if tax_id and (found := contacts.filter(tax_id_key=tax_id).first()):
        return found
    others = contacts.filter(tax_id_key="") if tax_id else contacts
    if email and (found := others.filter(email=email.lower()).first()):
        return found
    return others.filter(sort_key=sort_key(name)).first()


def _create(actor: Actor, kind: Contact.Kind, name: str, values: Mapping[str, str]) -> Contact:
    contact = Contact(organisation_id=actor.place.id, kind=kind, name=name, **values)
    set_keys(contact, home=actor.place.country)
    contact.save(force_insert=True)
    record(actor, "documents.contact.created", about=contact)
    return contact


@transaction.atomic
def save_contact(*, actor: Actor, contact: Contact) -> None:
    """Keep what a person typed of a contact, new or known, with the keys it sorts and is found by.

    Documents keep the name they were issued with. A tax id that its country does not know is refused when it or the
    country is new; one that came with an imported document may stay. Raises Forbidden, AlreadyMerged, WrongTaxId,
    AlreadyThere, TaxIdTaken.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    # As imports do: one tax id, one contact.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    contact.organisation_id = actor.place.id
    set_keys(contact, home=actor.place.country)
    is_new = contact._state.adding
    stored = None if is_new else Contact.objects.get(pk=contact.pk)
    if stored is not None and stored.merged_into_id is not None:
        raise AlreadyMerged(_("This contact has been merged into another one meanwhile."))
    _refuse_wrong_tax_id(contact, stored)
    _refuse_second(contact, is_new)
    contact.save()
    before, after = changes(stored, contact) if stored is not None else ({}, {})
    record(actor, f"documents.contact.{'created' if is_new else 'changed'}", about=contact, before=before, after=after)


def _refuse_wrong_tax_id(contact: Contact, stored: Contact | None) -> None:
    is_known = stored is not None and (stored.tax_id, stored.country) == (contact.tax_id, contact.country)
    if contact.tax_id_key and contact.country and not is_known and not is_tax_id(contact.tax_id, contact.country):
        text = _("This is not a tax id of the country of the address. Check the digits, or the country.")
        raise WrongTaxId(text, field="tax_id")


def _refuse_second(contact: Contact, is_new: bool) -> None:
    others = Contact.objects.filter(organisation_id=contact.organisation_id).present().exclude(pk=contact.pk)
    same = others.filter(sort_key=contact.sort_key, tax_id_key=contact.tax_id_key, email=contact.email)
    if is_new and same.exists():
        raise AlreadyThere(_("There is a contact with this name, tax id and e-mail already."), field="name")
    if contact.tax_id_key and others.filter(tax_id_key=contact.tax_id_key).exists():
        raise TaxIdTaken(_("Another contact has this tax id."), field="tax_id")


@transaction.atomic
def set_contact_email(*, actor: Actor, contact: Contact, email: str) -> None:
    """Keep the address that a contact without one was written to."""
    contact.email = email
    set_keys(contact, home=actor.place.country)
    contact.save(update_fields=["email", "search_text"])
    record(actor, "documents.contact.changed", about=contact, after={"email": email})


@transaction.atomic
def set_contact_language(*, actor: Actor, contact: Contact, language: str) -> None:
    """Write to the contact in this language from now on. Repeating it does nothing."""
    if contact.language == language:
        return
    before, contact.language = contact.language, language
    contact.save(update_fields=["language"])
    change = {"before": {"language": before}, "after": {"language": language}}
    record(actor, "documents.contact.changed", about=contact, **change)


@transaction.atomic
def review_contacts(*, actor: Actor, ids: Iterable[UUID], now: datetime) -> int:
    """Mark contacts of the business as looked at; returns how many were not before. Raises Forbidden."""
    actor.require(Section.CONTACTS, Level.MANAGE)
    found = Contact.objects.filter(organisation_id=actor.place.id, pk__in=list(ids), reviewed_at=None).present()
    contacts = list(found.select_for_update(no_key=True).order_by("id"))
    found.filter(pk__in=[contact.pk for contact in contacts]).update(reviewed_at=now, reviewed_by_name=actor.name)
    for contact in contacts:
        record(actor, "documents.contact.reviewed", about=contact)
    return len(contacts)


@transaction.atomic
def delete_contact(*, actor: Actor, contact: Contact) -> None:
    """Delete a contact without documents, and the pointers of those that were merged into it.

    Repeating it does nothing. Raises Forbidden, HasDocuments.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    own = Contact.objects.filter(organisation_id=actor.place.id)
    # The whole lock: whoever writes a document for this contact now waits, and is then told that it is gone.
    found = own.select_for_update().filter(pk=contact.pk).first()
    if found is None:
        return
    gone = own.filter(merged_into=found)
    if Document.objects.filter(contact=found).exists() or Document.objects.filter(contact__in=gone).exists():
        raise HasDocuments(_("This contact has documents, so it stays. You can merge it into another contact."))
    record(actor, "documents.contact.deleted", about=found)
    gone.delete()
    found.delete()


def changes(before: Contact, after: Contact) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that the log shows of a changed contact: those that differ, as they were and as they are."""
    differing = [name for name in LOGGED if getattr(before, name) != getattr(after, name)]
    return {name: getattr(before, name) for name in differing}, {name: getattr(after, name) for name in differing}


def set_keys(contact: Contact, *, home: str) -> None:
    """Set what a contact sorts, compares and is searched by. `home` is the country of the business."""
    contact.email = contact.email.lower()
    contact.sort_key = sort_key(contact.name)
    contact.tax_id_key = tax_id_key(contact.tax_id, contact.country or home)
    words = f"{contact.name} {contact.tax_id} {contact.tax_id_key} {contact.email}"
    contact.search_text = plain(words)[:900]
