"""Numbers of documents."""


def series_number(prefix: str, year: int, count: int, digits: int = 4) -> str:
    """The number of the next document of a series: prefix, year (left out if 0), at least so many digits."""
    return f"{prefix}{year}-{count:0{digits}d}" if year else f"{prefix}{count:0{digits}d}"
