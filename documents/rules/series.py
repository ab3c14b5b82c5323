"""Series of numbers: which prefixes may stand beside each other."""

import re
from collections.abc import Iterable

NUMBERED_KINDS = (
    "invoice", "credit_note", "quote", "proforma", "sales_order", "delivery_note", "purchase_order",
)  # fmt: skip
_PREFIX = re.compile(r"[A-Za-z0-9/._-]{1,20}")


def is_prefix(text: str) -> bool:
    """Whether numbers may begin so: 1 to 20 letters without accents, digits and - / . _, not a digit at the end.

    Tax agencies take these characters in the number of an invoice; after a digit one could not see where the
    prefix ends.
    """
    return bool(_PREFIX.fullmatch(text)) and not text[-1].isdigit()


def collides(prefix: str, others: Iterable[str]) -> bool:
    """Whether the series could give a number that one of the other prefixes gives too.

    "INV-" counts INV-2026-0001, which "INV-2026-" counts as well.
    """
    return any(_more_is_a_number(prefix, other) or _more_is_a_number(other, prefix) for other in others)


def _more_is_a_number(short: str, long: str) -> bool:
    return long.startswith(short) and not long.removeprefix(short).strip("0123456789-")
