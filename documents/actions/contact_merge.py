"""Making one contact of several that mean the same."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from documents.actions.contacts import AlreadyMerged, set_keys
from documents.models import Contact, Document, Settlement
from documents.rules import MERGED_FIELDS, MOST_MERGED
from partners.models import Organisation


class NothingToMerge(Refused):
    """Fewer than two contacts were chosen, or more than can be compared."""


class SameNumber(Refused):
    """Two of the contacts have a document of the same kind and number."""


@transaction.atomic
def merge_contacts(*, actor: Actor, kept: UUID, others: Sequence[UUID], values: Mapping[str, UUID]) -> Contact:
    """Make `kept` of itself and `others`: their documents move to it, they stay as pointers to it.

    `values` says from which of the contacts a field of `rules.MERGED_FIELDS` is taken; those it does not name stay as
    `kept` has them. Documents keep the name they were issued with. Those already merged into `kept` are passed over,
    so that repeating it does nothing. Raises Forbidden, NothingToMerge, AlreadyMerged (into another one), SameNumber.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)  # as imports and people who type do
    wanted = list(dict.fromkeys([kept, *others]))
    if not 2 <= len(wanted) <= MOST_MERGED:
        raise NothingToMerge(_("Choose from two to %(most)s contacts.") % {"most": MOST_MERGED})
    # The whole lock: whoever writes a document for one of them waits, and its contact is looked up again.
    rows = Contact.objects.filter(organisation_id=actor.place.id, pk__in=wanted)
    found = {contact.pk: contact for contact in rows.select_for_update().order_by("id")}
    target = found.get(kept)
    if len(found) < len(wanted) or target is None:
        raise NothingToMerge(_("One of these contacts is not there any more."))
    gone = [contact for contact in found.values() if contact.pk != kept and contact.merged_into_id != kept]
    if target.merged_into_id is not None or any(contact.merged_into_id is not None for contact in gone):
        raise AlreadyMerged(_("One of these contacts has been merged into another one meanwhile."))
    if gone:
        _refuse_same_numbers([target, *gone])
        _take_values(actor, target, found, values)
        _move(actor, target, gone)
    return target


def _refuse_same_numbers(contacts: Sequence[Contact]) -> None:
    typed = Document.objects.filter(contact__in=contacts, series=None, is_imported=False)
    numbers = typed.exclude(state=Document.State.DRAFT).values_list("kind", "number").annotate(times=Count("pk"))
    for _kind, number, _times in numbers.filter(times__gt=1).order_by("kind", "number")[:1]:
        text = _("Two of these contacts have a document with the number %(number)s, so they cannot be one.")
        raise SameNumber(text % {"number": number})


def _take_values(actor: Actor, target: Contact, found: Mapping[UUID, Contact], values: Mapping[str, UUID]) -> None:
    for field in MERGED_FIELDS:
        source = found.get(values.get(field, target.pk), target)
        setattr(target, field, getattr(source, field))
    set_keys(target, home=actor.place.country)
    target.save()


def _move(actor: Actor, target: Contact, gone: Sequence[Contact]) -> None:
    Document.objects.filter(contact__in=gone).update(contact=target)
    Settlement.objects.filter(organisation_id=actor.place.id, contact__in=gone).update(contact=target)
    own = Contact.objects.filter(organisation_id=actor.place.id)
    own.filter(merged_into__in=gone).update(merged_into=target)  # a pointer never leads to another pointer
    own.filter(pk__in=[contact.pk for contact in gone]).update(merged_into=target)
    for contact in gone:
        record(actor, "documents.contact.merged", about=target, after={"name": contact.name})
