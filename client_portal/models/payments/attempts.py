from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from client_portal.models.payments.accounts import GatewayAccount
from documents.models import Contact, Document
from partners.models import Organisation


class PaymentAttempts(models.QuerySet["PaymentAttempt"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view sales; a contact its own, and with a link to documents those that pay them alone."""
        if actor.organisation_id is None:
            return self.none()
        found = self.filter(organisation_id=actor.organisation_id)
        if actor.kind != ActorKind.CONTACT:
            return found if actor.may(Section.SALES, Level.VIEW) else self.none()
        found = found.filter(contact_id=actor.contact_id)
        if actor.document_ids is None:
            return found
        others = AttemptShare.objects.filter(attempt=OuterRef("pk")).exclude(document_id__in=actor.document_ids)
        return found.exclude(Exists(others))

    def open(self) -> Self:
        """Those that may still bring their money in the ordinary way, and keep their documents from another attempt."""
        return self.filter(state__in=PaymentAttempt.OPEN_STATES)

    def due(self, now: datetime) -> Self:
        """Those to ask the gateway about, unless somebody is doing it."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now), due_at__lte=now)


class PaymentAttempt(PortalModel):
    """One try of a contact to pay documents at a gateway. The truth about its money is asked there (`sync_attempt`).

    `key` makes repeated calls one, and is committed before the first, with all that it says. `reference` is what the
    payer recognises, new for each attempt. `ref` and `ref2` find it at the gateway, `redirect_url` is the page to pay
    on. `due_at` is when to ask next, None when nothing is to be asked any more; `syncs` counts the regular checks since
    the last change. `synced_at` is when an answer was last written down, never twice the same. `lease_until`: somebody
    captures until then. `close_wanted`: it shall end at the gateway too, because its documents changed or another way
    was chosen. `is_late`: its money came after it had ended. Source: payments design,
    5.2 and 5.3.
    """

    class State(models.TextChoices):
        NEW = "new", _("Being prepared")
        OPEN = "open", _("Waiting for the payer")
        CAPTURING = "capturing", _("Being collected")
        PENDING = "pending", _("Being processed")
        SUCCEEDED = "succeeded", _("Paid")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        State.NEW: {State.OPEN, State.PENDING, State.SUCCEEDED, State.FAILED, State.EXPIRED, State.CANCELLED},
        State.OPEN: {
            State.CAPTURING,
            State.PENDING,
            State.SUCCEEDED,
            State.FAILED,
            State.EXPIRED,
            State.CANCELLED,
        },
        State.CAPTURING: {State.OPEN, State.PENDING, State.SUCCEEDED, State.FAILED, State.EXPIRED, State.CANCELLED},
        State.PENDING: {State.OPEN, State.SUCCEEDED, State.FAILED, State.EXPIRED, State.CANCELLED},
        State.FAILED: {State.SUCCEEDED},
        State.EXPIRED: {State.SUCCEEDED},
        State.CANCELLED: {State.SUCCEEDED},
        State.SUCCEEDED: set(),
    }
    HAS_OWN_LOG = True  # PaymentLog: `move` writes no second line of each step
    OPEN_STATES = (State.NEW, State.OPEN, State.CAPTURING, State.PENDING)

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    account = models.ForeignKey(GatewayAccount, models.PROTECT, related_name="attempts")
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=60, unique=True)
    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)  # whom the receipt goes to
    language = models.CharField(max_length=10, blank=True)
    asked = models.JSONField(default=dict)  # what the gateway is asked beside these: {return_url, cancel_url, business}
    payer_name = models.CharField(max_length=200, blank=True)  # who pressed Pay, as the portal knew them
    ref = models.CharField(max_length=255, blank=True)
    ref2 = models.CharField(max_length=255, blank=True)
    redirect_url = models.TextField(max_length=2_000, blank=True)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    syncs = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    close_wanted = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    error_code = models.CharField(max_length=100, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    synced_at = models.DateTimeField(null=True)

    objects = PaymentAttempts.as_manager()

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        indexes = [
            models.Index(fields=["organisation", "-id"], name="attempt_of_organisation"),
            models.Index(fields=["organisation", "contact", "-id"], name="attempt_of_contact"),
            models.Index(fields=["due_at"], name="attempt_due", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "ref"], name="attempt_ref_once", condition=~Q(ref="")),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_is_an_amount"),
        ]

    def __str__(self) -> str:
        return self.reference


class AttemptShares(models.QuerySet["AttemptShare"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(attempt__in=PaymentAttempt.objects.visible_to(actor))

    def with_attempt(self) -> Self:
        """With their document, and their attempt with its account and business."""
        return self.select_related("document", "attempt__account__organisation")

    def running(self) -> Self:
        """Open shares whose money is on its way."""
        return self.filter(
            is_open=True, attempt__state__in=(PaymentAttempt.State.PENDING, PaymentAttempt.State.CAPTURING)
        )

    def outdated(self) -> Self:
        """Open shares of documents that do not take this amount any more. Costs what is open."""
        return self.filter(is_open=True, attempt__close_wanted=False).filter(
            ~Q(document__state__in=(Document.State.ISSUED, Document.State.PARTIALLY_PAID))
            | Q(document__payable__lt=F("amount") + F("document__settled"))
            | ~Q(document__contact=F("attempt__contact"))
        )


class AttemptShare(PortalModel):
    """What an attempt pays of one document. A document has at most one open share: `is_open` follows the attempt."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    attempt = models.ForeignKey(PaymentAttempt, models.CASCADE, related_name="shares")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=3)
    is_open = models.BooleanField(default=True)

    objects = AttemptShares.as_manager()

    class Meta:
        ordering = ["document_id"]  # the order in which documents are locked
        indexes = [models.Index(fields=["organisation", "document"], name="share_of_document")]
        constraints = [
            models.UniqueConstraint(fields=["document"], name="one_open_attempt", condition=Q(is_open=True)),
            models.UniqueConstraint(fields=["attempt", "document"], name="share_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="share_is_an_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.amount}"
