"""A document read for its contact says what it says by the ORM, and nothing to anybody else."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory_portal.core.access import system_actor
from documents import sheets
from documents.actions import pdf_of, shown_pdf, void_document
from documents.models import Document
from documents.models.reading import document_for_reading, document_with_pdf
from tests.client_portal.months import contact_actor
from tests.factories import ContactFactory, drafted_document, issued_document, typed_line

pytestmark = pytest.mark.django_db


def same(read, document):
    """Whether the document read so equals the one that the ORM fetches, in every column and in its sheet."""
    fetched = Document.objects.for_reading().get(pk=document.pk)
    columns = [field.attname for field in Document._meta.concrete_fields]
    assert [getattr(read, name) for name in columns] == [getattr(fetched, name) for name in columns]
    assert sheets.sheet_of(read, accent="#1f5f8b") == sheets.sheet_of(fetched, accent="#1f5f8b")
    return True


def test_it_equals_what_the_orm_fetches_in_four_statements(erin):
    many = tuple(typed_line(quantity=str(number), price="9.99", percent="10") for number in range(1, 40))
    plain, long = issued_document(erin), issued_document(erin, lines=many, delivered_on=date(2026, 3, 1))
    for document in (plain, long):
        document_for_reading(contact_actor(erin), document.pk)
        with CaptureQueriesContext(connection) as queries:
            read = document_for_reading(contact_actor(erin), document.pk)
            assert same(read, document)
        assert len(queries) == 8
    assert read.outstanding == Decimal("8571.42")


def test_nobody_else_reads_it(delta, dan_here, erin):
    invoice, other, draft = issued_document(erin), issued_document(erin), drafted_document(erin)
    stranger = contact_actor(ContactFactory(organisation=delta))
    narrowed = contact_actor(erin, document_ids=frozenset({invoice.pk}))
    assert document_for_reading(narrowed, invoice.pk) == invoice
    for actor, pk in (
        (stranger, invoice.pk),
        (contact_actor(ContactFactory()), invoice.pk),
        (narrowed, other.pk),
        (contact_actor(erin), draft.pk),
        (contact_actor(erin), uuid4()),
        (dan_here, invoice.pk),
    ):
        assert document_for_reading(actor, pk) is None
        assert document_with_pdf(actor, pk) is None


def test_its_kept_pdf_is_found_in_one_statement(erin, django_assert_num_queries):
    kept, fresh = issued_document(erin), issued_document(erin)
    content = pdf_of(kept)
    for document in (kept, fresh):
        document_with_pdf(contact_actor(erin), document.pk)
    with django_assert_num_queries(1):
        read = document_with_pdf(contact_actor(erin), kept.pk)
        assert (read.pdf, sheets.file_name(read)) == (kept.pdf, sheets.file_name(kept))
    assert shown_pdf(read) == content
    found = document_with_pdf(contact_actor(erin), fresh.pk)
    assert found.pdf is None
    assert shown_pdf(found).startswith(b"%PDF-")
    void_document(actor=system_actor(erin.organisation.workspace), document=kept, now=timezone.now())
    assert shown_pdf(document_with_pdf(contact_actor(erin), kept.pk)) != content
