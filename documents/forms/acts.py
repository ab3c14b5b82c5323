"""What the buttons of the editor do to what is typed, before it is read: pure changes of the posted texts."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.http import QueryDict

from documents.forms.lines import (
    ADJUSTMENT_PARTS,
    BLANK_ADJUSTMENT,
    LINE_PARTS,
    MOST_ADJUSTMENTS,
    put_rows,
    typed_rows,
)
from documents.rules import MOST_LINES

Rows = list[dict[str, str]]
PASTED_PARTS = {  # what the columns of rows from a spreadsheet mean, by how many there are
    1: ("name",),
    2: ("name", "unit_price"),
    3: ("name", "quantity", "unit_price"),
    4: ("name", "quantity", "unit_price", "discount"),
}


def split_act(text: str) -> tuple[str, int]:
    """The name and the row of a button's act: "up-3" is ("up", 3), "add" is ("add", 0)."""
    name, dash, row = text.rpartition("-")
    return (name, int(row)) if dash and row.isascii() and row.isdigit() and len(row) < 6 else (text, 0)


def act_on_rows(data: QueryDict, act: str, *, new_line: Mapping[str, str]) -> str:
    """Do what a button says to the rows of `data`, which is mutable; gives the name of what has the focus then.

    An act that means nothing here changes nothing.
    """
    name, row = split_act(act)
    lines, adjustments = typed_rows(data, "line", LINE_PARTS), typed_rows(data, "adjustment", ADJUSTMENT_PARTS)
    focus = ""
    if name in _LINE_ACTS:
        focus = _LINE_ACTS[name](lines, row, new_line)
    elif name == "paste":
        focus = _paste(lines, row, new_line, data.get("pasted", ""))
    elif name == "adjust" and len(adjustments) < MOST_ADJUSTMENTS:
        adjustments.append(dict(BLANK_ADJUSTMENT))
        focus = f"adjustment-{len(adjustments) - 1}"
    elif name == "unadjust" and row < len(adjustments):
        del adjustments[row]
        focus = "adjust"
    put_rows(data, "line", LINE_PARTS, lines)
    put_rows(data, "adjustment", ADJUSTMENT_PARTS, adjustments)
    return focus


def set_parts(data: QueryDict, part: str, change: Callable[[str], str]) -> None:
    """Change one field of every line."""
    data.setlist(f"line_{part}", [change(text) for text in data.getlist(f"line_{part}")])


def set_due(data: QueryDict, days: int) -> None:
    """Let the document be due so many days after its date, if its date can be read."""
    try:
        issued = date.fromisoformat(data.get("issued_on", ""))
        data["due_on"] = (issued + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return


def _add(lines: Rows, row: int, new_line: Mapping[str, str]) -> str:
    if len(lines) < MOST_LINES:
        lines.append(dict(new_line))
    return f"line-{len(lines) - 1}-name"


def _remove(lines: Rows, row: int, new_line: Mapping[str, str]) -> str:
    if row < len(lines):
        del lines[row]
    if not lines:
        lines.append(dict(new_line))
    return f"line-{min(row, len(lines) - 1)}-name"


def _up(lines: Rows, row: int, new_line: Mapping[str, str]) -> str:
    if 0 < row < len(lines):
        lines[row - 1], lines[row] = lines[row], lines[row - 1]
    return f"line-{max(row - 1, 0)}-up"


def _down(lines: Rows, row: int, new_line: Mapping[str, str]) -> str:
    if row + 1 < len(lines):
        lines[row], lines[row + 1] = lines[row + 1], lines[row]
    return f"line-{min(row + 1, len(lines) - 1)}-down"


def _paste(lines: Rows, row: int, new_line: Mapping[str, str], text: str) -> str:
    """Put rows of a spreadsheet in place of a blank line, else after it."""
    pasted: Rows = []
    for one in text.splitlines():
        cells = [cell.strip() for cell in one.split("\t")]
        if any(cells):
            parts = PASTED_PARTS[min(len(cells), max(PASTED_PARTS))]
            pasted.append({**new_line, **dict(zip(parts, cells, strict=False))})
    at = min(row, len(lines))
    is_blank = at < len(lines) and not (lines[at]["name"].strip() or lines[at]["unit_price"].strip())
    lines[at + (not is_blank) : at + 1] = pasted[: MOST_LINES - len(lines) + is_blank]
    return f"line-{min(at + len(pasted), len(lines) - 1)}-name"


_LINE_ACTS: Mapping[str, Callable[[Rows, int, Mapping[str, str]], str]] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
    "down": _down,
}
