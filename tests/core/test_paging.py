"""Keyset pages: whatever the data, each row comes once, on the way on and on the way back."""

import base64
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from advisory_portal.core.models import Job, JobItem
from advisory_portal.core.paging import COUNT_CAP, CappedCount, capped_count, keyset_page
from documents.models import Document
from tests.factories import ContactFactory, DocumentFactory

pytestmark = pytest.mark.django_db

VALUES = {
    "issued_on": st.dates(date(2026, 1, 1), date(2026, 1, 4)),
    "payable": st.sampled_from([Decimal("-1.5"), Decimal(0), Decimal("0.001"), Decimal("10.10"), Decimal(9)]),
    "number": st.sampled_from(["", "A", "a", "B-1", "á", "10", "9", 'q"\\', "%"]),
}


def pages_from(rows, order, size, way, cursor=""):
    """Every page, walking `next` or `previous` until there is none."""
    found = []
    while True:
        parameter = {"next": "after", "previous": "before"}[way]
        page = keyset_page(rows, order=order, size=size, **{parameter: cursor})
        found.append(page)
        assert len(found) < 20, "the pages go round in a circle"
        cursor = getattr(page, way)
        if not cursor:
            return found


@pytest.mark.parametrize("column", VALUES)
def test_walking_on_and_back_gives_every_row_once_in_order(column):
    contact = ContactFactory()

    @settings(deadline=None, max_examples=40)
    @given(st.lists(VALUES[column], max_size=9), st.booleans(), st.integers(1, 4))
    def walk(values, descending, size):
        with transaction.atomic():
            made = DocumentFactory.build_batch(len(values), contact=contact, state="draft")
            for row, value in zip(made, values, strict=True):
                setattr(row, column, value)
            Document.objects.bulk_create(made)
            expected = sorted(made, key=lambda row: (getattr(row, column), row.pk), reverse=descending)
            naive = [expected[start : start + size] for start in range(0, len(expected), size)] or [[]]
            order = f"-{column}" if descending else column
            forward = pages_from(Document.objects.all(), order, size, "next")
            assert [list(page.rows) for page in forward] == naive
            assert [bool(page.previous) for page in forward] == [place > 0 for place in range(len(naive))]
            backward = pages_from(Document.objects.all(), order, size, "previous", forward[-1].previous)
            if len(naive) > 1:
                assert [row for page in reversed(backward) for row in page.rows] == expected[: -len(naive[-1])]
                assert all(page.next for page in backward)
            transaction.set_rollback(True)

    walk()


def test_a_page_costs_one_query(django_assert_num_queries):
    DocumentFactory.create_batch(5, contact=ContactFactory())
    with django_assert_num_queries(1):
        first = keyset_page(Document.objects.all(), order="-issued_on", size=2)
    with django_assert_num_queries(1):
        keyset_page(Document.objects.all(), order="-issued_on", size=2, after=first.next)


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


SOME_ID = "0190a000-0000-7000-8000-000000000000"
JUNK = [
    "x",
    "%%%",
    "é" * 50,
    cursor_of({}),
    cursor_of([]),
    cursor_of(["A"]),
    cursor_of(["A", SOME_ID, 1]),
    cursor_of(["A", "no id"]),
    cursor_of(["A", None]),
    cursor_of([None, SOME_ID]),
    cursor_of(["A\x00", SOME_ID]),
    cursor_of(["\ud800", SOME_ID]),
    cursor_of(["A" * 101, SOME_ID]),
]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("parameter", ["after", "before"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(junk, parameter):
    rows = DocumentFactory.create_batch(3, contact=ContactFactory())
    page = keyset_page(Document.objects.all(), order="number", size=2, **{parameter: junk})
    assert (list(page.rows), page.previous) == (rows[:2], "")
    assert page.next


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("payable", "NaN"),
        ("payable", "1e400"),
        ("payable", "1" * 30),
        ("payable", "0.0001"),
        ("payable", []),
        ("issued_on", "2026-13-01"),
        ("issued_on", 5),
        ("issued_on", None),
        ("issued_on", "99999-01-01"),
    ],
)
def test_a_cursor_whose_value_the_column_cannot_hold_is_the_first_page(order, value):
    rows = DocumentFactory.create_batch(3, contact=ContactFactory())
    page = keyset_page(Document.objects.all(), order=order, size=2, after=cursor_of([value, SOME_ID]))
    assert list(page.rows) == rows[:2]


@pytest.mark.parametrize("position", [10**30, -1, "x", None, 0.5])
def test_a_cursor_with_a_whole_number_beyond_the_column_is_no_error(dan_here, position):
    job = Job.objects.create(organisation_id=dan_here.organisation_id, kind="x", started_by_name="Dan")
    item = JobItem.objects.create(job=job, kind="x", position=1, name="a")
    page = keyset_page(job.items.all(), order="position", size=2, after=cursor_of([position, SOME_ID]))
    assert list(page.rows) == [item]


def test_nothing_leads_nowhere():
    page = keyset_page(Document.objects.all(), order="number", size=2)
    assert (list(page.rows), page.next, page.previous) == ([], "", "")


def test_rows_that_vanished_meanwhile_do_not_hide_others():
    rows = DocumentFactory.create_batch(4, contact=ContactFactory(), state="draft")
    first = keyset_page(Document.objects.all(), order="number", size=2)
    rows[1].delete()
    page = keyset_page(Document.objects.all(), order="number", size=2, after=first.next)
    assert list(page.rows) == rows[2:]


@pytest.mark.parametrize(
    ("number", "text", "capped"), [(7, "7", False), (1000, "1,000", False), (1001, "1,000+", True)]
)
def test_counts_are_told_up_to_the_cap(number, text, capped):
    count = CappedCount(number)
    assert (str(count), count.is_capped) == (text, capped)


def test_counting_stops_at_the_cap():
    contact = ContactFactory()
    rows = DocumentFactory.build_batch(COUNT_CAP + 5, contact=contact, issued_on=date(2026, 1, 1) + timedelta(1))
    Document.objects.bulk_create(rows)
    assert capped_count(Document.objects.all()).number == COUNT_CAP + 1
    assert capped_count(Document.objects.filter(number=rows[0].number)).number == 1
