"""The portal's links: made with a mail, asked for again, revoked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from advisory_portal.core.mail import Recipient, notify
from client_portal.models import PortalLink
from client_portal.rules import FRESH_LINK_PAUSE, link_life
from documents.models import Contact, Document
from partners.models import Organisation


@transaction.atomic
def send_fresh_link(*, link: PortalLink, now: datetime) -> None:
    """Mail a new link in place of one that has expired, to the address the old one was sent to.

    Anybody who holds the old link may ask; nothing is sent for a revoked one, nor within ten minutes of the
    last, and the page says the same in every case. Source: PRODUCT 5, entering.
    """
    contact = Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=_holder_id(link))
    document = Document.objects.filter(pk=link.document_id).first() if link.document_id else None
    last = PortalLink.objects.filter(document=document, email=link.email, contact__in=(link.contact_id, contact.pk))
    newest = last.order_by("-id").first()
    too_soon = newest is not None and now - newest.created_at < FRESH_LINK_PAUSE
    # To the portal only at the address on record; a document may have gone to others too.
    is_theirs = document.contact_id == contact.pk if document is not None else link.email == contact.email
    if link.revoked_at is not None or too_soon or not is_theirs:
        return
    business = link.organisation
    fresh, path = new_link(
        contact=contact, document=document, email=link.email, sender=link.sent_by_name, now=now, business=business
    )
    notify(
        "client_portal/fresh_link" if document is not None else "client_portal/fresh_portal_link",
        to=[Recipient(address=link.email, language=contact.language, name=contact.name[:200])],
        url=path,
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "document": document, "link": fresh, "hours": business.link_hours},
        always=True,
    )


def _holder_id(link: PortalLink) -> UUID:
    """A merged contact has handed its documents over."""
    return link.contact.merged_into_id or link.contact_id


@transaction.atomic
def revoke_link(*, actor: Actor, link: PortalLink, now: datetime) -> None:
    """Close a link at once. Repeating it does nothing. Raises Forbidden."""
    about = link.document or link.contact
    actor.require(link.document.section if link.document else Section.CONTACTS, Level.MANAGE)
    if PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        record(actor, "client_portal.link.revoked", about=about, after={"email": link.email})


def new_link(
    *,
    contact: Contact,
    email: str,
    sender: str,
    now: datetime,
    business: Organisation,
    document: Document | None = None,
    sending: UUID | None = None,
) -> tuple[PortalLink, str]:
    """A link to the document, or to the contact's portal, for the business's link life, and the path that opens it."""
    token = new_token()
    link = PortalLink.objects.create(
        organisation=business,
        contact=contact,
        purpose=PortalLink.Purpose.DOCUMENT if document is not None else PortalLink.Purpose.PORTAL,
        document=document,
        email=email,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + link_life(business.link_hours),
        sent_by_name=sender[:200],
        sending=sending,
    )
    return link, reverse("client_portal:open_link", args=[business.slug, token])
