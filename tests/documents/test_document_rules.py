"""Pure rules of documents: arrows, states, totals."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisory_portal.core.money import round_money
from documents import rules
from documents.models import Document, Kind
from documents.rules import LineFigures, TaxGroup, line_net, totals

DAY = date(2026, 4, 1)


def test_kinds_are_those_of_the_model():
    assert {*rules.SALES_KINDS, *rules.PURCHASE_KINDS} == set(Kind.values)
    assert set(rules.SLUG_OF_KIND) == set(Kind.values)
    assert all(rules.KIND_SLUGS[slug] == kind for kind, slug in rules.SLUG_OF_KIND.items())
    assert set(rules.PORTAL_KINDS) == set(Kind.values) - {"bill", "supplier_credit_note"}


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
    assert arrows(kind) == (unpaid | paid if payable else unpaid)
    assert Document(kind=kind).moves() == rules.moves_of(kind)


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
        ("quote", "issued", DAY, date(2026, 4, 2), "issued"),
    ],
)
def test_what_is_open_after_its_day_is_overdue(kind, state, due_on, today, shown):
    assert rules.shown_state(kind, state, due_on, today) == shown


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
    ("net", "percent", "tax", "payable"),
    [("138.66", "19", "26.35", "165.01"), ("8180.00", "9.975", "815.96", "8995.96"), ("0.05", "10", "0.01", "0.06")],
)
def test_tax_is_rounded_half_up_once_per_group(net, percent, tax, payable):
    found = totals([LineFigures(Decimal(net), "S", Decimal(percent))], "EUR")
    assert (str(found.tax_total), str(found.payable)) == (tax, payable)


def test_tax_is_computed_on_the_sum_of_a_group_not_line_by_line():
    found = totals([LineFigures(Decimal("0.03"), "S", Decimal(19))] * 3, "EUR")
    assert found.groups == [TaxGroup("S", Decimal(19), Decimal("0.09"), Decimal("0.02"))]


def test_categories_of_one_rate_are_groups_of_their_own():
    lines = [LineFigures(Decimal(10), category, Decimal(0)) for category in ("Z", "E", "Z")]
    assert totals(lines, "EUR").groups == [
        TaxGroup("E", Decimal(0), Decimal(10), Decimal(0)),
        TaxGroup("Z", Decimal(0), Decimal(20), Decimal(0)),
    ]


def test_nothing_comes_to_nothing():
    found = totals([], "EUR")
    assert (found.lines_net, found.tax_total, found.payable, found.groups) == (0, 0, 0, [])


currencies = st.sampled_from(["EUR", "JPY", "KWD"])
rates = st.sampled_from([Decimal(rate) for rate in ("0", "4", "9.975", "10", "19", "21")])


@st.composite
def some_lines(draw):
    currency = draw(currencies)
    nets = draw(st.lists(st.tuples(st.integers(-(10**9), 10**9), rates), max_size=8))
    unit = round_money(Decimal(0), currency)
    return currency, [
        LineFigures(Decimal(net).scaleb(unit.as_tuple().exponent), "S" if rate else "Z", rate) for net, rate in nets
    ]


@given(some_lines())
def test_totals_follow_the_rules_of_the_norm(made):
    currency, lines = made
    found = totals(lines, currency)
    assert found.lines_net == sum(line.net for line in lines)  # BR-CO-10
    assert found.tax_exclusive == found.lines_net  # BR-CO-13 without allowances
    assert found.tax_total == sum(group.tax for group in found.groups)  # BR-CO-14
    assert found.payable == found.tax_exclusive + found.tax_total  # BR-CO-15
    assert {(group.category, group.percent) for group in found.groups} == {
        (line.tax_category, line.tax_percent) for line in lines
    }
    assert len(found.groups) == len({(group.category, group.percent) for group in found.groups})
    for group in found.groups:
        inside = [
            line.net for line in lines if (line.tax_category, line.tax_percent) == (group.category, group.percent)
        ]
        assert group.taxable == sum(inside)
        assert group.tax == round_money(group.taxable * group.percent / 100, currency)  # BR-CO-17


@given(some_lines())
def test_totals_do_not_depend_on_the_order_of_lines_and_turn_with_their_sign(made):
    currency, lines = made
    found = totals(lines, currency)
    assert totals(lines[::-1], currency) == found
    turned = totals([LineFigures(-line.net, line.tax_category, line.tax_percent) for line in lines], currency)
    assert (turned.tax_total, turned.payable) == (-found.tax_total, -found.payable)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "currency", "net"),
    [
        ("3", "0.335", "0", "EUR", "1.01"),
        ("1", "0.005", "0", "EUR", "0.01"),
        ("-1", "0.005", "0", "EUR", "-0.01"),
        ("2", "12.50", "10", "EUR", "22.50"),
        ("1", "99.99", "100", "EUR", "0.00"),
        ("3", "333.5", "0", "JPY", "1001"),
        ("1.5", "1.0003", "33.333", "KWD", "1.000"),
    ],
)
def test_line_net_is_rounded_half_up_to_the_currency(quantity, price, discount, currency, net):
    assert str(line_net(Decimal(quantity), Decimal(price), Decimal(discount), currency)) == net


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
