"""Changes of who belongs to an organisation, and as what."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from partners.actions.locks import lock_organisation
from partners.models import Member, Role


class LastOwner(Refused):
    """An organisation keeps at least one owner who can act."""


class OwnersOnly(Refused):
    """Only an owner decides who is an owner."""


@transaction.atomic
def give_role(*, actor: Actor, member: Member, role: Role) -> None:
    """Give a member another role and tell them. Giving the same again does nothing.

    Any role but owner may be given by whoever manages the team, also one that opens more than the giver's own:
    who manages the team decides what others may. Raises OwnersOnly if the member is an owner or shall become one
    and the actor is not, LastOwner, and LookupError for a role of another organisation. Source: PRODUCT R4.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    member = _current(actor, member)
    role = Role.objects.visible_to(actor).effective().get(pk=role.pk)
    if member.retired_at or member.role_id == role.pk:
        return
    before = member.role
    if "owner" in (before.code, role.code):
        _require_owner(actor)
    if before.code == "owner":
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    record(
        actor,
        "partners.member.role_changed",
        about=member,
        before={"role": str(before)},
        after={"role": str(role)},
    )
    notify(
        "partners/role_changed",
        to=[member.user.recipient],
        url=reverse("partners:workspace", args=[actor.place.slug]),
        organisation_id=actor.place.id,
        context={"organisation": actor.place.name, "role": role, "actor_name": actor.name},
    )


@transaction.atomic
def remove_member(*, actor: Actor, member: Member, now: datetime) -> None:
    """Take a member's access away, from their next request on, and tell them. Repeating it does nothing.

    Raises OwnersOnly if an owner is removed by somebody else than an owner, and LastOwner. Source: PRODUCT R4.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    member = _current(actor, member)
    if member.retired_at:
        return
    if member.is_owner:
        _require_owner(actor)
        _keep_an_owner(member)
    _retire(member, now)
    record(actor, "partners.member.removed", about=member, before={"role": str(member.role)})
    notify(
        "partners/member_removed",
        to=[member.user.recipient],
        url=reverse("partners:organisations"),
        context={"organisation": actor.place.name, "actor_name": actor.name},
    )


@transaction.atomic
def leave_organisation(*, actor: Actor, now: datetime) -> None:
    """Take one's own access away. Repeating it does nothing. Raises LastOwner. Source: PRODUCT R4."""
    lock_organisation(actor.place.id)
    member = Member.objects.visible_to(actor).of_person(actor).first()
    if member is None:
        return
    if member.is_owner:
        _keep_an_owner(member)
    _retire(member, now)
    record(actor, "partners.member.left", about=member, before={"role": str(member.role)})


def _current(actor: Actor, member: Member) -> Member:
    """The member as it stands under the lock. Raises DoesNotExist for one of another organisation."""
    return Member.objects.visible_to(actor).select_related("role", "user").get(pk=member.pk)


def _retire(member: Member, now: datetime) -> None:
    member.retired_at = now
    member.save(update_fields=["retired_at"])


def _require_owner(actor: Actor) -> None:
    if actor.role != "owner":
        raise OwnersOnly(_("Only an owner can do this."), field="role")


def _keep_an_owner(leaving: Member) -> None:
    others = Member.objects.effective().owners().filter(organisation_id=leaving.organisation_id)
    if not others.exclude(pk=leaving.pk).exists():
        raise LastOwner(_("An organisation needs an owner: make somebody else owner first."), field="role")
