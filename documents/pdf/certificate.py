"""A page that certifies what somebody decided: facts under headings, texts, and a drawn signature."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from documents.pdf.fonts import FAMILIES, cjk_family
from documents.pdf.render import TEMPLATE, breakable, colours_of, compiled_pdf
from documents.pdf.sheet import Pairs

CERTIFICATE = TEMPLATE.with_name("certificate.typ")


@dataclass(frozen=True, slots=True)
class Part:
    """Facts as (label, value), then paragraphs, under a heading."""

    heading: str
    facts: Pairs = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """Finished words in one language. `signature` is an SVG picture with `signature_alt` in words, "" for none.

    `page_pattern` says "{page}" of "{pages}"; `verdict` is the sentence that the page certifies.
    """

    language: str
    business: str
    accent: str
    title: str
    number: str
    verdict: str
    parts: tuple[Part, ...]
    signature_heading: str
    signature: str
    signature_alt: str
    signature_name: str
    page_pattern: str
    created_at: datetime


def render_certificate(certificate: Certificate) -> bytes:
    """The certificate as a tagged PDF/A-3b and PDF/UA-1 on A4; the same values give the same bytes.

    Raises ValueError if the accent colour is not one.
    """
    texts = ("business", "title", "number", "verdict", "signature_heading", "signature_alt", "signature_name")
    values: dict[str, Any] = {name: breakable(getattr(certificate, name)) for name in texts}
    values |= {
        "lang": certificate.language,
        "page_pattern": certificate.page_pattern,
        "fonts": [*FAMILIES, cjk_family(certificate.language)],
        "look": {"direction": "ltr", "mixed": False, "layout": "classic", **colours_of(certificate.accent)},
        "parts": [
            {
                "heading": breakable(part.heading),
                "facts": [[breakable(label), breakable(value)] for label, value in part.facts],
                "texts": [breakable(row) for text in part.texts for row in text.splitlines() if row.strip()],
            }
            for part in certificate.parts
        ],
    }
    inputs = {"certificate": json.dumps(values, ensure_ascii=False), "signature": certificate.signature}
    return compiled_pdf(CERTIFICATE, inputs, created_at=certificate.created_at)
