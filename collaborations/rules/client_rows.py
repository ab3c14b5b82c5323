"""A firm's list of clients: what its columns may be called, and a row of it as the values of a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from advisory_portal.core.text import clean_line
from documents.rules.contact_columns import HEADS as CONTACT_HEADS
from documents.rules.contact_columns import head_words
from documents.rules.contact_rows import Place, read_row

COLUMNS = ("name", "tax_id", "software", "contact_name", "email", "phone", "tags")
MOST_ROWS = 5_000  # of one list
LIMITS: Mapping[str, int] = {
    "name": 200,
    "tax_id": 30,
    "software": 80,
    "contact_name": 200,
    "email": 254,
    "phone": 30,
}
SHOWN = 100  # characters of a wrong cell that the report repeats
_AS_CONTACTS = ("name", "tax_id", "email", "phone")

# Plain words (no capitals, no accents), as in `documents.rules.contact_columns`, which knows the other columns.
HEADS: Mapping[str, tuple[str, ...]] = {
    "software": (
        "software", "program", "programme", "accounting software", "software used", "application", "erp", "programa",
        "programa contable", "programa de contabilidad", "aplicacion", "software contable", "programari", "logiciel",
        "logiciel comptable", "programm", "buchhaltungssoftware", "programa usado", "software di contabilita",
    ),
    "contact_name": (
        "contact", "contact person", "contact name", "person", "persona de contacto", "contacto", "responsable",
        "interlocutor", "persona", "persona de contacte", "contacte", "interlocuteur", "ansprechpartner", "kontakt",
        "kontaktperson", "referente", "pessoa de contacto",
    ),
    "tags": (
        "tags", "tag", "labels", "label", "groups", "group", "etiquetas", "etiqueta", "grupo", "grupos", "etiquetes",
        "etiquettes", "schlagworte", "gruppe", "etichette",
    ),
}  # fmt: skip
_OWN = {word: column for column, words in HEADS.items() for word in words}
_OF_CONTACTS = {word: column for column in _AS_CONTACTS for word in CONTACT_HEADS[column]}

Error = tuple[str, str, str]  # column, key of `documents.words.CELL_ERRORS`, text of the cell


@dataclass(frozen=True, slots=True)
class ReadClient:
    """A row as it was read: its number in the file, values by the client's fields, tags, and what is wrong.

    Empty cells give no value. Tags stand in one cell, with commas or semicolons between them.
    """

    number: int
    values: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)


def guessed_columns(heads: Sequence[str]) -> list[str]:
    """What each column of a file seems to hold: a name of COLUMNS, each at most once, or "" for what we do not know.

    "Contact" is the person to talk to if another column holds the name, else the name.
    """
    words = [head_words(head) for head in heads]
    named = any(_OF_CONTACTS.get(word) == "name" and word not in _OWN for word in words)
    guessed: list[str] = []
    for word in words:
        column = _OF_CONTACTS.get(word) or _OF_CONTACTS.get(word.replace(" ", ""), "")  # N.I.F.
        if word in _OWN and (named or not column):
            column = _OWN[word]
        guessed.append(column if column not in guessed else "")
    return guessed


def read_client(number: int, cells: Sequence[str], columns: Sequence[str], *, place: Place, country: str) -> ReadClient:
    """The row with its errors. `columns` names what each cell is, "" for those to leave out; by `country` (the firm's)
    tax ids are checked that do not begin with another.
    """
    shared = [column if column in _AS_CONTACTS else "" for column in columns]
    read = read_row(number, cells, shared, place=place, country=country)
    row = ReadClient(number, dict(read.values), errors=list(read.errors))
    for column, cell in zip(columns, cells, strict=False):
        text = clean_line(cell)
        if column in ("software", "contact_name") and text:
            row.values[column] = text
        elif column == "tags":
            row.tags.extend(tag.strip() for tag in text.replace(";", ",").split(",") if tag.strip())
    for column, limit in LIMITS.items():
        if len(row.values.get(column, "")) > limit:
            row.errors.append((column, "too_long", row.values.pop(column)[:SHOWN]))
    return row
