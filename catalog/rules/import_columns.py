"""Columns of lists of products: what they may be called in other programs' files, and what their cells mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from advisory_portal.core.text import clean_line, plain
from catalog.rules.content import options_of
from catalog.rules.quantities import MOST_QUANTITY

COLUMNS = (
    "sku", "variant_of", "name", "category", "description", "kind", "price", "tax", "unit", "options", "barcode",
    "minimum", "multiple", "is_divisible", "is_tracked", "visibility", "stock", "alarm", "pictures",
)  # fmt: skip
PRODUCT_COLUMNS = frozenset(
    "name category description kind tax unit is_divisible is_tracked visibility pictures".split()
)
# Plain words (no capitals, no accents) in English and Spanish.
HEADS: Mapping[str, tuple[str, ...]] = {
    "sku": ("sku", "reference", "ref", "article", "item", "item number", "stockcode", "stock code", "code",
            "referencia", "codigo", "articulo"),
    "variant_of": ("variant of", "parent sku", "parent", "variante de", "sku padre"),
    "name": ("name", "product", "product name", "title", "nombre", "producto", "nombre del producto", "titulo"),
    "category": ("category", "categories", "product category", "categoria", "categorias", "familia"),
    "description": ("description", "details", "descripcion", "detalle"),
    "kind": ("kind", "type", "tipo"),
    "price": ("price", "list price", "unit price", "unitprice", "sales price", "precio", "precio de tarifa",
              "precio unitario", "pvp"),
    "tax": ("tax", "vat", "tax rate", "vat rate", "iva", "impuesto", "tipo de iva"),
    "unit": ("unit", "uom", "unidad", "unidad de medida"),
    "options": ("options", "attributes", "variant", "opciones", "atributos", "variante"),
    "barcode": ("barcode", "ean", "ean13", "gtin", "upc", "codigo de barras"),
    "minimum": ("minimum", "minimum quantity", "min", "minimo", "cantidad minima"),
    "multiple": ("multiple", "multiple of", "pack size", "multiplo", "multiplo de"),
    "is_divisible": ("sold in parts", "divisible", "se vende por partes"),
    "is_tracked": ("keep its stock", "track stock", "llevar existencias", "controlar existencias"),
    "visibility": ("shown to", "visibility", "visible", "visible para", "visibilidad"),
    "stock": ("stock", "in stock", "on hand", "inventory", "existencias", "disponible"),
    "alarm": ("alarm at", "low stock alarm", "reorder point", "alarma", "aviso de existencias", "aviso a partir de"),
    "pictures": ("pictures", "picture", "images", "image", "photos", "imagenes", "imagen", "fotos", "foto"),
}  # fmt: skip
_COLUMN_OF = {word: column for column, words in HEADS.items() for word in words}
_YES = frozenset("yes y true 1 si s x".split())
_NO = frozenset("no n false 0".split())
_KINDS = {"product": "product", "producto": "product", "service": "service", "servicio": "service"}
_VISIBILITIES = {
    "everybody": "everybody", "contacts and the shared link": "everybody", "contactos y enlace compartido": "everybody",
    "todos": "everybody", "yes": "everybody", "si": "everybody", "contacts": "contacts", "contacts only": "contacts",
    "contactos": "contacts", "solo contactos": "contacts", "hidden": "hidden", "nobody": "hidden", "nadie": "hidden",
    "no": "hidden",
}  # fmt: skip
_LONGEST = {"sku": 60, "variant_of": 60, "name": 300, "barcode": 40, "unit": 20}
_PRICE_LIMIT = Decimal(10) ** 10


@dataclass(slots=True)
class ReadRow:
    """A row as it was read: values by column, those that were empty left out; errors are (column, code, text)."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


def guessed_columns(head: Sequence[str]) -> list[str]:
    """What the columns of a file seem to be, each at most once; "" for one that is not known."""
    found: list[str] = []
    for text in head:
        column = _COLUMN_OF.get(" ".join(re.findall(r"[a-z0-9]+", plain(text))), "")
        found.append("" if column in found else column)
    return found


def read_row(number: int, cells: Sequence[str], columns: Sequence[str], *, units: Mapping[str, str]) -> ReadRow:
    """A row's cells as its columns say. `units` are codes of units by their plain names.

    Numbers have a point or a comma before the decimals. Codes of errors are those of `words.CELL_ERRORS`.
    """
    row = ReadRow(number)
    for cell, column in zip(cells, columns, strict=False):
        text = cell.strip() if column == "description" else clean_line(cell)
        if not column or not text:
            continue
        try:
            row.values[column] = _unit(text, units) if column == "unit" else _READERS[column](text)
        except ValueError as error:
            row.errors.append((column, str(error), text[:100]))
    if "sku" not in row.values and not any(column == "sku" for column, _code, _text in row.errors):
        row.errors.append(("sku", "missing", ""))
    return row


def _line(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError("too_long")
        return text

    return read


def _number(text: str) -> Decimal:
    kept = re.sub(r"[\s€$£%]", "", text)
    if "," in kept and "." in kept:
        kept = kept.replace(",", "") if kept.rindex(".") > kept.rindex(",") else kept.replace(".", "")
    try:
        number = Decimal(kept.replace(",", "."))
    except InvalidOperation:
        raise ValueError("number") from None
    if not number.is_finite() or number < 0 or number >= _PRICE_LIMIT or number != round(number, 8):
        raise ValueError("number")
    return number


def _quantity(text: str) -> Decimal:
    number = _number(text)
    if not 0 < number <= MOST_QUANTITY:
        raise ValueError("number")
    return number


def _flag(text: str) -> bool:
    word = plain(text)
    if word not in _YES | _NO:
        raise ValueError("flag")
    return word in _YES


def _word(words: Mapping[str, str], code: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = words.get(plain(text))
        if found is None:
            raise ValueError(code)
        return found

    return read


def _category(text: str) -> list[str]:
    names = [clean_line(name) for name in re.split(r"[>/|]", text) if name.strip()]
    if len(names) > 8 or any(len(name) > 120 for name in names):
        raise ValueError("too_long")
    return names


def _options(text: str) -> list[list[str]]:
    try:
        return [list(pair) for pair in options_of(text)]
    except ValueError:
        raise ValueError("options") from None


def _unit(text: str, units: Mapping[str, str]) -> str:
    code = units.get(plain(text)) or (text.upper() if text.upper() in units.values() else "")
    if not code:
        raise ValueError("unit")
    return code


def _pictures(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;,|]", text) if name.strip()]


_READERS: Mapping[str, Callable[[str], Any]] = {
    **{column: _line(longest) for column, longest in _LONGEST.items()},
    "description": _line(10_000),
    "category": _category,
    "kind": _word(_KINDS, "kind"),
    "price": _number,
    "tax": _number,
    "options": _options,
    "minimum": _quantity,
    "multiple": _number,
    "is_divisible": _flag,
    "is_tracked": _flag,
    "visibility": _word(_VISIBILITIES, "visibility"),
    "stock": _number,
    "alarm": _number,
    "pictures": _pictures,
}
