"""The one refusal of this package, with a code that the pages translate."""

# Code -> English text. Every code has one template; its placeholders are the params of the FormatError.
MESSAGES: dict[str, str] = {
    "at_line": "Line %(line)s: %(message)s",
    # the file as a whole
    "empty": "The file is empty.",
    "too_large": "The file is larger than %(limit)s MB.",
    "foreign": "This is a %(type)s file, not an XML invoice.",
    "encoding": 'The encoding "%(encoding)s" is not supported. Save the file as UTF-8.',
    "bad_encoding": "The file is not valid %(encoding)s text.",
    "nul": "The file contains NUL characters, which XML does not allow.",
    "doctype": "The file has a DOCTYPE, which is not allowed.",
    "not_xml": "The file is not well-formed XML: %(reason)s.",
    "too_complex": "The file has too many elements, or they are nested too deeply, or a text is too long.",
    "wrong_root": 'This is a "%(element)s" file, not a UBL invoice or credit note or a CII invoice.',
    # one element of an invoice
    "missing": "%(element)s is missing or empty.",
    "repeated": "%(element)s is given more than once.",
    "too_many": "%(element)s is given more than %(limit)s times.",
    "too_long": "%(element)s is longer than %(limit)s characters.",
    "bad_number": '%(element)s is not a number: "%(value)s".',
    "number_range": '%(element)s has too many digits: "%(value)s". '
    "At most %(digits)s may stand before the point and %(decimals)s after it.",
    "bad_date": '%(element)s is not a date: "%(value)s".',
    "date_format": '%(element)s has the date format "%(value)s". Only format 102 can be read.',
    "bad_flag": '%(element)s is neither true nor false: "%(value)s".',
    "bad_currency": '%(element)s is not a known currency: "%(value)s".',
    "currency_mismatch": "%(element)s is in %(value)s, but the invoice is in %(expected)s.",
    "bad_attachment": "%(element)s does not hold a readable file (base64).",
    # an archive, and one of its members
    "archive_broken": "The ZIP archive is damaged or incomplete.",
    "archive_empty": "The ZIP archive holds no files.",
    "archive_too_many": "The ZIP archive holds more than %(limit)s files.",
    "archive_too_large": "The ZIP archive holds more than %(limit)s MB.",
    "member_too_large": "%(name)s is larger than %(limit)s MB.",
    "member_bomb": "%(name)s is packed so tightly that it looks like an attack.",
    "member_encrypted": "%(name)s is protected by a password.",
    "member_nested": "%(name)s is an archive inside the archive. Unpack it first.",
    "member_compression": "%(name)s is packed in a way that cannot be read. Pack it as an ordinary ZIP.",
    "member_broken": "%(name)s is damaged.",
    # a table: CSV or XLSX
    "table_foreign": "This is a %(type)s file. Save the list as CSV or XLSX and bring that.",
    "table_encoding": "The text of the file cannot be read. Save it as UTF-8.",
    "table_nul": "The file contains NUL characters, which no table has.",
    "table_quotes": "A quotation mark is opened and never closed, or a cell is far too long.",
    "table_too_many_rows": "The file has more than %(limit)s rows. Divide it into several files.",
    "table_too_many_columns": "The file has more than %(limit)s columns.",
    "table_cell": "A cell has more than %(limit)s characters.",
    "table_only_head": "The file has a row of column names, and no rows below it.",
    "workbook_broken": "The XLSX file is damaged or incomplete.",
    "workbook_too_large": "Unpacked, the XLSX file is larger than %(limit)s MB. Save it as CSV and bring that.",
    # a PDF or a picture
    "pdf_encrypted": "The PDF is protected by a password. Save it without one and bring that.",
    "pdf_broken": "The PDF is damaged and cannot be opened.",
    "pdf_heavy": "The file takes too much time or memory to open.",
    "no_such_page": "The file has no such page.",
    "picture_broken": "The picture is damaged and cannot be opened.",
    "picture_too_large": "The picture has too many pixels to be opened.",
    # a bank statement
    "statement_foreign": "This is a %(type)s file. Bring the statement as CAMT.053, Norma 43, OFX, CSV or XLSX.",
    "statement_too_many_lines": "The file has more than %(limit)s movements. Divide it into several files.",
    "statement_amount": '"%(value)s" is not an amount of money.',
    "statement_currency": "This movement is in %(value)s, but the account is in %(expected)s.",
    "statement_unbalanced": "The balances of account %(account)s do not fit: %(opening)s and the movements make "
    "%(reached)s, but the closing balance is %(closing)s.",
    "wrong_statement": 'This is not a bank statement (CAMT.053): "%(element)s".',
    "camt_other": "This is a %(element)s message, not a statement. Ask the bank for the CAMT.053 statement.",
    "camt_version": "This is version %(version)s of CAMT.053. Versions 02 to 08 can be read.",
    "n43_field": 'The record cannot be read (%(field)s): "%(value)s".',
    "n43_order": 'A record "%(kind)s" may not stand here.',
    "n43_unfinished": "The Norma 43 file ends before its closing record. Download it again.",
    "n43_sums": "The movements are %(found)s, but the bank counts %(stated)s (payments out, payments in).",
    "n43_records": "The file should have %(stated)s records, but has %(found)s. Download it again.",
    "ofx_markup": "The OFX file defines its own markup, which is not allowed.",
    "ofx_unfinished": "The OFX file is cut off or damaged. Download it again.",
    "ofx_nothing": "The OFX file holds no statement of a bank account or credit card.",
    "table_columns": "Which column is the date and which the amount cannot be told. Please choose the columns.",
    "table_date": '"%(value)s" is not a date.',
    "table_balance": "The balance should be %(reached)s here, but is %(balance)s. "
    "If the movements are not in order, leave the balance column out.",
}

QUOTED_LENGTH = 60


def quoted(value: str) -> str:
    """A piece of somebody's file, short enough for a message."""
    line = " ".join(value.split())
    return line if len(line) <= QUOTED_LENGTH else line[: QUOTED_LENGTH - 1] + "…"


class FormatError(Exception):
    """A file, or a member of an archive, that cannot be taken in. Whoever brought it may read its text.

    `code` is a key of MESSAGES, `params` fill the template, `line` counts from 1 and `element` is a prefixed
    name such as `cbc:ID`; both are None where nothing can be pointed at.
    """

    def __init__(
        self,
        code: str,
        *,
        line: int | None = None,
        element: str | None = None,
        **params: str | int,
    ) -> None:
        super().__init__(code)  # args hold the code alone, so that a pickled error can be made again
        self.code = code
        self.line = line
        self.element = element
        self.params: dict[str, str | int | None] = {"line": line, "element": element, **params}

    @property
    def template(self) -> str:
        """The English template, as a key for translation."""
        return MESSAGES[self.code]

    def __str__(self) -> str:
        message = self.template % self.params
        if self.line is None:
            return message
        return MESSAGES["at_line"] % {"line": self.line, "message": message}
