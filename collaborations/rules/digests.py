"""When a person is told of pending work, and of what."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

AT_ONCE, DAILY, WEEKLY = "immediate", "daily", "weekly"
HOUR = time(7)  # of daily and weekly digests, in the firm's time zone
MONDAY = 0
BURST = timedelta(minutes=10)  # what comes within it is told together, also at once


def next_digest(rhythm: str, now: datetime, time_zone: str) -> datetime:
    """The next moment after `now` at which a person with this rhythm is told: in ten minutes, at seven o'clock local
    time, or on Monday at seven.
    """
    if rhythm == AT_ONCE:
        return now + BURST
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, HOUR, zone)
        if moment > now and (rhythm == DAILY or day.weekday() == MONDAY):
            return moment
        day += timedelta(days=1)


def grown(
    found: Mapping[str, int], told: Mapping[str, int], wanted: Collection[str], thresholds: Mapping[str, int]
) -> dict[str, int]:
    """By how much pending work has grown since the person was told of it, of the KPIs wanted and from their
    thresholds on: `{"invoices": 5}`. Work that was done, and work below the threshold, is no news.
    """
    return {
        code: number - told.get(code, 0)
        for code, number in found.items()
        if code in wanted and number > told.get(code, 0) and number >= thresholds.get(code, 1)
    }
