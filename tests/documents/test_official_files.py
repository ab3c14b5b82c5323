"""The official examples of EN 16931 come in through the command with the figures of their files."""

import io
import json
import os
from decimal import Decimal

import pytest
from django.core.management import call_command

from documents.actions import content_of, import_invoice
from documents.models import AllowanceCharge, Document, DocumentLine, TaxLine
from documents.rules import compute
from tests.formats.test_official_examples import FIGURES, FOLDER, read

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("CI"), reason="reads ../shared/"),
]


@pytest.fixture
def reports(delta):
    out = io.StringIO()
    call_command("import", "--business", "delta", "--json", str(FOLDER), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_file_has_its_status_and_figures(reports):
    assert [(report["file"].rpartition("/")[2], report["status"]) for report in reports] == [
        ("CII_example1.xml", "created"),
        ("CII_example2.xml", "created"),
        ("guide-example1.xml", "duplicate"),
        ("guide-example2.xml", "duplicate"),
        ("guide-example3.xml", "created"),
        ("ubl-tc434-creditnote1.xml", "created"),
        ("ubl-tc434-example1.xml", "duplicate"),
        ("ubl-tc434-example2.xml", "duplicate"),
        ("ubl-tc434-example3.xml", "created"),
        ("ubl-tc434-example4.xml", "created"),
        ("ubl-tc434-example5.xml", "created"),
    ]
    for report in reports:
        _kind, number, issued_on, _due_on, currency, lines, _lines_net, tax, total, payable = FIGURES[
            report["file"].rpartition("/")[2]
        ]
        assert (report["number"], report["issued_on"], report["currency"]) == (number, str(issued_on), currency)
        assert (report["lines"], report["tax"], report["total"], report["payable"]) == (lines, tax, total, payable)
        assert report["reason"] == ""


def test_documents_hold_what_the_files_say(reports):
    created = [report["file"].rpartition("/")[2] for report in reports if report["status"] == "created"]
    assert Document.objects.count() == len(created) == 7
    for name in created:
        file = read(name)
        document = Document.objects.get(number=file.number, issued_on=file.issued_on, payable=file.payable)
        assert (document.kind, document.state, document.series) == (file.kind, "issued", None)
        for column in ("lines_net", "allowances", "charges", "tax_exclusive", "tax_total", "tax_inclusive", "prepaid"):
            assert getattr(document, column) == getattr(file, column)
        assert list(document.lines.values_list("net", flat=True)) == [line.net for line in file.lines]
        assert list(document.taxes.values_list("taxable", "tax")) == [(tax.taxable, tax.tax) for tax in file.taxes]
        amounts = [one.amount for one in file.allowances_charges]
        amounts += [one.amount for line in file.lines for one in line.allowances_charges]
        assert list(document.allowances_charges.values_list("amount", flat=True)) == amounts
        assert document.parties["seller"]["name"] == file.seller.name
        assert document.parties["buyer"]["name"] == file.buyer.name
    assert (DocumentLine.objects.count(), TaxLine.objects.count()) == (36, 13)
    assert AllowanceCharge.objects.count() == 10


def test_files_that_share_seller_and_number_are_possible_versions(reports):
    # TOSL110 comes from two sellers.
    marked = Document.objects.filter(is_possible_version=True)
    assert sorted(marked.values_list("number", "payable")) == [
        ("TOSL108", Decimal("1125.000")),
        ("TOSL108", Decimal("2005.000")),
    ]


# Lines of the files whose net (BT-131) does not follow from quantity and price, so that the file's own is taken. The
# CII example writes the price of the whole line as its base quantity too; the others have quantities that were changed
# without the net, or a sign that only the net has.
ODD_LINES = {
    "CII_example1.xml": ["20"],
    "CII_example2.xml": ["1", "2", "3", "4", "5"],
    "guide-example1.xml": ["20"],
    "guide-example2.xml": ["1"],
    "guide-example3.xml": ["1", "2"],
    "ubl-tc434-example1.xml": ["20"],
    "ubl-tc434-example2.xml": ["1"],
    "ubl-tc434-example3.xml": ["1", "2"],
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_a_file_are_what_the_calculator_finds(dan_here, name):
    file = read(name)
    document = import_invoice(actor=dan_here, content=(FOLDER / name).read_bytes(), direction="sales").document
    content = content_of(Document.objects.get(pk=document.pk))
    found = compute(content.lines, content.adjustments, content.currency)
    assert list(found.line_nets) == [line.net for line in file.lines]
    assert (found.lines_net, found.allowances, found.charges) == (file.lines_net, file.allowances, file.charges)
    assert (found.tax_exclusive, found.tax_total) == (file.tax_exclusive, file.tax_total)
    assert found.payable == file.tax_inclusive == file.payable + file.prepaid - file.rounding
    groups = [(one.category, one.percent, one.taxable, one.tax) for one in found.groups]
    assert groups == sorted((tax.category, tax.percent, tax.taxable, tax.tax) for tax in file.taxes)
    pairs = zip(content.lines, file.lines, strict=True)
    odd = [
        line.id
        for typed, line in pairs
        if typed.quantity * typed.unit_price != line.quantity * line.unit_price / (line.price_base_quantity or 1)
    ]
    assert odd == ODD_LINES.get(name, [])
