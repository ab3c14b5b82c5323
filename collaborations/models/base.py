"""What tables of two organisations share: which side an actor stands on, and who of a firm sees which client."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
LEADING = ("owner", "administrator")  # roles of a firm that see every client


class Side(models.TextChoices):
    """The two sides of a conversation."""

    FIRM = "firm", _("Firm")
    BUSINESS = "business", _("Business")

    @property
    def other(self) -> Side:
        return Side.BUSINESS if self is Side.FIRM else Side.FIRM


def side_of(actor: Actor) -> Side | None:
    """The side that the actor stands on, or None outside both. A firm's person in a client's account has none there:
    what a business and its firm say to each other is for their own people.
    """
    if actor.kind != ActorKind.MEMBER or actor.organisation is None:
        return None
    return Side(actor.organisation.kind)


def leads(actor: Actor) -> bool:
    """Owners and administrators."""
    return actor.role in LEADING


def of_clients(rows: Rows, actor: Actor, client: str = "") -> Rows:
    """A firm's rows of the clients that the actor sees: all for those who lead, the assigned ones for the others.

    `client` is the path from the row to its client, ending in `__`; "" where the rows are clients.
    """
    if side_of(actor) != Side.FIRM:
        return rows.none()
    own = rows.filter(firm_id=actor.organisation_id)
    return own if leads(actor) else assigned_to(own, actor.user_id, client)


def assigned_to(rows: Rows, person: UUID | None, client: str = "") -> Rows:
    """Rows of the clients that the person is assigned to."""
    return rows.filter(**{f"{client}managers__member__user_id": person, f"{client}managers__member__retired_at": None})


def of_side(rows: Rows, actor: Actor, client: str) -> Rows:
    """Rows of two organisations: the firm's as `of_clients`, the business's for those who may view its team."""
    if side_of(actor) == Side.FIRM:
        return of_clients(rows, actor, client)
    if side_of(actor) == Side.BUSINESS and actor.may(Section.TEAM, Level.VIEW):
        return rows.filter(business_id=actor.organisation_id)
    return rows.none()
