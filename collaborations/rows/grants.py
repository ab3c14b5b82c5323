"""Access to a client's account as pages show it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from advisory_portal.core.access import Level, Section
from advisory_portal.core.formatting import format_date, format_moment
from collaborations.models import Grant
from collaborations.rules.grants import granted_levels, last_day_of
from partners.models import Role
from partners.rules import BUSINESS_SECTIONS


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that may be granted, with what it opens: (section, level, its label), those that stay shut left out."""

    id: str
    label: str
    opens: list[tuple[str, int, str]]
    shut: list[str]
    is_chosen: bool


def role_choices(roles: Iterable[Role], sections: Collection[str], chosen: str) -> list[RoleChoice]:
    """The roles with the preview of each, in the plan's sections; `chosen` is the id that is marked."""
    return [_choice(role, sections, chosen) for role in roles]


def _choice(role: Role, sections: Collection[str], chosen: str) -> RoleChoice:
    levels = granted_levels(role.levels, sections)
    named = [(str(Section(section).label), levels.get(section, 0)) for section in BUSINESS_SECTIONS]
    return RoleChoice(
        id=str(role.pk),
        label=role.label,
        opens=[(label, level, str(Level(level).label)) for label, level in named if level],
        shut=[label for label, level in named if not level],
        is_chosen=str(role.pk) == chosen,
    )


def grant_facts(grant: Grant, now: datetime) -> dict[str, Any]:
    """A grant as the page of the business says it: role, since, until, by whom; needs role and business."""
    zone = grant.business.time_zone
    last = last_day_of(grant.ends_at, zone)
    return {
        "id": grant.pk,
        "role": grant.role.label,
        "is_withdrawn": grant.role.retired_at is not None,
        "since": format_moment(grant.created_at, zone),
        "by": grant.granted_by_name,
        "until": format_date(last) if last else _("You take it away"),
        "is_over": grant.ends_at is not None and grant.ends_at <= now,
        "agreed": format_moment(grant.agreed_at, zone),
        "agreed_by": grant.agreed_by_name,
        "version": grant.agreement_version,
    }
