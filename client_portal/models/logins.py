from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.ids import hash_token
from advisory_portal.core.models import PortalModel
from documents.models import Contact
from partners.models import Organisation


class PortalLogins(models.QuerySet["PortalLogin"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view contacts; a contact sees the one of its own address."""
        if actor.organisation_id is None:
            return self.none()
        logins = self.filter(organisation_id=actor.organisation_id)
        if actor.kind == ActorKind.CONTACT:
            return logins.filter(pk=actor.login_id) if actor.login_id else self.none()
        return logins if actor.may(Section.CONTACTS, Level.VIEW) else self.none()

    def at(self, email: str) -> Self:
        """The one of an address, however it is written."""
        return self.filter(email=email.strip().lower())


class PortalLogin(PortalModel):
    """An address that may enter one business's portal. The business controls it: set, reset, remove.

    It leads to every present contact of the business with this e-mail, so that who has several chooses. `password` is
    a hash, "" for none. Changing it ends all sessions. `email` is kept in lower case.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"), max_length=254)
    password = models.CharField(max_length=128, blank=True)
    password_set_at = models.DateTimeField(null=True)
    last_entered_at = models.DateTimeField(null=True)

    objects = PortalLogins.as_manager()

    class Meta:
        verbose_name = _("portal log-in")
        verbose_name_plural = _("portal log-ins")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email"], name="one_login_per_address"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="login_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def has_password(self) -> bool:
        return bool(self.password)


class PortalSessions(models.QuerySet["PortalSession"]):
    def visible_to(self, actor: Actor) -> Self:
        """A contact's own: those of its log-in; staff who may view contacts see all of the portal."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, login__in=PortalLogin.objects.visible_to(actor))

    def usable(self, now: datetime) -> Self:
        return self.filter(ended_at=None, expires_at__gt=now)


class PortalSession(PortalModel):
    """A browser that is logged in to a portal. Its cookie belongs to that portal's path and holds a token, kept hashed.

    `contact` is the one that the person has chosen of those the address stands for; `identified_by` how the person was
    known.
    """

    class Identified(models.TextChoices):
        PASSWORD = "password", _("Password")
        CODE = "code", _("Code by mail")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    login = models.ForeignKey(PortalLogin, models.CASCADE, related_name="sessions")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    identified_by = models.CharField(max_length=10, choices=Identified, default=Identified.PASSWORD)
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = PortalSessions.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "login", "-id"], name="portal_session_of", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return self.browser


class PortalSecrets(models.QuerySet["PortalSecret"]):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody sees them: whoever brings the secret itself uses it."""
        return self.none()

    def open(self, now: datetime) -> Self:
        """Those that can still be used."""
        return self.filter(used_at=None, expires_at__gt=now, tries__lt=PortalSecret.MOST_TRIES)

    def with_token(self, organisation_id: UUID, token: str, now: datetime) -> Self:
        """The open one that sets a password in this portal, for whoever holds the mailed link's token."""
        links = self.filter(organisation_id=organisation_id, purpose=PortalSecret.Purpose.PASSWORD)
        return links.open(now).filter(secret_hash=hash_token(token))


class PortalSecret(PortalModel):
    """What was mailed to an address to enter once: a link that sets a password, or a code of six digits. Hashed."""

    class Purpose(models.TextChoices):
        PASSWORD = "password", _("Set a password")
        CODE = "code", _("One-time code")

    MOST_TRIES = 5

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    login = models.ForeignKey(PortalLogin, models.CASCADE, related_name="secrets")
    purpose = models.CharField(max_length=10, choices=Purpose)
    secret_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = PortalSecrets.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "login", "purpose", "-id"], name="secret_of_login")]
        constraints = [
            models.UniqueConstraint(fields=["secret_hash"], name="password_link_once", condition=Q(purpose="password"))
        ]

    def __str__(self) -> str:
        return self.purpose
