"""What a draft refuses, in words that name the line: figures beyond the columns, and what is not of the business."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from advisory_portal.core.access import Forbidden
from documents.actions import content_of, delete_draft, duplicate_document, mark_sent, review_document, save_draft
from documents.actions.contents import DoesNotFit
from documents.actions.drafts import NotOfTheBusiness
from documents.models import Document, Kind, Series
from documents.rules import MOST_LINES, AdjustmentContent, LineContent, Tax
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, drafted_document, typed_content, typed_line

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 5)

HUGE = Decimal("999999999999.99999999")
WRONG = {
    "quantity with many decimals": ({"quantity": "1.123456789"}, "Line 2: the quantity: write at most 8 decimals."),
    "thirty decimals": ({"price": "0." + "1" * 30}, "Line 2: the unit price: write at most 8 decimals."),
    "large quantity": ({"quantity": "1e12"}, "Line 2: the quantity: this number is too large."),
    "no number": ({"quantity": "NaN"}, "Line 2: the quantity: this number is too large."),
    "infinity": ({"price": "Infinity"}, "Line 2: the unit price: this number is too large."),
    "negative price": (
        {"price": "-1"},
        "Line 2: the unit price: it cannot be negative; write a negative quantity.",
    ),
    "discount over 100": (
        {"discount_percent": Decimal("100.000001")},
        "Line 2: the discount: write 0 to 100, with at most 6 decimals.",
    ),
    "withholding": (
        {"withholding_percent": Decimal("-1")},
        "Line 2: the withholding: write 0 to 100, with at most 6 decimals.",
    ),
    "discount with many decimals": (
        {"discount_percent": Decimal("1.0000001")},
        "Line 2: the discount: write 0 to 100, with at most 6 decimals.",
    ),
    "name": ({"name": "x" * 501}, "Line 2: the name: write at most 500 characters."),
    "description": ({"description": "x" * 10_001}, "Line 2: the description: write at most 10000 characters."),
    "unit": ({"unit": "x" * 21}, "Line 2: the unit: write at most 20 characters."),
    "item number": ({"item_number": "x" * 501}, "Line 2: the item number: write at most 500 characters."),
    "tax": ({"tax": Tax("S", Decimal(0))}, "Line 2: choose its tax anew."),
    "category": ({"tax": Tax("Q", Decimal(5))}, "Line 2: choose its tax anew."),
    "code": ({"tax": Tax("E", Decimal(0), exemption_code="x" * 41)}, "Line 2: choose its tax anew."),
    "reason": ({"tax": Tax("E", Decimal(0), exemption_reason="x" * 1001)}, "Line 2: choose its tax anew."),
    "amount": ({"quantity": str(HUGE), "price": str(HUGE)}, "Line 2: its amount is too large."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", WRONG)
def test_a_line_that_does_not_fit_is_refused_with_its_number(erin, case):
    values, words = WRONG[case]
    with pytest.raises(DoesNotFit) as refused:
        drafted_document(erin, lines=(typed_line(), typed_line(**values)))
    assert (refused.value.message, refused.value.field) == (words, "lines")
    assert not Document.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reason": "x" * 1001, "percent": Decimal(1)}, "write at most 1000 characters."),
        ({}, "give it a percentage or an amount."),
        ({"percent": Decimal(1), "amount": Decimal(1)}, "give it a percentage or an amount."),
        ({"percent": Decimal("100.1")}, "write 0 to 100, with at most 6 decimals."),
        ({"percent": Decimal("NaN")}, "write 0 to 100, with at most 6 decimals."),
        ({"amount": Decimal("-1")}, "this is not an amount of EUR."),
        ({"amount": Decimal("0.001")}, "this is not an amount of EUR."),
        ({"amount": Decimal("1e18")}, "this is not an amount of EUR."),
        ({"amount": Decimal(1), "tax": Tax("S", Decimal(0))}, "choose its tax anew."),
    ],
)
def test_a_discount_that_does_not_fit_is_refused_with_its_number(erin, values, words):
    one = AdjustmentContent(**{"reason": "x"} | values)
    with pytest.raises(DoesNotFit) as refused:
        drafted_document(erin, adjustments=(AdjustmentContent("x", percent=Decimal(1)), one))
    assert (refused.value.message, refused.value.field) == (f"Discount or charge 2: {words}", "adjustments")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"language": "tlh"}, "language"),
        ({"issued_on": date(1989, 12, 31), "due_on": None}, "issued_on"),
        ({"issued_on": date(2200, 1, 1), "due_on": None}, "issued_on"),
        ({"due_on": date(2026, 3, 1)}, "due_on"),
        ({"delivered_on": date(1, 1, 1)}, "delivered_on"),
        ({"note": "x" * 10_001}, "note"),
        ({"terms": "x" * 10_001}, "terms"),
        ({"buyer_reference": "x" * 501}, "buyer_reference"),
        ({"order_reference": "x" * 501}, "order_reference"),
        ({"lines": (typed_line(),) * (MOST_LINES + 1)}, None),
        ({"lines": (typed_line(),) * 5_000}, None),
        ({"lines": (typed_line("999999", "99999999999"),) * 20}, None),
    ],
)
def test_what_no_document_holds_is_refused(erin, values, field):
    with pytest.raises(DoesNotFit) as refused:
        drafted_document(erin, **values)
    assert (refused.value.field, Document.objects.count()) == (field, 0)


@pytest.mark.django_db
def test_a_number_that_is_too_long_is_refused(erin):
    with pytest.raises(DoesNotFit):
        drafted_document(erin, kind=Kind.BILL, number="x" * 101)


@pytest.mark.django_db
def test_the_widest_figures_are_kept(erin):
    line = LineContent("x", HUGE, Decimal("0.00000001"), Tax("L", Decimal("999.999999")), Decimal("99.999999"))
    document = drafted_document(erin, lines=(line,) * MOST_LINES)
    assert content_of(Document.objects.get(pk=document.pk)).lines == (line,) * MOST_LINES


@pytest.mark.django_db
@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_amounts_have_the_units_of_the_currency(erin, currency):
    document = drafted_document(erin, currency=currency, lines=(typed_line("3", "0.3335"),))
    assert document.payable == {"JPY": Decimal(1), "KWD": Decimal("1.211")}[currency]


# --- Of the business ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_contacts_of_others_and_merged_ones_are_refused(erin, dan_here, delta):
    merged = ContactFactory(organisation=delta, merged_into=erin)
    for contact in (ContactFactory(), merged):
        with pytest.raises(NotOfTheBusiness) as refused:
            save_draft(actor=dan_here, kind=Kind.INVOICE, content=typed_content(contact))
        assert refused.value.field == "contact"
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_series_of_others_other_kinds_and_retired_ones_are_refused(erin, dan_here, delta):
    def series(**values):
        given = {"organisation": delta, "kind": Kind.INVOICE, "prefix": f"{Series.objects.count()}-"}
        return Series.objects.create(**given | values).pk

    wrong = [
        series(organisation=ContactFactory().organisation),
        series(kind=Kind.QUOTE),
        series(retired_at=NOW),
        uuid4(),
    ]
    for series_id in wrong:
        with pytest.raises(NotOfTheBusiness) as refused:
            drafted_document(erin, series_id=series_id)
        assert refused.value.field == "series"
    draft = drafted_document(erin, series_id=series(prefix="A-"))
    Series.objects.update(retired_at=NOW)  # of a draft that has it already it stays
    saved = save_draft(
        actor=dan_here,
        kind=Kind.INVOICE,
        content=replace(content_of(draft), note="x"),
        document=draft,
    )
    assert saved.series.prefix == "A-"


@pytest.mark.django_db
def test_documents_are_written_by_those_who_manage_their_section(erin, delta):
    sales, purchases = with_levels(delta, sales=2, purchases=1), with_levels(delta, purchases=2, sales=1)
    for actor, allowed, forbidden in ((sales, Kind.QUOTE, Kind.BILL), (purchases, Kind.BILL, Kind.QUOTE)):
        draft = save_draft(actor=actor, kind=allowed, content=typed_content(erin))
        with pytest.raises(Forbidden):
            save_draft(actor=actor, kind=forbidden, content=typed_content(erin))
        other = sales if actor is purchases else purchases
        for act in (
            lambda who, draft=draft: duplicate_document(actor=who, document=draft, today=TODAY),
            lambda who, draft=draft: review_document(actor=who, document=draft, now=NOW),
            lambda who, draft=draft: mark_sent(actor=who, document=draft, now=NOW),
            lambda who, draft=draft: delete_draft(actor=who, document=draft),
        ):
            with pytest.raises(Forbidden):
                act(other)
            act(actor)
