"""Writing contacts."""

from collections.abc import Mapping

from django.db import transaction

from advisory_portal.core.access import Actor
from advisory_portal.core.history import record
from advisory_portal.core.text import plain, sort_key
from documents.models import Contact
from documents.rules import tax_id_key


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
    tax_id, email = values.get("tax_id", ""), values.get("email", "").lower()
    contact = Contact.objects.create(
        organisation_id=actor.place.id,
        kind=kind,
        name=name,
        sort_key=sort_key(name),
        tax_id=tax_id,
        tax_id_key=tax_id_key(tax_id),
        email=email,
        search_text=plain(f"{name[:500]} {tax_id} {tax_id_key(tax_id)} {email}")[:900],
        **{field: value for field, value in values.items() if field not in ("tax_id", "email")},
    )
    record(actor, "documents.contact.created", about=contact)
    return contact
