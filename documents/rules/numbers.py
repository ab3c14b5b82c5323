"""Numbers of documents."""

import re


def series_number(prefix: str, year: int, count: int, digits: int = 4) -> str:
    """The number of the next document of a series: prefix, year (left out if 0), at least so many digits."""
    return f"{prefix}{year}-{count:0{digits}d}" if year else f"{prefix}{count:0{digits}d}"


def spoken_number(number: str) -> str:
    """The figures of a number as people say them, without the zeros before: "INV-2026-0031" has "31"."""
    figures = re.findall(r"\d+", number)
    return " ".join(figure.lstrip("0") for figure in figures if figure.startswith("0") and figure.strip("0"))
