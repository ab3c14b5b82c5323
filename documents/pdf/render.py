"""The PDF of a business document: a `Sheet` of ready words in, a tagged PDF/A-3b out.

Nothing here computes, formats, translates or fetches. The template is `documents/typst/sheet.typ`;
values reach it as JSON, so no text can become markup.
"""

import io
import json
import re
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from PIL import Image, ImageOps

from documents.pdf.fonts import FAMILIES, FONT_FOLDERS, cjk_family, printable
from documents.pdf.sheet import Logo, Sheet

TEMPLATE = Path(__file__).parents[1] / "typst" / "sheet.typ"
LOGO_PIXELS = (900, 300)
LOGO_MAX_PIXELS = 40_000_000
# A line that may need more rows of type than this may break across pages: it might not fit on one.
TALL_ROWS = 30
ROW_CHARACTERS = 30
# Words from this length on get places to break: narrow columns hold about so many characters.
UNBROKEN = 26
FIGURES = ("quantity", "unit", "unit_price", "discount", "tax", "net")

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_](?:[A-Z][a-z]{3}[-_])?([A-Z]{2}))?(?:[-_][A-Za-z]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LONG_WORD = re.compile(rf"\S{{{UNBROKEN},}}")
_WORD_JOINT = re.compile(r"(?<=[@./_:,;+-])")


def render_pdf(sheet: Sheet) -> bytes:
    """The sheet as a tagged PDF/A-3b and PDF/UA-1; the same sheet gives the same bytes.

    Characters that no font of ours has are printed as □. Raises ValueError if the logo, accent,
    language or creation time is not usable.
    """
    if sheet.created_at.tzinfo is None:
        raise ValueError("The creation time of a PDF needs a time zone.")
    values = json.dumps(_values(sheet), ensure_ascii=False)
    with _lock:
        pdf = _compiler().compile(
            sys_inputs={"sheet": values},
            format="pdf",
            pdf_standards=["a-3b", "ua-1"],
            timestamp=int(sheet.created_at.timestamp()),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("One PDF was expected.")
    return pdf


# A compiler is not safe to share between threads at once; compiling lets other Python threads run.
_lock = Lock()


@cache
def _compiler() -> typst.Compiler:
    """The process's compiler. Fonts are indexed here and read from disk when a sheet first needs them."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONT_FOLDERS))
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)


def _values(sheet: Sheet) -> dict[str, Any]:
    """The sheet as the template reads it: clean text, derived settings, document adjustments as last lines."""
    match = _LANGUAGE.fullmatch(sheet.language)
    if match is None:
        raise ValueError(f"{sheet.language!r} is not a language code.")
    if _COLOUR.fullmatch(sheet.business.accent) is None:
        raise ValueError("The accent colour must look like #1f4e79.")
    values: dict[str, Any] = _plain(sheet)
    lines = values["lines"] + [_adjustment_line(item) for item in values.pop("adjustments")]
    for line in lines:
        line["tall"] = _rows(line) > TALL_ROWS
    values["lines"] = lines
    values["figure_characters"] = sum(max((len(line[key]) for line in lines), default=0) for key in FIGURES)
    values["logo"] = _logo(sheet.business.logo) if sheet.business.logo else None
    values["business"]["accent_text"] = _readable(sheet.business.accent)
    everything = json.dumps(values, ensure_ascii=False)
    values["mixed"] = sheet.direction == "rtl" or _RTL.search(everything) is not None
    # Contextual forms turn "->" into an arrow in Inter; Arabic letters may need them.
    values["features"] = {} if values["mixed"] else {"calt": 0}
    values["language"] = {"lang": match[1], "region": match[2]}
    values["fonts"] = [*FAMILIES, cjk_family(sheet.language)]
    values["document_title"] = f"{values['title']} {values['number']}".replace("\u200b", "")
    return values


def _adjustment_line(item: dict[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(("position", "quantity", "unit", "unit_price", "discount"), "")
    return blank | {
        "name": item["label"],
        "net": item["amount"],
        "description": item["description"],
        "tax": item["tax"],
        "running": item["running"],
        "adjustments": [],
    }


def _rows(line: dict[str, Any]) -> int:
    """Rows of type a line may need in its narrowest column, roughly."""
    notes = [note for item in line["adjustments"] for note in (item["label"], *item["description"])]
    return sum(1 + len(text) // ROW_CHARACTERS for text in (line["name"], *line["description"], *notes))


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists, text cleaned; image data and times are left out."""
    if isinstance(value, str):
        return _breakable(printable(value))
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Logo | datetime):
        return None
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _breakable(text: str) -> str:
    """Mark with U+200B where a word too long for a column may break: at its joints, else anywhere."""
    return _LONG_WORD.sub(_joints, text) if len(text) >= UNBROKEN else text


def _joints(match: re.Match[str]) -> str:
    parts = _WORD_JOINT.split(match[0])
    return "\u200b".join(part if len(part) < UNBROKEN else "\u200b".join(part) for part in parts if part)


def _readable(colour: str) -> str:
    """The colour, darkened until it reads on white (WCAG contrast of at least 4.5)."""
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    while _luminance(channels) > 0.183:
        channels = [int(channel * 0.93) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _luminance(channels: list[int]) -> float:
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=16)
def _logo(logo: Logo) -> dict[str, Any]:
    """The logo's bytes, upright, without empty edges and no larger than print needs, and its width to height.

    Raises ValueError if it is not the image it says to be.
    """
    try:
        with Image.open(io.BytesIO(logo.data), formats=(logo.kind,)) as image:
            if image.width * image.height > LOGO_MAX_PIXELS:
                raise ValueError("The logo has too many pixels.")
            upright = ImageOps.exif_transpose(image).convert("RGB" if logo.kind == "jpeg" else "RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("The logo is not a readable PNG or JPEG image.") from error
    if logo.kind == "png":
        upright = upright.crop(upright.getchannel("A").getbbox())
    upright.thumbnail(LOGO_PIXELS)
    out = io.BytesIO()
    upright.save(out, logo.kind, quality=90)
    return {"data": list(out.getvalue()), "aspect": upright.width / upright.height}
