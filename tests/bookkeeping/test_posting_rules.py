"""What an entry says of a document and of a payment: pure rules."""

from decimal import Decimal as D

import pytest

from bookkeeping.rules import (
    PARTS,
    POSTED_KINDS,
    Figures,
    PartLine,
    SumsDoNotAgree,
    TaxSum,
    chart_of,
    cleared_share,
    converted,
    document_parts,
    payment_parts,
)

VAT = TaxSum("vat", D(21), D(100), D(21))


def figures(kind="invoice", payable="121", net="100", withheld="0", prepaid="0", taxes=(VAT,)):
    return Figures(kind, D(payable), D(net), D(withheld), D(prepaid), taxes)


def amounts(lines):
    return [(line.part, line.amount) for line in lines]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("invoice", [("customer", 121), ("sales", -100), ("output_vat", -21)]),
        ("credit_note", [("customer", -121), ("sales_returns", 100), ("output_vat", 21)]),
        ("bill", [("supplier", -121), ("purchases", 100), ("input_vat", 21)]),
        ("supplier_credit_note", [("supplier", 121), ("purchase_returns", -100), ("input_vat", -21)]),
    ],
)
def test_each_kind_has_its_sides(kind, expected):
    assert amounts(document_parts(figures(kind))) == expected


def test_surcharge_withholding_and_prepaid_have_their_parts():
    taxes = (VAT, TaxSum("surcharge", D("5.2"), D(100), D("5.2")), TaxSum("withholding", D(15), D(100), D(15)))
    lines = document_parts(figures(payable="101.20", withheld="15", prepaid="10", taxes=taxes))
    assert lines == [
        PartLine("customer", D("101.20")),
        PartLine("withholding_to_receive", D(15)),
        PartLine("customer_advances", D(10)),
        PartLine("sales", D(-100), D(21)),
        PartLine("output_vat", D(-21), D(21)),
        PartLine("output_surcharge", D("-5.2"), D("5.2")),
    ]


def test_each_rate_has_a_line():
    lines = document_parts(figures(payable="131", net="110", taxes=(VAT, TaxSum("vat", D(0), D(10), D(0)))))
    assert lines == [
        PartLine("customer", D(131)),
        PartLine("sales", D(-100), D(21)),
        PartLine("sales", D(-10), D(0)),
        PartLine("output_vat", D(-21), D(21)),
    ]


def test_what_has_no_tax_group_is_sold_all_the_same():
    assert amounts(document_parts(figures(payable="100", taxes=()))) == [("customer", 100), ("sales", -100)]
    lines = document_parts(figures(payable="171", net="150"))
    assert amounts(lines) == [("customer", 171), ("sales", -100), ("sales", -50), ("output_vat", -21)]


@pytest.mark.parametrize(("payable", "rounding"), [("121.02", "-0.02"), ("120.98", "0.02"), ("122", "-1")])
def test_a_documents_own_rounding_goes_to_its_part(payable, rounding):
    lines = document_parts(figures(payable=payable))
    assert lines[-1] == PartLine("rounding", D(rounding))
    assert sum(line.amount for line in lines) == 0


def test_sums_that_are_wrong_are_refused():
    with pytest.raises(SumsDoNotAgree) as refused:
        document_parts(figures(payable="122.01"))
    assert refused.value.amount == D("1.01")


def test_negative_amounts_turn_their_sides():
    lines = document_parts(figures(payable="-121", net="-100", taxes=(TaxSum("vat", D(21), D(-100), D(-21)),)))
    assert amounts(lines) == [("customer", -121), ("sales", 100), ("output_vat", 21)]


def test_conversion_balances_to_the_cent():
    lines = converted(document_parts(figures(payable="1.21", net="1", taxes=(TaxSum("vat", D(21), D(1), D(".21")),))),
                      D("0.335"), "EUR")  # fmt: skip
    assert amounts(lines) == [
        ("customer", D("0.41")), ("sales", D("-0.34")), ("output_vat", D("-0.07")),
    ]  # fmt: skip
    lines = converted([PartLine("customer", D(3)), PartLine("sales", D("-1.5")), PartLine("sales", D("-1.5"))],
                      D("0.01"), "EUR")  # fmt: skip
    assert amounts(lines)[-1] == ("rounding", D("0.01"))


@pytest.mark.parametrize(
    ("kind", "amount", "cleared", "expected"),
    [
        ("invoice", 50, 50, [("bank", 50), ("customer", -50)]),
        ("credit_note", 50, 50, [("bank", -50), ("customer", 50)]),
        ("bill", 50, 50, [("bank", -50), ("supplier", 50)]),
        ("supplier_credit_note", 50, 50, [("bank", 50), ("supplier", -50)]),
        ("sales_order", 50, 50, [("bank", 50), ("customer_advances", -50)]),
        ("invoice", -50, -50, [("bank", -50), ("customer", 50)]),
        ("invoice", 55, 50, [("bank", 55), ("customer", -50), ("exchange_gain", -5)]),
        ("invoice", 45, 50, [("bank", 45), ("customer", -50), ("exchange_loss", 5)]),
        ("bill", 55, 50, [("bank", -55), ("supplier", 50), ("exchange_loss", 5)]),
    ],
)
def test_payments_move_money_against_what_is_owed(kind, amount, cleared, expected):
    lines = payment_parts(kind, money="bank", amount=D(amount), cleared=D(cleared))
    assert amounts(lines) == expected
    assert sum(line.amount for line in lines) == 0


def test_shares_of_payments_add_up_to_what_is_owed():
    before, shares = D(0), []
    for amount in (D(33), D(33), D(34)):
        shares.append(cleared_share(D("89.99"), D(100), before, amount, "EUR"))
        before += amount
    assert (shares, sum(shares)) == ([D("29.70"), D("29.69"), D("30.60")], D("89.99"))


@pytest.mark.parametrize("country", ["ES", "FR"])
def test_charts_name_an_account_for_every_part(country):
    chart = chart_of(country)
    assert set(chart.parts) == set(PARTS)
    assert set(chart.parts.values()) <= set(chart.accounts)
    assert [code for code in chart.accounts if not chart.kind_of(code)] == []
    assert [code for code in chart.accounts if not chart.group_of(code)[1]] == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("100", "equity"), ("170", "liability"), ("217", "asset"), ("281", "asset"), ("300", "asset"),
        ("400", "liability"), ("407", "asset"), ("4300001", "asset"), ("438", "liability"), ("472", "asset"),
        ("477", "liability"), ("5720001", "asset"), ("523", "liability"), ("629", "expense"), ("705", "income"),
        ("9", ""),
    ],
)  # fmt: skip
def test_code_says_what_a_spanish_account_is(code, kind):
    assert chart_of("ES").kind_of(code) == kind


def test_every_posted_kind_has_parts():
    assert [len(document_parts(figures(kind))) for kind in POSTED_KINDS] == [3] * len(POSTED_KINDS)
