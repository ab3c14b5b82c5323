"""The PDF of a business document: a `Sheet` of ready words in, a tagged PDF/A-3b out."""

from documents.pdf.certificate import Certificate, Part, render_certificate
from documents.pdf.images import LOGO_MAX_PIXELS, clean_logo
from documents.pdf.render import render_pdf, render_picture
from documents.pdf.sheet import (
    Adjustment,
    Business,
    Carry,
    Columns,
    Customer,
    Layout,
    Line,
    Logo,
    Pairs,
    Qr,
    Sheet,
    TaxRow,
    Total,
    paper_for,
)

__all__ = [
    "LOGO_MAX_PIXELS",
    "Adjustment",
    "Business",
    "Carry",
    "Certificate",
    "Columns",
    "Customer",
    "Layout",
    "Line",
    "Logo",
    "Pairs",
    "Part",
    "Qr",
    "Sheet",
    "TaxRow",
    "Total",
    "clean_logo",
    "paper_for",
    "render_certificate",
    "render_pdf",
    "render_picture",
]
