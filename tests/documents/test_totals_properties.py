"""Properties of totals that hold whatever is typed. Source: EN 16931 BR-CO-10 to BR-CO-17."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from advisory_portal.core.money import exponent, round_money
from documents.rules import AdjustmentContent, LineContent, Tax, compute, exempt_tax

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
WITHHOLDINGS = st.sampled_from([Decimal(0), Decimal(0), Decimal(7), Decimal(15)])
PERCENTS = st.decimals(0, 100, places=6)
TAXES = st.sampled_from(
    [
        *(Tax("S", Decimal(rate)) for rate in ("4", "9.975", "21")),
        Tax("S", Decimal(21), surcharge_percent=Decimal("5.2")),
        Tax("S", Decimal(4), surcharge_percent=Decimal("0.5")),
        *(Tax("Z", Decimal(0)), Tax("L", Decimal(7))),
        *(exempt_tax(category) for category in ("E", "AE", "O")),
    ]
)


@st.composite
def typed_lines(draw, least=None, whole=False):
    number = st.integers(1, 50).map(Decimal) if whole else st.decimals(-(10**6), 10**6, places=8)
    price = st.decimals(0, 10**6, places=2 if whole else 8)
    return LineContent(
        name="x",
        quantity=draw(number if least is None else st.decimals(least, 10**6, places=8)),
        unit_price=draw(price),
        tax=draw(TAXES),
        discount_percent=Decimal(0) if whole else draw(PERCENTS),
        withholding_percent=draw(WITHHOLDINGS),
    )


@st.composite
def typed_documents(draw):
    """Lines, adjustments and a currency."""
    currency = draw(CURRENCIES)
    amounts = st.integers(0, 10**7).map(lambda units: Decimal(units).scaleb(-exponent(currency)))
    adjustments = st.lists(
        st.builds(
            lambda is_charge, percent, amount, tax: AdjustmentContent(
                "x", is_charge, percent=percent, amount=amount if percent is None else None, tax=tax
            ),
            st.booleans(),
            st.none() | PERCENTS,
            amounts,
            st.none() | TAXES,
        ),
        max_size=3,
    )
    return draw(st.lists(typed_lines(), max_size=7)), draw(adjustments), currency


def sums(totals):
    return {name: getattr(totals, name) for name in SUMS}


SUMS = (
    *("lines_net", "allowances", "charges", "tax_exclusive", "groups", "tax_total", "tax_inclusive", "withheld"),
    "payable",
)


@given(typed_documents())
def test_sums_follow_the_norm(typed):
    lines, adjustments, currency = typed
    found = compute(lines, adjustments, currency)
    assert found.lines_net == sum(found.line_nets)  # BR-CO-10
    for is_charge, total in ((False, found.allowances), (True, found.charges)):  # BR-CO-11, BR-CO-12
        assert total == sum(one.amount for one in found.adjustments if adjustments[one.index].is_charge == is_charge)
    assert found.tax_exclusive == found.lines_net - found.allowances + found.charges  # BR-CO-13
    kept = [group for group in found.groups if group.kind != "withholding"]
    assert found.tax_total == sum(group.tax for group in kept)  # BR-CO-14
    assert found.tax_inclusive == found.tax_exclusive + found.tax_total  # BR-CO-15
    assert found.withheld == sum(group.tax for group in found.groups if group.kind == "withholding")
    assert found.payable == found.tax_inclusive - found.withheld  # BR-CO-16


@given(typed_documents())
def test_every_tax_is_that_of_its_base(typed):
    lines, adjustments, currency = typed
    found = compute(lines, adjustments, currency)
    keys = [(group.kind, group.category, group.percent) for group in found.groups]
    assert len(keys) == len(set(keys))
    assert sum(group.taxable for group in found.groups if group.kind == "vat") == found.tax_exclusive
    for group in found.groups:
        assert group.tax == round_money(group.taxable * (group.percent or 0) / 100, currency)  # BR-CO-17
        assert str(group.tax) == str(abs(group.tax) if not group.tax else group.tax)
        if group.kind != "vat":
            continue
        key = (group.category, group.percent)
        inside = [
            net
            for line, net in zip(lines, found.line_nets, strict=True)
            if (line.tax.category, line.tax.percent) == key
        ]
        for one in found.adjustments:
            if (one.tax.category, one.tax.percent) == key:
                inside.append(one.amount if adjustments[one.index].is_charge else -one.amount)
        assert group.taxable == sum(inside)  # BR-S-08 and its sisters


@given(typed_documents())
def test_everything_is_in_whole_units_of_the_currency(typed):
    found = compute(*typed)
    currency = typed[-1]
    amounts = [*found.line_nets, *(one.amount for one in found.adjustments), found.payable, found.withheld]
    for group in found.groups:
        amounts += [group.taxable, group.tax]
    assert all(amount == round_money(amount, currency) for amount in amounts)


@given(typed_documents())
def test_adjustments_come_to_what_was_typed(typed):
    lines, adjustments, currency = typed
    found = compute(lines, adjustments, currency)
    for index, one in enumerate(adjustments):
        total = sum(part.amount for part in found.adjustments if part.index == index)
        if one.percent is None:
            assert total == one.amount
        else:
            assert total == round_money(found.lines_net * one.percent / 100, currency)


@given(typed_documents(), st.randoms())
def test_order_of_lines_does_not_matter(typed, chance):
    lines, adjustments, currency = typed
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert sums(compute(shuffled, adjustments, currency)) == sums(compute(lines, adjustments, currency))


@given(st.lists(typed_lines(whole=True), min_size=1, max_size=5), st.none() | PERCENTS)
def test_splitting_a_line_changes_nothing(lines, percent):
    adjustments = [] if percent is None else [AdjustmentContent("x", percent=percent)]
    first = lines[0]
    split = [replace(first, quantity=Decimal(1)), replace(first, quantity=first.quantity - 1), *lines[1:]]
    assert sums(compute(split, adjustments, "EUR")) == sums(compute(lines, adjustments, "EUR"))


@given(st.lists(typed_lines(), max_size=7), CURRENCIES)
def test_signs_turn_together(lines, currency):
    found = compute(lines, [], currency)
    turned = compute([replace(line, quantity=-line.quantity) for line in lines], [], currency)
    assert [turned.tax_total, turned.withheld, turned.payable] == [-found.tax_total, -found.withheld, -found.payable]


@given(st.lists(typed_lines(least=0), min_size=1, max_size=7), st.integers(0, 10**6))
def test_parts_of_an_amount_stay_within_it(lines, cents):
    amount = Decimal(cents).scaleb(-2)
    found = compute(lines, [AdjustmentContent("x", amount=amount)], "EUR")
    taxes = {(line.tax.category, line.tax.percent, line.tax.surcharge_percent) for line in lines}
    assert all(abs(one.amount) <= amount + Decimal("0.01") * len(lines) for one in found.adjustments)
    assert len(found.adjustments) == len(taxes)
