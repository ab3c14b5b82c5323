"""The PDF of a business document: a `Sheet` of ready words in, a tagged PDF/A-3b out."""

from documents.pdf.render import render_pdf
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
    "Adjustment",
    "Business",
    "Carry",
    "Columns",
    "Customer",
    "Layout",
    "Line",
    "Logo",
    "Pairs",
    "Qr",
    "Sheet",
    "TaxRow",
    "Total",
    "paper_for",
    "render_pdf",
]
