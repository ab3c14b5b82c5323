"""Forms 347, 349, 111 and 115: parties and percentages with their sums, each the sum of its documents."""

from datetime import date
from decimal import Decimal

import pytest

from bookkeeping.models import TaxFiling
from bookkeeping.models.filing_figures import figures_of
from bookkeeping.models.tax_figures import (
    annual_operations,
    documents_of_operations,
    operator_documents,
    operators,
    withheld,
    withheld_documents,
)
from bookkeeping.rules.annual_operations import LEAST, form_of_withheld
from documents.models import Kind
from documents.rules import exempt_tax
from tests.factories import ContactFactory, issued_document, typed_line

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def home(delta):
    return ContactFactory(organisation=delta, name="Home", country="ES", tax_id="B65410011", kind="both")


@pytest.fixture
def union(delta):
    return ContactFactory(organisation=delta, name="Union", country="DE", tax_id="DE136695976", kind="both")


def sold(contact, price, day=date(2026, 3, 2), **values):
    return issued_document(contact, lines=(typed_line(price=price, percent="0"),), issued_on=day, due_on=None, **values)


def operations(actor):
    return annual_operations(actor.place.id, *YEAR)


@pytest.mark.parametrize(("price", "told"), [(LEAST, False), (LEAST + Decimal("0.01"), True)])
def test_only_more_than_the_limit_is_told(dan_here, home, price, told):
    sold(home, str(price))
    assert bool(operations(dan_here)) is told


def test_quarters_taxes_and_credit_notes_count(dan_here, home):
    issued_document(home, lines=(typed_line(price="4000"),), issued_on=date(2026, 2, 1), due_on=None)
    sold(home, "100", date(2026, 12, 31))
    sold(home, "1000", date(2026, 5, 1), kind=Kind.CREDIT_NOTE)
    sold(home, "9000", date(2027, 1, 1))
    (found,) = operations(dan_here)
    assert (found.key, found.name, found.tax_id, found.count) == ("B", "Home", "B65410011", 3)
    assert found.total == Decimal(3940)
    assert found.quarters == (Decimal(4840), Decimal(-1000), Decimal(0), Decimal(100))


def test_sales_and_purchases_are_told_apart(dan_here, home):
    sold(home, "4000")
    sold(home, "5000", kind=Kind.BILL, number="S-1")
    assert [(one.key, one.total) for one in operations(dan_here)] == [("B", 4000), ("A", 5000)]


def test_what_other_forms_tell_is_left_out(dan_here, home, union, delta):
    sold(union, "9000")
    issued_document(home, lines=(typed_line(price="9000", withholding_percent=Decimal(15)),))
    issued_document(home, lines=(typed_line(price="9000", tax=exempt_tax("G")),))
    sold(home, "9000", currency="USD")
    sold(ContactFactory(organisation=delta, country="US"), "9000")
    assert operations(dan_here) == []


def test_contacts_with_the_same_tax_id_are_one_party(dan_here, home, delta):
    twin = ContactFactory(organisation=delta, name="Twin", country="ES", tax_id="ESB65410011")
    sold(home, "2000")
    sold(twin, "2000")
    (found,) = operations(dan_here)
    assert found.total == 4000


def test_party_without_a_tax_id_is_told_with_its_contact(dan_here, delta):
    nameless = ContactFactory(organisation=delta, country="ES")
    sold(nameless, "4000")
    (found,) = operations(dan_here)
    assert (found.party, found.tax_id) == (str(nameless.pk), "")


def test_each_party_opens_to_documents_of_the_same_sum(dan_here, home):
    sold(home, "4000")
    sold(home, "300", kind=Kind.CREDIT_NOTE)
    sold(home, "5000", kind=Kind.BILL, number="S-1")
    for found in operations(dan_here):
        rows = documents_of_operations(dan_here.place.id, *YEAR, key=found.key, party=found.party)
        assert sum(row.base + row.tax for row in rows) == found.total
        assert len(rows) == found.count


def test_operators_stand_under_their_keys_and_open_to_their_documents(dan_here, union, home):
    for tax, price in (("K", "100"), ("AE", "20")):
        lines = (typed_line(price=price, tax=exempt_tax(tax)),)
        issued_document(union, lines=lines)
        issued_document(union, kind=Kind.BILL, number=f"S-{tax}", lines=lines)
    issued_document(union, kind=Kind.CREDIT_NOTE, lines=(typed_line(price="7", tax=exempt_tax("K")),), due_on=None)
    issued_document(home, lines=(typed_line(price="20", tax=exempt_tax("AE")),))
    found = operators(dan_here.place.id, *YEAR)
    assert [(one.key, one.taxable) for one in found] == [("E", 93), ("S", 20), ("A", 100), ("I", 20)]
    for one in found:
        rows = operator_documents(dan_here.place.id, *YEAR, key=one.key, party=one.party)
        assert sum(row.base for row in rows) == one.taxable
        assert len(rows) == one.count


def test_what_bills_withhold_stands_by_percentage(dan_here, home):
    for number, percent in (("S-1", "15"), ("S-2", "15"), ("S-3", "19")):
        lines = (typed_line(withholding_percent=Decimal(percent)),)
        issued_document(home, kind=Kind.BILL, number=number, lines=lines)
    issued_document(home, lines=(typed_line(withholding_percent=Decimal(15)),))  # withheld by a customer
    found = withheld(dan_here.place.id, *YEAR)
    assert [(one.percent, one.taxable, one.tax, one.parties, one.count) for one in found] == [
        (15, 200, 30, 1, 2), (19, 100, 19, 1, 1),
    ]  # fmt: skip
    rows = withheld_documents(dan_here.place.id, *YEAR, percent=Decimal(15))
    assert sum(row.tax for row in rows) == 30


@pytest.mark.parametrize(("form", "total"), [("111", 15), ("115", 19), ("130", 0)])
def test_rents_and_professionals_are_told_apart_by_percentage(dan_here, home, form, total):
    for number, percent in (("S-1", "15"), ("S-2", "19")):
        lines = (typed_line(withholding_percent=Decimal(percent)),)
        issued_document(home, kind=Kind.BILL, number=number, lines=lines)
    filing = TaxFiling(organisation_id=dan_here.place.id, form=form, starts_on=YEAR[0], ends_on=YEAR[1])
    assert figures_of(filing, "ES").total == total
    assert form_of_withheld(Decimal(19)) == "115"
