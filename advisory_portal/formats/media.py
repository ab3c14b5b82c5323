"""What a file is, told by its content; and whether its name says something else."""

from typing import Literal

Media = Literal["pdf", "jpeg", "png", "tiff", "xml"]
CONTENT_TYPES: dict[Media, str] = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "xml": "application/xml",
}
PICTURES: tuple[Media, ...] = ("jpeg", "png", "tiff")
_MAGIC: tuple[tuple[bytes, Media], ...] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ENDINGS = {
    "pdf": "pdf", "jpg": "picture", "jpeg": "picture", "jpe": "picture", "png": "picture", "tif": "picture",
    "tiff": "picture", "xml": "xml",
}  # fmt: skip


def media_of(content: bytes) -> Media | None:
    """The kind of a file by its first bytes, None for everything the inbox does not take. XML is not parsed."""
    for magic, media in _MAGIC:
        if content.startswith(magic):
            return media
    head = content[:1024]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    text = head.replace(b"\x00", b"").lstrip()
    return "xml" if text.startswith(b"<") and not text[:20].lower().startswith((b"<!doctype", b"<html")) else None


def lies(name: str, media: Media) -> bool:
    """Whether the ending of a name promises another kind of file than the content is. A PNG may be called a JPEG."""
    promised = _ENDINGS.get(name.rpartition(".")[2].lower()) if "." in name else None
    return promised is not None and promised != ("picture" if media in PICTURES else media)
