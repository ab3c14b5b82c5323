"""Everything that writes the portal's links."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from advisory_portal.core.mail import Recipient, notify
from client_portal.models import PortalLink
from client_portal.rules import FRESH_LINK_PAUSE, link_life
from documents import actions as documents
from documents.models import Document
from documents.rules import PORTAL_KINDS
from partners.models import Organisation


class NotForPortal(Refused):
    """The document is a draft, or of a kind that the portal does not show."""


class NoAddress(Refused):
    """The contact has no e-mail address."""


@transaction.atomic
def send_document_link(*, actor: Actor, document: Document, email: str, now: datetime) -> PortalLink:
    """Mail the contact a link that opens this document for the business's link life.

    An address is kept on the contact if it has none. Sending again makes another link; the earlier ones live on
    until they expire. Raises NotForPortal, NoAddress, Forbidden. Source: PRODUCT 5, entering.
    """
    actor.require(document.section, Level.MANAGE)
    if document.kind not in PORTAL_KINDS or document.state == Document.State.DRAFT:
        raise NotForPortal(_("Only issued documents can be sent. Issue this one first."))
    address = email.strip().lower()
    if not address:
        raise NoAddress(_("Give the address to send it to."), field="email")
    contact = document.contact
    if not contact.email:
        documents.set_contact_email(actor=actor, contact=contact, email=address)
    link = _mail_link(document=document, email=address, sender=actor.name, now=now, message="document_link")
    documents.mark_sent(actor=actor, document=document, now=now)
    record(actor, "client_portal.link.sent", about=document, after={"email": address})
    return link


@transaction.atomic
def send_fresh_link(*, link: PortalLink, now: datetime) -> None:
    """Mail a new link in place of one that has expired, to the address the old one was sent to.

    Anybody who holds the old link may ask; nothing is sent for a revoked one, nor within ten minutes of the
    last, and the page says the same in every case. Source: PRODUCT 5, entering.
    """
    document = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=link.document_id)
    last = PortalLink.objects.filter(document=document, email=link.email).order_by("-id").first()
    too_soon = last is not None and now - last.created_at < FRESH_LINK_PAUSE
    if link.revoked_at is not None or too_soon or document.contact_id != link.contact_id:
        return
    _mail_link(document=document, email=link.email, sender=link.sent_by_name, now=now, message="fresh_link")


@transaction.atomic
def revoke_link(*, actor: Actor, link: PortalLink, now: datetime) -> None:
    """Close a link at once. Repeating it does nothing. Raises Forbidden."""
    actor.require(link.document.section, Level.MANAGE)
    if PortalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        record(actor, "client_portal.link.revoked", about=link.document, after={"email": link.email})


def _mail_link(*, document: Document, email: str, sender: str, now: datetime, message: str) -> PortalLink:
    business = Organisation.objects.get(pk=document.organisation_id)
    contact, token = document.contact, new_token()
    link = PortalLink.objects.create(
        organisation=business,
        contact=contact,
        document=document,
        email=email,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + link_life(business.link_hours),
        sent_by_name=sender,
    )
    notify(
        f"client_portal/{message}",
        to=[Recipient(address=email, language=contact.language, name=contact.name[:200])],
        url=reverse("client_portal:open_link", args=[business.slug, token]),
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "document": document, "link": link},
        always=True,
    )
    return link
