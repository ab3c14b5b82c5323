"""The fonts of our PDFs: where they are, and which text they can print."""

import re
import struct
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

# Arabic is not Noto Sans Arabic: that draws a letter as its base and its dots, and readers then find some
# letters twice and others in the wrong place.
PACKAGES = (
    "fontpkg_inter",
    "fontpkg_noto_sans",
    "fontpkg_ibm_plex_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "noto_cjk_sans_otc",
)
FAMILIES = ("Inter", "Noto Sans", "IBM Plex Sans Arabic", "Noto Sans Devanagari")
UNKNOWN = "□"

_JOINERS = "\u200c\u200d"
# What Inter surely has: text of these alone, the usual case, needs no look into the fonts.
_USUAL = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u0148\u014a-\u017f"
    "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f–—‘’“”•…€№\u202f]*"
)
_LINE_BREAKS = re.compile(r"[\t\n\v\f\r\u0085\u2028\u2029]+")


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The font package {package} is not installed.")
    return Path(spec.submodule_search_locations[0])


FONT_FOLDERS = tuple(_folder(package) for package in PACKAGES)


def cjk_family(language: str) -> str:
    """The regional form of Noto Sans CJK for a BCP 47 code: Chinese characters differ by country."""
    code = language.replace("_", "-").lower()
    if code.startswith("ja"):
        return "Noto Sans CJK JP"
    if code.startswith("ko"):
        return "Noto Sans CJK KR"
    if code.startswith("zh") and code.endswith("hk"):
        return "Noto Sans CJK HK"
    traditional = code.startswith("zh") and re.search("hant|tw|mo", code)
    return "Noto Sans CJK TC" if traditional else "Noto Sans CJK SC"


def printable(text: str) -> str:
    """The text without controls and invisible marks, in NFC; what no font can print becomes one □ a run.

    Line breaks and tabs become a space; the ends are trimmed. Usual European letters come back as they are.
    """
    if _USUAL.fullmatch(text):
        return text.strip()
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub(" ", text))
    out: list[str] = []
    for character in text:
        if _is_invisible(character) or (character in _JOINERS and out[-1:] in ([], [UNKNOWN])):
            continue
        if _has_glyph(character):
            out.append(character)
        elif out[-1:] != [UNKNOWN]:
            out.append(UNKNOWN)
    return "".join(out).strip().strip(_JOINERS)


def _is_invisible(character: str) -> bool:
    """Controls, surrogates, direction overrides and the like, but not joiners: they shape words."""
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Cf"):
        return character not in _JOINERS
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


@lru_cache(maxsize=8192)
def _has_glyph(character: str) -> bool:
    # PDF/A forbids U+FFFD and private characters in text that must be readable.
    if character == "\ufffd" or unicodedata.category(character) in ("Co", "Cn"):
        return False
    if character in _JOINERS:
        return True
    return any(_covers(path, ord(character)) for path in _font_files())


@cache
def _font_files() -> tuple[Path, ...]:
    files = (path for folder in FONT_FOLDERS for path in sorted(folder.rglob("*.tt[fc]")))
    return tuple(path for path in files if "Italic" not in path.name)


def _covers(path: Path, codepoint: int) -> bool:
    starts, ends = _ranges(path)
    index = bisect_right(starts, codepoint) - 1
    return index >= 0 and codepoint <= ends[index]


@cache
def _ranges(path: Path) -> tuple[list[int], list[int]]:
    """First and last code points of the ranges a font maps, ascending. Source: OpenType `cmap`."""
    with path.open("rb") as file:
        start = 0
        if file.read(4) == b"ttcf":
            file.seek(12)
            (start,) = struct.unpack(">I", file.read(4))
        file.seek(start + 4)
        (count,) = struct.unpack(">H6x", file.read(8))
        tables = struct.iter_unpack(">4s4xII", file.read(16 * count))
        offset, size = next((offset, size) for tag, offset, size in tables if tag == b"cmap")
        file.seek(offset)
        cmap = file.read(size)
    (count,) = struct.unpack_from(">2xH", cmap)
    records = [struct.unpack_from(">HHI", cmap, 4 + 8 * index) for index in range(count)]
    by_format = {struct.unpack_from(">H", cmap, where)[0]: where for _, _, where in records}
    return _groups(cmap, by_format[12]) if 12 in by_format else _segments(cmap, by_format[4])


def _groups(cmap: bytes, where: int) -> tuple[list[int], list[int]]:
    (count,) = struct.unpack_from(">I", cmap, where + 12)
    groups = list(struct.iter_unpack(">III", cmap[where + 16 : where + 16 + 12 * count]))
    return [first for first, _, _ in groups], [last for _, last, _ in groups]


def _segments(cmap: bytes, where: int) -> tuple[list[int], list[int]]:
    count = struct.unpack_from(">H", cmap, where + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", cmap, where + 14)
    starts = struct.unpack_from(f">{count}H", cmap, where + 16 + 2 * count)
    return list(starts), list(ends)
