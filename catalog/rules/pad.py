"""The quick-order pad: SKUs and quantities as somebody types them or pastes them from a spreadsheet."""

import re
from dataclasses import dataclass

MOST_LINES = 500
_LOOKS_LIKE_NUMBER = re.compile(r"[+\-\N{MINUS SIGN}]?[\d.,'’]*\d[\d.,]*\Z")
_CELLS = re.compile(r"[\t;]")
_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class PadLine:
    """A line that asks for something: its place in the text (from 1), the SKU, the quantity as typed ("" for none)."""

    number: int
    sku: str
    quantity: str


def pad_lines(text: str) -> list[PadLine]:
    """The lines of a pad. Cells end with a tab or a semicolon, or the quantity stands after the last space or comma.

    Of several cells the first is the SKU and the last number the quantity. Empty lines are passed over, and so is a
    head: a first line of cells none of which has a digit.
    """
    found: list[PadLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip('"').strip() for cell in _CELLS.split(line[:_LONGEST_LINE])]
        cells = [cell for cell in cells if cell]
        if not cells or (not found and len(cells) > 1 and not any(map(str.isdigit, line))):
            continue
        sku, quantity = _of_cells(cells) if len(cells) > 1 else _of_words(cells[0])
        found.append(PadLine(number, sku, quantity))
    return found


def _of_cells(cells: list[str]) -> tuple[str, str]:
    numbers = [cell for cell in cells[1:] if _LOOKS_LIKE_NUMBER.match(cell)]
    return cells[0], numbers[-1] if numbers else cells[-1]


def _of_words(line: str) -> tuple[str, str]:
    for sign in (" ", ","):
        before, _sign, last = line.rpartition(sign)
        if before.strip() and _LOOKS_LIKE_NUMBER.match(last.strip()):
            return before.strip().rstrip(",").strip(), last.strip()
    return line, ""
