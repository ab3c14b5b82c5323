from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from partners.rules.pictures import MOST_BYTES, SHAPES, BadPicture, Fault, clean_picture
from tests.partners.programme import picture

LOGO, COVER = SHAPES["logo"], SHAPES["cover"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><script>alert(1)</script></svg>'


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def fault_of(content: bytes) -> Fault:
    with pytest.raises(BadPicture) as raised:
        clean_picture(content, LOGO)
    return raised.value.fault


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_becomes_webp_in_two_sizes(kind):
    large, small = clean_picture(picture(1024, 1024, kind), LOGO)
    assert [(opened(one).format, opened(one).size) for one in (large, small)] == [
        ("WEBP", (512, 512)),
        ("WEBP", (128, 128)),
    ]


def test_small_picture_is_not_blown_up():
    large, _small = clean_picture(picture(200, 100), LOGO)
    assert opened(large).size == (200, 100)


def test_cover_loses_its_upper_and_lower_edge():
    tall = Image.new("RGB", (3200, 3200), "#ff0000")
    tall.paste("#0000ff", (0, 1000, 3200, 2200))
    written = BytesIO()
    tall.save(written, "PNG")
    large, small = clean_picture(written.getvalue(), COVER)
    assert (opened(large).size, opened(small).size) == ((1600, 600), (800, 300))
    red, _green, blue = opened(large).convert("RGB").getpixel((800, 4))
    assert blue > 200 > 60 > red


def test_wide_cover_keeps_its_width():
    large, _small = clean_picture(picture(3200, 400), COVER)
    assert opened(large).size == (1600, 200)


def test_transparency_is_kept():
    written = BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 0)).save(written, "PNG")
    large, _small = clean_picture(written.getvalue(), LOGO)
    assert opened(large).convert("RGBA").getpixel((50, 50))[3] == 0


def test_metadata_is_stripped_and_turning_kept():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "taken at home"
    large, small = clean_picture(picture(400, 200, "JPEG", exif=exif), LOGO)
    assert opened(large).size == (200, 400)
    for content in (large, small):
        assert b"taken at home" not in content
        assert not opened(content).getexif()


def test_texts_inside_a_picture_are_stripped():
    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    content = picture(100, 100, pnginfo=info)
    assert b"<script>" in content
    assert b"<script>" not in clean_picture(content, LOGO)[0]


def test_polyglot_loses_what_is_no_picture():
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04 an archive", b"%PDF-1.7"):
        content = picture(100, 100, "JPEG") + tail
        for cleaned in clean_picture(content, LOGO):
            assert tail not in cleaned
            assert cleaned[:4] == b"RIFF" and cleaned[8:12] == b"WEBP"


@pytest.mark.parametrize("content", [b"", SVG, b"<!doctype html><p>Hello", b"GIF89a" + bytes(100), b"%PDF-1.7\n"])
def test_no_picture_is_refused(content):
    assert fault_of(content) is Fault.NOT_A_PICTURE


def test_other_kinds_of_pictures_are_refused():
    for kind in ("GIF", "BMP", "TIFF"):
        assert fault_of(picture(100, 100, kind)) is Fault.NOT_A_PICTURE


def test_cut_off_picture_is_refused():
    content = picture(600, 400)
    assert fault_of(content[: len(content) // 2]) is Fault.NOT_A_PICTURE


def test_picture_of_40_megapixels_is_refused_before_decoding(monkeypatch):
    content = picture(8000, 5000)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: pytest.fail("decoded"))
    assert fault_of(content) is Fault.TOO_MANY_PIXELS


def test_tiny_picture_is_refused():
    assert fault_of(picture(63, 200)) is Fault.TOO_SMALL


def test_heavy_file_is_refused():
    assert fault_of(bytes(MOST_BYTES + 1)) is Fault.TOO_BIG
