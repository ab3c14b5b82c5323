"""Tax returns of a country's pack (`bookkeeping/taxes/<country>.yaml`): their periods, and when they can be filed."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

QUARTER, MONTH, YEAR = "quarter", "month", "year"
PERIOD_MONTHS = {QUARTER: 3, MONTH: 1, YEAR: 12}
AHEAD_DAYS = 120  # filings stand from so many days before they can be filed
MOST_DAYS_BACK = 400  # what fell due longer ago is not made any more: a standstill of years adds at most this
_FOLDER = Path(__file__).parent.parent / "taxes"
_PERSONAL = ("autónom", "autonom", "persona física", "persona fisica", "self-employed", "sole trader", "freelance")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a period's return is filed: months after the period's last month, and the day of it."""

    first: tuple[int, int]
    last: tuple[int, int]
    others: Mapping[int, tuple[int, int]]

    def last_of(self, number: int) -> tuple[int, int]:
        """The last day for the period of this number in its year."""
        return self.others.get(number, self.last)


@dataclass(frozen=True, slots=True)
class Form:
    """A return that a country asks for. `names` are by language, `figures` is what can be computed of it ("": none)."""

    code: str
    names: Mapping[str, str]
    figures: str
    usual: Sequence[str]
    windows: Mapping[str, Window]

    def name(self, language: str) -> str:
        """Its name in a language, else in English."""
        return self.names.get(language, self.names["en"])

    @property
    def periods(self) -> list[str]:
        """The lengths of period it is filed for, the usual one first."""
        return list(self.windows)


@dataclass(frozen=True, slots=True)
class DueFiling:
    """A return for one period: `period` is "2026-Q3", "2026-09" or "2026"."""

    form: str
    period: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date


@lru_cache(maxsize=32)
def pack_of(country: str) -> Mapping[str, Form]:
    """The forms of a country (ISO 3166) by their codes; none for a country without a pack."""
    return {code: _form(code, said) for code, said in _read(country).get("forms", {}).items()}


@lru_cache(maxsize=32)
def _read(country: str) -> Mapping[str, Any]:
    path = _FOLDER / f"{country.lower()}.yaml"
    if len(country) != 2 or not country.isalpha() or not path.is_file():
        return {}
    found: Mapping[str, Any] = yaml.safe_load(path.read_text())
    return found


def _form(code: str, said: Mapping[str, Any]) -> Form:
    windows = {kind: _window(window) for kind, window in said["periods"].items()}
    return Form(code, said["name"], said.get("figures", ""), tuple(said.get("usual", ())), windows)


def _window(said: Mapping[str, Any]) -> Window:
    others = {number: _pair(pair) for number, pair in said.get("except", {}).items()}
    return Window(_pair(said["first"]), _pair(said["last"]), others)


def _pair(said: Sequence[int]) -> tuple[int, int]:
    months, day = said
    return months, day


def usual_forms(country: str, *, legal_form: str, tax_id: str) -> dict[str, str]:
    """What a business of this legal form usually files: the period of each form.

    In Spain the tax id of a person begins with a digit, X, Y or Z, that of a company with another letter.
    """
    said = legal_form.casefold()
    number = tax_id.upper().removeprefix(country)[:1]
    is_person = any(word in said for word in _PERSONAL) or (country == "ES" and number in (*"0123456789", *"XYZ"))
    wanted = "self_employed" if is_person else "company"
    return {code: form.periods[0] for code, form in pack_of(country).items() if wanted in form.usual}


def due_filings(country: str, form: str, length: str, *, since: date, today: date) -> list[DueFiling]:
    """The returns of a form that should stand: those due from `since` on that open within AHEAD_DAYS.

    `since` counts no further back than MOST_DAYS_BACK. A form or length that the pack does not know has none.
    """
    known = pack_of(country).get(form)
    if known is None or length not in known.windows:
        return []
    since = max(since, today - timedelta(days=MOST_DAYS_BACK))
    until = today + timedelta(days=AHEAD_DAYS)
    found = (_filing(country, known, length, *period) for period in _periods(length, since.year - 1, until.year))
    return [filing for filing in found if filing.due_on >= since and filing.opens_on <= until]


def _periods(length: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Year and number of the periods of some years."""
    for year in range(first, last + 1):
        for number in range(1, 12 // PERIOD_MONTHS[length] + 1):
            yield year, number


def _filing(country: str, form: Form, length: str, year: int, number: int) -> DueFiling:
    months, window = PERIOD_MONTHS[length], form.windows[length]
    end = number * months
    starts_on, ends_on = date(year, end - months + 1, 1), _day(year, end, 31)
    first, last = window.first, window.last_of(number)
    opens_on, due_on = _day(year, end + first[0], first[1]), _day(year, end + last[0], last[1])
    name = period_name(length, year, number)
    return DueFiling(form.code, name, starts_on, ends_on, opens_on, next_working_day(country, due_on))


def period_name(length: str, year: int, number: int) -> str:
    """A period as filings name it: "2026-Q3", "2026-09", "2026"."""
    return {QUARTER: f"{year}-Q{number}", MONTH: f"{year}-{number:02}", YEAR: str(year)}[length]


def length_of(period: str) -> str:
    """Which kind of period a name is of."""
    return YEAR if len(period) == 4 else QUARTER if "Q" in period else MONTH


def _day(year: int, month: int, day: int) -> date:
    """The day of a month that may lie beyond the year, or the last of that month."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_working_day(country: str, day: date) -> date:
    """The day itself, or the first one after it that is neither weekend nor national holiday of the country.

    Holidays of regions and towns are not known.
    """
    holidays = _read(country).get("holidays", ())
    while (
        day.weekday() > 4 or f"{day:%m-%d}" in holidays or ("good_friday" in holidays and day == good_friday(day.year))
    ):
        day += timedelta(days=1)
    return day


def good_friday(year: int) -> date:
    """The Friday before Easter. Source: Meeus, "Astronomical Algorithms", chapter 8 (Gregorian Easter)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1) - timedelta(days=2)


def differences(before: Mapping[str, str], now: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """What has changed since figures were kept: the old and the new amount by name; nothing if none were kept."""
    if not before:
        return {}
    pairs = {name: (Decimal(before.get(name, 0)), now.get(name, Decimal(0))) for name in dict.fromkeys([*before, *now])}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
