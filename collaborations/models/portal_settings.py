"""What stands around the table of *My portal*: a person's own choices, and what they may filter by."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import NamedTuple

from advisory_portal.core.access import Actor
from advisory_portal.core.statements import Written, array_text
from collaborations.models.base import leads


class Preference(NamedTuple):
    """As `KpiPreference`: which pending work to tell of, from how much on, and the columns to show."""

    kpis: list[str]
    thresholds: Mapping[str, int]
    columns: list[str]


class View(NamedTuple):
    """As `SavedView`."""

    name: str
    query: str


class PortalSettings(NamedTuple):
    """What the person wants to be told of in general and of single clients (by id as text), their saved views by name;
    and to filter by, as (value, label): the firm's managers who look after somebody, the tags of the clients they see.
    """

    general: Preference | None
    overrides: Mapping[str, Preference]
    views: list[View]
    managers: list[tuple[str, str]]
    tags: list[tuple[str, str]]


_MANAGER, _TAG, _VIEW, _PREFERENCE = range(4)
_SETTINGS = Written(f"""
SELECT {_MANAGER}, e.id::text, u.name
FROM partners_member e JOIN partners_user u ON u.id = e.user_id AND u.is_active
WHERE e.organisation_id = %(firm)s AND e.retired_at IS NULL AND (
    SELECT true FROM collaborations_managerassignment s
    JOIN collaborations_client c ON c.id = s.client_id AND c.ended_at IS NULL
    WHERE s.firm_id = %(firm)s AND s.member_id = e.id LIMIT 1  -- the first is enough: EXISTS would read all
)
UNION ALL
SELECT DISTINCT {_TAG}, tag, tag FROM (
    SELECT DISTINCT c.tags FROM collaborations_client c
    WHERE c.firm_id = %(firm)s AND c.ended_at IS NULL AND c.tags <> '{{}}' AND (%(all)s OR c.id IN (
        SELECT s.client_id FROM collaborations_managerassignment s
        JOIN partners_member e ON e.id = s.member_id AND e.retired_at IS NULL
        WHERE s.firm_id = %(firm)s AND e.user_id = %(person)s
    ))
) AS sets, unnest(sets.tags) tag
UNION ALL
SELECT {_VIEW}, v.query, v.name
FROM collaborations_savedview v JOIN partners_member e ON e.id = v.member_id AND e.retired_at IS NULL
WHERE v.firm_id = %(firm)s AND e.user_id = %(person)s
UNION ALL
SELECT {_PREFERENCE}, coalesce(k.client_id::text, ''), jsonb_build_array(k.kpis, k.thresholds, k.columns)::text
FROM collaborations_kpipreference k JOIN partners_member e ON e.id = k.member_id AND e.retired_at IS NULL
WHERE k.firm_id = %(firm)s AND e.user_id = %(person)s
    AND (k.client_id IS NULL OR k.client_id = ANY(%(ids)s::uuid[]))
ORDER BY 1, 3, 2
""")


def portal_settings(actor: Actor, ids: Collection[str]) -> PortalSettings:
    """What stands around a table of these clients, for a person of a firm. One statement."""
    found: tuple[list[tuple[str, str]], ...] = ([], [], [], [])
    asked = {"firm": actor.place.id, "person": actor.user_id, "all": leads(actor), "ids": array_text(ids)}
    for kind, value, text in _SETTINGS.rows(**asked):
        found[kind].append((value, text))
    own = {client: Preference(*json.loads(text)) for client, text in found[_PREFERENCE]}
    general = own.pop("", None)
    views = [View(name, query) for query, name in found[_VIEW]]
    return PortalSettings(general, own, views, found[_MANAGER], found[_TAG])
