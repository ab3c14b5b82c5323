"""Writing the contacts of many rows at once: as many queries for 500 rows as for one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from advisory_portal.core.access import Actor
from documents.actions.contacts import set_keys
from documents.models import Contact
from documents.rules.contact_rows import ReadRow
from partners.models import Organisation

# What a row may change of a contact that is there, with the keys that follow from it.
WRITTEN = (
    "name", "kind", "is_person", "tax_id", "email", "phone", "website", "street", "postcode", "city", "region",
    "country", "language", "currency", "payment_days", "withholding_percent", "pays_surcharge", "note", "delivery",
    "sort_key", "tax_id_key", "search_text",
)  # fmt: skip

Error = tuple[int, str, str, str]


class _Known:
    """Contacts of the business that rows may mean, found as `contact_for` finds one: tax id, then e-mail, then name."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._by_tax_id: dict[str, Contact] = {}
        self._by_email: dict[str, list[Contact]] = {}
        self._by_name: dict[str, list[Contact]] = {}
        for contact in contacts:
            self.add(contact)

    def add(self, contact: Contact) -> None:
        if contact.tax_id_key:
            self._by_tax_id.setdefault(contact.tax_id_key, contact)
        if contact.email:
            self._by_email.setdefault(contact.email, []).append(contact)
        self._by_name.setdefault(contact.sort_key, []).append(contact)

    def find(self, tax_id: str, email: str, name: str) -> Contact | None:
        if tax_id and tax_id in self._by_tax_id:
            return self._by_tax_id[tax_id]
        for others in (self._by_email.get(email, ()) if email else (), self._by_name.get(name, ())):
            # One with another tax id is never meant by its e-mail or name.
            found = next((one for one in others if not tax_id or not one.tax_id_key), None)
            if found is not None:
                return found
        return None


def take_rows(
    actor: Actor, rows: Sequence[ReadRow], parameters: Mapping[str, Any]
) -> tuple[dict[str, int], list[Error]]:
    """Create and update the contacts that rows name; a row with an error is left out as a whole.

    `parameters` are an import's: `kind` and `country` of rows that name none, `known` ("skip" or "update"). Returns
    how many were created, updated, skipped and refused, and the errors as (row, column, code, text of the cell).
    Rows that mean a contact of an earlier row count as known. Five queries, however many rows.
    """
    # As one import of documents at a time: two lists with the same new name make one contact.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    good = [row for row in rows if not row.errors]
    wanted = [(row, _new_contact(actor, row, parameters)) for row in good]
    known = _Known(_stored(actor, [contact for _row, contact in wanted]))
    created: list[Contact] = []
    updated: dict[Any, Contact] = {}
    for row, contact in wanted:
        found = known.find(contact.tax_id_key, contact.email, contact.sort_key)
        if found is None:
            created.append(contact)
            known.add(contact)
        elif parameters["known"] == "update" and _apply(found, row, home=actor.place.country):
            known.add(found)  # under what it is called now
            if found._state.adding is False:
                updated[found.pk] = found
    _write(created, list(updated.values()))
    counts = {"created": len(created), "updated": len(updated), "refused": len(rows) - len(good)}
    counts["skipped"] = len(good) - len(created) - len(updated)
    return counts, [(row.number, *error) for row in rows for error in row.errors]


def _new_contact(actor: Actor, row: ReadRow, parameters: Mapping[str, Any]) -> Contact:
    usual = {"kind": parameters["kind"], "country": parameters["country"], "language": actor.place.language}
    contact = Contact(organisation_id=actor.place.id, delivery=row.delivery, **(usual | row.values))
    set_keys(contact, home=actor.place.country)
    return contact


def _stored(actor: Actor, wanted: Sequence[Contact]) -> list[Contact]:
    """Contacts that share a tax id, an e-mail or a name with one of those wanted, the oldest first."""
    own = Contact.objects.filter(organisation_id=actor.place.id).present()
    found: dict[Any, Contact] = {}
    for column in ("tax_id_key", "email", "sort_key"):
        values = {getattr(contact, column) for contact in wanted} - {""}
        for contact in own.filter(**{f"{column}__in": values}) if values else ():
            found[contact.pk] = contact
    return sorted(found.values(), key=lambda contact: contact.pk)


def _apply(contact: Contact, row: ReadRow, *, home: str) -> bool:
    """Set what the row says; returns whether anything changed. An empty cell changes nothing."""
    values = dict(row.values)
    delivery = {**contact.delivery, **row.delivery}
    if delivery != contact.delivery:
        values["delivery"] = delivery
    changed = {name: value for name, value in values.items() if getattr(contact, name) != value}
    for name, value in changed.items():
        setattr(contact, name, value)
    if changed:
        set_keys(contact, home=home)
    return bool(changed)


def _write(created: list[Contact], updated: list[Contact]) -> None:
    Contact.objects.bulk_create(created)
    Contact.objects.bulk_create(updated, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)


def contacts_meant(*, actor: Actor, named: Sequence[tuple[str, str, str]]) -> list[Contact | None]:
    """For each (name, tax id, e-mail) the contact that it means, as imports find it, or None. At most three queries."""
    wanted = [Contact(name=name, tax_id=tax_id, email=email.lower()) for name, tax_id, email in named]
    for contact in wanted:
        set_keys(contact, home=actor.place.country)
    known = _Known(_stored(actor, wanted))
    return [known.find(one.tax_id_key, one.email, one.sort_key) for one in wanted]
