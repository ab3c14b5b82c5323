import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from documents.pdf import (
    Adjustment,
    Business,
    Carry,
    Customer,
    Logo,
    Sheet,
    paper_for,
    render_pdf,
)
from tests.documents.pdf_samples import CREATED, line, pages, reader, sheet, text


@cache
def two_pages() -> list[str]:
    return pages(sheet(20, carry=Carry("Suma y sigue", "Suma anterior")))


def image(kind: Literal["png", "jpeg"], mode: str = "RGB", size: tuple[int, int] = (60, 30)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode.startswith("RGB") else 0).save(out, kind)
    return out.getvalue()


def with_logo(data: bytes, kind: Literal["png", "jpeg"]) -> Sheet:
    return sheet(business=Business(name="Delta", logo=Logo(data, kind)))


def test_render_pdf_numbers_pages_and_repeats_heads() -> None:
    assert len(two_pages()) == 2
    assert [f"Página {number} de 2" in page for number, page in enumerate(two_pages(), 1)] == [True, True]
    assert [page.count("N.º Concepto Cantidad") for page in two_pages()] == [1, 1]
    assert [page.count("Construcciones Delta Factura FAC-2026-0042") for page in two_pages()] == [1, 1]
    assert two_pages()[1].startswith("Construcciones Delta Factura FAC-2026-0042 Suma anterior")


def test_render_pdf_splits_no_line_across_pages() -> None:
    for number in range(1, 21):
        assert all((f"inicio-{number} " in page) == (f"fin-{number} " in page) for page in two_pages())


def test_render_pdf_carries_the_sum_of_the_last_line_over() -> None:
    last = max(int(number) for number in re.findall(r"fin-(\d+)", two_pages()[0]))
    assert f"Suma y sigue {80 * last},00 €" in two_pages()[0]
    assert f"Suma anterior {80 * last},00 €" in two_pages()[1]
    assert "Suma anterior" not in two_pages()[0]
    assert "Suma y sigue" not in two_pages()[1]


def test_render_pdf_carries_nothing_unless_asked() -> None:
    assert "1600,00 €" not in text(sheet(20))


def test_render_pdf_names_itself() -> None:
    made = reader(sheet(language="pt-BR"))
    assert made.metadata is not None
    assert made.metadata.title == "Factura FAC-2026-0042"
    assert made.metadata.author == "Construcciones Delta"
    assert made.metadata.creation_date == CREATED
    assert made.trailer["/Root"]["/Lang"] == "pt-BR"  # type: ignore[index]
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_render_pdf_claims_archival_and_accessible_form() -> None:
    metadata = reader(sheet()).trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    for claim in ("<pdfaid:part>3<", "<pdfaid:conformance>B<", "<pdfuaid:part>1<"):
        assert claim in metadata


def test_render_pdf_gives_the_same_bytes_again() -> None:
    made = sheet()
    first = render_pdf(made)
    render_pdf(sheet(number="other"))
    assert render_pdf(made) == first


@pytest.mark.parametrize("watermark", ["BORRADOR", "ANULADA", "Entwurf"])
def test_render_pdf_prints_a_watermark(watermark: str) -> None:
    # Once large behind the page, once as a mark beside the title.
    assert text(sheet(watermark=watermark)).count(watermark) == 2


def test_render_pdf_prints_watermark_on_every_page() -> None:
    assert ["BORRADOR" in page for page in pages(sheet(20, watermark="BORRADOR"))] == [True, True]


@pytest.mark.parametrize(("kind", "mode"), [("png", "RGB"), ("png", "P"), ("png", "RGBA"), ("jpeg", "CMYK")])
def test_render_pdf_places_a_logo(kind: Literal["png", "jpeg"], mode: str) -> None:
    data = image(kind, "RGB" if mode == "RGBA" else mode)
    assert len(reader(with_logo(data, kind)).pages[0].images) == 1


def test_render_pdf_writes_the_name_where_there_is_no_logo() -> None:
    made = sheet(business=Business(name="Delta Obras"))
    assert text(made).count("Delta Obras") == 2
    business = Business(name="Delta Obras", logo=Logo(image("png"), "png"))
    assert text(replace(made, business=business)).count("Delta Obras") == 1


def test_render_pdf_shrinks_a_large_logo() -> None:
    placed = reader(with_logo(image("png", size=(3000, 1500)), "png")).pages[0].images[0].image
    assert placed is not None
    assert placed.size == (600, 300)


def test_render_pdf_accepts_an_empty_logo() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "png")
    assert len(reader(with_logo(out.getvalue(), "png")).pages) == 1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "png"),
        (b"not an image", "jpeg"),
        (image("png")[:60], "png"),
        (image("jpeg"), "png"),
        (b"<svg/>", "png"),
    ],
)
def test_render_pdf_refuses_a_broken_logo(data: bytes, kind: Literal["png", "jpeg"]) -> None:
    with pytest.raises(ValueError, match=r"^The logo is not a readable PNG or JPEG image\.$"):
        render_pdf(with_logo(data, kind))


