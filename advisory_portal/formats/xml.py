"""Hostile bytes to an XML tree, or a FormatError. Nothing is fetched, no entity is ever expanded."""

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from advisory_portal.formats.errors import FormatError, quoted

MEGABYTE = 1_000_000
MAX_MEGABYTES = 20
# Opening and closing tags and attributes together: some 300 MB of memory at the very worst. A rich line has
# some 120 of them, so that 5,000 lines pass.
MAX_MARKUP = 1_000_000

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
# Supersets of ASCII only, so that markup cannot hide from the checks below.
_SINGLE_BYTE = re.compile(r"(us-)?ascii|iso-?8859-([1-9]|1[0-6])|latin-?1|windows-?125[0-8]|cp125[0-8]")

_FOREIGN = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\xd0\xcf\x11\xe0", "Microsoft Office"),
)
_HTML = re.compile(r"\s*+<(!doctype\s+html|html)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*+[\[{]")
# All that may stand before a DOCTYPE: white space, the declaration and processing instructions, comments.
_PROLOG = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
# The parser refuses texts of over 10,000,000 characters; of an invoice only embedded files may be that long.
_LARGE_ATTACHMENT = re.compile(
    r"(<(?:[\w.-]+:)?(?:EmbeddedDocumentBinaryObject|AttachmentBinaryObject)\b[^<>]*>)"
    r"([A-Za-z0-9+/=\s]{10000000,}+)(?=<)"
)
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",  # documents are decoded before: whatever encoding they declare no longer holds
}
_CHUNK = 1 << 16
_PARSER_PLACE = re.compile(r",? line \d+, column \d+.*", re.DOTALL)


def parse_xml(data: bytes) -> Any:
    """The root element (lxml) of a document of at most 20 MB, without comments and processing instructions.

    Raises FormatError: empty, too_large, foreign, encoding, bad_encoding, nul, doctype, too_complex, not_xml.
    """
    text = _harmless_text(data, MAX_MEGABYTES)
    if text.count("<") + text.count("=") > MAX_MARKUP:
        raise FormatError("too_complex")
    return _parse(_without_large_attachments(text))


def stream_xml(data: bytes, names: Sequence[str], *, megabytes: int) -> Iterator[tuple[str, Any]]:
    """The beginning and the end ("start", "end") of every element of these local names, in whatever namespace.

    For documents too large to be a tree: whoever has read an element at its end clears it, and what stands before it
    as far as it is not needed. At a "start" only the name and the namespace are there. Between two ends no more
    markup may stand than parse_xml takes in all. Raises FormatError as parse_xml does, while the elements are read.
    """
    source = io.BytesIO(_harmless_text(data, megabytes).encode())
    parser = etree.XMLPullParser(events=("start", "end"), tag=[f"{{*}}{name}" for name in names], **_SAFE)
    markup = 0
    try:
        while chunk := source.read(_CHUNK):
            parser.feed(chunk)
            markup += chunk.count(b"<") + chunk.count(b"=")
            for event, element in parser.read_events():
                yield event, element
                markup = 0 if event == "end" else markup
            if markup > MAX_MARKUP:
                raise FormatError("too_complex")
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _not_xml(error) from None
    yield from parser.read_events()


def _harmless_text(data: bytes, megabytes: int) -> str:
    """The decoded document, without what must not reach a parser."""
    if len(data) > megabytes * MEGABYTE:
        raise FormatError("too_large", limit=megabytes)
    if not data.strip():
        raise FormatError("empty")
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise FormatError("foreign", type=kind)
    text = _decode(data)
    _refuse_by_text(text)
    return text


def _decode(data: bytes) -> str:
    """The text, its encoding told by the byte order mark, else by the pattern of UTF-16, else as declared."""
    encoding, start = _encoding_of(data)
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, start + error.start) + 1
        raise FormatError("bad_encoding", line=line, encoding=encoding.upper()) from None


def _encoding_of(data: bytes) -> tuple[str, int]:
    """Name of the codec, and how many bytes of byte order mark precede the text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    if data.startswith(b"<\x00"):
        return "utf-16-le", 0
    if data.startswith(b"\x00<"):
        return "utf-16-be", 0
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in ("utf-8", "utf8") or name.startswith("utf-16"):
        return "utf-8", 0  # bytes that read as ASCII are not UTF-16, whatever they claim
    if not _SINGLE_BYTE.fullmatch(name):
        raise FormatError("encoding", line=1, encoding=name)
    try:
        return codecs.lookup(name).name, 0
    except LookupError:
        raise FormatError("encoding", line=1, encoding=name) from None


def _refuse_by_text(text: str) -> None:
    """Raises FormatError for what must not even reach the parser."""
    nul = text.find("\x00")
    if nul >= 0:
        raise FormatError("nul", line=text.count("\n", 0, nul) + 1)
    if _HTML.match(text):
        raise FormatError("foreign", type="HTML")
    if _JSON.match(text):
        raise FormatError("foreign", type="JSON")
    prolog = _PROLOG.match(text)
    end = prolog.end() if prolog else 0
    if text[end : end + 9].upper() == "<!DOCTYPE":
        raise FormatError("doctype", line=text.count("\n", 0, end) + 1)


def _without_large_attachments(text: str) -> str:
    """The text with embedded files beyond the parser's limit emptied, but for line breaks: lines count on."""
    if len(text) < 10_000_000:
        return text
    return _LARGE_ATTACHMENT.sub(lambda found: found[1] + "\n" * found[2].count("\n"), text)


def _parse(text: str) -> Any:
    try:
        return etree.fromstring(text.encode("utf-8"), etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise _not_xml(error) from None


def _not_xml(error: Any) -> FormatError:
    if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return FormatError("too_complex", line=error.lineno or None)
    reason = _PARSER_PLACE.sub("", error.msg or "") or "it cannot be read"
    return FormatError("not_xml", line=error.lineno or None, reason=quoted(reason))
