"""Form 303: each tax of a document in one box or left out with a reason, and each box the sum of its documents."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bookkeeping import actions
from bookkeeping.models import TaxFiling
from bookkeeping.models.filing_figures import figures_of
from bookkeeping.models.tax_figures import documents_of, documents_of_figure, tax_groups, without_tax
from bookkeeping.rules.vat_return import (
    ABROAD,
    DEDUCTIBLE_BOXES,
    DUE_BOXES,
    HOME,
    KINDS,
    REASONS,
    TOTALS,
    UNION,
    TaxGroup,
    amounts_of,
    figure_of,
    sign_of,
    vat_return,
)
from documents.actions import void_document
from documents.models import Document, Kind, TaxLine
from documents.rules import Tax, exempt_tax
from tests.factories import ContactFactory, DocumentFactory, drafted_document, issued_document, typed_line

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def group(
    kind="invoice", category="S", percent="21", zone=HOME, tax_kind="vat", currency="EUR", taxable="100", tax="21"
):  # fmt: skip
    rate = None if percent is None else Decimal(percent)
    own = Decimal(taxable) * 21 / 100
    return TaxGroup(kind, tax_kind, category, rate, zone, currency, Decimal(taxable), Decimal(tax), own, 1)


# --- Where a tax goes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "boxes"),
    [
        ({}, ("07", "09")),
        ({"percent": "10"}, ("04", "06")),
        ({"percent": "4"}, ("01", "03")),
        ({"percent": "5"}, ("153", "155")),
        ({"category": "Z", "percent": "0"}, ("150", "152")),
        ({"kind": "credit_note"}, ("14", "15")),
        ({"category": "K", "percent": "0", "zone": UNION}, ("59",)),
        ({"category": "G", "percent": "0", "zone": ABROAD}, ("60",)),
        ({"category": "AE", "percent": "0", "zone": UNION}, ("59",)),
        ({"category": "AE", "percent": "0"}, ("122",)),
        ({"category": "AE", "percent": "0", "zone": ABROAD}, ("120",)),
        ({"category": "O", "percent": None}, ("120",)),
        ({"tax_kind": "surcharge", "percent": "5.2"}, ("22", "24")),
        ({"tax_kind": "surcharge", "percent": "1.4"}, ("19", "21")),
        ({"tax_kind": "surcharge", "percent": "0.5"}, ("16", "18")),
        ({"tax_kind": "surcharge", "percent": "5.2", "kind": "credit_note"}, ("25", "26")),
        ({"kind": "bill"}, ("28", "29")),
        ({"kind": "supplier_credit_note"}, ("40", "41")),
        ({"kind": "bill", "category": "K", "percent": "0", "zone": UNION}, ("10", "11", "36", "37")),
        ({"kind": "bill", "category": "AE", "percent": "0", "zone": UNION}, ("10", "11", "36", "37")),
        ({"kind": "bill", "category": "AE", "percent": "0"}, ("12", "13", "28", "29")),
        ({"kind": "bill", "category": "AE", "percent": "0", "zone": ABROAD}, ("12", "13", "28", "29")),
        ({"kind": "supplier_credit_note", "category": "K", "percent": "0", "zone": UNION}, ("14", "15", "40", "41")),
    ],
)
def test_tax_stands_in_its_boxes(said, boxes):
    assert figure_of(group(**said)).boxes == boxes


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"currency": "USD"}, "currency"),
        ({"category": "E", "percent": "0"}, "exempt"),
        ({"category": "L", "percent": "7"}, "other_tax"),
        ({"category": "M", "percent": "4", "kind": "bill"}, "other_tax"),
        ({"percent": "19"}, "rate"),
        ({"tax_kind": "surcharge", "percent": "3"}, "rate"),
        ({"percent": "19", "kind": "bill"}, "rate"),
        ({"kind": "bill", "zone": UNION}, "foreign"),
        ({"kind": "bill", "category": "G", "percent": "0", "zone": ABROAD}, "import"),
        ({"kind": "bill", "category": "E", "percent": "0"}, "no_vat"),
        ({"kind": "bill", "tax_kind": "surcharge", "percent": "5.2"}, "surcharge"),
    ],
)
def test_tax_is_left_out_for_its_reason(said, reason):
    assert figure_of(group(**said)).reason == reason


GROUPS = st.builds(
    group,
    kind=st.sampled_from(KINDS),
    category=st.sampled_from(["S", "Z", "E", "AE", "K", "G", "O", "L", "M"]),
    percent=st.sampled_from([None, "0", "4", "5", "10", "21", "19", "5.2", "1.4", "0.5"]),
    zone=st.sampled_from([HOME, UNION, ABROAD]),
    tax_kind=st.sampled_from(["vat", "surcharge"]),
    currency=st.sampled_from(["EUR", "USD"]),
    taxable=st.decimals("-9999", "9999", places=2).map(str),
    tax=st.decimals("-999", "999", places=2).map(str),
)


@given(GROUPS)
def test_every_tax_has_one_figure_or_one_reason(one):
    figure = figure_of(one)
    assert bool(figure.boxes) != bool(figure.reason)
    assert not figure.reason or figure.reason in REASONS
    assert len(set(figure.boxes)) == len(figure.boxes)


@given(st.lists(GROUPS, max_size=12))
def test_boxes_and_what_is_left_out_come_to_all_that_there_was(groups):
    found = vat_return(groups)
    for box in set(found.boxes) - set(TOTALS):
        expected = Decimal(0)
        for one in groups:
            figure = figure_of(one)
            own = one.own_tax if figure.is_own else one.tax
            expected += sign_of(one.kind) * amounts_of(figure, one.taxable, own).get(box, Decimal(0))
        assert found.boxes[box] == expected
    assert found.boxes["27"] == sum(found.boxes.get(box, 0) for box in DUE_BOXES)
    assert found.boxes["45"] == sum(found.boxes.get(box, 0) for box in DEDUCTIBLE_BOXES)
    assert found.result == found.boxes["27"] - found.boxes["45"]
    left = sum(one.taxable for one in found.left_out)
    assert left == sum(sign_of(one.kind) * one.taxable for one in groups if figure_of(one).reason)


# --- Of documents --------------------------------------------------------------------------------------------


@pytest.fixture
def parties(delta):
    """A customer or supplier at home, in the Union and abroad."""
    made = [("home", "ES", "B65410011"), ("union", "DE", "DE136695976"), ("abroad", "US", "")]
    return {
        name: ContactFactory(organisation=delta, name=name, country=country, tax_id=tax_id, kind="both")
        for name, country, tax_id in made
    }


def boxes_of(actor):
    period = (actor.place.id, FIRST, LAST)
    return vat_return(tax_groups(*period)).boxes


def taxed(tax, price="100"):
    return (typed_line(price=price, tax=tax),)


@pytest.fixture
def quarter(parties):
    """A quarter with a bit of everything."""
    home, union, abroad = parties.values()
    issued_document(home)
    issued_document(home, lines=(typed_line(price="50", percent="10"), typed_line(price="33.33")))
    issued_document(home, lines=taxed(Tax("S", Decimal(21), Decimal("5.2"))))
    issued_document(home, lines=taxed(Tax("E", Decimal(0), exemption_code="VATEX-EU-132")))
    issued_document(union, lines=taxed(exempt_tax("K"), "700"))
    issued_document(abroad, lines=taxed(exempt_tax("G"), "80"))
    issued_document(home, currency="USD")
    issued_document(home, kind=Kind.CREDIT_NOTE, lines=(typed_line(price="10"),), due_on=None)
    issued_document(home, kind=Kind.BILL, number="S-1", lines=(typed_line(price="40"),))
    issued_document(union, kind=Kind.BILL, number="S-2", lines=taxed(exempt_tax("K"), "10.03"))
    issued_document(union, kind=Kind.BILL, number="S-3", lines=taxed(exempt_tax("K"), "10.03"))
    issued_document(abroad, kind=Kind.BILL, number="S-4", lines=taxed(exempt_tax("AE"), "60"))
    issued_document(union, kind=Kind.BILL, number="S-5", lines=(typed_line(price="20"),))
    issued_document(home, kind=Kind.SUPPLIER_CREDIT_NOTE, number="S-6", lines=(typed_line(price="5"),), due_on=None)
    drafted_document(home)


def test_a_quarter_comes_to_its_boxes(dan_here, quarter):
    expected = {
        "07": "233.33", "09": "49.00", "04": "50", "06": "5", "22": "100", "24": "5.2", "59": "700", "60": "80",
        "14": "-10", "15": "-2.1", "10": "20.06", "11": "4.22", "36": "20.06", "37": "4.22", "12": "60", "13": "12.6",
        "28": "100", "29": "21", "40": "-5", "41": "-1.05", "27": "73.92", "45": "24.17", "46": "49.75", "71": "49.75",
    }  # fmt: skip
    assert boxes_of(dan_here) == {box: Decimal(amount) for box, amount in expected.items()}


def test_every_box_and_every_reason_is_the_sum_of_its_documents(dan_here, quarter):
    period = (dan_here.place.id, FIRST, LAST)
    found = vat_return(tax_groups(*period))
    for box in set(found.boxes) - set(TOTALS):
        rows = list(documents_of_figure(*period, box=box))
        is_tax = box in DUE_BOXES + DEDUCTIBLE_BOXES
        assert sum(row.tax if is_tax else row.base for row in rows) == found.boxes[box], box
    for left in found.left_out:
        rows = documents_of_figure(*period, reason=left.reason).filter(currency=left.currency)
        assert sum(row.base for row in rows) == left.taxable
        assert sum(row.tax for row in rows) == left.tax


def test_no_tax_line_of_the_period_is_lost(dan_here, quarter):
    period = (dan_here.place.id, FIRST, LAST)
    counted = sum(one.count for one in tax_groups(*period))
    assert counted == TaxLine.objects.filter(document__in=documents_of(*period)).exclude(kind="withholding").count()
    assert counted == TaxLine.objects.exclude(document__state="draft").count()


def test_document_that_says_nothing_of_vat_is_told_of(dan_here, parties):
    document = DocumentFactory(contact=parties["home"])
    (left,) = without_tax(dan_here.place.id, FIRST, LAST)
    assert (left.reason, left.currency, left.taxable, left.count) == ("no_tax", "EUR", Decimal(100), 1)
    assert documents_of_figure(dan_here.place.id, FIRST, LAST, reason="no_tax").get() == document


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ({"issued_on": LAST}, True),
        ({"issued_on": date(2026, 4, 1)}, False),
        ({"issued_on": date(2026, 4, 1), "delivered_on": LAST}, True),
        ({"issued_on": LAST, "delivered_on": date(2026, 4, 1)}, False),
    ],
)
def test_invoice_counts_on_the_day_of_the_operation(dan_here, parties, days, counts):
    issued_document(parties["home"], due_on=None, **days)
    assert ("07" in boxes_of(dan_here)) is counts


def test_bill_counts_on_its_date(dan_here, parties):
    issued_document(parties["home"], kind=Kind.BILL, issued_on=date(2026, 4, 1), delivered_on=LAST, due_on=None)
    assert "28" not in boxes_of(dan_here)


def test_void_and_foreign_documents_do_not_count(dan_here, delta, parties):
    document = issued_document(parties["home"])
    issued_document(ContactFactory())
    assert boxes_of(dan_here)["07"] == 100
    void_document(actor=dan_here, document=document, now=timezone.now())
    assert "07" not in boxes_of(dan_here)


def test_supplier_abroad_with_a_spanish_tax_id_has_vat_to_deduct(dan_here, delta):
    registered = ContactFactory(organisation=delta, country="DE", tax_id="ESB65410011", kind="supplier")
    assert registered.tax_id_key.startswith("ES")
    issued_document(registered, kind=Kind.BILL)
    assert boxes_of(dan_here)["29"] == 21


def test_figures_are_kept_when_filed_and_differ_afterwards(dan_here, parties):
    today = date(2026, 4, 10)
    issued_document(parties["home"])
    actions.choose_forms(actor=dan_here, forms={"303": "quarter"}, today=today, since=today)
    filing = TaxFiling.objects.get(period="2026-Q1")
    actions.file_filing(actor=dan_here, filing=filing, filed_on=today, reference="", today=today)
    filing.refresh_from_db()
    assert Decimal(filing.figures["71"]) == 21
    issued_document(parties["home"])
    assert figures_of(filing, "ES").amounts()["71"] == 42
    assert Decimal(filing.figures["71"]) == 21


def test_queries_do_not_grow_with_documents(dan_here, parties):
    filing = TaxFiling(organisation_id=dan_here.place.id, form="303", starts_on=FIRST, ends_on=LAST, period="2026-Q1")

    def queries():
        with CaptureQueriesContext(connection) as found:
            figures_of(filing, "ES")
        return len(found)

    issued_document(parties["home"])
    first = queries()
    for _number in range(5):
        issued_document(parties["union"], lines=taxed(exempt_tax("K")))
    assert queries() == first == 2
    assert Document.objects.count() == 6
