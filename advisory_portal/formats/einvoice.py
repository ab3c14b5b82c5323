"""The door of the electronic invoices: bytes in, InvoiceFile out, whatever the syntax."""

from collections.abc import Callable, Collection

from advisory_portal.formats import cii, ubl
from advisory_portal.formats.errors import FormatError, quoted
from advisory_portal.formats.fields import Node
from advisory_portal.formats.invoice import InvoiceFile
from advisory_portal.formats.xml import parse_xml

_READERS: dict[str, Callable[..., InvoiceFile]] = {
    ubl.INVOICE: ubl.read_ubl,
    ubl.CREDIT_NOTE: ubl.read_ubl,
    cii.INVOICE: cii.read_cii,
}


def read_invoice(data: bytes, *, currencies: Collection[str] | None = None) -> InvoiceFile:
    """The invoice in an XML document, UBL 2.1 or CII D16B, told by its root element.

    `currencies` are the codes that may occur, None for any three capital letters. Arithmetic is not checked.
    Raises FormatError for all else a file may be: not XML, hostile, foreign, incomplete, out of range.
    Source: EN 16931.
    """
    root = Node(parse_xml(data))
    reader = _READERS.get(root.tag)
    if reader is None:
        raise FormatError("wrong_root", line=root.line, element=quoted(_readable(root.tag)))
    return reader(root, currencies=currencies)


def _readable(tag: str) -> str:
    """The local name; with its namespace where it has the name but not the namespace of an invoice."""
    namespace, _, name = tag.rpartition("}")
    known = {reader.rpartition("}")[2] for reader in _READERS}
    return f"{name} ({namespace[1:] or 'without namespace'})" if name in known else name
