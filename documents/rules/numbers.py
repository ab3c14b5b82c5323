"""Numbers of documents, and how tax ids compare."""


def series_number(prefix: str, year: int, count: int, digits: int = 4) -> str:
    """The number of the next document of a series: prefix, year (left out if 0), at least so many digits."""
    return f"{prefix}{year}-{count:0{digits}d}" if year else f"{prefix}{count:0{digits}d}"


def tax_id_key(tax_id: str) -> str:
    """A tax id as it is compared: capitals and digits only, at most 60."""
    return "".join(character for character in tax_id.upper() if character.isalnum())[:60]
