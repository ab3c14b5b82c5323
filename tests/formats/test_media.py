import pytest

from advisory_portal.formats.media import lies, media_of

KINDS = [
    (b"%PDF-1.7\n...", "pdf"),
    (b"\xff\xd8\xff\xe0JFIF", "jpeg"),
    (b"\x89PNG\r\n\x1a\nIHDR", "png"),
    (b"II*\x00....", "tiff"),
    (b"MM\x00*....", "tiff"),
    (b'<?xml version="1.0"?><Invoice/>', "xml"),
    (b"\xef\xbb\xbf\n <Invoice/>", "xml"),
    ("\ufeff<Invoice/>".encode("utf-16-le"), "xml"),
    (b"", None),
    (b"MZ\x90 %PDF-1.7", None),
    (b" %PDF-1.7", None),
    (b"PK\x03\x04", None),
    (b"<!DOCTYPE html><p>", None),
    (b"<html><p>", None),
    (b"\x89PNG broken", None),
]


@pytest.mark.parametrize(("content", "media"), KINDS)
def test_kind_is_told_by_content(content, media):
    assert media_of(content) == media


@pytest.mark.parametrize(
    ("name", "media", "expected"),
    [
        ("bill.pdf", "pdf", False),
        ("BILL.PDF", "png", True),
        ("photo.jpg", "png", False),  # cameras and messengers do that
        ("photo.jpg", "pdf", True),
        ("invoice.xml", "pdf", True),
        ("scan", "tiff", False),
        ("bill.2026-01", "pdf", False),
    ],
)
def test_name_that_promises_another_kind_is_a_lie(name, media, expected):
    assert lies(name, media) is expected
