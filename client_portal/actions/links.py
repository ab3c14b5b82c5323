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
from documents.models import Document
from partners.models import Organisation


@transaction.atomic
def send_fresh_link(*, link: PortalLink, now: datetime) -> None:
    """Mail a new link in place of one that has expired, to the address the old one was sent to.

    Anybody who holds the old link may ask; nothing is sent for a revoked one, nor within ten minutes of the
    last, and the page says the same in every case. Source: PRODUCT 5, entering.
    """
    if link.document_id is None:
        return
    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=link.document_id)
    last = PortalLink.objects.filter(document=document, email=link.email).order_by("-id").first()
    too_soon = last is not None and now - last.created_at < FRESH_LINK_PAUSE
    whose = (link.contact_id, link.contact.merged_into_id)  # a merged contact has handed its documents over
    if link.revoked_at is not None or too_soon or document.contact_id not in whose:
        return
    business, contact = link.organisation, document.contact
    fresh, path = new_link(document=document, email=link.email, sender=link.sent_by_name, now=now, business=business)
    notify(
        "client_portal/fresh_link",
        to=[Recipient(address=link.email, language=contact.language, name=contact.name[:200])],
        url=path,
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "document": document, "link": fresh},
        always=True,
    )


@transaction.atomic
def revoke_link(*, actor: Actor, link: PortalLink, now: datetime) -> None:
    """Close a link at once. Repeating it does nothing. Raises Forbidden."""
    about = link.document or link.contact
    actor.require(link.document.section if link.document else Section.CONTACTS, Level.MANAGE)
    if PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        record(actor, "client_portal.link.revoked", about=about, after={"email": link.email})


def new_link(
    *, document: Document, email: str, sender: str, now: datetime, business: Organisation, sending: UUID | None = None
) -> tuple[PortalLink, str]:
    """A link to the document for the business's link life, and the path that opens it."""
    token = new_token()
    link = PortalLink.objects.create(
        organisation=business,
        contact_id=document.contact_id,
        document=document,
        email=email,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + link_life(business.link_hours),
        sent_by_name=sender[:200],
        sending=sending,
    )
    return link, reverse("client_portal:open_link", args=[business.slug, token])
