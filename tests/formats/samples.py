"""The sample invoices, which the demonstration uses too."""

from advisory_portal.formats.samples import cii_invoice, ubl_credit_note, ubl_invoice

__all__ = ["cii_invoice", "ubl_credit_note", "ubl_invoice"]
