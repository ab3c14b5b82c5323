"""What is issued stays as it is, whoever asks the database: triggers and constraints."""

import importlib
from datetime import date, timedelta
from decimal import Decimal
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from advisory_portal.core.files import store_file
from documents.models import AllowanceCharge, Document, DocumentLine, Settlement, TaxLine
from tests.factories import ContactFactory, DocumentFactory, drafted_document, issued_document
from tests.threads import together

MOVING = {
    "id", "created_at", "contact_id", "state", "settled", "is_possible_version", "reviewed_at", "reviewed_by_name",
    "sent_at", "search_text", "is_reminded", "is_invoiced", "revision", "source_id", "pdf_id",
}  # fmt: skip
FROZEN = importlib.import_module("documents.migrations.0005_more_that_does_not_change").FROZEN
OTHER_VALUES = {
    "organisation_id": "gen_random_uuid()",
    "series_id": "gen_random_uuid()",
    "original_id": "gen_random_uuid()",
    "is_imported": "NOT is_imported",
    "version": "version + 1",
    "period_start": "'2020-01-01'",
    "period_end": "'2020-01-01'",
    "delivered_on": "'2020-01-01'",
    "tax_point_on": "'2020-01-01'",
    "issued_on": "'2020-01-01'",
    "due_on": "NULL",
    "parties": "'{}'",
    "references": "'{\"a\": 1}'",
    "payment": "'{\"a\": 1}'",
    "notes": "'[1]'",
    "supporting": "'[1]'",
    "tax_total_in_tax_currency": "1",
    "corrects_id": "gen_random_uuid()",
    "replaces_id": "gen_random_uuid()",
    "recurrence_id": "gen_random_uuid()",
    "recurs_on": "'2020-01-01'",
}


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql, *values, words="is issued and does not change"):
    with pytest.raises(IntegrityError, match=words):
        run(sql, *values)


def test_every_column_is_frozen_or_known_to_move():
    columns = {field.column for field in Document._meta.concrete_fields}
    assert columns == set(FROZEN) | MOVING
    assert not set(FROZEN) & MOVING


@pytest.mark.django_db
@pytest.mark.parametrize("column", FROZEN)
def test_no_column_of_an_issued_document_changes(erin, column):
    document = issued_document(erin)
    kind = Document._meta.get_field(column.removesuffix("_id")).get_internal_type()
    value = OTHER_VALUES.get(column, '"%s" + 1' % column if kind == "DecimalField" else "'x'")  # noqa: UP031
    sql = f'UPDATE documents_document SET "{column}" = {value} WHERE id = %s'
    refused(sql, document.pk)
    run("UPDATE documents_document SET state = 'void' WHERE id = %s", document.pk)
    refused(sql, document.pk)


@pytest.mark.django_db
def test_a_draft_still_changes_and_goes(erin):
    document = drafted_document(erin)
    run("UPDATE documents_document SET payable = payable + 1 WHERE id = %s", document.pk)
    document.delete()
    assert not DocumentLine.objects.exists()


@pytest.mark.django_db
def test_an_issued_document_is_not_deleted_nor_made_a_draft_again(erin):
    document = issued_document(erin)
    refused("UPDATE documents_document SET state = 'draft' WHERE id = %s", document.pk)
    refused("DELETE FROM documents_document WHERE id = %s", document.pk, words="is issued and stays")
    with pytest.raises(IntegrityError), transaction.atomic():
        document.delete()
    assert Document.objects.get().lines.count() == 1


@pytest.mark.django_db
def test_marks_of_an_issued_document_still_move(erin):
    document = issued_document(erin)
    other, other_document = ContactFactory(organisation=erin.organisation), drafted_document(erin)
    values = {
        "contact": other,
        "settled": Decimal(5),
        "state": "partially_paid",
        "is_possible_version": True,
        "reviewed_at": document.created_at,
        "reviewed_by_name": "Dan",
        "sent_at": document.created_at,
        "search_text": "words",
        "is_reminded": False,
        "revision": 9,
        "source": other_document,
    }
    assert Document.objects.filter(pk=document.pk).update(**values) == 1
    document.refresh_from_db()
    assert {name: getattr(document, name) for name in values} == values


@pytest.mark.django_db
def test_a_pdf_is_made_once(erin, dan_here):
    files = [
        store_file(organisation_id=erin.organisation_id, name="a.pdf", content=content, content_type="application/pdf")
        for content in (b"a", b"b")
    ]
    document, draft = issued_document(erin), drafted_document(erin)
    sql = "UPDATE documents_document SET pdf_id = %s WHERE id = %s"
    run(sql, files[0].pk, document.pk)
    refused(sql, files[1].pk, document.pk, words="has its PDF")
    refused(sql, None, document.pk, words="has its PDF")
    for file in files:
        run(sql, file.pk, draft.pk)


PARTS = [DocumentLine, TaxLine, AllowanceCharge]


def part(model, document, position=9):
    own = {"organisation_id": document.organisation_id, "document": document, "position": position}
    if model is DocumentLine:
        return DocumentLine(**own, name="n", quantity=1, unit_price=1, net=1, tax_category="S")
    if model is TaxLine:
        return TaxLine(**own, category="S", percent=21, taxable=1, tax=1)
    return AllowanceCharge(**own, is_charge=False, amount=1)


