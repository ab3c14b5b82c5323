"""What all tables of the catalog share: who sees their rows, and their numbers."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from advisory_portal.core.access import Actor, ActorKind, Level, Section

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
