"""Pure rules of documents: arrows, states, numbers."""

from datetime import date
from decimal import Decimal

import pytest

from documents import rules
from documents.models import Document, Kind

DAY = date(2026, 4, 1)


def test_kinds_are_those_of_the_model():
    assert {*rules.SALES_KINDS, *rules.PURCHASE_KINDS} == set(Kind.values)
    assert set(rules.SLUG_OF_KIND) == set(Kind.values)
    assert all(rules.KIND_SLUGS[slug] == kind for kind, slug in rules.SLUG_OF_KIND.items())
    assert set(rules.PORTAL_KINDS) == set(Kind.values) - {"bill", "supplier_credit_note", "recurring_invoice"}


@pytest.mark.parametrize("kind", Kind.values)
def test_section_follows_the_kind(kind):
    purchases = kind in ("bill", "supplier_credit_note", "purchase_order")
    assert rules.section_of(kind) == ("purchases" if purchases else "sales")


def arrows(kind):
    return {(before, after) for before, afters in rules.moves_of(kind).items() for after in afters}


@pytest.mark.parametrize("kind", Kind.values)
def test_arrows_of_each_kind(kind):
    unpaid = {("draft", "issued"), ("issued", "void")}
    paid = {
        *(("issued", "partially_paid"), ("issued", "paid"), ("partially_paid", "issued")),
        *(("partially_paid", "paid"), ("paid", "issued"), ("paid", "partially_paid")),
    }
    payable = kind in ("invoice", "credit_note", "sales_order", "bill", "supplier_credit_note")
    decided = {("issued", "accepted"), ("issued", "declined")} if kind == "quote" else set()
    expected = set() if kind == "recurring_invoice" else unpaid | decided | (paid if payable else set())
    assert arrows(kind) == expected
    assert Document(kind=kind).moves() == rules.moves_of(kind)


def test_conversions_and_credits_stay_in_their_section():
    for kind, others in (*rules.CONVERSIONS.items(), *((kind, [other]) for kind, other in rules.CREDITED_BY.items())):
        for other in others:
            assert {kind, other} <= set(Kind.values)
            assert rules.section_of(kind) == rules.section_of(other)


@pytest.mark.parametrize(
    ("payable", "settled", "state"),
    [
        ("100", "0", "issued"),
        ("100", "0.01", "partially_paid"),
        ("100", "99.99", "partially_paid"),
        ("100", "100", "paid"),
        ("100", "100.01", "paid"),
        ("100", "-5", "issued"),
        ("-100", "0", "issued"),
        ("-100", "-0.01", "partially_paid"),
        ("-100", "-100", "paid"),
        ("-100", "5", "issued"),
        ("0", "0", "issued"),
        ("0", "1", "paid"),
    ],
)
def test_state_follows_what_has_come_in(payable, settled, state):
    assert rules.state_after_settling(Decimal(payable), Decimal(settled)) == state


@pytest.mark.parametrize(
    ("kind", "state", "due_on", "today", "shown"),
    [
        ("invoice", "issued", DAY, date(2026, 4, 1), "issued"),
        ("invoice", "issued", DAY, date(2026, 4, 2), "overdue"),
        ("invoice", "partially_paid", DAY, date(2026, 4, 2), "overdue"),
        ("bill", "issued", DAY, date(2026, 4, 2), "overdue"),
        ("invoice", "paid", DAY, date(2026, 4, 2), "paid"),
        ("invoice", "void", DAY, date(2026, 4, 2), "void"),
        ("invoice", "draft", DAY, date(2026, 4, 2), "draft"),
        ("invoice", "issued", None, date(2026, 4, 2), "issued"),
        ("quote", "issued", DAY, date(2026, 4, 1), "issued"),
        ("quote", "issued", DAY, date(2026, 4, 2), "expired"),
        ("quote", "issued", None, date(2026, 4, 2), "issued"),
        ("quote", "accepted", DAY, date(2026, 4, 2), "accepted"),
        ("quote", "declined", DAY, date(2026, 4, 2), "declined"),
    ],
)
def test_what_is_open_after_its_day_is_overdue(kind, state, due_on, today, shown):
    assert rules.shown_state(kind, state, due_on, today) == shown


