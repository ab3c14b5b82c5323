from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Workspace
from advisory_portal.core.ids import hash_token
from advisory_portal.core.models import PortalModel
from advisory_portal.core.statements import Prepared
from partners.models.organisation import Organisation
from partners.models.user import User
from partners.rules import capped_levels


class Roles(models.QuerySet["Role"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor's organisation may give: the predefined ones of its kind and its own."""
        if actor.organisation is None:
            return self.none()
        predefined = Q(organisation=None, organisation_kind=actor.organisation.kind)
        return self.filter(predefined | Q(organisation_id=actor.organisation.id))

    def effective(self) -> Self:
        return self.filter(retired_at=None)

    def own(self) -> Self:
        """Those that the organisation made itself."""
        return self.filter(organisation__isnull=False)

    def for_invitations(self, actor: Actor) -> Self:
        """Those that may be offered by mail, in their order; owners are made among members only."""
        return self.visible_to(actor).effective().besides_owner().order_by("position", "name")

    def to_give(self, actor: Actor) -> Self:
        """Those that the actor may give to a member: only an owner makes owners."""
        roles = self.visible_to(actor).effective().order_by("position", "name")
        return roles if actor.role == "owner" else roles.besides_owner()

    def with_use(self, actor: Actor) -> Self:
        """Each with `member_count` and `invitation_count`: who has it here now, and who is offered it."""
        here = actor.organisation_id
        members = Q(members__retired_at=None, members__organisation_id=here)
        offered = Q(invitations__accepted_at=None, invitations__revoked_at=None, invitations__organisation_id=here)
        return self.annotate(
            member_count=Count("members", filter=members, distinct=True),
            invitation_count=Count("invitations", filter=offered, distinct=True),
        )

    def besides_owner(self) -> Self:
        return self.exclude(code="owner")


class Role(PortalModel):
    """A named set of levels per section: predefined for a kind of organisation, or one's own. Retired, not deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="roles")
    organisation_kind = models.CharField(max_length=10, choices=Organisation.Kind)
    code = models.CharField(max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=60)
    levels = models.JSONField(_("levels"), default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    objects = Roles.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None) & ~Q(code="") | Q(organisation__isnull=False, code=""),
                name="role_is_predefined_or_own",
            ),
            models.UniqueConstraint(
                fields=["organisation_kind", "code"], name="predefined_role_once", condition=~Q(code="")
            ),
            models.UniqueConstraint(
                fields=["organisation", "name"], name="role_name_once", condition=Q(retired_at=None)
            ),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> str:
        """Its name in the reader's language; one's own roles keep the name they were given."""
        return str(PREDEFINED_NAMES.get(self.code, self.name))


PREDEFINED_NAMES = {
    "owner": _("Owner"),
    "administrator": _("Administrator"),
    "account_manager": _("Account manager"),
    "bookkeeper": _("Bookkeeper"),
    "sales": _("Sales"),
    "tax_reviewer": _("Tax reviewer"),
    "viewer": _("Viewer"),
}


class Members(models.QuerySet["Member"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def effective(self) -> Self:
        """Those who may act now: not removed, with a role that still stands, and an active log-in."""
        return self.filter(retired_at=None, role__retired_at=None, user__is_active=True)

    def present(self) -> Self:
        """Those who have not been removed, whatever has become of their role."""
        return self.filter(retired_at=None)

    def of_person(self, actor: Actor) -> Self:
        """The actor's own membership."""
        return self.present().filter(user_id=actor.user_id) if actor.user_id else self.none()

    def with_rights(self) -> Self:
        """With person, role, organisation and plan, which together say what the member may."""
        return self.select_related("user", "organisation__plan", "role")

    def owners(self) -> Self:
        return self.filter(role__code="owner")

    def leading(self) -> Self:
        """Owners and administrators, who are told what concerns the whole organisation."""
        return self.filter(role__code__in=("owner", "administrator"))


class Rights(NamedTuple):
    """What an actor is made of. `levels` is the role's, before the plan caps it."""

    user_id: UUID
    user_name: str
    user_language: str
    role: str
    levels: Mapping[str, int]
    plan_sections: Sequence[str]
    place: Workspace

    @property
    def actor(self) -> Actor:
        """Who has these rights, in the organisation's workspace."""
        return Actor(
            kind=ActorKind.MEMBER,
            name=self.user_name,
            organisation=self.place,
            user_id=self.user_id,
            role=self.role,
            levels=capped_levels(self.levels, self.plan_sections),
            language=self.user_language,
        )


class Member(PortalModel):
    """A person in an organisation, with one role. Retired when removed, never deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, models.PROTECT, related_name="members")
    retired_at = models.DateTimeField(null=True)

    objects = Members.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="member_once", condition=Q(retired_at=None))
        ]
        indexes = [models.Index(fields=["user"], name="member_of_person", condition=Q(retired_at=None))]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_owner(self) -> bool:
        return self.role.code == "owner"

    @property
    def rights(self) -> Rights:
        """What this member may here. Needs the row as `with_rights()` fetches it."""
        user, role, organisation = self.user, self.role, self.organisation
        code = role.code or str(role.pk)
        sections = organisation.plan.sections
        return Rights(user.pk, user.name, user.language, code, role.levels, sections, organisation.workspace)

    @property
    def actor(self) -> Actor:
        """The member in their workspace, as the middleware finds them. Needs the row as `with_rights()` fetches it."""
        return self.rights.actor


def _rights(user_id: UUID, slug: str) -> models.QuerySet[Member, tuple[Any, ...]]:
    place = [f"organisation__{field.name}" for field in fields(Workspace)]
    own = ("user_id", "user__name", "user__language", "role__code", "role_id", "role__levels")
    members = Member.objects.effective().filter(user_id=user_id, organisation__slug=slug)
    return members.values_list(*own, "organisation__plan__sections", *place)


_RIGHTS = Prepared(_rights, user_id=UUID, slug=str)


def rights_in(slug: str, user_id: UUID) -> Rights | None:
    """What the person may in the organisation at this address, or None. Every page of a workspace asks this."""
    row = _RIGHTS.first(slug=slug, user_id=user_id)
    if row is None:
        return None
    person, name, language, code, role_id, levels, sections, *place = row
    return Rights(person, name, language, code or str(role_id), json.loads(levels), sections, Workspace(*place))


class Invitations(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def waiting(self) -> Self:
        """Neither accepted nor revoked, expired or not."""
        return self.filter(accepted_at=None, revoked_at=None)

    def with_token(self, token: str) -> Self:
        """The one whose mail holds this token, with its organisation and role."""
        return self.filter(token_hash=hash_token(token)).select_related("organisation", "role")

    def open(self, now: datetime) -> Self:
        """Those that can still be accepted."""
        return self.waiting().filter(expires_at__gt=now)


class Invitation(PortalModel):
    """An offer, by mail, to join an organisation with a role. The token is stored hashed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.ForeignKey(Role, models.PROTECT, related_name="invitations")
    language = models.CharField(max_length=10)
    invited_by_name = models.CharField(max_length=200)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = Invitations.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                name="one_waiting_invitation",
                condition=Q(accepted_at=None, revoked_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Can still be accepted."""
        waiting = self.accepted_at is None and self.revoked_at is None
        return waiting and self.expires_at > now and self.role.retired_at is None

    def has_joined(self, actor: Actor) -> bool:
        """Is this person a member of the organisation now?"""
        members = Member.objects.of_person(actor).effective()
        return members.filter(organisation_id=self.organisation_id).exists()
