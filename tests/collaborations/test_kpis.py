"""What waits in a client's account is counted right, aged right, absent where it is not open, and cheap."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import Level, Section
from bookkeeping.models import BankLine, InboxFile, JournalEntry, TaxFiling
from collaborations.kpis import KPIS, Waiting, count_waiting, open_kpis, pending_of, waiting_rows
from documents.models import Contact, Document
from tests.collaborations.factories_pending import add_item
from tests.factories import ContactFactory, DocumentFactory, OrganisationFactory

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST, LATER = date(2026, 11, 10), date(2026, 11, 18)
EVERYTHING = dict.fromkeys(Section.values, Level.MANAGE)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", KPIS)
def test_what_waits_is_counted_with_the_day_of_the_oldest(delta, code):
    for day in (LATER, FIRST):
        add_item(delta, code, day)
    add_item(delta, code, FIRST - timedelta(days=1), done=True)
    add_item(OrganisationFactory(), code, FIRST - timedelta(days=2))
    found = pending_of(delta.pk, EVERYTHING, NOW)
    assert found == {other: Waiting(0, None) for other in KPIS} | {code: Waiting(2, FIRST)}


@pytest.mark.parametrize("code", KPIS)
def test_the_items_are_those_that_are_counted_the_oldest_first(delta, code):
    later, first = (add_item(delta, code, day) for day in (LATER, FIRST))
    add_item(delta, code, FIRST, done=True)
    add_item(OrganisationFactory(), code, FIRST)
    rows = [row for queue in waiting_rows(KPIS[code], delta.pk, NOW) for row in queue]
    assert rows == [first, later]


def test_credit_notes_and_drafts_count_and_void_ones_and_orders_do_not(delta):
    contact = ContactFactory(organisation=delta, reviewed_at=NOW)
    states = Document.State
    made = {
        "credit_note": states.DRAFT,
        "invoice": states.VOID,
        "quote": states.ISSUED,
        "sales_order": states.ISSUED,
        "supplier_credit_note": states.PAID,
        "purchase_order": states.ISSUED,
    }
    for kind, state in made.items():
        DocumentFactory(contact=contact, kind=kind, state=state, issued_on=FIRST)
    found = pending_of(delta.pk, EVERYTHING, NOW)
    assert {code: one for code, one in found.items() if one.number} == {
        "invoices": Waiting(1, FIRST),
        "expenses": Waiting(1, FIRST),
    }


def test_a_contact_is_new_for_fifteen_days(delta):
    add_item(delta, "contacts", (NOW - timedelta(days=16)).date())
    assert pending_of(delta.pk, EVERYTHING, NOW)["contacts"] == Waiting(0, None)


def test_a_return_waits_from_the_day_it_can_be_filed(delta):
    filing = add_item(delta, "taxes", date(2027, 1, 30))
    type(filing).objects.filter(pk=filing.pk).update(opens_on=NOW.date())
    assert pending_of(delta.pk, EVERYTHING, NOW)["taxes"] == Waiting(1, date(2027, 1, 30))
    assert pending_of(delta.pk, EVERYTHING, NOW - timedelta(days=1))["taxes"] == Waiting(0, None)


def test_reviewed_documents_without_an_entry_wait_in_the_journal_beside_entries(delta):
    add_item(delta, "journal", LATER)
    DocumentFactory(contact=ContactFactory(organisation=delta), issued_on=FIRST, reviewed_at=NOW)
    assert pending_of(delta.pk, EVERYTHING, NOW)["journal"] == Waiting(2, FIRST)


@pytest.mark.parametrize("code", KPIS)
def test_what_the_levels_do_not_open_is_absent_and_not_zero(delta, code):
    add_item(delta, code, FIRST)
    section = KPIS[code].section
    without = EVERYTHING | {section: Level.NONE}
    assert code not in pending_of(delta.pk, without, NOW)
    assert [kpi.code for kpi in open_kpis({section: Level.VIEW})] == [code]
    assert pending_of(delta.pk, {}, NOW) == {}


def test_each_business_has_what_was_wanted_of_it_and_no_more(delta):
    other = OrganisationFactory()
    for business in (delta, other):
        add_item(business, "inbox", FIRST)
        add_item(business, "taxes", FIRST)
    nobody = uuid4()
    wanted = {delta.pk: ["inbox"], other.pk: ["taxes", "journal"], nobody: []}
    assert count_waiting(wanted, NOW) == {
        delta.pk: {"inbox": Waiting(1, FIRST)},
        other.pk: {"taxes": Waiting(1, FIRST), "journal": Waiting(0, None)},
        nobody: {},
    }


def test_any_number_of_businesses_is_one_statement(delta):
    for number in (1, 30):
        wanted = {uuid4(): list(KPIS) for _ in range(number)} | {delta.pk: list(KPIS)}
        with CaptureQueriesContext(
            connection,
        ) as caught:
            count_waiting(wanted, NOW)
        assert len(caught) == 1
    with CaptureQueriesContext(connection) as caught:
        count_waiting({delta.pk: []}, NOW)
    assert len(caught) == 0


@pytest.mark.parametrize("code", KPIS)
def test_each_leads_to_a_list_that_opens(delta, dan, client_of, code):
    response = client_of(dan).get(KPIS[code].href("delta"))
    assert response.status_code == 200
    assert response.resolver_match.view_name == KPIS[code].view


QUEUES = {
    "document_unreviewed_by_date": 2,  # invoices and expenses
    "bank_line_open": 1,
    "inbox_pending": 1,
    "contact_unreviewed": 1,
    "entry_unchecked": 1,
    "filing_not_filed": 1,
}


def test_counting_reads_the_indexes_of_what_waits(delta):
    tables = [one._meta.db_table for one in (Document, Contact, TaxFiling, BankLine, InboxFile, JournalEntry)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"REINDEX TABLE {table}")  # what other tests left behind weighs on the choice
    for code in KPIS:
        add_item(delta, code, FIRST)
    for _number in range(60):
        for code in KPIS:
            add_item(delta, code, FIRST, done=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        with CaptureQueriesContext(connection) as caught:
            count_waiting({delta.pk: list(KPIS)}, NOW)
        cursor.execute(f"EXPLAIN {caught[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    used = {index: plan.count(f"using {index} ") for index in QUEUES}
    assert used == QUEUES, plan
