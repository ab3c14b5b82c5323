"""Four layouts, codes on paper, and the electronic invoice inside."""

import io
import json
import re

import pytest
import segno
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from documents.pdf import Business, Carry, Layout, Qr, Sheet, render_pdf, render_picture
from documents.pdf.facturx import with_facturx_metadata
from documents.pdf.render import _inputs
from tests.documents.pdf_samples import pages, sheet, text

LAYOUTS = ("classic", "modern", "compact", "bold")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [1, 12, 60])
def test_every_layout_prints_every_part(layout: Layout, count: int) -> None:
    made = sheet(count, layout=layout, carry=Carry("Suma y sigue", "Suma anterior"), fiscal_qr=FISCAL)
    found = pages(made)
    words = " ".join(found)
    for part in (
        *("Factura", "FAC-2026-0042", "Construcciones Delta", "NIF B65432107", "Ayuntamiento de San Martín"),
        *("Vencimiento", "11 de junio de 2026", f"Servicio {count}", "Total a pagar", "193,60 €", "IVA 21 %"),
        *("ES91 2100 0418 4502 0005 1332", "Gracias por su confianza.", "Registro Mercantil", "QR tributario:"),
    ):
        assert part in words
    assert "QR tributario:" in found[0]
    assert all(f"Página {number} de {len(found)}" in page for number, page in enumerate(found, start=1))
    assert words.count("Suma y sigue") == words.count("Suma anterior")
    assert count < 60 or "Suma anterior" in found[1]


def test_the_layouts_differ() -> None:
    pictures = {render_picture(sheet(layout=layout), width=300) for layout in LAYOUTS}
    assert len(pictures) == 4


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("accent", ["#000000", "#ffffff", "#f2c94c"])
def test_every_layout_takes_every_colour(layout: Layout, accent: str) -> None:
    assert "Factura" in text(sheet(layout=layout, business=Business(name="Delta", accent=accent)))


@pytest.mark.parametrize(
    ("accent", "letters"), [("#1f4e79", "#ffffff"), ("#f2c94c", "#1b1e23"), ("#ffffff", "#1b1e23")]
)
def test_letters_on_the_accent_can_be_read(accent: str, letters: str) -> None:
    look = json.loads(_inputs(sheet(business=Business(name="Delta", accent=accent)))["sheet"])["look"]
    assert look["on_accent"] == letters


def test_a_picture_is_as_wide_as_asked() -> None:
    with Image.open(io.BytesIO(render_picture(sheet(60), width=480))) as image:
        assert (image.format, image.width) == ("PNG", 480)


PAYLOAD = "BCD\n002\n1\nSCT\n\nConstrucciones Delta\nES9121000418450200051332\nEUR193.60\n\n\nFAC-2026-0042"
FISCAL = Qr("https://example.com/?nif=B65432107", "Código", above="QR tributario:", below="VERI*FACTU")


def modules_on_paper(made: Sheet, size: int) -> list[list[bool]]:
    """The modules of the one QR code of the sheet, as they are printed on its page."""
    with PdfDocument(render_pdf(made)) as document:
        page = document[0].render(scale=8).to_pil().convert("L")
    dark = page.point(lambda value: 255 if value < 60 else 0)
    corner = dark.crop((page.width * 2 // 3, page.height // 4, page.width, page.height))
    left, top, right = edges(corner)
    step = (right - left) / size
    return [
        [bool(corner.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step)))) for x in range(size)]
        for y in range(size)
    ]


def edges(image: Image.Image) -> tuple[int, int, int]:
    """Left, top and right of the code: nothing else has dark runs as long as its finder patterns, and no longer."""
    finders = [
        (y, run.start(), run.end())
        for y in range(image.height)
        for run in re.finditer(b"\xff+", image.crop((0, y, image.width, y + 1)).tobytes())
        if 90 <= run.end() - run.start() <= 130
    ]
    return min(left for _y, left, _right in finders), min(y for y, *_ in finders), max(right for *_, right in finders)


def test_the_printed_code_is_the_one_that_was_asked_for() -> None:
    made = sheet(1, payment_qr=Qr(PAYLOAD, "Código"), notes=(), footer=())
    code = segno.make(PAYLOAD, error="m", micro=False, boost_error=False, encoding="utf-8")
    wanted = [[bool(module) for module in row] for row in code.matrix]
    assert modules_on_paper(made, len(wanted)) == wanted


def test_codes_say_what_they_are_to_who_cannot_see_them() -> None:
    content = render_pdf(sheet(payment_qr=Qr(PAYLOAD, "Code of the payment"), fiscal_qr=FISCAL))
    reader = PdfReader(io.BytesIO(content))
    objects = [reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)]
    said = {str(one["/Alt"]) for one in objects if isinstance(one, dict) and "/Alt" in one}
    assert {"Code of the payment", "Código"} <= said


# --- Factur-X ----------------------------------------------------------------------------------------------------


def test_the_invoice_inside_is_the_one_that_was_given() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(sheet(), einvoice="<a>ñ</a>".encode())), strict=True)
    assert {name: list(data) for name, data in reader.attachments.items()} == {"factur-x.xml": ["<a>ñ</a>".encode()]}
    assert reader.metadata and reader.metadata.title == "Factura FAC-2026-0042"


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert render_pdf(sheet(), einvoice=b"<a/>") == render_pdf(sheet(), einvoice=b"<a/>")


def test_every_object_is_where_the_table_says() -> None:
    content = render_pdf(sheet(30), einvoice=b"<a/>")
    start = int(content.rpartition(b"startxref\n")[2].split(b"\n")[0])
    rows = content[start:].split(b"\r\n")[1:-1]
    assert content[start : start + 5] == b"xref\n"
    for number, row in enumerate(rows, start=1):
        assert content[int(row[:10]) :].startswith(b"%d 0 obj" % number)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"<</Length 3/Type/Metadata/Subtype/XML>>\nstream\nabc"])
def test_a_pdf_made_otherwise_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="typst"):
        with_facturx_metadata(content)
