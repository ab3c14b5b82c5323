"""Whom the portal's mails go to: the business's staff, or the contact of a document."""

from uuid import UUID

from advisory_portal.core.access import Level, Section
from advisory_portal.core.mail import Recipient
from client_portal.models import PortalLink
from documents.models import Document
from partners.models import Member
from partners.rules import capped_levels


def staff_of(document: Document) -> list[Recipient]:
    """The members who may manage documents of this kind, each in their own language. One query."""
    return managers_of(document.organisation_id, document.section)


def managers_of(organisation_id: UUID, section: Section) -> list[Recipient]:
    """The members of a business who may manage a section, each in their own language. One query."""
    members = Member.objects.effective().with_rights().filter(organisation_id=organisation_id)
    return [
        member.user.recipient
        for member in members.order_by("id")
        if capped_levels(member.role.levels, member.organisation.plan.sections).get(str(section), 0) >= Level.MANAGE
    ]


def address_of(document: Document) -> str:
    """The contact's address, or the one that the document was sent to last; "" where there is none."""
    last = PortalLink.objects.filter(document=document).order_by("-id").values_list("email", flat=True).first()
    return document.contact.email or last or ""


def contact_at(document: Document, email: str) -> Recipient:
    """The document's contact at an address."""
    contact = document.contact
    return Recipient(address=email, language=contact.language, name=contact.name[:200])
