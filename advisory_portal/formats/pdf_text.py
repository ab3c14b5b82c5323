"""The words of a PDF with their places, its pages as pictures, and the XML inside it: hostile bytes, bounded.

All reading happens in `media_child`, a process that is given 1.5 GB and 20 seconds.
"""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from advisory_portal.formats.errors import MESSAGES, FormatError

_CHILD = Path(__file__).with_name("media_child.py")
_REFUSED = 3
_SECONDS = 25
_GRID = 10_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page (from 1). The box is in parts of the page (0 to 1) from its upper left corner, as it is seen."""

    page: int
    x: float
    y: float
    width: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class PdfText:
    """How many pages a PDF has, the words of its first ten pages and its last, and the XML files inside it."""

    pages: int
    words: tuple[Word, ...]
    attachments: tuple[tuple[str, bytes], ...] = ()


def read_pdf(content: bytes) -> PdfText:
    """The words of a PDF. Raises FormatError: pdf_encrypted, pdf_broken, pdf_heavy."""
    found = json.loads(_ask(content, "read"))
    words = tuple(
        Word(page, _part(x), _part(y), _part(width), _part(height), text)
        for page, x, y, width, height, text in found["words"]
    )
    inside = tuple((one["name"], base64.b64decode(one["data"])) for one in found["attachments"])
    return PdfText(pages=found["pages"], words=words, attachments=inside)


def _part(value: int) -> float:
    return round(min(max(value / _GRID, 0.0), 1.0), 4)


def page_picture(content: bytes, number: int, *, width: int) -> bytes:
    """A page (from 1) of a PDF, or of a JPEG, PNG or TIFF, as PNG of at most `width` pixels across.

    Raises FormatError: no_such_page, pdf_encrypted, pdf_broken, pdf_heavy, picture_broken, picture_too_large.
    """
    return _ask(content, "page", str(number), str(width))


def picture_pages(content: bytes) -> int:
    """How many pages a picture has: one, or those of a TIFF. Raises FormatError: picture_broken, picture_too_large."""
    return int(_ask(content, "count"))


def _ask(content: bytes, *wish: str) -> bytes:
    # -P: the folder of the child is not on its path, where xml.py would hide Python's own.
    command = [sys.executable, "-P", str(_CHILD), *wish]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise FormatError("pdf_heavy") from None
    if done.returncode == 0:
        return done.stdout
    code = done.stderr.decode(errors="replace")
    if done.returncode == _REFUSED and code in MESSAGES:
        raise FormatError(code)
    raise FormatError("pdf_heavy")
