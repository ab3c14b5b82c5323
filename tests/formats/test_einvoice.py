"""The door: which file is which, and that nothing but a FormatError ever comes out of it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import MESSAGES, QUOTED_LENGTH, FormatError
from advisory_portal.formats.invoice import InvoiceFile
from tests.formats.edits import edited, refusal_of
from tests.formats.full import CII, UBL
from tests.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice

SEEDS = (UBL, CII, ubl_invoice(), ubl_credit_note(), cii_invoice())
FRAGMENTS = st.sampled_from(
    [
        b"",
        b"<",
        b">",
        b"&",
        b"]]>",
        b"<!DOCTYPE a>",
        b"<!--",
        b"<?x?>",
        b"\x00",
        b"\xff",
        b"-",
        b"1e9",
        b"NaN",
        b"\n",
        b"9" * 40,
        b"<cbc:ID/>",
        b"<ram:ID/>",
        b'currencyID="USD"',
        b"20261301",
        b"2026-13-01",
        "é😀".encode(),
    ]
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "Order"),
        (b"<a><Invoice/></a>", "a"),
        (b"<Invoice/>", "Invoice (without namespace)"),
        (b"<x:Invoice xmlns:x='urn:other'/>", "Invoice (urn:other)"),
        (
            b"<CrossIndustryDocument xmlns='urn:ferd:CrossIndustryDocument:invoice:1p0'/>",
            "CrossIndustryDocument",
        ),
    ],
)
def test_other_document_is_named(data: bytes, name: str) -> None:
    error = refusal_of(data)
    assert str(error) == f'Line 1: This is a "{name}" file, not a UBL invoice or credit note or a CII invoice.'
    assert error.code == "wrong_root"


def test_long_root_name_is_cut_in_the_message() -> None:
    assert len(str(refusal_of(b"<" + b"a" * 5000 + b"/>"))) < 60 + 100


def test_prefixes_may_be_any() -> None:
    renamed = UBL
    for old, new in ((b"cbc", b"x"), (b"cac", b"cbc")):
        renamed = renamed.replace(b"<" + old + b":", b"<" + new + b":").replace(b"</" + old + b":", b"</" + new + b":")
        renamed = renamed.replace(b"xmlns:" + old + b"=", b"xmlns:" + new + b"=")
    renamed = renamed.replace(b"<Invoice xmlns=", b"<i:Invoice xmlns:i=").replace(b"</Invoice>", b"</i:Invoice>")
    assert b"<cbc:Party>" in renamed
    assert read_invoice(renamed) == read_invoice(UBL)


def test_unknown_elements_and_attributes_are_passed_over() -> None:
    extra = b'<e:Extension xmlns:e="urn:e"><e:ID>9</e:ID></e:Extension>'
    data = edited(UBL, b"<cbc:CustomizationID>", extra + b"<cbc:CustomizationID>")
    data = edited(data, b'<cbc:PayableAmount currencyID="SEK"', b'<cbc:PayableAmount foo="1" currencyID="SEK"')
    assert read_invoice(data) == read_invoice(UBL)


def test_comments_and_processing_instructions_are_passed_over() -> None:
    data = UBL.replace(b"\n<cac:", b"\n<!-- c --><?p i?><cac:").replace(b">N-1<", b">N<!-- c -->-<?p i?>1<")
    assert read_invoice(data) == read_invoice(UBL)


def test_every_template_is_filled_by_its_refusal() -> None:
    params = {name: "…" for template in MESSAGES.values() for name in re.findall(r"%\((\w+)\)s", template)}
    params.pop("line"), params.pop("element")
    for code in MESSAGES:
        if code != "at_line":
            error = FormatError(code, line=3, element="cbc:ID", **params)
            assert str(error).startswith("Line 3: ")
            assert error.template == MESSAGES[code]


def test_quoted_text_of_a_refusal_is_short_and_on_one_line() -> None:
    error = refusal_of(ubl_invoice(issued_on="a\n" * 500))
    assert error.params["value"] == ("a " * 500)[: QUOTED_LENGTH - 1] + "…"


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    assert str(refusal_of(data))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 60)))
        content = content[:start] + data.draw(st.one_of(FRAGMENTS, st.binary(max_size=4))) + content[end:]
    read_or_refuse(content)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_files_with_other_values_are_read_or_refused(data: st.DataObject) -> None:
    """The markup stays whole here, so that the values are reached."""
    pieces = re.split(rb"(?<=>)([^<>]+)(?=</)", data.draw(st.sampled_from(SEEDS)))
    places = range(1, len(pieces), 2)
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=5)):
        text = data.draw(st.one_of(st.text(max_size=30), st.decimals().map(str), st.dates().map(str)))
        pieces[place] = b"<![CDATA[" + text.encode("utf-8", "replace").replace(b"]]>", b"") + b"]]>"
    read_or_refuse(b"".join(pieces))


def read_or_refuse(content: bytes) -> None:
    try:
        found = read_invoice(content)
    except FormatError as error:
        assert str(error)
    else:
        assert isinstance(found, InvoiceFile)
        assert found.number and found.lines and found.seller.name and found.buyer.name
