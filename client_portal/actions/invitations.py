"""Inviting contacts to the portal: one by one, and many at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import active_language
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.mail import Recipient, notify
from advisory_portal.core.models import Job, JobItem
from client_portal.actions.links import new_link
from client_portal.actions.sending import NoAddress
from client_portal.models import PortalLink
from client_portal.rules import INVITE, MOST_INVITED
from documents.models import Contact
from partners.models import Organisation


class NobodyChosen(Refused):
    """None of the contacts is there, or there are too many."""


@transaction.atomic
def invite_contact(*, actor: Actor, contact: Contact, now: datetime, sending: UUID) -> PortalLink:
    """Mail a contact the link that opens its portal, for the business's link life.

    `sending` makes it safe to repeat. Where the address has a password, the link leads to the log-in. Raises NoAddress,
    Forbidden. Source: PRODUCT 4, the portal box.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    rows = Contact.objects.select_for_update(no_key=True).filter(organisation_id=actor.place.id)
    locked = rows.present().filter(pk=contact.pk).first()
    if locked is None or not locked.email:
        words = _("%(name)s has no e-mail address. Add one to the contact.") % {"name": contact.name}
        raise NoAddress(words, field="to")
    links = PortalLink.objects.filter(organisation_id=actor.place.id, contact=locked, document=None)
    made = links.filter(sending=sending).first()
    if made is not None:
        return made
    business = Organisation.objects.get(pk=actor.place.id)
    link, path = new_link(
        contact=locked, email=locked.email, sender=actor.name, now=now, business=business, sending=sending
    )
    mail_portal_link("client_portal/invitation", link=link, path=path, business=business, contact=locked)
    record(actor, "client_portal.link.invited", about=locked, after={"email": locked.email})
    return link


def mail_portal_link(mail: str, *, link: PortalLink, path: str, business: Organisation, contact: Contact) -> None:
    """Write the mail that brings a link to the whole portal."""
    notify(
        mail,
        to=[Recipient(address=link.email, language=contact.language, name=contact.name[:200])],
        url=path,
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "hours": business.link_hours, "sender": link.sent_by_name},
        always=True,
    )


@transaction.atomic
def invite_contacts(*, actor: Actor, contacts: Sequence[UUID]) -> Job:
    """Begin to invite many contacts; ids that the actor does not see are left out. Raises NobodyChosen, Forbidden."""
    actor.require(Section.CONTACTS, Level.MANAGE)
    seen = Contact.objects.visible_to(actor).present().filter(pk__in=contacts).order_by("sort_key", "id")
    rows = list(seen.values_list("pk", "name")[: MOST_INVITED + 1])
    if not rows or len(rows) > MOST_INVITED:
        most = {"most": f"{MOST_INVITED:,}"}
        words = _("At most %(most)s contacts at once.") % most if rows else _("Choose at least one contact.")
        raise NobodyChosen(words)
    job = start_job(actor=actor, kind=INVITE, parameters={"contacts": len(rows), "language": active_language()})
    add_items(job, [JobItem(name=name[:300], detail={"contact": str(pk)}) for pk, name in rows])
    record(actor, "client_portal.invitations.started", about=job, after={"contacts": len(rows)})
    nudge("client_portal.invite_contacts")
    return job


@transaction.atomic
def run_invite_item(*, item: JobItem, now: datetime) -> None:
    """Invite one contact of a job, as whoever began it; repeated, it mails nothing again. Called by the sweep."""
    actor = actor_of(item.job)
    with translation.override(item.job.parameters["language"]):
        contact = Contact.objects.visible_to(actor).present().filter(pk=item.detail["contact"]).first()
        if contact is None:
            return refuse_invite_item(item=item, reason=_("This contact was deleted or merged meanwhile."))
        try:
            with transaction.atomic():
                link = invite_contact(actor=actor, contact=contact, now=now, sending=item.pk)
        except Refused as refused:
            return refuse_invite_item(item=item, reason=refused.message)
    return finish_item(item, JobItem.Outcome.DONE, reason=link.email, detail=item.detail)


@transaction.atomic
def refuse_invite_item(*, item: JobItem, reason: str) -> None:
    """Give an item the outcome "refused"; without a reason one that every try ended in an error."""
    words = reason or _("This did not work, after several tries. Please tell whoever runs this site.")
    finish_item(item, JobItem.Outcome.REFUSED, reason=words, detail=item.detail)
