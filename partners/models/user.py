from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.mail import Recipient
from advisory_portal.core.models import PortalModel
from advisory_portal.core.statements import Prepared


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who logs in with this address, kept in lower case. Raises ValueError without one."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(PortalModel, AbstractBaseUser, PermissionsMixin):
    """A person with a log-in. The e-mail address is the log-in."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_staff = models.BooleanField(_("operator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def recipient(self) -> Recipient:
        return Recipient(address=self.email, language=self.language, name=self.name, user_id=self.pk)

    @property
    def actor(self) -> Actor:
        """The person outside every organisation: what they do to what is their own."""
        return Actor(kind=ActorKind.MEMBER, name=self.name, user_id=self.pk)


_COLUMNS = [field.attname for field in User._meta.concrete_fields]


def _person(pk: UUID) -> models.QuerySet[User, Any]:
    return User.objects.filter(pk=pk).values_list(*_COLUMNS)


_PERSON = Prepared(_person, pk=UUID)


def person_by_id(pk: UUID) -> User | None:
    """The person, or None. Every request of somebody who is logged in asks this."""
    row = _PERSON.first(pk=pk)
    return User.from_db("default", _COLUMNS, row) if row else None
