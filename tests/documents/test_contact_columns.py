"""What columns of other programs' lists are called, and what their cells mean."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation

from documents.rules import contact_columns
from documents.rules.contact_columns import COLUMNS, HEADS, guessed_columns, head_words
from documents.rules.contact_rows import Place, read_row
from documents.words import CELL_ERRORS, CONTACT_COLUMNS

PLACE = Place("es", frozenset({"en", "es"}))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_heads_of_our_own_exports_are_known_in_every_language(language):
    with translation.override(language):
        heads = [str(CONTACT_COLUMNS[column]) for column in COLUMNS]
    assert guessed_columns(heads) == list(COLUMNS)


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (["Raó social", "C.I.F.", "Correu electrònic", "Població", "Codi postal"], "name tax_id email city postcode"),
        (["Raison sociale", "N° TVA", "Adresse e-mail", "Ville", "Pays"], "name tax_id email city country"),
        (["Firma", "USt-IdNr.", "E-Mail", "Straße", "PLZ", "Land"], "name tax_id email street postcode country"),
        (["Name (legal)", "E-mail:", "Phone [mobile]"], "name email phone"),
        (["Ragione sociale", "Partita IVA", "Città"], "name tax_id city"),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_heads(heads, columns):
    assert guessed_columns(heads) == columns.split()


def test_a_column_is_guessed_once_and_strange_ones_not_at_all():
    assert guessed_columns(["Name", "Nombre", "", "Seller", "NIF (2)"]) == ["name", "", "", "", "tax_id"]


def test_every_head_is_written_as_it_is_looked_up_and_stands_once():
    words = [word for heads in HEADS.values() for word in heads]
    assert [word for word in words if head_words(word) != word] == []
    assert len(words) == len(set(words))
    assert set(HEADS) == set(COLUMNS)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("kind", "Proveedor", "supplier"),
        ("kind", "Kunde und Lieferant", "both"),
        ("is_person", "Autónomo", True),
        ("is_person", "Société", False),
        ("pays_surcharge", "Sí", True),
        ("pays_surcharge", "nein", False),
        ("email", "mailto:Hola@Nandu.Example", "hola@nandu.example"),
        ("website", "nandu.example/x", "https://nandu.example/x"),
        ("website", "HTTP://nandu.example", "HTTP://nandu.example"),
        ("country", "Alemania", "DE"),
        ("country", "ESP", "ES"),
        ("country", "EL", "GR"),
        ("country", "uk", "GB"),
        ("language", "Español", "es"),
        ("language", "en-GB", "en"),
        ("language", "Deutsch", "es"),
        ("currency", "€", "EUR"),
        ("currency", "gbp", "GBP"),
        ("payment_days", "30 días", 30),
        ("payment_days", "0", 0),
        ("withholding_percent", "15,5 %", Decimal("15.5")),
        ("city", "  Cádiz \n del Sur\x07", "Cádiz del Sur"),
        ("note", "two\nlines", "two\nlines"),
    ],
)
def test_cells_are_read(column, text, value):
    row = read_row(2, ["A", text], ["name", column], place=PLACE, country="")
    assert (row.values, row.errors) == ({"name": "A", column: value}, [])


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("kind", "enemy", "kind"),
        ("is_person", "maybe", "flag"),
        ("pays_surcharge", "2", "flag"),
        ("email", "a@b", "email"),
        ("email", "a b@c.example", "email"),
        ("email", ".a@c.example", "email"),
        ("email", "a..b@c.example", "email"),
        ("email", "a@-c.example", "email"),
        ("email", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example", "too_long"),
        ("website", "no address", "website"),
        ("website", "javascript:alert(1)", "website"),
        ("website", "http://[", "website"),
        ("website", f"a.example/{'x' * 300}", "too_long"),
        ("country", "Atlantis", "country"),
        ("country", "XX", "country"),
        ("language", "??", "language"),
        ("currency", "XXX", "currency"),
        ("payment_days", "366", "days"),
        ("payment_days", "soon", "days"),
        ("withholding_percent", "101", "percent"),
        ("withholding_percent", "-1", "percent"),
        ("withholding_percent", "NaN", "percent"),
        ("withholding_percent", "1.234", "percent"),
        ("phone", "1" * 61, "too_long"),
        ("note", "x" * 5_001, "too_long"),
        ("delivery_country", "Atlantis", "country"),
        ("tax_id", "B65410012", "tax_id"),
    ],
)
def test_cells_that_cannot_be_taken_are_told(column, text, code):
    row = read_row(2, ["A", text], ["name", column], place=PLACE, country="ES")
    assert row.errors == [(column, code, text[:100])]
    assert code in CELL_ERRORS


def test_a_tax_id_is_checked_by_the_country_of_its_row():
    columns = ["name", "tax_id", "country"]
    for cells, country, errors in [
        (["A", "B65410011", ""], "ES", []),
        (["A", "B65410011", "FR"], "ES", [("tax_id", "tax_id", "B65410011")]),
        (["A", "nonsense", ""], "", []),
        (["A", "FR40303265045", ""], "ES", []),
    ]:
        assert read_row(2, cells, columns, place=PLACE, country=country).errors == errors


def test_a_row_needs_a_name_and_empty_cells_say_nothing():
    row = read_row(7, [" ", "", "Muelle 2", "x"], ["name", "city", "delivery_street", ""], place=PLACE, country="")
    assert (row.number, row.values, row.delivery) == (7, {}, {"street": "Muelle 2"})
    assert row.errors == [("name", "missing", "")]
    long = read_row(7, ["x" * 501], ["name"], place=PLACE, country="")
    assert long.errors == [("name", "too_long", "x" * 100)]


def test_countries_are_read_only_if_they_are_offered():
    assert contact_columns.read_country("Kosovo", frozenset({"ES"})) is None
