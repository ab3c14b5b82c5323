"""What a document adds up to: figure by figure, worked out by hand."""

from decimal import Decimal

import pytest

from documents.rules import AdjustmentContent, LineContent, Tax, compute, exempt_tax, line_net
from tests.factories import typed_line

VAT21, VAT10 = Tax("S", Decimal(21)), Tax("S", Decimal(10))


def rows(totals, kind="vat"):
    """Category, percent, taxable amount and tax of the groups of a kind, as text."""
    return [
        (one.category, None if one.percent is None else str(one.percent), str(one.taxable), str(one.tax))
        for one in totals.groups
        if one.kind == kind
    ]


def parts(totals):
    return [(one.index, one.tax.category, str(one.tax.percent), str(one.amount)) for one in totals.adjustments]


def allowance(percent=None, amount=None, **values):
    figures = {"percent": percent and Decimal(percent), "amount": amount and Decimal(amount)}
    return AdjustmentContent("x", **figures, **values)


@pytest.mark.parametrize(
    ("net", "percent", "tax", "payable"),
    [("138.66", "19", "26.35", "165.01"), ("8180.00", "9.975", "815.96", "8995.96"), ("0.05", "10", "0.01", "0.06")],
)
def test_tax_is_rounded_half_up_once_per_group(net, percent, tax, payable):
    found = compute([typed_line(price=net, percent=percent)], [], "EUR")
    assert (str(found.tax_total), str(found.payable)) == (tax, payable)


def test_tax_is_computed_on_the_sum_of_a_group_not_line_by_line():
    found = compute([typed_line(price="0.03", percent="19")] * 3, [], "EUR")
    assert rows(found) == [("S", "19", "0.09", "0.02")]


def test_categories_of_one_rate_are_groups_of_their_own():
    lines = [typed_line(price="10", tax=Tax(category, Decimal(0))) for category in ("Z", "E", "Z")]
    assert rows(compute(lines, [], "EUR")) == [("E", "0", "10.00", "0.00"), ("Z", "0", "20.00", "0.00")]


def test_large_taxes_are_exact():
    # 99999996166666.6949999999
    line = typed_line(price="99999999166666.67", tax=Tax("L", Decimal("99.999997")))
    assert str(compute([line], [], "EUR").tax_total) == "99999996166666.69"


def test_nothing_comes_to_nothing():
    found = compute([], [], "EUR")
    assert (found.lines_net, found.tax_total, found.payable, found.groups, found.line_nets) == (0, 0, 0, (), ())


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "currency", "net"),
    [
        ("3", "0.335", "0", "EUR", "1.01"),
        ("1", "0.005", "0", "EUR", "0.01"),
        ("-1", "0.005", "0", "EUR", "-0.01"),
        ("0", "5", "0", "EUR", "0.00"),
        ("-2", "0", "0", "EUR", "0.00"),
        ("2", "12.50", "10", "EUR", "22.50"),
        ("1", "99.99", "100", "EUR", "0.00"),
        ("3", "333.5", "0", "JPY", "1001"),
        ("1.5", "1.0003", "33.333", "KWD", "1.000"),
        ("999999999999.99999999", "0.00000001", "0", "EUR", "10000.00"),
        ("0.33333333", "999999999999.99999999", "12.345678", "EUR", "292181070411.52"),
        # 46969696969696999.8449999999999999: with fewer digits it would be half a cent.
        ("469696.96969697", "99999999999.99999967", "0", "EUR", "46969696969696999.84"),
    ],
)
def test_line_net_is_rounded_half_up_to_the_currency(quantity, price, discount, currency, net):
    assert str(line_net(Decimal(quantity), Decimal(price), Decimal(discount), currency)) == net


def test_surcharge_is_a_group_of_its_own_on_the_same_base():
    with_it = Tax("S", Decimal(21), surcharge_percent=Decimal("5.2"))
    found = compute([typed_line(price="100", tax=with_it), typed_line(price="10", tax=VAT21)], [], "EUR")
    assert rows(found) == [("S", "21", "110.00", "23.10")]
    assert rows(found, "surcharge") == [("S", "5.2", "100.00", "5.20")]
    assert (found.tax_total, found.tax_inclusive, found.payable) == (Decimal("28.30"), *[Decimal("138.30")] * 2)