WORDS = "belongs to an issued document"


@pytest.mark.django_db
@pytest.mark.parametrize("model", PARTS)
def test_parts_of_an_issued_document_are_not_added_changed_or_deleted(erin, model):
    document, draft = drafted_document(erin), drafted_document(erin)
    kept, elsewhere = part(model, document), part(model, draft, 8)
    kept.save()
    elsewhere.save()
    Document.objects.filter(pk=document.pk).update(state="issued", number="X")
    table = model._meta.db_table
    with pytest.raises(IntegrityError, match=WORDS), transaction.atomic():
        part(model, document, 10).save()
    refused(f"UPDATE {table} SET position = 11 WHERE id = %s", kept.pk, words=WORDS)
    refused(f"DELETE FROM {table} WHERE id = %s", kept.pk, words=WORDS)
    refused(f"UPDATE {table} SET document_id = %s WHERE id = %s", draft.pk, kept.pk, words=WORDS)
    refused(f"UPDATE {table} SET document_id = %s WHERE id = %s", document.pk, elsewhere.pk, words=WORDS)
    refused(f"DELETE FROM {table}", words=WORDS)
    run(f"DELETE FROM {table} WHERE document_id = %s", draft.pk)
    assert model.objects.filter(document=document, position=9).exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_does_not_slip_in_while_its_document_is_being_issued():
    document = drafted_document(ContactFactory())
    issuing, ended = Event(), Event()

    def issue():
        with transaction.atomic():
            Document.objects.filter(pk=document.pk).update(state="issued", number="X")
            issuing.set()
            with connection.cursor() as cursor:
                waits = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
                while not ended.is_set():  # until the other thread waits for this one
                    cursor.execute(waits)
                    if cursor.fetchone() is not None:
                        return

    def slip_in():
        try:
            assert issuing.wait(timeout=120)
            part(DocumentLine, document).save()
        finally:
            ended.set()

    _issued, slipped = together([issue, slip_in])
    assert isinstance(slipped, IntegrityError)
    assert document.lines.count() == 1


@pytest.mark.django_db
def test_settlements_are_only_added(erin):
    document = DocumentFactory(contact=erin)
    values = {"organisation_id": document.organisation_id, "document": document, "method": "cash"}
    row = Settlement.objects.create(**values, amount=1, received_on=date(2026, 3, 3), source_key="a")
    refused("UPDATE documents_settlement SET amount = 2 WHERE id = %s", row.pk, words="append-only")
    refused("DELETE FROM documents_settlement", words="append-only")
    with pytest.raises(IntegrityError, match="settlement_is_an_amount"), transaction.atomic():
        Settlement.objects.create(**values, amount=0, received_on=date(2026, 3, 3), source_key="b")
    with pytest.raises(IntegrityError, match="settlement_booked_once"), transaction.atomic():
        Settlement.objects.create(**values, amount=1, received_on=date(2026, 3, 3), source_key="a")
    assert str(row) == "1 cash"


@pytest.mark.django_db
def test_an_imported_document_comes_once(erin):
    same = {"contact": erin, "is_imported": True, "seller_key": "S", "number": "1"}
    DocumentFactory(**same)
    for other in ({"number": "2"}, {"payable": 5}, {"issued_on": date(2026, 3, 3)}, {"seller_key": "T"}):
        DocumentFactory(**same | other)
    DocumentFactory(**same | {"kind": "credit_note"})
    DocumentFactory(**same | {"contact": ContactFactory()})
    DocumentFactory(**same | {"is_imported": False})
    with pytest.raises(IntegrityError, match="imported_once"), transaction.atomic():
        DocumentFactory(**same)


@pytest.mark.django_db
def test_a_number_of_a_series_comes_once_and_every_issued_document_has_one(erin):
    first = issued_document(erin)
    values = {"contact": erin, "number": first.number}
    DocumentFactory(**values)
    DocumentFactory(**values, series=first.series, version=2, state="void")
    with pytest.raises(IntegrityError, match="series_number_once"), transaction.atomic():
        DocumentFactory(**values, series=first.series)
    with pytest.raises(IntegrityError, match="series_number_once"), transaction.atomic():
        DocumentFactory(**values, series=first.series, state="draft")
    with pytest.raises(IntegrityError, match="issued_has_number"), transaction.atomic():
        DocumentFactory(contact=erin, number="")
    DocumentFactory(contact=erin, number="", state="draft", issued_on=date(2026, 3, 2) + timedelta(1))


@pytest.mark.django_db
def test_a_typed_number_comes_once_of_a_supplier_unless_it_is_void(erin):
    bill = {"contact": erin, "kind": "bill", "number": "R1"}
    DocumentFactory(**bill)
    for other in ({"state": "draft"}, {"state": "void"}, {"state": "void"}, {"number": "R2"}, {"is_imported": True}):
        DocumentFactory(**bill | other)
    DocumentFactory(**bill | {"contact": ContactFactory(organisation=erin.organisation)})
    DocumentFactory(**bill | {"kind": "supplier_credit_note"})
    with pytest.raises(IntegrityError, match="typed_number_once"), transaction.atomic():
        DocumentFactory(**bill)
