import io
import resource

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from advisory_portal.formats import pdf_text
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.pdf_text import page_picture, picture_pages, read_pdf
from tests.bookkeeping.factories_inbox import SPANISH, pdf, picture


def edited(content, change):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def place_of(read, text):
    return next(word for word in read.words if word.text == text)


def test_words_have_their_places():
    read = read_pdf(pdf("#place(top + left, dx: 25%, dy: 50%)[Hello]\n#pagebreak()\nWorld", page="margin: 0pt"))
    hello, world = place_of(read, "Hello"), place_of(read, "World")
    assert read.pages == 2
    assert (hello.page, world.page) == (1, 2)
    assert hello.x == pytest.approx(0.25, abs=0.005)
    assert hello.y == pytest.approx(0.5, abs=0.01)
    assert 0.03 < hello.width < 0.08
    assert 0.005 < hello.height < 0.02


def test_places_on_a_turned_page_are_those_that_are_seen():
    content = pdf("#place(top + left, dx: 25%, dy: 50%)[Hello]", page="margin: 0pt")
    turned = place_of(read_pdf(edited(content, lambda writer: writer.pages[0].rotate(90))), "Hello")
    assert turned.x + turned.width == pytest.approx(0.5, abs=0.01)
    assert turned.y == pytest.approx(0.25, abs=0.005)


def test_xml_inside_is_taken_out():
    def attach(writer):
        writer.add_attachment("factur-x.xml", b"<Invoice/>")
        writer.add_attachment("picture.png", b"no XML")

    assert read_pdf(edited(pdf("Hello"), attach)).attachments == (("factur-x.xml", b"<Invoice/>"),)


def test_pdf_with_a_password_says_so():
    content = edited(pdf("Secret"), lambda writer: writer.encrypt("word"))
    with pytest.raises(FormatError) as refused:
        read_pdf(content)
    assert refused.value.code == "pdf_encrypted"


@pytest.mark.parametrize("content", [b"%PDF-", b"%PDF-1.7 nothing", b"%PDF-1.7\n" + bytes(5000)])
def test_broken_pdf_says_so(content):
    for act in (read_pdf, lambda bad: page_picture(bad, 1, width=100)):
        with pytest.raises(FormatError) as refused:
            act(content)
        assert refused.value.code == "pdf_broken"


def test_cut_pdf_is_read_or_refused():
    content = pdf(SPANISH)
    for part in (1, 3, 7):
        try:
            read_pdf(content[: len(content) * part // 8])
        except FormatError as refused:
            assert refused.code in ("pdf_broken", "pdf_heavy")


def test_long_pdf_is_read_at_its_beginning_and_its_end():
    content = pdf("#for page in range(1, 501) [Page-#page #pagebreak(weak: true)]")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    read = read_pdf(content)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 20
    assert read.pages == 500
    assert {word.page for word in read.words} == {*range(1, 11), 500}


def test_reading_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(pdf_text, "_SECONDS", 0.001)
    with pytest.raises(FormatError) as refused:
        read_pdf(pdf("Hello"))
    assert refused.value.code == "pdf_heavy"


def test_page_is_a_picture_of_the_wished_width():
    image = Image.open(io.BytesIO(page_picture(pdf("Hello"), 1, width=400)))
    assert image.format == "PNG"
    assert image.width == pytest.approx(400, abs=1)
    with pytest.raises(FormatError) as refused:
        page_picture(pdf("Hello"), 2, width=400)
    assert refused.value.code == "no_such_page"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_pictures_become_png(kind):
    image = Image.open(io.BytesIO(page_picture(picture(kind, size=(900, 300)), 1, width=300)))
    assert (image.format, image.size) == ("PNG", (300, 100))


def test_tiff_has_pages():
    content = picture("TIFF", frames=3)
    assert picture_pages(content) == 3
    assert page_picture(content, 3, width=100) != page_picture(content, 1, width=100)
    with pytest.raises(FormatError) as refused:
        page_picture(content, 4, width=100)
    assert refused.value.code == "no_such_page"


def test_photograph_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    out = io.BytesIO()
    Image.new("RGB", (80, 40)).save(out, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(page_picture(out.getvalue(), 1, width=400))).size == (40, 80)


def test_broken_and_huge_pictures_are_refused():
    with pytest.raises(FormatError) as broken:
        picture_pages(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert broken.value.code == "picture_broken"
    whole = picture("PNG")
    huge = whole[:16] + (20_000).to_bytes(4, "big") * 2 + whole[24:]
    with pytest.raises(FormatError) as too_large:
        page_picture(huge, 1, width=100)
    assert too_large.value.code in ("picture_too_large", "picture_broken")
