"""Documents as electronic invoices of EN 16931: UBL 2.1, and CII as Factur-X embeds it."""

from advisory_portal.formats.cii_writer import write_cii
from advisory_portal.formats.ubl_writer import write_ubl
from documents.einvoice.checks import NotElectronic
from documents.einvoice.invoice import invoice_file
from documents.models import Document

__all__ = ["NotElectronic", "as_cii", "as_ubl", "invoice_file"]


def as_ubl(document: Document) -> bytes:
    """The issued invoice, credit note or bill as UBL. As `invoice_file` in needs and refusals."""
    return write_ubl(invoice_file(document))


def as_cii(document: Document) -> bytes:
    """The same as CII of the profile Factur-X 1.0 EN 16931."""
    return write_cii(invoice_file(document))
