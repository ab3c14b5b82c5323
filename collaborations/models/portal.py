"""What *My portal* reads: the clients in order, and beside each of them what its row shows, in one statement each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window

from advisory_portal.core.access import Actor
from advisory_portal.core.text import search_words
from collaborations.models.access import Grant
from collaborations.models.clients import Clients, ManagerAssignment
from collaborations.models.kpis import KpiPreference, SavedView

NOBODY = "none"  # the filter for clients that nobody looks after
OUTSIDE = "outside"  # the filter for clients without an account here


class PortalRow(NamedTuple):
    """A client of *My portal*. Without access `codes` (the KPIs it opens) is empty and the role is ""."""

    id: UUID
    name: str
    tax_id: str
    tags: list[str]
    since: date
    business_id: UUID | None
    slug: str
    time_zone: str
    plan: str
    managers: list[str]
    manager_ids: list[UUID]
    conversation_id: UUID | None
    asked_at: datetime | None
    unread: int
    open_questions: int
    answers: int
    role_code: str
    role_name: str
    ends_at: datetime | None
    codes: tuple[str, ...]

    @property
    def has_access(self) -> bool:
        return bool(self.role_code or self.role_name)


_ROWS = """
SELECT c.id, coalesce(b.name, c.name), coalesce(b.tax_id, c.tax_id), c.tags, c.since, c.business_id,
    coalesce(b.slug, ''), coalesce(b.time_zone, 'UTC'), coalesce(p.name, ''), coalesce(a.names, '{}'),
    coalesce(a.ids, '{}'), v.id, v.access_requested_at,
    greatest(coalesce(v.business_count, 0) - coalesce(m.seen, 0), 0), coalesce(q.open, 0), coalesce(q.answered, 0),
    coalesce(r.code, ''), coalesce(r.name, ''), g.ends_at, r.levels::text, p.sections
FROM collaborations_client c
LEFT JOIN partners_organisation b ON b.id = c.business_id
LEFT JOIN partners_plan p ON p.id = b.plan_id
LEFT JOIN collaborations_collaboration o ON o.client_id = c.id AND o.state = 'active'
LEFT JOIN collaborations_conversation v ON v.id = o.conversation_id
LEFT JOIN collaborations_readmark m ON m.conversation_id = v.id AND m.user_id = %(person)s
LEFT JOIN (
    collaborations_grant g JOIN partners_role r ON r.id = g.role_id AND r.retired_at IS NULL
) ON g.collaboration_id = o.id AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > %(now)s)
LEFT JOIN (
    SELECT s.client_id, array_agg(u.name ORDER BY u.name, u.id) AS names, array_agg(s.member_id) AS ids
    FROM collaborations_managerassignment s
    JOIN partners_member e ON e.id = s.member_id AND e.retired_at IS NULL
    JOIN partners_role w ON w.id = e.role_id AND w.retired_at IS NULL
    JOIN partners_user u ON u.id = e.user_id AND u.is_active
    WHERE s.client_id = ANY(%(ids)s) GROUP BY s.client_id
) a ON a.client_id = c.id
LEFT JOIN (
    SELECT client_id, count(*) FILTER (WHERE state = 'open') AS open,
        count(*) FILTER (WHERE state = 'answered') AS answered
    FROM collaborations_question
    WHERE firm_id = %(firm)s AND client_id = ANY(%(ids)s) AND state <> 'settled' GROUP BY client_id
) q ON q.client_id = c.id
WHERE c.firm_id = %(firm)s AND c.id = ANY(%(ids)s)
"""


def portal_rows(
    actor: Actor, ids: Sequence[UUID], now: datetime, codes_of: Callable[[str | None, tuple[str, ...]], tuple[str, ...]]
) -> list[PortalRow]:
    """The rows of these clients, which the actor must be known to see, in the same order. One statement.

    `codes_of` says which KPIs a role's levels, as JSON or None, open within the sections of a plan.
    """
    asked: dict[str, Any] = {"ids": list(ids), "firm": actor.place.id, "person": actor.user_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, asked)
        rows = cursor.fetchall()
    found = {row[0]: PortalRow._make((*row[:-2], codes_of(row[-2], tuple(row[-1] or ())))) for row in rows}
    return [found[pk] for pk in ids]


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


def ids_in_order(clients: Clients, order: str, *, start: int, size: int | None) -> tuple[list[UUID], int]:
    """A page of clients by one of ORDERS ("-since" from the latest), and how many there are in all. One statement.

    `size` None gives all from `start` on.
    """
    way = "-" if order.startswith("-") else ""
    path = ORDERS[order.lstrip("-")]
    column = F(path).desc(nulls_last=True) if way else F(path).asc(nulls_last=True)
    rows = clients.annotate(total=Window(Count("*"))).order_by(column, f"{way}sort_key", f"{way}pk")
    found = list(rows.values_list("pk", "total")[start : None if size is None else start + size])
    return [pk for pk, _total in found], found[0][1] if found else 0


class Choices(NamedTuple):
    """What a person may filter by, as (value, label): managers and tags."""

    managers: list[tuple[str, str]]
    tags: list[tuple[str, str]]


_CHOICES = """
SELECT DISTINCT 1, s.member_id::text, u.name
FROM collaborations_managerassignment s
JOIN collaborations_client c ON c.id = s.client_id AND c.ended_at IS NULL
JOIN partners_member e ON e.id = s.member_id AND e.retired_at IS NULL
JOIN partners_user u ON u.id = e.user_id AND u.is_active
WHERE s.firm_id = %(firm)s
UNION ALL
SELECT DISTINCT 2, tag, tag FROM collaborations_client c, unnest(c.tags) tag
WHERE c.firm_id = %(firm)s AND c.ended_at IS NULL AND c.tags <> '{}' AND (%(all)s OR c.id IN (
    SELECT s.client_id FROM collaborations_managerassignment s JOIN partners_member e ON e.id = s.member_id
    WHERE s.firm_id = %(firm)s AND e.user_id = %(person)s AND e.retired_at IS NULL
))
ORDER BY 1, 3
"""


def portal_choices(actor: Actor, *, leads: bool) -> Choices:
    """The firm's managers who look after somebody, and the tags of the clients that the actor sees. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, {"firm": actor.place.id, "all": leads, "person": actor.user_id})
        rows = cursor.fetchall()
    return Choices(*([(value, label) for which, value, label in rows if which == wanted] for wanted in (1, 2)))


class PortalSettings(NamedTuple):
    """A person's own: what they want to be told of in general and of single clients, their columns, their views."""

    general: KpiPreference | None
    overrides: dict[UUID, KpiPreference]
    views: QuerySet[SavedView]


def portal_settings(actor: Actor, ids: Collection[UUID]) -> PortalSettings:
    """The person's preferences, of single clients those among `ids`, and their views. Two statements."""
    own = KpiPreference.objects.visible_to(actor)
    rows: list[Any] = list(own.filter(Q(client=None) | Q(client__in=ids)))
    general = next((row for row in rows if row.client_id is None), None)
    overrides = {row.client_id: row for row in rows if row.client_id is not None}
    return PortalSettings(general, overrides, SavedView.objects.visible_to(actor).order_by("name"))