def test_render_pdf_refuses_a_logo_of_too_many_pixels() -> None:
    with pytest.raises(ValueError, match=r"^The logo has too many pixels\.$"):
        render_pdf(with_logo(image("png", "1", (8000, 6000)), "png"))


def test_render_pdf_refuses_a_wrong_accent() -> None:
    with pytest.raises(ValueError, match="accent colour"):
        render_pdf(sheet(business=Business(name="Delta", accent="red")))


@pytest.mark.parametrize("language", ["", "english", "e", "es; DROP", "ES"])
def test_render_pdf_refuses_a_wrong_language(language: str) -> None:
    with pytest.raises(ValueError, match="is not a language code"):
        render_pdf(sheet(language=language))


def test_render_pdf_refuses_a_time_without_zone() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        render_pdf(sheet(created_at=datetime(2026, 5, 12)))


def test_render_pdf_darkens_a_pale_accent_for_text() -> None:
    content = reader(sheet(business=Business(name="Delta", accent="#ffff00"))).pages[0].get_contents()
    assert content is not None
    colours = set(re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) scn", content.get_data()))
    assert (b"1", b"1", b"0") in colours
    assert any(red == green and blue == b"0" and float(red) < 0.5 for red, green, blue in colours)


@pytest.mark.parametrize(("country", "paper"), [("ES", "a4"), ("us", "letter"), ("CA", "letter"), ("MX", "letter")])
def test_paper_for_knows_the_countries_of_letter(country: str, paper: str) -> None:
    assert paper_for(country) == paper


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_render_pdf_uses_the_paper(paper: Literal["a4", "letter"], size: tuple[int, int]) -> None:
    box = reader(sheet(paper=paper)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_render_pdf_leaves_out_unused_columns() -> None:
    assert "Dto." not in text(sheet())
    assert "Precio Dto. IVA" in text(sheet(lines=(line(1, discount="5 %"),)))


def test_render_pdf_prints_allowances_and_charges() -> None:
    made = sheet(
        adjustments=(Adjustment("Descuento comercial", "−16,00 €", description=("Contrato",), tax="21 %"),),
        lines=(),
    )
    made = replace(made, lines=(line(1, adjustments=(Adjustment("Rebaja", "−5,00 €"),)),))
    printed = text(made)
    assert "Rebaja −5,00 €" in printed
    assert "Descuento comercial Contrato 21 % −16,00 €" in printed


def test_render_pdf_prints_all_parts() -> None:
    made = sheet(
        headline="193,60 € hasta el 11 de junio",
        payment_title="Forma de pago",
        notes_title="Observaciones",
        customer=Customer("Ana", address=("Plaza 1",), tax_id="NIF 1", email="a@x.es", phone="+34 1", website="x"),
    )
    printed = text(made)
    for part in (
        "Vencimiento 11 de junio de 2026",
        "Ana Plaza 1 NIF 1 a@x.es +34 1 x",
        "193,60 € hasta el 11 de junio",
        "IVA 21 % 160,00 € 33,60 €",
        "Total a pagar 193,60 €",
        "Forma de pago IBAN ES91 2100 0418 4502 0005 1332",
        "Observaciones Gracias por su confianza.",
        "Registro Mercantil de Barcelona",
    ):
        assert part in printed


def test_render_pdf_keeps_names_readable_beside_wide_figures() -> None:
    made = sheet(lines=(line(1, name="Rehabilitación", unit_price="1.234.567.890,12345678 €"),))
    made = replace(made, lines=(replace(made.lines[0], net="999.999.999.999,99 €", quantity="1.234.567,50"),))
    assert "Rehabilitación" in text(made)


def test_render_pdf_breaks_a_line_longer_than_a_page() -> None:
    rows = tuple(f"fila-{number}." for number in range(150))
    printed = pages(sheet(lines=(line(1, description=rows),)))
    assert len(printed) >= 3
    assert all(f"fila-{number}." in " ".join(printed) for number in range(150))


def test_render_pdf_prints_hundreds_of_lines() -> None:
    printed = text(sheet(400))
    assert all(f"Servicio {number} " in printed for number in range(1, 401))


def test_render_pdf_works_from_several_threads() -> None:
    made = [sheet(number=f"N-{number}") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render_pdf, made)) == [render_pdf(each) for each in made]


FORKING = """
import os
from tests.documents.pdf_samples import sheet
from documents.pdf import render_pdf
if PARENT:
    render_pdf(sheet())
child = os.fork()
if child == 0:
    try:
        render_pdf(sheet())
        os._exit(0)
    except RuntimeError:
        os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize(("parent", "status"), [("True", "3"), ("False", "0")])
def test_render_pdf_refuses_only_in_a_fork_of_a_rendering_process(parent: str, status: str) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", FORKING.replace("PARENT", parent)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stdout.strip() == status
