"""What a grant opens, and until when."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partners.rules import capped_levels

VIEW = 1
WEEK_BEFORE = timedelta(days=7)
DAY_BEFORE = timedelta(days=1)
# How long access may be given for, in days, as the page offers it; other ends are a date, or none.
OFFERED_DAYS = (30, 90)


def granted_levels(levels: Mapping[str, int], sections: Collection[str]) -> dict[str, int]:
    """What a role opens to a firm: within the client's plan, and of the team no more than looking.

    Whoever could manage the team could make themselves a member, and stay when the access is taken away.
    Source: PRODUCT 3 (sections and levels); the team is ours.
    """
    capped = capped_levels(levels, sections)
    return capped | ({"team": min(capped["team"], VIEW)} if "team" in capped else {})


def end_of(last_day: date | None, time_zone: str) -> datetime | None:
    """The moment after the last day in the client's time zone; None for an open end."""
    if last_day is None:
        return None
    return datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(time_zone))


def last_day_of(ends_at: datetime | None, time_zone: str) -> date | None:
    """The last day on which access holds, in the client's time zone; None for an open end."""
    if ends_at is None:
        return None
    return (ends_at.astimezone(ZoneInfo(time_zone)) - timedelta(microseconds=1)).date()