@pytest.mark.parametrize(
    ("state", "shown", "waits"),
    [
        ("issued", "invoiced", True),
        ("partially_paid", "invoiced", True),
        ("paid", "paid", False),
        ("void", "void", False),
    ],
)
def test_what_is_open_of_an_invoiced_order_is_paid_on_its_invoice(state, shown, waits):
    assert rules.shown_state("sales_order", state, DAY, date(2026, 4, 2), is_invoiced=True) == shown
    assert rules.waits_for_money("sales_order", state, is_invoiced=False) == waits
    assert not rules.waits_for_money("sales_order", state, is_invoiced=True)
    assert not rules.waits_for_money("quote", state, is_invoiced=False)


@pytest.mark.parametrize(
    ("file_kind", "direction", "kind"),
    [
        ("invoice", "sales", "invoice"),
        ("credit_note", "sales", "credit_note"),
        ("invoice", "purchases", "bill"),
        ("credit_note", "purchases", "supplier_credit_note"),
    ],
)
def test_imported_kind_follows_the_direction(file_kind, direction, kind):
    assert rules.imported_kind(file_kind, direction) == kind
    assert kind in rules.IMPORTED_KINDS


@pytest.mark.parametrize(
    ("year", "sequence", "number"),
    [(2026, 1, "INV-2026-0001"), (2026, 9999, "INV-2026-9999"), (2027, 10000, "INV-2027-10000")],
)
def test_series_number_has_four_digits_or_more(year, sequence, number):
    assert rules.series_number("INV-", year, sequence) == number


@pytest.mark.parametrize(
    ("tax_id", "key"),
    [("es b-12.345.674", "ESB12345674"), ("", ""), (" - ", ""), ("ß" * 40, "S" * 60), ("1" * 70, "1" * 60)],
)
def test_tax_ids_are_compared_by_capitals_and_digits(tax_id, key):
    assert rules.tax_id_key(tax_id) == key


@pytest.mark.parametrize(
    ("tax_id", "country", "key"),
    [
        ("ES B65410011", "ES", "ESB65410011"),
        ("ESB65410011", "ES", "ESB65410011"),
        ("b-65.410.011", "ES", "ESB65410011"),
        ("FR 40303265045", "ES", "FR40303265045"),
        ("EL094259216", "ES", "GR094259216"),
        ("094259216", "GR", "GR094259216"),
        ("B65410012", "ES", "B65410012"),
        ("DE 1", "ES", "DE1"),
        ("L-710137-H", "AD", "ADL710137H"),
        ("12", "XX", "12"),
        ("", "ES", ""),
    ],
)
def test_tax_ids_that_are_valid_are_compared_with_their_country(tax_id, country, key):
    assert rules.tax_id_key(tax_id, country) == key


@pytest.mark.parametrize(
    ("tax_id", "country", "known"),
    [
        ("B65410011", "ES", True),
        ("ES-B65410011", "ES", True),
        ("B65410012", "ES", False),
        ("FR40303265045", "ES", True),
        ("FR40303265046", "ES", False),
        ("732829320", "FR", True),
        ("FR 732829320", "FR", True),
        ("732829321", "FR", False),
        ("RSSMRA85T10A562S", "IT", True),
        ("36574261809", "DE", True),
        ("12", "VA", False),
        ("123", "VA", True),
    ],
)
def test_tax_ids_are_known_by_the_rules_of_their_country(tax_id, country, known):
    assert rules.is_tax_id(tax_id, country) is known


@pytest.mark.parametrize(
    ("number", "spoken"),
    [("INV-2026-0031", "31"), ("2026/007-08", "7 8"), ("F-31", ""), ("A-000", ""), ("", "")],
)
def test_a_number_is_found_as_it_is_said(number, spoken):
    assert rules.spoken_number(number) == spoken
