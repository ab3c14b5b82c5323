"""Hostile and foreign bytes: each is refused with its reason, none is expanded, fetched or believed."""

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.xml import MAX_MARKUP, MAX_MEGABYTES, MEGABYTE, parse_xml
from tests.formats.edits import edited, refusal_of
from tests.formats.samples import cii_invoice, ubl_invoice

BILLION_LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE lolz [\n <!ENTITY l0 "lol">\n'
    + b"".join(b' <!ENTITY l%d "%s">\n' % (depth, b"&l%d;" % (depth - 1) * 10) for depth in range(1, 10))
    + b"]>\n<lolz>&l9;</lolz>"
)


def with_doctype(doctype: str) -> bytes:
    """A valid invoice with a document type, its number being the entity &n;."""
    data = edited(ubl_invoice(), b"F-2026-0001", b"&n;")
    return edited(data, b"?>\n", b"?>\n<!-- made elsewhere -->\n" + doctype.encode() + b"\n")


def test_billion_laughs_is_refused_at_its_doctype() -> None:
    error = refusal_of(BILLION_LAUGHS)
    assert (error.code, error.line) == ("doctype", 2)
    assert str(error) == "Line 2: The file has a DOCTYPE, which is not allowed."


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE Invoice>",
        '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE Invoice [<!ENTITY n "internal">]>',
        '<!DOCTYPE Invoice [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>',
        "<!doctype Invoice>",
        "<?pi ?> <!-- <!ELEMENT x> --> <!DOCTYPE Invoice>",
    ],
)
def test_any_doctype_is_refused(doctype: str) -> None:
    error = refusal_of(with_doctype(doctype))
    assert (error.code, error.line) == ("doctype", 3)


def test_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    error = refusal_of(with_doctype(f'<!DOCTYPE Invoice [<!ENTITY n SYSTEM "{secret.as_uri()}">]>'))
    assert error.code == "doctype"
    assert "the secret" not in str(error)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_doctype_in_utf_16_is_refused(encoding: str) -> None:
    text = with_doctype('<!DOCTYPE Invoice [<!ENTITY n "x">]>').decode().replace("UTF-8", "UTF-16")
    assert refusal_of(text.encode(encoding)).code == "doctype"


def test_doctype_in_a_comment_or_a_text_is_only_text() -> None:
    data = ubl_invoice(note="<!DOCTYPE a>")
    assert read_invoice(edited(data, b"?>", b"?><!-- <!DOCTYPE b> -->")).notes[0].text == "<!DOCTYPE a>"


def test_entity_without_doctype_is_not_xml() -> None:
    error = refusal_of(edited(ubl_invoice(), b"F-2026-0001", b"&n;"))
    assert (error.code, error.params["reason"]) == ("not_xml", "Entity 'n' not defined")


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-32"),
        lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
        lambda text: text.replace("UTF-8", "UTF-16").encode(),
        lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        lambda text: text.replace("UTF-8", "iso-8859-15").encode("iso-8859-15"),
        lambda text: text.replace("UTF-8", "Windows-1252").encode("cp1252"),
        lambda text: text.replace(' encoding="UTF-8"', "").encode(),
        lambda text: text.replace('<?xml version="1.0" encoding="UTF-8"?>\n', "").encode(),
    ],
)
def test_encodings_are_understood(encode: Callable[[str], bytes]) -> None:
    assert read_invoice(encode(cii_invoice().decode())).buyer.name == "Étoile Électrique SARL"


@pytest.mark.parametrize("name", ["UTF-7", "EBCDIC-CP-US", "cp037", "UTF-32", "rot13", "iso-8859-12", "unicode_escape"])
def test_encoding_that_could_hide_markup_is_refused(name: str) -> None:
    error = refusal_of(edited(ubl_invoice(), b"UTF-8", name.encode()))
    assert (error.code, error.line, error.params["encoding"]) == ("encoding", 1, name.lower())


def test_bytes_that_are_not_in_the_encoding_are_refused_with_their_line() -> None:
    data = ubl_invoice(buyer_name="Buyer", note="caf\u00e9").decode().encode("latin-1")
    error = refusal_of(data)
    assert (error.code, error.line) == ("bad_encoding", data[: data.index(b"caf")].count(b"\n") + 1)
    assert error.params["encoding"] == "UTF-8"


def test_nul_byte_is_refused_with_its_line() -> None:
    error = refusal_of(edited(ubl_invoice(), b"F-2026-0001", b"F\x00"))
    assert (error.code, error.line) == ("nul", 6)
    assert refusal_of(b"\x00abc").code == "nul"


