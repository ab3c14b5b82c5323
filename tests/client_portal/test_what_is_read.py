"""What a contact's pages read costs what they show, however much is stored of the contact and of others."""

import json
import re
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
import time_machine
from django.db import connection

from documents.models import Document
from tests.client_portal.entered import entered
from tests.factories import ContactFactory, DocumentFactory, OrganisationFactory

STORED, SHOWN = 1000, 30
PORTAL = "/portal/delta/"
INVOICES, QUOTES = (f"{PORTAL}documents/{kind}/" for kind in ("invoices", "quotes"))


@pytest.fixture
def browser(delta, erin):
    """Of a contact with much that is paid and little that is open, among businesses of many small contacts."""
    with time_machine.travel("2026-03-20 12:00+0000", tick=False), connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # what is not on disk yet, the database does not take for settled
        paid = {"contact": erin, "state": "paid", "issued_on": date(2025, 12, 1)}
        stored = DocumentFactory.build_batch(STORED, **paid)
        for business in (delta, *OrganisationFactory.create_batch(3, kind="business")):
            for contact in ContactFactory.create_batch(20, organisation=business):
                stored += DocumentFactory.build_batch(5, contact=contact)
                stored += DocumentFactory.build_batch(5, contact=contact, kind="quote", due_on=None)
        Document.objects.bulk_create(stored)
        DocumentFactory.create_batch(2, contact=erin, due_on=date(2026, 3, 10))
        DocumentFactory.create_batch(2, contact=erin, kind="quote", due_on=date(2026, 3, 30))
        cursor.execute("VACUUM ANALYZE documents_document")  # as it does by itself
        cursor.execute("RESET synchronous_commit")
        yield entered(erin)


def asked_of_documents(browser, address) -> list[tuple[str, list[object]]]:
    """The statements about documents that a page asks."""
    asked = []

    def note(execute, sql, params, many, context):
        if 'FROM "documents_document"' in str(sql):
            asked.append((str(sql), list(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert browser.get(address).status_code == 200
    return asked


def documents_read(sql, params) -> int:
    """How many documents the statement reads as it is planned once for all contacts."""
    places = iter(range(1, len(params) + 1))
    numbered = re.sub("%s", lambda _: f"${next(places)}", sql).replace("%%", "%")
    with connection.cursor() as cursor:
        values = ", ".join(psycopg.ClientCursor(connection.connection).mogrify("%s", [one]) for one in params)
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE asked AS {numbered}")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({values})")
        found = cursor.fetchone()[0]
        cursor.execute("DEALLOCATE asked")
        cursor.execute("RESET plan_cache_mode")
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    read = [
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name") == "documents_document" or "Index Name" in node
    ]
    return int(sum(read))


def nodes(plan) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.django_db(transaction=True)
def test_pages_of_a_contact_read_what_they_show(browser):
    addresses = [
        PORTAL,
        f"{PORTAL}statement/?period=this-year",
        *(f"{INVOICES}?state={state}" for state in ("", "open", "overdue")),
        *(f"{QUOTES}?state={state}" for state in ("", "to-decide", "expired")),
        f"{INVOICES}?from=2026-03-19",
    ]
    read = {address: [documents_read(*one) for one in asked_of_documents(browser, address)] for address in addresses}
    assert all(read.values())
    too_much = {address: numbers for address, numbers in read.items() if max(numbers) > SHOWN}
    assert too_much == {}
