"""What all tables of the books share: who sees their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from partners.models import Member
from partners.rules import capped_levels

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def in_section(rows: Rows, actor: Actor, section: Section) -> Rows:
    """The organisation's rows for staff who may view the section, none for anybody else."""
    if actor.organisation_id is None or actor.kind == ActorKind.CONTACT or not actor.may(section, Level.VIEW):
        return rows.none()
    return rows.filter(organisation_id=actor.organisation_id)


def team_of(actor: Actor, section: Section) -> list[Member]:
    """The members of the actor's organisation who may manage the section, by name. One query."""
    members = Member.objects.visible_to(actor).effective().with_rights().order_by("user__name", "pk")
    return [one for one in members if _levels(one).get(section, Level.NONE) >= Level.MANAGE]


def _levels(member: Member) -> Mapping[str, int]:
    return capped_levels(member.rights.levels, member.rights.plan_sections)
