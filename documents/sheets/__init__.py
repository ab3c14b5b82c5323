"""A document as it is read: finished words in its own language, the same for the page, the print and the PDF."""

from dataclasses import replace

from django.utils import translation

from documents import pdf
from documents.models import Document
from documents.pdf import Certificate, Part, render_certificate
from documents.pdf.images import qr_svg
from documents.sheets.payment import grouped_iban, payment_qr
from documents.sheets.sample import sample_sheet
from documents.sheets.statement import Side, StatementSheet, render_statement
from documents.sheets.words import address_lines
from documents.sheets.writer import Look, Writer

__all__ = [
    "Certificate",
    "Look",
    "Part",
    "Side",
    "StatementSheet",
    "address_lines",
    "document_pdf",
    "file_name",
    "grouped_iban",
    "payment_qr",
    "qr_svg",
    "render_certificate",
    "render_statement",
    "sample_sheet",
    "sheet_of",
    "with_fiscal_code",
]


def with_fiscal_code(look: Look, address: str, words: str) -> Look:
    """The look with the QR code that a country's law wants, and the words below it."""
    return replace(look, fiscal_qr=address, fiscal_words=words)


def document_pdf(document: Document, *, accent: str, look: Look | None = None, einvoice: bytes | None = None) -> bytes:
    """The document as PDF/A-3, about 50 ms of CPU for two pages. `document` as `for_reading()` fetches it.

    `einvoice` is the XML of EN 16931 that makes it a Factur-X invoice.
    """
    return pdf.render_pdf(sheet_of(document, accent=accent, look=look), einvoice=einvoice)


def file_name(document: Document) -> str:
    """What a download of the document is called, without its ending: "Invoice INV-2026-0001 Delta"."""
    with translation.override(document.language):
        words = f"{document.get_kind_display()} {document.number}".strip()
    return "".join("-" if character in '/\\:*?"<>|' else character for character in words)


def sheet_of(document: Document, *, accent: str, look: Look | None = None) -> pdf.Sheet:
    """What the document says. Needs it as `Documents.for_reading()` fetches it, and makes no query.

    `look` gives layout, logo, footer and fiscal code to the PDF; the pages do without.
    """
    with translation.override(document.language):
        return Writer(document, look or Look(accent=accent)).sheet()
