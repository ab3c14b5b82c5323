from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel, StoredFile
from documents.models import Contact, Document
from partners.models import Organisation


class QuoteDecisions(models.QuerySet["QuoteDecision"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those on quotes that the actor sees."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))


class QuoteDecision(PortalModel):
    """What a contact decided on one version of a quote, with its evidence: stored once and for ever (a trigger).

    `pdf` is the quote as it was read, `pdf_sha256` its hash; `terms` the terms as they were shown. `signature` is a
    drawn signature as SVG path data in a box of 600 × 200, "" where the name was typed. `identified_by` is how the
    person was known: `link`, `password` or `code`; `staff` where staff recorded what the customer told them, with
    `recorded_by_name` and `told_by`. `reason` is why a quote was declined. `certificate` is made after.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    class Identified(models.TextChoices):
        LINK = "link", _("by a link sent to this address")
        PASSWORD = "password", _("by address and password")
        CODE = "code", _("by a code sent to this address")
        STAFF = "staff", _("as told to whoever recorded it")

    class Told(models.TextChoices):
        PHONE = "phone", _("By phone")
        MAIL = "mail", _("By e-mail")
        MEETING = "meeting", _("In person")
        PAPER = "paper", _("On signed paper")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.OneToOneField(Document, models.CASCADE, related_name="decision")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision)
    name = models.CharField(_("name"), max_length=200)
    signature = models.TextField(max_length=20_000, blank=True)
    reference = models.CharField(_("your order number"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), max_length=2_000, blank=True)
    terms = models.TextField(blank=True)
    version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    pdf_sha256 = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    email = models.EmailField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=300, blank=True)
    identified_by = models.CharField(max_length=10, choices=Identified)
    recorded_by_name = models.CharField(_("recorded by"), max_length=200, blank=True)
    told_by = models.CharField(_("how they told you"), max_length=10, choices=Told, blank=True)
    certificate = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects = QuoteDecisions.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["organisation", "contact", "-id"], name="decision_of_contact")]
        constraints = [
            models.CheckConstraint(condition=Q(reason="") | Q(decision="declined"), name="only_a_no_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(identified_by="staff") | (~Q(recorded_by_name="") & ~Q(told_by="")),
                name="whoever_recorded_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.decision}"
