"""Columns of lists of products: what they may be called in other programs' files, and what their cells mean."""

import re
from collections.abc import Mapping, Sequence

from advisory_portal.core.text import clean_line, plain
from catalog.rules.cells import Reader, ReadRow, guessed, line_of, not_negative, quantity_of, read_cells
from catalog.rules.content import options_of

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


def guessed_columns(head: Sequence[str]) -> list[str]:
    """What the columns of a file seem to be, each at most once; "" for one that is not known."""
    return guessed(head, HEADS)


def read_row(number: int, cells: Sequence[str], columns: Sequence[str], *, units: Mapping[str, str]) -> ReadRow:
    """A row's cells as its columns say. `units` are codes of units by their plain names.

    Numbers have a point or a comma before the decimals. Codes of errors are those of `words.CELL_ERRORS`.
    """
    readers = {**_READERS, "unit": _unit_among(units)}
    return read_cells(number, cells, columns, readers, needed=("sku",))


def _flag(text: str) -> bool:
    word = plain(text)
    if word not in _YES | _NO:
        raise ValueError("flag")
    return word in _YES


def _word(words: Mapping[str, str], code: str) -> Reader:
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


def _unit_among(units: Mapping[str, str]) -> Reader:
    def read(text: str) -> str:
        code = units.get(plain(text)) or (text.upper() if text.upper() in units.values() else "")
        if not code:
            raise ValueError("unit")
        return code

    return read


def _pictures(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[;,|]", text) if name.strip()]


_READERS: Mapping[str, Reader] = {
    **{column: line_of(longest) for column, longest in _LONGEST.items()},
    "description": line_of(10_000),
    "category": _category,
    "kind": _word(_KINDS, "kind"),
    "price": not_negative,
    "tax": not_negative,
    "options": _options,
    "minimum": quantity_of,
    "multiple": not_negative,
    "is_divisible": _flag,
    "is_tracked": _flag,
    "visibility": _word(_VISIBILITIES, "visibility"),
    "stock": not_negative,
    "alarm": not_negative,
    "pictures": _pictures,
}
