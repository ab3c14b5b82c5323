"""Numbers as people type them, in their own language."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, locale_of

LONGEST = 60
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z")
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\Z")


class BadNumber(ValueError):
    """What was typed is not a number that can be kept; the message says why."""


def read_number(text: str, language: str | None = None) -> Decimal:
    """The number that a reader of the language means: "1.234,56" in Spanish, "1,234.56" in English.

    Spaces, a percent sign and a currency sign are passed over. A mark of the other language counts as a decimal mark
    where it cannot group thousands: "12.5" is 12.5 in Spanish too. Raises BadNumber with words for the reader.
    """
    symbols = locale_of(language or active_language()).number_symbols["latn"]
    kept = "".join(one for one in text if not one.isspace() and one not in "%'’" and unicodedata.category(one) != "Sc")
    kept = kept.replace("\N{MINUS SIGN}", "-")
    swapped = {ord(symbols["decimal"]): ".", ord(symbols["group"]): ","} if symbols["decimal"] == "," else {}
    marked = kept.translate(swapped)
    if len(kept) > LONGEST or not kept.isascii():
        raise BadNumber(_("This is not a number."))
    if _GROUPS.match(marked):
        return Decimal(marked.replace(",", ""))
    if not _PLAIN.match(marked):
        marked = kept if "," not in kept else kept.replace(",", ".")
    if not _PLAIN.match(marked):
        raise BadNumber(_("This is not a number."))
    return Decimal(marked)


def bounded_number(
    text: str,
    *,
    digits: int = 12,
    decimals: int = 8,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> Decimal:
    """`read_number` within what a column holds: so many digits before the decimal mark and after it.

    Raises BadNumber with words that say which limit was passed.
    """
    number = read_number(text)
    if abs(number) >= Decimal(10) ** digits:
        raise BadNumber(_("This number is too large."))
    if number != round(number, decimals):
        raise BadNumber(_("Write at most %(most)s decimals.") % {"most": decimals})
    if least is not None and number < least:
        text = _("This cannot be negative.") if least == 0 else _("Write %(least)s or more.") % {"least": least}
        raise BadNumber(text)
    if most is not None and number > most:
        raise BadNumber(_("Write %(most)s at most.") % {"most": most})
    return number
