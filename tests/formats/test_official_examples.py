"""The official examples of EN 16931, figure by figure."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.invoice import AllowanceCharge, InvoiceFile, TaxGroup

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "en16931"

shared_data = pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/")
pytestmark = shared_data

# file: kind, number, issued on, due on, currency, lines, then as text: net of the lines, tax, total, payable
FIGURES: dict[str, tuple[str, str, date, date | None, str, int, str, str, str, str]] = {
    "CII_example1.xml": (
        *("invoice", "12115118", date(2015, 1, 9), date(2015, 1, 9), "EUR", 20),
        *("229.6", "20.73", "250.33", "250.33"),
    ),
    "CII_example2.xml": (
        *("invoice", "TOSL108", date(2013, 6, 30), date(2013, 7, 20), "NOK", 5),
        *("1436.5", "365.28", "1801.78", "801.78"),
    ),
    "guide-example1.xml": (
        *("invoice", "12115118", date(2015, 1, 9), date(2015, 1, 9), "EUR", 20),
        *("229.60", "20.73", "250.33", "250.33"),
    ),
    "guide-example2.xml": (
        *("invoice", "TOSL108", date(2013, 6, 30), date(2013, 7, 20), "NOK", 5),
        *("1436.50", "365.28", "1801.78", "801.78"),
    ),
    "guide-example3.xml": (
        *("invoice", "TOSL108", date(2013, 4, 10), date(2013, 5, 10), "DKK", 2),
        *("800.00", "225.00", "1125.00", "1125.00"),
    ),
    "ubl-tc434-creditnote1.xml": (
        *("credit_note", "018304 / 28865", date(2019, 9, 23), None, "EUR", 1),
        *("100.11", "0.00", "100.11", "100.11"),
    ),
    "ubl-tc434-example1.xml": (
        *("invoice", "12115118", date(2015, 1, 9), date(2015, 1, 9), "EUR", 20),
        *("229.60", "20.73", "250.33", "250.33"),
    ),
    "ubl-tc434-example2.xml": (
        *("invoice", "TOSL108", date(2013, 6, 30), date(2013, 7, 20), "NOK", 5),
        *("1436.50", "365.28", "1801.78", "801.78"),
    ),
    "ubl-tc434-example3.xml": (
        *("invoice", "TOSL108", date(2013, 4, 10), date(2013, 5, 10), "DKK", 2),
        *("1600.00", "305.00", "2005.00", "2005.00"),
    ),
    "ubl-tc434-example4.xml": (
        *("invoice", "TOSL110", date(2013, 4, 10), date(2013, 5, 10), "DKK", 3),
        *("4000.00", "675.00", "4675.00", "4675.00"),
    ),
    "ubl-tc434-example5.xml": (
        *("invoice", "TOSL110", date(2013, 4, 10), date(2013, 5, 10), "DKK", 3),
        *("4000.00", "675.00", "4675.00", "2337.50"),
    ),
}


def read(name: str) -> InvoiceFile:
    return read_invoice((FOLDER / name).read_bytes())


def test_every_example_has_its_figures_here() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_example_is_read_with_its_figures(name: str) -> None:
    found = read(name)
    figures = (found.lines_net, found.tax_total, found.tax_inclusive, found.payable)
    assert (
        found.kind,
        found.number,
        found.issued_on,
        found.due_on,
        found.currency,
        len(found.lines),
        *map(str, figures),
    ) == FIGURES[name]


NETS_OF_EXAMPLE_1 = (
    "19.90 9.85 8.29 14.46 35.00 35.00 10.65 1.55 14.37 8.29 16.58 9.95 3.30 10.80 3.90 7.60 9.34 18.63 102.12 -109.98"
)


@pytest.mark.parametrize("name", ["ubl-tc434-example1.xml", "guide-example1.xml", "CII_example1.xml"])
def test_first_example_is_read_line_by_line(name: str) -> None:
    found = read(name)
    assert [line.net for line in found.lines] == [Decimal(net) for net in NETS_OF_EXAMPLE_1.split()]
    assert [line.id for line in found.lines] == [str(place) for place in range(1, 21)]
    assert found.allowances_charges == ()
    assert found.taxes == (
        TaxGroup(category="S", percent=Decimal(6), taxable=Decimal("183.23"), tax=Decimal("10.99"), scheme="VAT"),
        TaxGroup(category="S", percent=Decimal(21), taxable=Decimal("46.37"), tax=Decimal("9.74"), scheme="VAT"),
    )


@pytest.mark.parametrize(
    ("name", "reason_code", "first_quantity"),
    [("ubl-tc434-example2.xml", "88", 2), ("guide-example2.xml", "71", 2), ("CII_example2.xml", "95", 1)],
)
def test_second_example_is_read_with_allowances_charges_and_groups(
    name: str, reason_code: str, first_quantity: int
) -> None:
    found = read(name)
    assert [(line.quantity, line.unit_price, line.net) for line in found.lines] == [
        (first_quantity, 1273, 1273),
        (-1, Decimal("3.96"), Decimal("-3.96")),
        (2, Decimal("2.48"), Decimal("4.96")),
        (-1, 25, -25),
        (250, Decimal("0.75"), Decimal("187.5")),
    ]
    assert found.allowances_charges == (
        AllowanceCharge(
            is_charge=False,
            amount=Decimal(100),
            reason="Promotion discount",
            reason_code=reason_code,
            tax_category="S",
            tax_percent=Decimal(25),
        ),
        AllowanceCharge(
            is_charge=True,
            amount=Decimal(100),
            reason="Freight",
            tax_category="S",
            tax_percent=Decimal(25),
        ),
    )
    assert [line.allowances_charges for line in found.lines] == [
        (
            AllowanceCharge(is_charge=False, amount=Decimal(12), reason="Damage"),
            AllowanceCharge(is_charge=True, amount=Decimal(12), reason="Testing"),
        ),
        *([()] * 4),
    ]
    exempt = "Exempt New Means of Transport"
    assert [(tax.category, tax.percent, tax.taxable, tax.tax, tax.exemption_reason) for tax in found.taxes] == [
        ("S", 25, Decimal("1460.5"), Decimal("365.13"), ""),
        ("S", 15, 1, Decimal("0.15"), ""),
        ("E", 0, -25, 0, exempt),
    ]
    assert (found.allowances, found.charges, found.prepaid) == (100, 100, 1000)
    assert found.payee is not None
    assert found.tax_representative is not None
    assert (found.payee.name, found.tax_representative.tax_id) == ("Ebeneser Scrooge AS", "NO967611265MVA")


def test_fifth_example_is_read_with_its_second_currency_and_references() -> None:
    found = read("ubl-tc434-example5.xml")
    assert (found.tax_currency, found.tax_total_in_tax_currency) == ("EUR", Decimal("628.62"))
    assert [(item.number, item.issued_on) for item in found.preceding_invoices] == [("TOSL109", date(2013, 3, 10))]
    assert [(item.is_charge, item.percent, item.base_amount, item.amount) for item in found.allowances_charges] == [
        (False, 10, 1500, 150),
        (True, 10, 1500, 150),
    ]
    assert (found.seller.name, found.seller.trading_name, found.buyer.name) == (
        "SellerCompany",
        "SelCo",
        "Buyercompany ltd",
    )
    assert [(item.id, item.content) for item in found.documents] == [
        ("OBJ999", None),
        ("sales slip", b"Testing Base64 encoding"),
    ]
