"""The rows of *My portal*: what each shows, or only what an order compares, in one statement each."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple, TypeVar

from advisory_portal.core.access import Actor
from advisory_portal.core.statements import Written, array_text
from collaborations.rules.once import Once


class PortalRow(NamedTuple):
    """A client of *My portal*; ids are texts, "" for none. Without access `codes` (the KPIs it opens) is empty and the
    role is "".
    """

    id: str
    name: str
    tax_id: str
    tags: tuple[str, ...]
    since: date
    business: str
    plan: str
    managers: tuple[str, ...]
    asked_at: datetime | None
    conversation: str
    unread: int
    open_questions: int
    answers: int
    role_code: str
    role_name: str
    time_zone: str
    ends_at: datetime | None
    codes: tuple[str, ...]

    @property
    def has_access(self) -> bool:
        return bool(self.role_code or self.role_name)


class PortalKey(NamedTuple):
    """What is compared of a client to find its place; what the order does not compare is left empty."""

    id: str
    business: str
    managers: tuple[str, ...]
    conversation: str
    unread: int
    open_questions: int
    answers: int
    role_code: str
    role_name: str
    time_zone: str
    ends_at: datetime | None
    codes: tuple[str, ...]

    @property
    def has_access(self) -> bool:
        return bool(self.role_code or self.role_name)


# What is not selected is not joined: PostgreSQL leaves such a join out.
_CLIENTS = """
FROM collaborations_client c
LEFT JOIN partners_organisation b ON b.id = c.business_id
LEFT JOIN partners_plan p ON p.id = b.plan_id
LEFT JOIN collaborations_collaboration o ON o.client_id = c.id AND o.state = 'active'
LEFT JOIN collaborations_conversation v ON v.id = o.conversation_id
LEFT JOIN collaborations_readmark m ON m.conversation_id = v.id AND m.user_id = %(person)s AND m.side = 'firm'
LEFT JOIN (
    collaborations_grant g JOIN partners_role r ON r.id = g.role_id AND r.retired_at IS NULL
) ON g.collaboration_id = o.id AND g.revoked_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > %(now)s)
LEFT JOIN (
    SELECT s.client_id, array_agg(u.name ORDER BY u.name, u.id) AS names
    FROM collaborations_managerassignment s
    JOIN partners_member e ON e.id = s.member_id AND e.retired_at IS NULL
    JOIN partners_role w ON w.id = e.role_id AND w.retired_at IS NULL
    JOIN partners_user u ON u.id = e.user_id AND u.is_active
    WHERE s.client_id = ANY(%(ids)s::uuid[]) GROUP BY s.client_id
) a ON a.client_id = c.id
LEFT JOIN (
    SELECT client_id, count(*) FILTER (WHERE state = 'open') AS open,
        count(*) FILTER (WHERE state = 'answered') AS answered
    FROM collaborations_question
    WHERE firm_id = %(firm)s AND client_id = ANY(%(ids)s::uuid[]) AND state <> 'settled' GROUP BY client_id
) q ON q.client_id = c.id
WHERE c.firm_id = %(firm)s AND c.id = ANY(%(ids)s::uuid[])
"""
_TALK = (
    "coalesce(v.id::text, '')",
    "greatest(coalesce(v.business_count, 0) - coalesce(m.seen, 0), 0)",
    "coalesce(q.open, 0)",
    "coalesce(q.answered, 0)",
)
_NAMES = "coalesce(array_to_json(a.names)::text, '[]')"
_ROLE = ("coalesce(r.code, '')", "coalesce(r.name, '')")
_END = ("coalesce(b.time_zone, 'UTC')", "g.ends_at")
_OPENS = ("r.levels::text", "array_to_string(p.sections, ',')")
_SHOWN = (
    "c.id::text", "coalesce(b.name, c.name)", "coalesce(b.tax_id, c.tax_id)", "array_to_json(c.tags)::text", "c.since",
    "coalesce(c.business_id::text, '')", "coalesce(p.name, '')", _NAMES, "v.access_requested_at",
    *_TALK, *_ROLE, *_END, *_OPENS,
)  # fmt: skip


def _selecting(columns: Iterable[str]) -> Written:
    return Written(f"SELECT {', '.join(columns)} {_CLIENTS}")


_ROWS = _selecting(_SHOWN)


@cache
def _comparing(talk: bool, managers: bool, role: bool) -> Written:
    """What keys need: of the conversation and the last day of access, of managers, of the role."""
    columns = ["c.id::text", "coalesce(c.business_id::text, '')", _NAMES if managers else "'[]'"]
    columns += [*(_TALK if talk else ("''", "0", "0", "0")), *(_ROLE if role else ("''", "''"))]
    return _selecting([*columns, *(_END if talk else ("'UTC'", "NULL::timestamptz")), *_OPENS])


PLANNED_ONCE = 100  # clients up to which one plan does for all
Codes = Callable[[str | None, str | None], tuple[str, ...]]
Row = TypeVar("Row", PortalRow, PortalKey)


def portal_rows(actor: Actor, ids: Sequence[str], now: datetime, codes_of: Codes) -> list[PortalRow]:
    """The rows of these clients, which the actor must be known to see, in the same order. One statement.

    `codes_of` says which KPIs a role's levels, as JSON, open within the sections of a plan, with commas; None without.
    """
    return _read(PortalRow, _ROWS, actor, ids, now, codes_of)


def portal_keys(
    actor: Actor, ids: Sequence[str], now: datetime, codes_of: Codes, compared: Collection[str]
) -> list[PortalKey]:
    """As `portal_rows`, but only what is compared: besides which KPIs are open, "managers", "access", and of the
    conversation "next", "messages" or "questions".
    """
    talk = not {"next", "messages", "questions"}.isdisjoint(compared)
    return _read(PortalKey, _comparing(talk, "managers" in compared, "access" in compared), actor, ids, now, codes_of)


def _read(
    kind: type[Row], statement: Written, actor: Actor, ids: Sequence[str], now: datetime, codes_of: Codes
) -> list[Row]:
    ask = statement.rows if len(ids) <= PLANNED_ONCE else statement.rows_planned_anew
    found = ask(ids=array_text(ids), firm=actor.place.id, person=actor.user_id, now=now)
    lists = [place for place, name in enumerate(kind._fields) if name in ("tags", "managers")]
    read = Once[str, tuple[str, ...]](lambda text: tuple(json.loads(text)))
    known: dict[str, Row] = {}
    for *told, levels, sections in found:
        for place in lists:
            told[place] = read[told[place]]
        told.append(codes_of(levels, sections))
        known[told[0]] = kind._make(told)
    return [known[pk] for pk in ids]
