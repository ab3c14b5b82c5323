"""Which months a report is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import get_month_names
from django.http import QueryDict
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, locale_of

QUARTERS = ("q1", "q2", "q3", "q4")
MONTHS = tuple(f"{month:02}" for month in range(1, 13))


@dataclass(frozen=True)
class Period:
    """A year, or a quarter or a month of it: `part` is "", one of QUARTERS or one of MONTHS."""

    year: int
    part: str = ""

    @classmethod
    def of(cls, query: QueryDict, default: int) -> Period:
        """What the address asks for; without a year that there is, the default one."""
        year, part = query.get("year", ""), query.get("part", "")
        known = year.isascii() and year.isdigit() and len(year) == 4 and 1900 <= int(year) <= 9998
        return cls(int(year) if known else default, part if part in QUARTERS + MONTHS else "")

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month."""
        if self.part in QUARTERS:
            last = int(self.part[1]) * 3
            return last - 2, last
        return (int(self.part), int(self.part)) if self.part else (1, 12)

    @property
    def first(self) -> date:
        """The first day of the first month."""
        return date(self.year, self.months[0], 1)

    @property
    def last(self) -> date:
        """The first day of the last month."""
        return date(self.year, self.months[1], 1)

    @property
    def end(self) -> date:
        """The last day."""
        month = self.months[1]
        after = date(self.year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(after.toordinal() - 1)

    @property
    def before(self) -> Period:
        """The same months of the year before."""
        return Period(self.year - 1, self.part)

    @property
    def query(self) -> str:
        return f"year={self.year}" + (f"&part={self.part}" if self.part else "")

    @property
    def label(self) -> str:
        return f"{dict(part_choices())[self.part]} {self.year}" if self.part else str(self.year)


def part_choices() -> list[tuple[str, str]]:
    """Quarters and months with their names in the active language."""
    names = get_month_names("wide", context="stand-alone", locale=locale_of(active_language()))
    quarters = [(part, _("Quarter %(number)s") % {"number": part[1]}) for part in QUARTERS]
    return [*quarters, *((part, names[int(part)].capitalize()) for part in MONTHS)]
