"""Sending a document: one mail an address, with the portal's link, and the PDF beside it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, finish_item
from advisory_portal.core.mail import Recipient, notify
from advisory_portal.core.models import JobItem
from client_portal.actions.links import new_link
from client_portal.models import PortalLink
from client_portal.words import sending_words
from documents import actions as documents
from documents.models import Document
from documents.rules import PORTAL_KINDS
from partners.models import Organisation, User

MOST_ADDRESSES = 10


class NotForPortal(Refused):
    """The document is a draft or void, or of a kind that the portal does not show."""


class NoAddress(Refused):
    """There is no address to send it to, or there are too many."""


class AlreadyPaid(Refused):
    """There is nothing to remind of."""


@transaction.atomic
def send_document(
    *,
    actor: Actor,
    document: Document,
    to: Sequence[str],
    subject: str,
    text: str,
    now: datetime,
    sending: UUID,
    attach_pdf: bool = True,
    copy_to_me: bool = False,
) -> list[PortalLink]:
    """Mail a document to some addresses: the text, a button with a link of each address's own, and the PDF.

    `sending` names this sending: repeated, it mails nothing and gives the links it made. The first address is kept
    on a contact that has none. A copy goes to the actor's own address, with a link to the staff's page. Sending
    again (another `sending`) makes other links; the earlier ones live on until they expire. Raises NotForPortal,
    NoAddress, TooBigToAttach, Forbidden. Source: PRODUCT 5, entering.
    """
    actor.require(document.section, Level.MANAGE)
    addresses = distinct(to)
    if not addresses or len(addresses) > MOST_ADDRESSES:
        words = _("Give the address to send it to.") if not addresses else _("Send it to at most ten addresses.")
        raise NoAddress(words, field="to")
    locked = locked_to_send(document)
    made = list(PortalLink.objects.filter(document=locked, sending=sending).order_by("id"))
    if made:
        return made
    if not locked.contact.email:
        documents.set_contact_email(actor=actor, contact=locked.contact, email=addresses[0])
    links = mail_document(
        actor=actor, document=locked, to=addresses, subject=subject, text=text, now=now, sending=sending,
        attach_pdf=attach_pdf, copy_to_me=copy_to_me,
    )  # fmt: skip
    documents.mark_sent(actor=actor, document=locked, now=now)
    record(actor, "client_portal.link.sent", about=locked, after={"email": ", ".join(addresses)})
    document.refresh_from_db(fields=["sent_at", "pdf"])
    return links


def distinct(addresses: Iterable[str]) -> list[str]:
    """The addresses in small letters, each once, in their order."""
    return list(dict.fromkeys(filter(None, (address.strip().lower() for address in addresses))))


def locked_to_send(document: Document) -> Document:
    """The document, locked, if it may be sent. Raises NotForPortal."""
    rows = Document.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    locked = rows.get(pk=document.pk)
    if locked.kind not in PORTAL_KINDS or locked.state == Document.State.DRAFT:
        raise NotForPortal(_("Only issued documents can be sent. Issue this one first."))
    if locked.state == Document.State.VOID:
        raise NotForPortal(_("This document is void and is not sent any more."))
    return locked


def mail_document(
    *,
    actor: Actor,
    document: Document,
    to: Sequence[str],
    subject: str,
    text: str,
    now: datetime,
    sending: UUID,
    attach_pdf: bool,
    copy_to_me: bool,
) -> list[PortalLink]:
    """Write the mails of one sending, a link each, and the actor's copy."""
    business = Organisation.objects.get(pk=document.organisation_id)
    contact = document.contact
    kept = documents.pdf_file(document=document)  # what the link opens is what was sent, attached or not
    attachment = kept if attach_pdf else None
    context = {"business": business, "mail_subject": subject, "mail_text": text, "hours": business.link_hours}
    own: dict[str, Any] = {"organisation_id": business.pk, "from_name": business.name, "always": True}
    own["attachment"] = attachment
    links = []
    for address in to:
        link, path = new_link(
            contact=contact, document=document, email=address, sender=actor.name, now=now, business=business,
            sending=sending,
        )  # fmt: skip
        receiver = Recipient(address=address, language=contact.language, name=contact.name[:200])
        notify("client_portal/document_link", to=[receiver], url=path, reply_to=business.email, context=context, **own)
        links.append(link)
    if copy_to_me and actor.user_id is not None:
        me = User.objects.get(pk=actor.user_id)
        receiver = Recipient(address=me.email, language=contact.language, name=me.name)
        path = reverse("documents:document", args=[business.slug, document.pk])
        notify("client_portal/document_link", to=[receiver], url=path, context={**context, "hours": 0}, **own)
    return links


@transaction.atomic
def run_send_item(*, item: JobItem, now: datetime) -> None:
    """Send one document of a job, to its contact's address, in our words. Called by the sweep.

    What is refused is told with its reason; a document that was sent by this very item is not sent again.
    """
    actor = actor_of(item.job)
    document = Document.objects.select_related("contact").get(pk=item.detail["document"])
    contact = document.contact
    language, business = contact.language, actor.place.name
    subject, text = sending_words(document, business=business, language=language, name=contact.name)
    try:
        with transaction.atomic():
            if not contact.email:
                raise NoAddress(_("%(name)s has no e-mail address. Add one to the contact.") % {"name": contact.name})
            send_document(
                actor=actor, document=document, to=[contact.email], subject=subject, text=text, now=now, sending=item.pk
            )
    except Refused as refused:
        documents.refuse_item(item=item, reason=refused.message)
        return documents.note_unsent(item=item, reason=refused.message)
    return finish_item(item, JobItem.Outcome.DONE, reason=contact.email, detail=item.detail)


@transaction.atomic
def give_up_send_item(*, item: JobItem) -> None:
    """End an item whose every try failed, so that its job ends; the error stays in `last_error`."""
    documents.refuse_item(item=item, reason="")