def test_withholding_is_taken_off_what_is_paid_and_is_no_tax():
    lines = [
        typed_line(price="1000.10", withholding_percent=Decimal(15)),
        typed_line(price="200", percent="10", withholding_percent=Decimal(15)),
        typed_line(price="50"),
        typed_line(price="10", withholding_percent=Decimal(7)),
    ]
    found = compute(lines, [], "EUR")
    assert rows(found, "withholding") == [("", "7", "10.00", "0.70"), ("", "15", "1200.10", "180.02")]
    assert (found.tax_total, found.withheld) == (Decimal("242.62"), Decimal("180.72"))
    assert (found.tax_inclusive, found.payable) == (Decimal("1502.72"), Decimal("1322.00"))


def test_what_has_no_rate_has_no_tax():
    found = compute([typed_line(price="10", tax=exempt_tax("O")), typed_line(price="5")], [], "EUR")
    assert rows(found) == [("O", None, "10.00", "0.00"), ("S", "21", "5.00", "1.05")]


def test_reasons_of_an_exemption_are_those_of_its_lines():
    why = [Tax("E", Decimal(0), exemption_reason=text, exemption_code=code) for text, code in (("b", ""), ("a", "C"))]
    group, *_others = compute([typed_line(tax=tax) for tax in (*why, why[0])], [], "EUR").groups
    assert (group.exemption_reasons, group.exemption_codes) == (("a", "b"), ("C",))


# --- Discounts and charges of the whole document ---------------------------------------------------------------


def test_a_percentage_is_spread_over_the_taxes_of_the_lines():
    lines = [typed_line(price="100.05"), typed_line(price="50", percent="10"), typed_line(price="0.50", percent="10")]
    found = compute(lines, [allowance(percent="10")], "EUR")
    # 10 % of 150.55 is 15.06; 10.01 and 5.05 are its parts.
    assert parts(found) == [(0, "S", "10", "5.05"), (0, "S", "21", "10.01")]
    assert [one.base for one in found.adjustments] == [Decimal("50.50"), Decimal("100.05")]
    assert (found.allowances, found.charges, found.tax_exclusive) == (Decimal("15.06"), 0, Decimal("135.49"))
    assert rows(found) == [("S", "10", "45.45", "4.55"), ("S", "21", "90.04", "18.91")]


def test_cents_that_remain_fall_to_the_largest():
    lines = [typed_line(price=price, percent=rate) for price, rate in (("10", "4"), ("10", "10"), ("10.01", "21"))]
    found = compute(lines, [allowance(amount="0.01")], "EUR")
    assert parts(found) == [(0, "S", "4", "0.00"), (0, "S", "10", "0.00"), (0, "S", "21", "0.01")]
    found = compute(lines, [allowance(amount="1.00")], "EUR")
    assert parts(found) == [(0, "S", "4", "0.33"), (0, "S", "10", "0.33"), (0, "S", "21", "0.34")]
    assert {one.base for one in found.adjustments} == {None}


def test_a_charge_with_a_tax_of_its_own_is_taxed_so():
    lines = [typed_line(price="100"), typed_line(price="100", percent="10")]
    delivery = allowance(amount="20", is_charge=True, tax=VAT21)
    found = compute(lines, [delivery], "EUR")
    assert parts(found) == [(0, "S", "21", "20.00")]
    assert (found.charges, found.allowances, found.tax_exclusive) == (20, 0, 220)
    assert rows(found) == [("S", "10", "100.00", "10.00"), ("S", "21", "120.00", "25.20")]


def test_a_percentage_with_a_tax_of_its_own_is_of_all_lines():
    lines = [typed_line(price="100"), typed_line(price="100", percent="10")]
    found = compute(lines, [allowance(percent="5", is_charge=True, tax=VAT10)], "EUR")
    assert parts(found) == [(0, "S", "10", "10.00")]
    assert found.adjustments[0].base == 200


def test_an_adjustment_whose_tax_no_line_has_is_a_group_of_its_own():
    stamp = Tax("E", Decimal(0), exemption_reason="Stamp duty")
    found = compute([typed_line(price="100")], [allowance(amount="2", is_charge=True, tax=stamp)], "EUR")
    assert rows(found) == [("E", "0", "2.00", "0.00"), ("S", "21", "100.00", "21.00")]
    assert found.groups[0].exemption_reasons == ("Stamp duty",)


