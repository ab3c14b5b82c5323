"""How contacts reach the portal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from documents.models import Contact, Document
from documents.rules import PORTAL_KINDS, section_of
from partners.models import Organisation


class PortalLinks(models.QuerySet["PortalLink"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff: the links to documents of the sections they may view, to the portal for who may view contacts."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        kinds = [kind for kind in PORTAL_KINDS if actor.may(Section(section_of(kind)), Level.VIEW)]
        seen = Q(document__kind__in=kinds)
        if actor.may(Section.CONTACTS, Level.VIEW):
            seen |= Q(purpose=PortalLink.Purpose.PORTAL)
        return self.filter(seen, organisation_id=actor.organisation_id)

    def usable(self, now: datetime) -> Self:
        """Those that still open their document."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def in_portal(self, slug: str, ids: Iterable[UUID]) -> Self:
        """Those of the ids that belong to the portal at this address, newest first."""
        return self.filter(organisation__slug=slug, id__in=list(ids)).order_by("-id")

    def of_contact(self, contact: Contact) -> Self:
        """Those to documents that are the contact's now, and to its portal."""
        return self.filter(Q(document__contact=contact) | Q(contact=contact, document=None))


class PortalLink(PortalModel):
    """A mailed link that opens one document, or the contact's whole portal, for a while. The token is stored hashed.

    `sending` names the sending it belongs to, so that one that is repeated mails nothing again.
    """

    class Purpose(models.TextChoices):
        DOCUMENT = "document", _("Document")
        PORTAL = "portal", _("Portal")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="portal_links")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="portal_links")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.DOCUMENT)
    document = models.ForeignKey(Document, models.CASCADE, null=True, related_name="portal_links")
    email = models.EmailField(_("sent to"), max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    sent_by_name = models.CharField(max_length=200)
    sending = models.UUIDField(null=True)

    objects = PortalLinks.as_manager()

    class Meta:
        verbose_name = _("portal link")
        verbose_name_plural = _("portal links")
        indexes = [
            models.Index(
                fields=["organisation", "document", "-id"], name="link_of_document", condition=Q(revoked_at=None)
            ),
            models.Index(
                fields=["organisation", "contact", "-id"], name="link_of_contact", condition=Q(revoked_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document", "email", "sending"], name="link_once_a_sending"),
            models.CheckConstraint(
                condition=Q(purpose="document", document__isnull=False) | Q(purpose="portal", document=None),
                name="link_opens_what_it_says",
            ),
        ]

    def __str__(self) -> str:
        return str(self.email)

    @property
    def holder(self) -> Contact:
        """Whose link it is: its contact, or the one that this was merged into."""
        return self.contact.merged_into or self.contact

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now
