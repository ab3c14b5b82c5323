import re
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.pdf import (
    Adjustment,
    Customer,
    Line,
    TaxRow,
    Total,
    render_pdf,
)
from tests.documents.pdf_samples import reader, sheet, text, text_by_pdfium

NAMES = {
    "es": "Peluquería Núñez & Íñigo, S. L.",
    "el": "Ελληνική Εταιρεία Ύδρευσης Α.Ε.",
    "ru": "Общество «Ёлка и Щука»",
    "zh": "上海建设有限公司",
}
ARABIC_WORD = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+")


@pytest.mark.parametrize("language", NAMES)
def test_render_pdf_prints_names_of_many_scripts(language: str) -> None:
    made = sheet(language=language, customer=Customer(name=NAMES[language]))
    assert NAMES[language] in text(made)
    assert NAMES[language] in text_by_pdfium(made)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("ar", "شركة النور للتجارة"),
        ("ar", "مجموعة عبد الله"),
        ("ar", "الإنشاءات والمقاولات"),
        ("fa", "شرکت گسترش پیمان"),
        ("ur", "ٹیکنالوجی ڈھاکہ"),
    ],
)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_render_pdf_prints_the_letters_of_arabic_words_in_order(
    language: str, name: str, direction: Literal["ltr", "rtl"]
) -> None:
    made = sheet(language=language, direction=direction, customer=Customer(name=name))
    # pypdf gives the words of a line as they stand from left to right, each with its letters as they are read
    # (unless the leftmost glyph stands for two letters). pdfium turns such letters around everywhere.
    assert ARABIC_WORD.findall(text(made)) == name.split()[::-1]


@pytest.mark.parametrize("name", ["श्री गणेश ट्रेडिंग कंपनी", "राष्ट्रीय प्रतिष्ठान", "ज्ञानेश्वर क्षत्रिय"])
def test_render_pdf_prints_the_letters_of_devanagari_clusters_in_order(name: str) -> None:
    # pypdf does not know /ActualText, by which a PDF says what the glyphs of a cluster mean.
    assert name in text_by_pdfium(sheet(language="hi", customer=Customer(name=name)))


def test_render_pdf_embeds_every_font() -> None:
    names = (*NAMES.values(), "شركة", "नमस्ते")
    fonts = reader(sheet(lines=(), notes=names)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    descriptors = [font.get_object()["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts.values()]
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in descriptors)
    families = {re.sub(r"^[A-Z]{6}\+|-.*", "", descriptor["/FontName"][1:]) for descriptor in descriptors}
    assert families == {"Inter", "NotoSans", "IBMPlexSansArabic", "NotoSansCJKsc"}


def test_render_pdf_takes_the_chinese_characters_of_the_language() -> None:
    def fonts(language: str) -> str:
        resources = reader(sheet(language=language, notes=("骨",))).pages[0]["/Resources"]
        return str([font.get_object()["/BaseFont"] for font in resources["/Font"].values()])  # type: ignore[index]

    codes = {"zh": "sc", "ja": "jp", "ko-KR": "kr", "zh-Hant": "tc", "zh-TW": "tc", "zh-HK": "hk"}
    assert all(f"NotoSansCJK{form}" in fonts(code) for code, form in codes.items())


@pytest.mark.parametrize(
    "value",
    [
        '#read("/etc/passwd")',
        '#import "@preview/x:0.1.0": *',
        "#sys.inputs.sheet",
        "$x^2$ *b* _i_ `c` @ref <label>",
        r'\u{41} \ "quoted" {page}',
        "/* a */ // b",
        "= Head",
        "- item -- --- ... ->",
        "10x20",
    ],
)
def test_render_pdf_prints_markup_literally(value: str) -> None:
    made = sheet(customer=Customer(name=value), lines=(), totals=(), taxes=())
    assert f"Facturar {value} Construcciones" in text(replace(made, customer=Customer(value, "Facturar")))


def test_render_pdf_wraps_long_words_without_adding_letters() -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3
    page = reader(sheet(customer=Customer(name=word), lines=())).pages[0]
    printed = page.extract_text()
    assert word in printed.replace("\n", "")
    assert word not in printed
    assert "\u200b" not in printed


def test_render_pdf_marks_what_no_font_has() -> None:
    assert "a □ b" in text(sheet(notes=("a 👩‍👩‍👧😀 b",)))
    assert "x □ y" in text(sheet(notes=("x \ue000\ufffd y",)))


def test_render_pdf_drops_controls_and_direction_tricks() -> None:
    assert "ab cd ef" in text(sheet(notes=("a\x00\u202eb\tc\ud800d\r\nef\u200b",)))


WORDS = st.text(st.characters(), max_size=60)
FEW_WORDS = st.lists(WORDS, max_size=3).map(tuple)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=12, max_size=12), FEW_WORDS, st.sampled_from(["ltr", "rtl"]))
def test_render_pdf_takes_any_text(
    values: list[str], several: tuple[str, ...], direction: Literal["ltr", "rtl"]
) -> None:
    title, number, name, item, net, unit, label, value, headline, pattern, watermark, note = values
    made = sheet(
        title=title,
        number=number,
        direction=direction,
        customer=Customer(name, heading=label, address=several, email=value),
        lines=(),
        headline=headline,
        page_pattern=pattern,
        watermark=watermark,
        facts=((label, value),),
        totals=(Total(label, value, emphasis=True),),
        taxes=(TaxRow(label, value, net),),
        payment=((label, value),),
        notes=(note, *several),
        footer=several,
    )
    adjustment = Adjustment(label, value, several)
    made = replace(made, lines=(Line(item, net, unit=unit, description=several, adjustments=(adjustment,)),))
    assert render_pdf(made).startswith(b"%PDF-1.7")


def test_render_pdf_keeps_line_breaks_of_long_texts() -> None:
    lines = reader(sheet(notes=("uno\r\ndos\n\ntres",))).pages[0].extract_text().splitlines()
    assert lines[lines.index("uno") :][:3] == ["uno", "dos", "tres"]