def test_several_adjustments_are_each_of_the_lines_as_they_stand():
    adjustments = [allowance(percent="10"), allowance(percent="10"), allowance(amount="5", is_charge=True)]
    found = compute([typed_line(price="100")], adjustments, "EUR")
    assert parts(found) == [(0, "S", "21", "10.00"), (1, "S", "21", "10.00"), (2, "S", "21", "5.00")]
    assert (found.allowances, found.charges, found.tax_exclusive) == (20, 5, 85)


def test_adjustments_lower_surcharge_and_withholding_in_proportion():
    surcharged = Tax("S", Decimal(21), surcharge_percent=Decimal("5.2"))
    lines = [
        typed_line(price="300", tax=surcharged),
        typed_line(price="100", withholding_percent=Decimal(15)),
        typed_line(price="100"),
    ]
    found = compute(lines, [allowance(percent="10")], "EUR")
    assert parts(found) == [(0, "S", "21", "20.00"), (0, "S", "21", "30.00")]
    assert rows(found) == [("S", "21", "450.00", "94.50")]
    assert rows(found, "surcharge") == [("S", "5.2", "270.00", "14.04")]
    assert rows(found, "withholding") == [("", "15", "90.00", "13.50")]
    own = compute(lines, [allowance(amount="10", tax=VAT21)], "EUR")
    assert rows(own, "surcharge") == [("S", "5.2", "300.00", "15.60")]
    assert rows(own, "withholding") == [("", "15", "95.00", "14.25")]
    withheld = [*lines[1:], typed_line(price="300", withholding_percent=Decimal(7)), typed_line("2", "100", "10")]
    charged = compute(withheld, [allowance(percent="10", tax=VAT21, is_charge=True)], "EUR")
    assert rows(charged, "withholding") == [("", "7", "342.00", "23.94"), ("", "15", "114.00", "17.10")]
    other = compute(lines, [allowance(amount="10", tax=VAT10, is_charge=True)], "EUR")
    assert rows(other, "withholding") == [("", "15", "100.00", "15.00")]


def test_returned_goods_bear_their_part_of_a_percentage():
    lines = [typed_line(price="100"), typed_line(quantity="-1", price="100", percent="10")]
    found = compute(lines, [allowance(percent="10")], "EUR")
    assert parts(found) == [(0, "S", "10", "-10.00"), (0, "S", "21", "10.00")]
    assert found.allowances == 0
    assert rows(found) == [("S", "10", "-90.00", "-9.00"), ("S", "21", "90.00", "18.90")]


def test_a_percentage_of_returned_goods_is_given_back():
    found = compute([typed_line("-1"), typed_line("1", "20")], [allowance(percent="10")], "EUR")
    assert (parts(found), found.allowances, found.tax_exclusive) == ([(0, "S", "21", "-8.00")], -8, -72)


def test_an_amount_goes_by_the_size_of_lines_that_cancel_out():
    lines = [typed_line(price="100"), typed_line(quantity="-1", price="100", percent="10")]
    assert parts(compute(lines, [allowance(amount="8")], "EUR")) == [(0, "S", "10", "4.00"), (0, "S", "21", "4.00")]
    free = [typed_line(price="0"), typed_line(price="0", percent="10")]
    assert parts(compute(free, [allowance(amount="8")], "EUR")) == [(0, "S", "10", "0.00"), (0, "S", "21", "8.00")]


def test_cents_that_remain_fall_to_the_largest_whatever_its_sign():
    lines = [typed_line(price="10"), typed_line("-1", "10.01", "10"), typed_line(price="10", percent="4")]
    shares = parts(compute(lines, [allowance(amount="0.01")], "EUR"))
    assert shares == [(0, "S", "4", "0.00"), (0, "S", "10", "0.01"), (0, "S", "21", "0.00")]


def test_an_amount_without_lines_is_not_taxed():
    found = compute([], [allowance(amount="8", is_charge=True)], "EUR")
    assert (rows(found), found.payable) == ([("Z", "0", "8.00", "0.00")], 8)


def test_an_amount_that_is_not_given_counts_as_nothing():
    assert compute([typed_line()], [AdjustmentContent("x")], "EUR").payable == 121


def test_a_line_knows_its_own_net():
    lines = [LineContent("a", Decimal(2), Decimal("1.005"), VAT21), typed_line("3", "7", discount_percent=Decimal(50))]
    assert [str(net) for net in compute(lines, [], "EUR").line_nets] == ["2.01", "10.50"]
