"""Dates and amounts as invoices of several languages write them."""

import re
from datetime import date
from decimal import Decimal

from documents.rules import tax_id_key

_MONTHS = {
    1: "january januar janvier enero gennaio janeiro gener jan ene",
    2: "february februar fevrier febrero febbraio fevereiro febrer feb",
    3: "march marz mars marzo marco marc mar maerz",
    4: "april avril abril aprile apr abr",
    5: "may mai mayo maggio maio maig",
    6: "june juni juin junio giugno junho juny jun",
    7: "july juli juillet julio luglio julho juliol jul",
    8: "august aout agosto agost aug ago",
    9: "september septembre septiembre settembre setembro setembre sep sept set",
    10: "october oktober octobre octubre ottobre outubro oct okt out",
    11: "november novembre noviembre novembro nov",
    12: "december dezember decembre diciembre dicembre dezembro desembre dec dez dic",
}
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_NUMERIC = re.compile(r"(?<![\d.,/-])(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?![\d/-]|\.\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+|of\s+)?([a-z]{3,10})\.?,?\s+(?:de\s+|del\s+)?(\d{4})(?!\d)")
_NAMED_FIRST = re.compile(r"\b([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_AMOUNT = re.compile(r"(?<![\w.,/-])[-−]?(?:\d{1,3}(?:[.,'’]\d{3})+|\d{1,9})[.,]\d{2}(?![\d%]|[.,/-]\d)")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def dates_in(text: str, *, month_first: bool = False) -> list[tuple[int, int, date]]:
    """(start, end, day) of every date in a text in lower case without accents: "3/2/2026", "3 de febrero de 2026".

    `month_first` reads 3/2 as the second of March, as in the United States.
    """
    found = []
    for match in _NUMERIC.finditer(text):
        first, _mark, middle, last = match.groups()
        parts = (first, middle, last) if len(first) == 4 else (_year(last), *_ordered(middle, first, month_first))
        found.append((match, _day(*(int(part) for part in parts))))
    found += [
        (match, _day(int(match[3]), _MONTH_OF.get(match[2], 0), int(match[1]))) for match in _NAMED.finditer(text)
    ]
    found += [
        (match, _day(int(match[3]), _MONTH_OF.get(match[1], 0), int(match[2]))) for match in _NAMED_FIRST.finditer(text)
    ]
    days = [(match.start(), match.end(), day) for match, day in found if day is not None]
    return sorted(days, key=lambda one: one[0])


def _year(text: str) -> str:
    return text if len(text) == 4 else f"20{text[-2:]}"


def _ordered(middle: str, first: str, month_first: bool) -> tuple[str, str]:
    """Month and day of "first/middle": the usual way round unless only the other one is a date."""
    if month_first:
        return (first, middle) if int(first) <= 12 else (middle, first)
    return (middle, first) if int(middle) <= 12 else (first, middle)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def amounts_in(text: str) -> list[tuple[int, int, Decimal]]:
    """(start, end, amount) of every amount of money with two decimals: "1.234,56", "1,234.56", "1'234.56"."""
    return [(match.start(), match.end(), amount_of(match[0])) for match in _AMOUNT.finditer(text)]


def amount_of(text: str) -> Decimal:
    """The amount that a text with two decimals writes, whatever groups its thousands."""
    digits = "".join(one for one in text if one.isdigit())
    amount = Decimal(int(digits)).scaleb(-2)
    return -amount if text[0] in "-−" else amount


def known_key(text: str, home: str) -> str:
    """The key of a tax id that its country's rules accept, "" for a text that is none: "B65410011" in Spain."""
    compact = "".join(one for one in text.upper() if one.isalnum())
    if not 8 <= len(compact) <= 16 or sum(one.isdigit() for one in compact) < 5:
        return ""
    key = tax_id_key(compact, home)
    # A valid one begins with its country; what is not valid comes back as it was.
    if key != compact:
        return key
    return key if key[:2].isalpha() and tax_id_key(compact[2:], compact[:2]) == key else ""
