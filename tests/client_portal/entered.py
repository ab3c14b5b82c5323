"""A contact's browser, with the whole portal open or one document."""

from datetime import timedelta

from django.core import signing
from django.test import Client
from django.utils import timezone

from client_portal.models import PortalLink
from client_portal.sources import COOKIE, SALT
from documents.models import Contact, Document
from tests.factories import PortalLinkFactory


def entered(contact: Contact) -> Client:
    """The browser of a contact that an invitation has brought in: everything of its own is open."""
    link = PortalLink.objects.create(
        organisation=contact.organisation,
        contact=contact,
        purpose="portal",
        email=contact.email,
        token_hash=f"entered-{contact.pk}-{PortalLink.objects.count()}",
        expires_at=timezone.now() + timedelta(hours=48),
        sent_by_name="Dan",
    )
    return remembering(link)


def opened(document: Document) -> Client:
    """The browser of a contact who came by the link of one document."""
    return remembering(PortalLinkFactory(document=document))


def remembering(link: PortalLink) -> Client:
    browser = Client()
    browser.cookies[COOKIE] = signing.dumps([str(link.pk)], salt=SALT)
    return browser
