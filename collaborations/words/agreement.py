"""The data-processing agreement that a business accepts when it lets a firm into its account.

A text a language in `agreements/<version>.<language>.txt`: paragraphs between empty lines, headings behind "## ".
Who changes a word of it writes a new version; what was accepted is kept with each grant.
"""

from functools import lru_cache
from pathlib import Path

AGREEMENT_VERSION = "2026-1"
FOLDER = Path(__file__).parent / "agreements"
ENGLISH = "en"


def agreement_text(language: str, *, firm: str, business: str) -> str:
    """The agreement in force between these two, in English where the language has none."""
    return _text(language).replace("{firm}", firm).replace("{business}", business)


def agreement_parts(text: str) -> list[tuple[str, str]]:
    """The agreement to be shown: each part as ("heading" or "paragraph", words)."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return [
        ("heading", part.removeprefix("## ")) if part.startswith("## ") else ("paragraph", " ".join(part.split()))
        for part in parts
    ]


@lru_cache
def _text(language: str) -> str:
    path = FOLDER / f"{AGREEMENT_VERSION}.{language}.txt"
    if language not in _languages():
        path = FOLDER / f"{AGREEMENT_VERSION}.{ENGLISH}.txt"
    return path.read_text(encoding="utf-8")


@lru_cache
def _languages() -> frozenset[str]:
    """Languages that the agreement in force is written in."""
    return frozenset(path.stem.removeprefix(f"{AGREEMENT_VERSION}.") for path in FOLDER.glob(f"{AGREEMENT_VERSION}.*"))
