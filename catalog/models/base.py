"""What all tables of the catalog share: who sees their rows, and their numbers."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from partners.models import Member
from partners.rules import capped_levels

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def for_staff(rows: Rows, actor: Actor) -> Rows:
    """The organisation's rows for staff who may view the catalog, none for anybody else."""
    if actor.organisation_id is None or is_contact(actor) or not actor.may(Section.CATALOG, Level.VIEW):
        return rows.none()
    return rows.filter(organisation_id=actor.organisation_id)


def is_contact(actor: Actor) -> bool:
    return actor.kind == ActorKind.CONTACT


def is_whole_contact(actor: Actor) -> bool:
    """Whether a contact entered its portal; one that came by a document link sees that document alone."""
    return is_contact(actor) and actor.organisation_id is not None and actor.document_ids is None


def quantity_field(label: Any = None, **options: Any) -> models.DecimalField[Any, Any]:
    """So many of a variant's unit."""
    return models.DecimalField(label, max_digits=20, decimal_places=8, **options)


def price_field(label: Any = None, **options: Any) -> models.DecimalField[Any, Any]:
    """The price of one unit without tax; the currency stands beside it or with its list."""
    return models.DecimalField(label, max_digits=20, decimal_places=8, **options)


def team_of_catalog(actor: Actor) -> list[Member]:
    """The members of the actor's organisation who may manage the catalog, by name. One query."""
    members = Member.objects.visible_to(actor).effective().with_rights().order_by("user__name", "pk")
    return [one for one in members if _level(one) >= Level.MANAGE]


def _level(member: Member) -> int:
    return capped_levels(member.rights.levels, member.rights.plan_sections).get(Section.CATALOG, Level.NONE)
