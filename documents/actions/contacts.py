"""Writing contacts."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import plain, sort_key
from documents.models import Contact
from documents.rules import tax_id_key
from partners.models import Organisation


class TaxIdTaken(Refused):
    """Another contact of the business has the tax id."""


class AlreadyThere(Refused):
    """A new contact has name, tax id and e-mail of one that is there, as after a second click."""


@transaction.atomic
def contact_for(*, actor: Actor, kind: Contact.Kind, name: str, details: Mapping[str, str]) -> Contact:
    """The contact that a document names: found by tax id, else by e-mail, else by name, else created.

    A contact with another tax id is never matched by e-mail or name. `details` may hold tax_id, email, phone,
    street, city, postcode, region, country and language; of a contact found, only its kind widens (a customer
    who also supplies is both). The caller holds the organisation's row locked, so that two imports of a new
    name make one contact. Source: issue 2, the walk.
    """
    values = {field: value for field, value in details.items() if value}
    contact = _matching(actor, name=name, tax_id=tax_id_key(values.get("tax_id", "")), email=values.get("email", ""))
    if contact is None:
        return _create(actor, kind, name, values)
    if kind not in (contact.kind, Contact.Kind.BOTH) and contact.kind != Contact.Kind.BOTH:
        contact.kind = Contact.Kind.BOTH
        contact.save(update_fields=["kind"])
        record(actor, "documents.contact.widened", about=contact, after={"kind": contact.kind})
    return contact


def _matching(actor: Actor, *, name: str, tax_id: str, email: str) -> Contact | None:
    contacts = Contact.objects.filter(organisation_id=actor.place.id).order_by("id")
    if tax_id and (found := contacts.filter(tax_id_key=tax_id).first()):
        return found
    others = contacts.filter(tax_id_key="") if tax_id else contacts
    if email and (found := others.filter(email=email.lower()).first()):
        return found
    return others.filter(sort_key=sort_key(name)).first()


def _create(actor: Actor, kind: Contact.Kind, name: str, values: Mapping[str, str]) -> Contact:
    contact = Contact(organisation_id=actor.place.id, kind=kind, name=name, **values)
    contact.email = contact.email.lower()
    _set_keys(contact)
    contact.save(force_insert=True)
    record(actor, "documents.contact.created", about=contact)
    return contact


@transaction.atomic
def save_contact(*, actor: Actor, contact: Contact) -> None:
    """Keep what a person typed of a contact, new or known, with the keys it sorts and is found by.

    Documents keep the name they were issued with. Raises Forbidden, AlreadyThere, TaxIdTaken.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)  # as imports do: one tax id, one contact
    contact.organisation_id = actor.place.id
    contact.email = contact.email.lower()
    _set_keys(contact)
    is_new = contact._state.adding
    others = Contact.objects.filter(organisation_id=actor.place.id).exclude(pk=contact.pk)
    same = others.filter(sort_key=contact.sort_key, tax_id_key=contact.tax_id_key, email=contact.email)
    if is_new and same.exists():
        raise AlreadyThere(_("There is a contact with this name, tax id and e-mail already."), field="name")
    if contact.tax_id_key and others.filter(tax_id_key=contact.tax_id_key).exists():
        raise TaxIdTaken(_("Another contact has this tax id."), field="tax_id")
    contact.save()
    record(actor, f"documents.contact.{'created' if is_new else 'changed'}", about=contact)


@transaction.atomic
def set_contact_email(*, actor: Actor, contact: Contact, email: str) -> None:
    """Keep the address that a contact without one was written to."""
    contact.email = email
    _set_keys(contact)
    contact.save(update_fields=["email", "search_text"])
    record(actor, "documents.contact.changed", about=contact, after={"email": email})


def _set_keys(contact: Contact) -> None:
    contact.sort_key = sort_key(contact.name)
    contact.tax_id_key = tax_id_key(contact.tax_id)
    words = f"{contact.name} {contact.tax_id} {contact.tax_id_key} {contact.email}"
    contact.search_text = plain(words)[:900]
