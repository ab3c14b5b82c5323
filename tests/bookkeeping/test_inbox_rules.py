from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.pdf_text import Word, read_pdf
from bookkeeping.rules.inbox import found_in
from bookkeeping.rules.inbox_values import amount_of, amounts_in, dates_in, known_key
from tests.bookkeeping.factories_inbox import ENGLISH, GERMAN, SPANISH, pdf

RATES = [Decimal(rate) for rate in (21, 10, 4, 20, 19, 7)]


def found(markup):
    words = read_pdf(pdf(markup)).words
    return found_in(words, own_keys={"ESB64717838"}, own_name="Delta", home="ES", rates=RATES)


def values(markup):
    return {name: one["value"] for name, one in found(markup).items()}


def test_spanish_bill_is_read():
    assert values(SPANISH) == {
        "tax_id": "ESB65410011",
        "name": "Suministros Norte S.L.",
        "currency": "EUR",
        "number": "2026/0417",
        "issued_on": "2026-02-03",
        "due_on": "2026-03-05",
        "base": "1234.56",
        "tax": "259.26",
        "percent": "21",
        "total": "1493.82",
    }


def test_english_bill_with_names_above_their_values_is_read():
    assert values(ENGLISH) == {
        "tax_id": "GB980780684",
        "name": "Northwind Traders Ltd",
        "currency": "GBP",
        "number": "INV-10023",
        "issued_on": "2026-03-14",
        "due_on": "2026-04-13",
        "base": "1000.00",
        "tax": "200.00",
        "percent": "20",
        "total": "1200.00",
    }


def test_german_bill_is_read():
    assert values(GERMAN) == {
        "tax_id": "DE136695976",
        "name": "Beispiel GmbH",
        "currency": "EUR",
        "number": "RE-2026-88",
        "issued_on": "2026-04-07",
        "due_on": "2026-04-21",
        "base": "150.00",
        "tax": "28.50",
        "percent": "19",
        "total": "178.50",
    }


def test_bill_with_several_rates_has_a_base_for_each():
    said = values("""
#table(columns: 3, [Base imponible], [IVA %], [Cuota], [80,00], [4 %], [3,20], [200,00], [21 %], [42,00],
 [55,50], [10 %], [5,55])
#align(right)[Subtotal 335,50 \\ IVA 50,75 \\ *Total 386,25 €*]
""")
    amounts = {name: value for name, value in said.items() if name[:4] in ("base", "tax_", "tax", "perc", "tota")}
    assert amounts == {
        "total": "386.25",
        "base": "200.00", "tax": "42.00", "percent": "21",
        "base_1": "80.00", "tax_1": "3.20", "percent_1": "4",
        "base_2": "55.50", "tax_2": "5.55", "percent_2": "10",
    }  # fmt: skip


def test_amounts_that_do_not_make_the_total_are_no_rates():
    said = values("Base 200,00 IVA 21 % 42,00 \\ Base 100,00 IVA 10 % 10,00 \\ Total 360,00 €")
    assert {"base", "base_1"}.isdisjoint(said)
    assert said["total"] == "360.00"


def test_place_is_where_the_value_stands():
    total = found(SPANISH)["total"]
    x, y, width, height = total["box"]
    assert (total["page"], total["text"]) == (1, "1.493,82")
    assert x > 0.7
    assert 0.3 < y < 0.5
    assert 0 < width < 0.15
    assert 0 < height < 0.03


def test_own_tax_id_and_name_are_never_the_suppliers():
    assert values("Delta S.L. \\ NIF B64717838 \\ Total 10,00") == {"total": "10.00"}


def test_total_without_parts_is_the_largest_that_is_called_so():
    assert values("Anticipo 900,00 \\ Total 120,00 \\ Subtotal 800,00")["total"] == "120.00"


def test_nothing_is_found_in_nothing():
    assert found_in([], own_keys=set(), own_name="Delta", home="ES", rates=RATES) == {}


def test_digits_without_their_name_are_no_tax_id():
    """A telephone number may pass the check digits of a country whose ids have digits alone."""
    word = Word(1, 0.1, 0.1, 0.1, 0.01, "501964843")
    none = found_in([word], own_keys=set(), own_name="", home="PT", rates=RATES)
    named = found_in([Word(1, 0.05, 0.1, 0.03, 0.01, "NIF"), word], own_keys=set(), own_name="", home="PT", rates=RATES)
    assert "tax_id" not in none
    assert named["tax_id"]["value"] == "PT501964843"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/02/2026", date(2026, 2, 3)),
        ("3-2-26", date(2026, 2, 3)),
        ("03.02.2026", date(2026, 2, 3)),
        ("2026-02-03", date(2026, 2, 3)),
        ("02/23/2026", date(2026, 2, 23)),
        ("3 de febrero de 2026", date(2026, 2, 3)),
        ("3. februar 2026", date(2026, 2, 3)),
        ("february 3, 2026", date(2026, 2, 3)),
        ("3 fevrier 2026", date(2026, 2, 3)),
    ],
)
def test_dates_of_several_languages_are_read(text, day):
    assert [one[2] for one in dates_in(text)] == [day]


@pytest.mark.parametrize(
    "text", ["31/02/2026", "1.234,56", "99/99/2026", "03/02/1926", "12 apples 2026", "10.20.30.40"]
)
def test_what_is_no_date_is_none(text):
    assert dates_in(text) == []


def test_american_dates_begin_with_the_month():
    assert dates_in("02/03/2026", month_first=True)[0][2] == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1'234.56", "1234.56"), ("12,50", "12.50"), ("-3.00", "-3")],
)
def test_amounts_of_several_countries_are_read(text, amount):
    assert amount_of(text) == Decimal(amount)
    assert [one[2] for one in amounts_in(f"total {text} eur")] == [Decimal(amount)]


@pytest.mark.parametrize("text", ["21,00%", "2026", "12.5", "1.234", "03.02.2026", "12,345"])
def test_what_is_no_amount_is_none(text):
    assert amounts_in(text) == []


@pytest.mark.parametrize(
    ("text", "home", "key"),
    [
        ("B-65.410.011", "ES", "ESB65410011"),
        ("ESB65410011", "FR", "ESB65410011"),
        ("B65410012", "ES", ""),
        ("DE136695976", "ES", "DE136695976"),
        ("2026/0417", "ES", ""),
        ("ES9121000418450200051332", "ES", ""),
    ],
)
def test_tax_ids_are_checked(text, home, key):
    assert known_key(text, home) == key
