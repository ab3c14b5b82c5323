from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from advisory_portal.core.statements import Prepared
from client_portal.rules import COMPARE_EVERY
from documents.models import Contact
from partners.models import Organisation


class GatewayAccounts(models.QuerySet["GatewayAccount"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view sales, settings or contacts: each of these has a page that names them."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        if not any(actor.may(one, Level.VIEW) for one in (Section.SALES, Section.SETTINGS, Section.CONTACTS)):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def enabled(self) -> Self:
        """Those that take money now."""
        return self.in_use().filter(is_enabled=True)

    def offered_to(self, actor: Actor) -> Self:
        """Those that a contact may pay by now."""
        if actor.organisation_id is None or actor.contact_id is None:
            return self.none()
        allowed = ContactGateway.objects.filter(organisation_id=actor.organisation_id, contact_id=actor.contact_id)
        return self.enabled().filter(organisation_id=actor.organisation_id, pk__in=allowed.values("account_id"))

    def to_compare(self, now: datetime) -> Self:
        """Those whose books were not compared with the company's for a day, the longest first."""
        waiting = Q(listed_until=None) | Q(listed_until__lte=now - COMPARE_EVERY)
        return self.in_use().filter(waiting).order_by(F("listed_until").asc(nulls_first=True))


class GatewayAccount(PortalModel):
    """A business's account at a payment company. `secrets` is encrypted (`core.secrets`), bound to this row.

    `public` is what is no secret of its credentials (a location, a client id). `hook_token` is the part of the
    webhook's address that names the account; `hook_url` the whole address as the company was told it, byte for byte.
    Retired, never deleted: its payments stay.
    """

    class Kind(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        PAYPAL = "paypal", "PayPal"
        SQUARE = "square", "Square"

    class Mode(models.TextChoices):
        LIVE = "live", _("Real money")
        TEST = "test", _("The company's tests")
        SANDBOX = "sandbox", _("Sandbox of this portal")

    class Fault(models.TextChoices):
        CREDENTIALS = "credentials", _("The company does not take the key any more.")
        MODE = "mode", _("The key is for another mode than this account.")
        MERCHANT = "merchant", _("The key is of another account.")
        CURRENCY = "currency", _("The location takes another currency now.")
        LOCATION = "location", _("The location is not active at Square any more.")
        UNREADABLE = "unreadable", _("The key cannot be read any more: it was kept with a key that is gone.")
        AWAY = "away", _("The company does not answer.")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    mode = models.CharField(max_length=10, choices=Mode)
    name = models.CharField(_("name"), max_length=80)  # as contacts see it beside the company's
    is_enabled = models.BooleanField(default=False)
    for_new_contacts = models.BooleanField(default=False)  # new customers may pay by it: a trigger makes their rows
    public = models.JSONField(default=dict)  # {location_id} or {client_id}, as gateways.CREDENTIALS names them
    secrets = models.TextField()
    hook_secrets = models.TextField(blank=True)  # encrypted list of the secrets that webhooks may be signed with
    credentials_version = models.PositiveIntegerField(default=1)
    hook_token = models.UUIDField(unique=True, default=uuid4)
    hook_id = models.CharField(max_length=100, blank=True)
    hook_url = models.URLField(max_length=300, blank=True)
    merchant = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    checked_at = models.DateTimeField(null=True)
    check_error = models.CharField(max_length=20, choices=Fault, blank=True)  # what the last check found
    paid_at = models.DateTimeField(null=True)  # the last success
    hooked_at = models.DateTimeField(null=True)  # the last webhook
    listed_until = models.DateTimeField(null=True)  # how far the books were compared
    unheard_since = models.DateTimeField(null=True)  # when it was found that money comes and no webhook does
    retired_at = models.DateTimeField(null=True)

    objects = GatewayAccounts.as_manager()

    class Meta:
        verbose_name = _("payment account")
        verbose_name_plural = _("payment accounts")
        indexes = [models.Index(fields=["organisation", "kind"], name="account_of_organisation")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="one_account_a_gateway", condition=Q(retired_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}".strip()

    @property
    def is_unheard(self) -> bool:
        """Whether money came without the company's calling, and it has not called since that was found."""
        found, called = self.unheard_since, self.hooked_at
        return found is not None and (called is None or called < found)


# What taking a call needs, in the order of the model's fields; the rest is read where somebody asks for it.
_CALLED = ("id", "organisation_id", "kind", "mode", "secrets", "hook_secrets", "credentials_version", "hook_url")
_WITH_TOKEN = Prepared(
    lambda kind, token: GatewayAccount.objects.filter(kind=kind, hook_token=token).values_list(*_CALLED),
    kind=str,
    token=UUID,
)


def account_with_token(kind: str, token: UUID) -> GatewayAccount | None:
    """The account that a company calls at this address; also a retired one, whose money may still come."""
    row = _WITH_TOKEN.first(kind=kind, token=token)
    return GatewayAccount.from_db("default", _CALLED, row) if row is not None else None


class ContactGateways(models.QuerySet["ContactGateway"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view contacts."""
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        if not actor.may(Section.CONTACTS, Level.VIEW):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id)


class ContactGateway(PortalModel):
    """That a contact may pay by an account: the row is there, or it is not (R13: enabled on the contact's record)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="gateways")
    account = models.ForeignKey(GatewayAccount, models.CASCADE, related_name="contacts")

    objects = ContactGateways.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "contact"], name="gateway_of_contact")]
        constraints = [models.UniqueConstraint(fields=["contact", "account"], name="contact_gateway_once")]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.account_id}"
