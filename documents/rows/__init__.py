"""Rows of lists, prepared: everything formatted once, in Python, in the reader's language."""

from documents.rows.documents import DocumentRow, ImportRow, document_rows, import_rows

__all__ = ["DocumentRow", "ImportRow", "document_rows", "import_rows"]
