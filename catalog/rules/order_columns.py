"""Columns of lists of orders that were placed elsewhere: one row for each line of an order."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.text import clean_line
from advisory_portal.formats.bank.columns import read_day
from advisory_portal.formats.tables import Row
from catalog.rules.cells import Reader, ReadRow, guessed, line_of, not_negative, read_cells, signed
from catalog.rules.import_columns import HEADS as PRODUCT_HEADS
from catalog.rules.quantities import MOST_QUANTITY

COLUMNS = (
    "number", "date", "customer", "tax_id", "email", "reference", "currency",
    "sku", "name", "quantity", "price", "tax",
)  # fmt: skip
OF_ORDERS = ("date", "customer", "tax_id", "email", "reference", "currency")  # said once, or on every line
NEEDED = ("number", "sku", "quantity", "price")  # of every row
# Plain words (no capitals, no accents) in English and Spanish.
HEADS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "order", "order number", "order no", "order id", "invoice", "invoiceno", "invoice no",
               "invoice number", "numero", "pedido", "numero de pedido", "n pedido", "factura"),
    "date": ("date", "order date", "ordered on", "invoicedate", "invoice date", "fecha", "fecha del pedido",
             "fecha de pedido"),
    "customer": ("customer", "customer name", "customerid", "customer id", "client", "contact", "company", "cliente",
                 "nombre del cliente", "contacto", "empresa"),
    "tax_id": ("tax id", "vat number", "vat id", "nif", "cif", "nif cif"),
    "email": ("email", "e mail", "customer email", "correo", "correo electronico"),
    "reference": ("their reference", "customer reference", "your reference", "purchase order", "po number",
                  "su referencia", "referencia del cliente"),
    "currency": ("currency", "moneda", "divisa"),
    "sku": PRODUCT_HEADS["sku"],
    "name": ("name", "product", "product name", "description", "item name", "line", "nombre", "producto",
             "descripcion", "concepto"),
    "quantity": ("quantity", "qty", "units", "pieces", "cantidad", "unidades"),
    "price": ("price", "unit price", "unitprice", "net price", "precio", "precio unitario"),
    "tax": PRODUCT_HEADS["tax"],
}  # fmt: skip
_LONGEST = {"number": 100, "customer": 500, "tax_id": 60, "email": 254, "reference": 100, "sku": 60, "name": 500}


def guessed_columns(head: Sequence[str]) -> list[str]:
    """What the columns of a file seem to be, each at most once; "" for one that is not known."""
    return guessed(head, HEADS)


def read_row(number: int, cells: Sequence[str], columns: Sequence[str]) -> ReadRow:
    """A row's cells as its columns say. Prices are of one unit, without tax; dates have the day before the month.

    Codes of errors are those of `words.CELL_ERRORS`.
    """
    return read_cells(number, cells, columns, _READERS, needed=NEEDED)


def whole_orders(read: Callable[[], Iterator[Row]], columns: Sequence[str], *, size: int) -> Iterator[list[Row]]:
    """Rows in pieces of `size` or a few more, each order whole in one of them, wherever its lines stand in the file.

    `read` gives the rows below the head, and is called twice.
    """
    at = columns.index("number")

    def number_of(row: Row) -> str:
        return clean_line(row[1][at]) if at < len(row[1]) else ""

    left = Counter(map(number_of, read()))
    waiting: dict[str, list[Row]] = {}
    piece: list[Row] = []
    for row in read():
        number = number_of(row)
        left[number] -= 1
        waiting.setdefault(number, []).append(row)
        if not number or not left[number]:
            piece += waiting.pop(number)
        if len(piece) >= size:
            yield piece
            piece = []
    if piece:
        yield piece


def _date(text: str) -> date:
    day = read_day(text.partition("T")[0], "dmy")
    if day is None:
        raise ValueError("date")
    return day


def _quantity(text: str) -> Decimal:
    number = signed(text)
    if number < 0:
        raise ValueError("negative")
    if not 0 < number <= MOST_QUANTITY:
        raise ValueError("no_quantity")
    return number


def _currency(text: str) -> str:
    if text.upper() not in CURRENCIES:
        raise ValueError("currency")
    return text.upper()


_READERS: Mapping[str, Reader] = {
    **{column: line_of(longest) for column, longest in _LONGEST.items()},
    "date": _date,
    "currency": _currency,
    "quantity": _quantity,
    "price": not_negative,
    "tax": not_negative,
}
