"""Roles that an organisation makes itself."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from partners.actions.locks import lock_organisation
from partners.models import Invitation, Role
from partners.rules import sections_of


class RoleNameTaken(Refused):
    """Two roles of one organisation never have the same name."""


@transaction.atomic
def create_role(*, actor: Actor, name: str, levels: Mapping[str, int]) -> Role:
    """Make a role of the organisation's own. Raises RoleNameTaken, also when repeated. Source: PRODUCT 3."""
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    _require_free_name(actor, name)
    role = Role.objects.create(
        organisation_id=actor.place.id,
        organisation_kind=actor.place.kind,
        name=name,
        levels=_given(actor, levels),
        position=100,
    )
    record(actor, "partners.role.created", about=role, after={"levels": role.levels})
    return role


@transaction.atomic
def change_role(*, actor: Actor, role: Role, name: str, levels: Mapping[str, int]) -> None:
    """Rename one's own role or change what it opens, from the next request of everybody who has it.

    Repeating it does nothing. Raises RoleNameTaken, and DoesNotExist for predefined and other people's roles.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    role = Role.objects.visible_to(actor).own().effective().get(pk=role.pk)
    new = {"name": name, "levels": _given(actor, levels)}
    before = {"name": role.name, "levels": role.levels}
    if new == before:
        return
    _require_free_name(actor, name, besides=role)
    role.name, role.levels = name, _given(actor, levels)
    role.save(update_fields=["name", "levels"])
    record(actor, "partners.role.changed", about=role, before=before, after=new)


@transaction.atomic
def retire_role(*, actor: Actor, role: Role, now: datetime) -> None:
    """Withdraw one's own role: it opens nothing any more, and invitations that offer it are revoked.

    Members keep it, without access, until they are given another. Repeating it does nothing. Source: PRODUCT 3.
    """
    actor.require(Section.TEAM, Level.MANAGE)
    lock_organisation(actor.place.id)
    role = Role.objects.visible_to(actor).own().get(pk=role.pk)
    if role.retired_at:
        return
    role.retired_at = now
    role.save(update_fields=["retired_at"])
    Invitation.objects.visible_to(actor).waiting().filter(role=role).update(revoked_at=now)
    record(actor, "partners.role.retired", about=role)


def _given(actor: Actor, levels: Mapping[str, int]) -> dict[str, int]:
    """Levels above none, of sections that this kind of organisation has."""
    known = sections_of(actor.place.kind)
    return {section: Level(levels[section]).value for section in known if levels.get(section)}


def _require_free_name(actor: Actor, name: str, besides: Role | None = None) -> None:
    roles = Role.objects.visible_to(actor).effective().filter(name__iexact=name)
    if besides is not None:
        roles = roles.exclude(pk=besides.pk)
    if roles.exists():
        raise RoleNameTaken(_("There is a role with this name."), field="name")
