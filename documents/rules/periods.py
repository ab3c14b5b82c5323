"""Periods that move with today, by the names that addresses give them."""

from datetime import date, timedelta

PERIODS = ("this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year")


def period_days(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of one of PERIODS, as of today."""
    which, _, unit = period.partition("-")
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    begins = (today.year * 12 + today.month - 1) // months * months - (months if which == "last" else 0)
    ends = begins + months
    first, after = (date(month // 12, month % 12 + 1, 1) for month in (begins, ends))
    return first, after - timedelta(days=1)
