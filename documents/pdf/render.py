"""The PDF of a business document: a `Sheet` of ready words in, a tagged PDF/A-3b out.

Nothing here computes, formats, translates or fetches. The template is `documents/typst/sheet.typ`;
values reach it as JSON, so no text can become markup.
"""

import json
import os
import re
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from documents.pdf.facturx import DESCRIPTION, FILE_NAME, with_facturx_metadata
from documents.pdf.fonts import FAMILIES, FONT_FOLDERS, cjk_family, printable
from documents.pdf.images import logo_image, qr_svg
from documents.pdf.sheet import Logo, Qr, Sheet

TEMPLATE = Path(__file__).parents[1] / "typst" / "sheet.typ"
BLANK = TEMPLATE.with_name("blank.typ")
KEPT_COMPILATIONS = 10
PAPER_INCHES = {"a4": 210 / 25.4, "letter": 8.5}
# A line that may need more rows of type than this may break across pages: it might not fit on one.
TALL_ROWS = 30
ROW_CHARACTERS = 30
FOOTER_CHARACTERS = 100
# Words from this length on get places to break: narrow columns hold about so many characters.
UNBROKEN = 26
BREAK = "\u200b"
COLUMNS = ("position", "name", "quantity", "unit", "unit_price", "discount", "tax", "net")
ALWAYS = ("name", "net")
NAMELESS = "–"
MULTILINE = ("address", "description", "notes", "footer")
FIGURES = ("quantity", "unit", "unit_price", "discount", "tax", "net")

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_](?:[A-Z][a-z]{3}[-_])?([A-Z]{2}))?(?:[-_][A-Za-z]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LONG_WORD = re.compile(rf"\S{{{UNBROKEN},}}")
_WORD_JOINT = re.compile(r"(?<=[@./_:,;+-])")


def render_pdf(sheet: Sheet, *, einvoice: bytes | None = None) -> bytes:
    """The sheet as a tagged PDF/A-3b and PDF/UA-1; the same sheet gives the same bytes.

    With `einvoice`, an XML of the profile EN 16931, it is a Factur-X invoice that holds it. Characters that no font
    of ours has are printed as □. Raises ValueError if the logo, accent, language or creation time is not usable, and
    RuntimeError in a fork of a process that has rendered.
    """
    if sheet.created_at.tzinfo is None:
        raise ValueError("The creation time of a PDF needs a time zone.")
    inputs = _inputs(sheet)
    if einvoice is not None:
        attached = {"name": FILE_NAME, "description": DESCRIPTION, "content": einvoice.decode()}
        inputs["einvoice"] = json.dumps(attached, ensure_ascii=False)
    pdf = compiled_pdf(TEMPLATE, inputs, created_at=sheet.created_at)
    return pdf if einvoice is None else with_facturx_metadata(pdf)


def compiled_pdf(template: Path, inputs: dict[str, str], *, created_at: datetime) -> bytes:
    """What a template of the folder `typst` makes of its inputs, as a tagged PDF/A-3b and PDF/UA-1.

    Raises RuntimeError in a fork of a process that has rendered, and where typst finds the document wanting.
    """
    _refuse_after_fork()
    with _lock:
        pdf = _compiler(template).compile(
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=["a-3b", "ua-1"],
            timestamp=int(created_at.timestamp()),
        )
        _forget()
    if not isinstance(pdf, bytes):
        raise TypeError("One PDF was expected.")
    return pdf


def render_picture(sheet: Sheet, *, width: int) -> bytes:
    """The first page of the sheet as a PNG, `width` pixels wide. Raises as `render_pdf`."""
    inputs = _inputs(sheet)
    _refuse_after_fork()
    with _lock:
        pages = _compiler(TEMPLATE).compile(sys_inputs=inputs, format="png", ppi=width / PAPER_INCHES[sheet.paper])
        _forget()
    first = pages if isinstance(pages, bytes) else (pages or [b""])[0]
    return bytes(first)


# typst's worker threads do not live on in a fork: a child of a process that has rendered would wait for ever.
_rendering_process: int | None = None


def _refuse_after_fork() -> None:
    global _rendering_process
    if _rendering_process is None:
        _rendering_process = os.getpid()
    elif _rendering_process != os.getpid():
        raise RuntimeError("PDFs cannot be rendered in a fork of a process that has rendered one.")


# A compiler refuses to be used by two threads at once. Compiling lets other Python threads run.
_lock = Lock()


@cache
def _compiler(template: Path) -> typst.Compiler:
    """The process's compiler. Fonts are indexed here and read from disk when a sheet first needs them."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONT_FOLDERS))
    return typst.Compiler(template, root=template.parent, font_paths=fonts, ignore_system_fonts=True)


def _forget() -> None:
    """Empty typst's memory of this sheet: it keeps the last ten compilations, and counts empty ones.

    No later sheet is slower for it, and a process stays at half the size.
    """
    for _ in range(KEPT_COMPILATIONS + 1):
        _compiler(BLANK).compile(format="svg")


def _inputs(sheet: Sheet) -> dict[str, str]:
    """What the template reads, as JSON: the sheet without its lines, the lines, the logo if any."""
    language = _LANGUAGE.fullmatch(sheet.language)
    if language is None:
        raise ValueError(f"{sheet.language!r} is not a language code.")
    values: dict[str, Any] = _plain(sheet)
    carry = sheet.carry is not None
    lines = [_line(line, carry) for line in values.pop("lines")]
    lines += [_adjustment_line(item, carry) for item in values.pop("adjustments")]
    lines_json = json.dumps(lines, ensure_ascii=False)
    everything = lines_json + json.dumps(values, ensure_ascii=False)
    mixed = sheet.direction == "rtl" or _RTL.search(everything) is not None
    logo = logo_image(sheet.business.logo) if sheet.business.logo else None
    codes = {"payment": sheet.payment_qr, "fiscal": sheet.fiscal_qr}
    # PDF/UA wants a heading, and a title that is more than blanks.
    values["title"] = values["title"] or NAMELESS
    values |= {
        "look": {
            "direction": sheet.direction,
            "mixed": mixed,
            "layout": sheet.layout,
            **colours_of(sheet.business.accent),
        },
        "language": {"lang": language[1], "region": language[2]},
        "fonts": [*FAMILIES, cjk_family(sheet.language)],
        "document_title": _unbroken(f"{values['title']} {values['number']}").strip(),
        "author": _unbroken(values["business"]["name"]),
        "footer_rows": sum(1 + len(text) // FOOTER_CHARACTERS for text in values["footer"]),
        "logo_aspect": logo[1] if logo else None,
        "used_columns": [key for key in COLUMNS if key in ALWAYS or any(line[key] for line in lines)],
        "figure_characters": sum(max((len(line[key]) for line in lines), default=0) for key in FIGURES),
    }
    drawn = {name: qr_svg(code.content) for name, code in codes.items() if code}
    inputs = {"sheet": json.dumps(values, ensure_ascii=False), "lines": lines_json, "codes": json.dumps(drawn)}
    return inputs | {"logo": logo[0]} if logo else inputs


def colours_of(accent: str) -> dict[str, str]:
    """The accent, the accent as text on white, and the text that reads best on it. Raises ValueError if it is none."""
    if _COLOUR.fullmatch(accent) is None:
        raise ValueError("The accent colour must look like #1f4e79.")
    light = _luminance(_channels(accent)) > 0.21
    return {"accent": accent, "accent_text": _readable(accent), "on_accent": "#1b1e23" if light else "#ffffff"}


def _line(line: dict[str, Any], carry: bool) -> dict[str, Any]:
    """A line as the template prints it: all small print in `notes`, `tall` if it may break across pages."""
    notes = line.pop("description") + [
        "  ".join(filter(None, (item["label"], *item["description"], item["tax"], item["amount"])))
        for item in line.pop("adjustments")
    ]
    if not carry:
        del line["running"]
    rows = sum(1 + len(text) // ROW_CHARACTERS for text in (line["name"], *notes))
    return line | {"notes": notes, "tall": rows > TALL_ROWS}


def _adjustment_line(item: dict[str, Any], carry: bool) -> dict[str, Any]:
    """An allowance or charge of the document, printed as a last line so that the column of nets adds up."""
    empty = dict.fromkeys(COLUMNS, "")
    shared = {key: item[key] for key in ("tax", "running", "description")}
    return _line(empty | shared | {"name": item["label"], "net": item["amount"], "adjustments": []}, carry)


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists, text cleaned; image data, contents of codes and times are left out."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Logo | datetime):
        return None
    if isinstance(value, Qr):
        return {name: _plain(getattr(value, name)) for name in ("alt", "above", "below")}
    return {
        field.name: _rows(getattr(value, field.name)) if field.name in MULTILINE else _plain(getattr(value, field.name))
        for field in fields(value)
    }


def _rows(texts: tuple[str, ...]) -> list[str]:
    """Each text by its line breaks, without empty rows."""
    return [row for text in texts for part in text.splitlines() if (row := _plain(part))]


def breakable(text: str) -> str:
    """Cleaned for print, with U+200B where a word too long for a column may break: at its joints, else anywhere.

    A percent sign stays with its figure.
    """
    text = printable(text).replace(" %", "\u00a0%")
    return _LONG_WORD.sub(_joints, text) if len(text) >= UNBROKEN else text


def _unbroken(text: str) -> str:
    return text.replace(BREAK, "")


def _joints(match: re.Match[str]) -> str:
    parts = _WORD_JOINT.split(match[0])
    return BREAK.join(part if len(part) < UNBROKEN else BREAK.join(part) for part in parts if part)


def _readable(colour: str) -> str:
    """The colour, darkened until it reads on white (WCAG contrast of at least 4.5)."""
    channels = _channels(colour)
    while _luminance(channels) > 0.183:
        channels = [int(channel * 0.93) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(channels: list[int]) -> float:
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
