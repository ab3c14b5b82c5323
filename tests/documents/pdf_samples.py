"""Sheets to render, and what a reader finds in the PDF."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pypdf import PdfReader
from pypdfium2 import PdfDocument

from documents.pdf import Business, Columns, Customer, Line, Sheet, TaxRow, Total, render_pdf

CREATED = datetime(2026, 5, 12, 10, 30, tzinfo=UTC)


def line(number: int, **values: Any) -> Line:
    return replace(
        Line(
            name=f"Servicio {number}",
            position=str(number),
            description=(f"inicio-{number}", "mes de mayo", f"fin-{number}"),
            quantity="2,00",
            unit="h",
            unit_price="40,00 €",
            tax="21 %",
            net="80,00 €",
            running=f"{80 * number},00 €",
        ),
        **values,
    )


def sheet(count: int = 2, **values: Any) -> Sheet:
    made = Sheet(
        title="Factura",
        number="FAC-2026-0042",
        language="es",
        business=Business(name="Construcciones Delta", address=("Calle Mayor, 1",), tax_id="NIF B65432107"),
        customer=Customer(name="Ayuntamiento de San Martín", heading="Facturar a"),
        columns=Columns(
            position="N.º",
            name="Concepto",
            quantity="Cantidad",
            unit_price="Precio",
            discount="Dto.",
            tax="IVA",
            net="Importe",
        ),
        created_at=CREATED,
        page_pattern="Página {page} de {pages}",
        facts=(("Vencimiento", "11 de junio de 2026"),),
        lines=tuple(line(number) for number in range(1, count + 1)),
        totals=(Total("Base imponible", "160,00 €"), Total("Total a pagar", "193,60 €", emphasis=True)),
        tax_columns=TaxRow("Impuesto", "Base", "Cuota"),
        taxes=(TaxRow("IVA 21 %", "160,00 €", "33,60 €"),),
        payment=(("IBAN", "ES91 2100 0418 4502 0005 1332"),),
        notes=("Gracias por su confianza.",),
        footer=("Registro Mercantil de Barcelona",),
    )
    return replace(made, **values)


def reader(made: Sheet) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(made)))


def pages(made: Sheet) -> list[str]:
    """The text of each page, every run of white space as one space."""
    return [" ".join(page.extract_text().split()) for page in reader(made).pages]


def text(made: Sheet) -> str:
    return " ".join(pages(made))


def text_by_pdfium(made: Sheet) -> str:
    """The text as a browser's reader finds it, every run of white space as one space."""
    with PdfDocument(render_pdf(made)) as document:
        return " ".join(word for page in document for word in page.get_textpage().get_text_range().split())
