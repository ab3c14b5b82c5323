"""The XMP of Factur-X in a PDF of ours: what says that the attached XML is the invoice. Source: Factur-X 1.0, 6.3."""

import re

FILE_NAME = "factur-x.xml"
DESCRIPTION = "Factur-X EN 16931"
_PROPERTIES = (
    ("DocumentFileName", "The name of the embedded XML document", FILE_NAME),
    ("DocumentType", "The type of the hybrid document in capital letters", "INVOICE"),
    ("Version", "The actual version of the standard applying to the embedded XML document", "1.0"),
    ("ConformanceLevel", "The conformance level of the embedded XML document", "EN 16931"),
)
_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{words}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, words, _value in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
).encode()
_VALUES = (
    f'<rdf:Description xmlns:fx="{_NAMESPACE}" rdf:about="">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, _words, value in _PROPERTIES)
    + "</rdf:Description>"
).encode()
_SCHEMAS_END, _PACKET_END = b"</rdf:Bag></pdfaExtension:schemas>", b"</rdf:RDF>"
_METADATA = re.compile(rb"<</Length (\d+)/Type/Metadata/Subtype/XML>>\nstream\n")
_TABLE = re.compile(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [fn]\r\n)+)")
_START = re.compile(rb"startxref\n\d+\n%%EOF\s*\Z")


def with_facturx_metadata(pdf: bytes) -> bytes:
    """The PDF, made by typst, whose XMP also names the attached invoice. Nothing else of it changes.

    The description of the extension goes where PDF/A wants it, the four values beside. What stands behind the
    metadata moves, so its places in the table of objects move with it. Raises ValueError for a PDF made otherwise.
    """
    found, table, start = _METADATA.search(pdf), _TABLE.search(pdf), _START.search(pdf)
    if found is None or table is None or start is None:
        raise ValueError("This PDF does not have the form that typst gives it.")
    packet = pdf[found.end() : found.end() + int(found[1])]
    written = packet.replace(_SCHEMAS_END, _SCHEMA + _SCHEMAS_END).replace(_PACKET_END, _VALUES + _PACKET_END)
    if len(written) != len(packet) + len(_SCHEMA) + len(_VALUES):
        raise ValueError("The XMP of this PDF does not have the form that typst gives it.")
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % len(written)
    grown = len(head) + len(written) - (found.end() - found.start()) - len(packet)
    entries = (_moved(row, found.start(), grown) for row in table[2].split(b"\r\n")[:-1])
    return b"".join(
        (
            pdf[: found.start()],
            head,
            written,
            pdf[found.end() + len(packet) : table.start(2)],
            *entries,
            pdf[table.end(2) : start.start()],
            b"startxref\n%d\n%%%%EOF" % (table.start() + grown),
        )
    )


def _moved(row: bytes, behind: int, by: int) -> bytes:
    """A row of the table of objects, with its place `by` bytes further where it is `behind` a place."""
    place = int(row[:10])
    return b"%010d%b\r\n" % (place + by if place > behind else place, row[10:])
