"""Which clients *My portal* shows, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from advisory_portal.core.access import Actor
from advisory_portal.core.statements import Prepared
from advisory_portal.core.text import search_words
from collaborations.models.access import Grant
from collaborations.models.base import Side, assigned_to, leads, side_of
from collaborations.models.clients import Client, Clients, ManagerAssignment

NOBODY = "none"  # the filter for clients that nobody looks after
OUTSIDE = "outside"  # the filter for clients without an account here


def narrowed(clients: Clients, asked: Mapping[str, str], now: datetime) -> Clients:
    """Those that the filters of *My portal* ask for: `q` (words), `manager` (a member's id, or NOBODY), `tag`, and
    `access`: "given", "ending" (has a last day), "missing", or OUTSIDE.
    """
    if asked.get("q"):
        clients = clients.filter(search_text__contains=search_words(asked["q"]))
    if asked.get("tag"):
        clients = clients.filter(tags__contains=[asked["tag"]])
    assigned = ManagerAssignment.objects.effective().filter(client=OuterRef("pk"))
    if asked.get("manager") == NOBODY:
        clients = clients.filter(~Exists(assigned))
    elif asked.get("manager"):
        clients = clients.filter(Exists(assigned.filter(member_id=UUID(asked["manager"]))))
    return _by_access(clients, asked.get("access", ""), now)


def _by_access(clients: Clients, access: str, now: datetime) -> Clients:
    active = Grant.objects.active(now).filter(collaboration__client=OuterRef("pk"))
    choices = {
        "given": Q(Exists(active)),
        "ending": Q(Exists(active.exclude(ends_at=None))),
        "missing": Q(business__isnull=False) & ~Q(Exists(active)),
        OUTSIDE: Q(business=None),
    }
    return clients.filter(choices[access]) if access else clients


ORDERS = {"name": "sort_key", "since": "since", "plan": "business__plan__name"}


def ids_in_order(
    actor: Actor,
    asked: Mapping[str, str],
    now: datetime,
    order: str = "name",
    *,
    start: int = 0,
    size: int | None = None,
) -> tuple[list[str], int]:
    """A page of the clients that the actor sees and the filters (see `narrowed`) leave, by one of ORDERS ("-since"
    from the latest), as texts; and how many there are in all. One statement. `size` None gives all from `start` on.
    """
    if any(asked.values()):
        clients = narrowed(Client.objects.visible_to(actor).current(), asked, now)
        found = list(_in_order(clients, order, start, size))
    elif side_of(actor) != Side.FIRM:
        found = []
    else:
        whose = {"firm": actor.place.id} | ({"person": actor.user_id} if actor.user_id and not leads(actor) else {})
        found = list(_all_in_order(leads(actor), order, start, size).rows(**whose))
    return [pk for pk, _total in found], found[0][1] if found else 0


@lru_cache(maxsize=64)
def _all_in_order(is_leading: bool, order: str, start: int, size: int | None) -> Prepared:
    """Of those that the actor sees, as `Clients.visible_to`, but compiled once for all actors."""

    def build(firm: UUID, person: UUID | None = None) -> QuerySet[Client, Any]:
        clients = Client.objects.current().filter(firm_id=firm)
        return _in_order(clients if is_leading else assigned_to(clients, person), order, start, size)

    return Prepared(build, firm=UUID) if is_leading else Prepared(build, firm=UUID, person=UUID)


def _in_order(clients: Clients, order: str, start: int, size: int | None) -> QuerySet[Client, Any]:
    way = "-" if order.startswith("-") else ""
    path = ORDERS[order.lstrip("-")]
    column = F(path).desc(nulls_last=True) if way else F(path).asc(nulls_last=True)
    every = clients.order_by().values("firm_id").annotate(number=Count("*")).values("number")
    counted = clients.annotate(total=Subquery(every), key=Cast("pk", CharField()))
    rows = counted.order_by(column, f"{way}sort_key", f"{way}pk").values_list("key", "total")
    return rows[start : None if size is None else start + size]