@pytest.mark.parametrize("text", [b"&#0;", b"&#x1;", b"&#xD800;", b"\x01"])
def test_character_that_xml_forbids_is_refused(text: bytes) -> None:
    error = refusal_of(edited(ubl_invoice(), b"F-2026-0001", text))
    assert (error.code, error.line) == ("not_xml", 6)


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"", "empty", None),
        (b" \r\n\t ", "empty", None),
        (b"%PDF-1.7\n...", "foreign", "PDF"),
        (b"PK\x03\x04....", "foreign", "ZIP"),
        (b"\x89PNG\r\n\x1a\n", "foreign", "PNG"),
        (b"\xff\xd8\xff\xe0JFIF", "foreign", "JPEG"),
        (b"II*\x00\x08\x00", "foreign", "TIFF"),
        (b"MM\x00*\x08\x00", "foreign", "TIFF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "foreign", "Microsoft Office"),
        (b"<!DOCTYPE html><html></html>", "foreign", "HTML"),
        (b"\n <HTML lang='en'><br></HTML>", "foreign", "HTML"),
        (b' {"number": 1}', "foreign", "JSON"),
        (b"[]", "foreign", "JSON"),
    ],
)
def test_foreign_file_is_named(data: bytes, code: str, kind: str | None) -> None:
    error = refusal_of(data)
    assert (error.code, error.params.get("type")) == (code, kind)


@pytest.mark.parametrize(
    "data", [b"number;date;total\n1;2;3\n", b"<a><b></a>", b"<a/><b/>", b"<a", b" <?xml version='1.0'?><a/>"]
)
def test_what_is_not_well_formed_is_refused_with_a_reason(data: bytes) -> None:
    error = refusal_of(data)
    assert (error.code, error.line) == ("not_xml", 1)
    assert "column" not in str(error)


def test_truncated_file_is_refused_with_the_line_where_it_ends() -> None:
    data = ubl_invoice()[:2000]
    error = refusal_of(data)
    assert (error.code, error.line) == ("not_xml", data.count(b"\n") + 1)


def test_thirty_megabytes_of_white_space_are_refused_by_size() -> None:
    error = refusal_of(ubl_invoice() + b" " * (30 * MEGABYTE))
    assert (error.code, str(error)) == ("too_large", "The file is larger than 20 MB.")


def test_twenty_megabytes_are_the_limit() -> None:
    other = b"<cbc:Other>" + b"x" * 2_000 + b"</cbc:Other>"
    data = edited(ubl_invoice(), b"<cbc:Note>", other * 9_000 + b"<cbc:Note>")
    padded = data + b"\n" * (MAX_MEGABYTES * MEGABYTE - len(data))
    assert read_invoice(padded).number == "F-2026-0001"
    assert refusal_of(padded + b"\n").code == "too_large"


@pytest.mark.parametrize("depth", [300, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    error = refusal_of(b"\n" + b"<a>" * depth + b"</a>" * depth)
    assert (error.code, error.line) == ("too_complex", 2)


def test_too_many_elements_are_refused_before_parsing() -> None:
    assert parse_xml(b"<r>" + b"<a/>" * (MAX_MARKUP - 2) + b"</r>").tag == "r"
    assert refusal_of(b"<r>" + b"<a/>" * (MAX_MARKUP - 1) + b"</r>").code == "too_complex"


def test_too_many_attributes_are_refused_before_parsing() -> None:
    assert refusal_of(b"<r>" + b"<a b='' c=''/>" * (MAX_MARKUP // 3) + b"</r>").code == "too_complex"


def test_too_many_elements_in_one_are_refused() -> None:
    data = edited(ubl_invoice(), b"<cbc:Note>", b"<cbc:Other/>" * 20_000 + b"<cbc:Note>")
    assert refusal_of(data).code == "too_complex"


def test_ten_million_characters_of_text_are_refused() -> None:
    assert refusal_of(ubl_invoice(note="x" * 10_000_001)).code == "too_complex"


@pytest.mark.parametrize("name", ["cbc:EmbeddedDocumentBinaryObject", "EmbeddedDocumentBinaryObject"])
def test_very_large_attachment_is_left_out_and_lines_still_count(name: str) -> None:
    space = ' xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
    content = ("QUJD" * 19 + "\n") * 140_000
    attachment = f'<{name} filename="big.bin" mimeCode="text/csv"{"" if ":" in name else space}>{content}</{name}>'
    reference = (
        f"<cac:AdditionalDocumentReference><cbc:ID>d</cbc:ID><cac:Attachment>{attachment}"
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )
    before = b"<cac:AccountingSupplierParty>"
    data = edited(ubl_invoice(), before, reference.encode() + before)
    (document,) = read_invoice(data).documents
    assert (document.filename, document.mime, document.content) == ("big.bin", "text/csv", None)
    error = refusal_of(edited(data, b'<cbc:PayableAmount currencyID="EUR">', b'<cbc:PayableAmount currencyID="EUR">x'))
    assert error.line == data[: data.index(b"<cbc:PayableAmount")].count(b"\n") + 1


def test_attachment_below_the_limit_is_kept() -> None:
    content = b"QUJD" * 2_400_000
    reference = (
        b"<cac:AdditionalDocumentReference><cbc:ID>d</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>"
        + content
        + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )
    before = b"<cac:AccountingSupplierParty>"
    (document,) = read_invoice(edited(ubl_invoice(note="n" * 600_0), before, reference + before)).documents
    assert document.content == b"ABC" * 2_400_000


def test_line_numbers_beyond_65535_are_right() -> None:
    data = edited(ubl_invoice(payable="x"), b"<cac:LegalMonetaryTotal>", b"\n" * 70_000 + b"<cac:LegalMonetaryTotal>")
    assert refusal_of(data).line == data[: data.index(b"<cbc:PayableAmount")].count(b"\n") + 1
