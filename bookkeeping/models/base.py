"""What all tables of the books share: who sees their rows."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from advisory_portal.core.access import Actor, ActorKind, Level, Section

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def in_section(rows: Rows, actor: Actor, section: Section) -> Rows:
    """The organisation's rows for staff who may view the section, none for anybody else."""
    if actor.organisation_id is None or actor.kind == ActorKind.CONTACT or not actor.may(section, Level.VIEW):
        return rows.none()
    return rows.filter(organisation_id=actor.organisation_id)
