"""Declaring void: the number stays taken; not what was paid, set off, credited or lies in a closed period."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.states import IllegalMove
from documents.actions import (
    apply_credit,
    content_of,
    credit_document,
    issue_document,
    record_payment,
    save_draft,
    take_back_payment,
    void_document,
)
from documents.actions.issuing import MoneyOnIt, NotComplete
from documents.actions.periods import PeriodClosed
from documents.models import Document, DocumentSettings, Kind
from tests.factories import DocumentFactory, drafted_document, issued_document, typed_line

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def close(organisation, until=date(2026, 3, 2)):
    DocumentSettings.objects.update_or_create(organisation=organisation, defaults={"closed_until": until})


@pytest.mark.django_db
def test_a_void_document_keeps_its_number_and_is_not_issued_again(erin, dan_here):
    document = issued_document(erin)
    for _turn in range(2):
        void_document(actor=dan_here, document=document, now=NOW)
    assert (document.state, document.number) == ("void", "INV-2026-0001")
    assert HistoryEntry.objects.filter(what="documents.document.void").count() == 1
    with pytest.raises(IllegalMove):
        issue_document(actor=dan_here, document=document, now=NOW)
    assert issued_document(erin).number == "INV-2026-0002"


@pytest.mark.django_db
def test_a_draft_is_not_declared_void(erin, dan_here):
    with pytest.raises(IllegalMove):
        void_document(actor=dan_here, document=drafted_document(erin), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "settled"), [("partially_paid", 5), ("paid", 121)])
def test_what_was_paid_is_not_declared_void(erin, dan_here, state, settled):
    document = DocumentFactory(contact=erin, state=state, settled=settled)
    with pytest.raises(MoneyOnIt, match="Take the payment back"):
        void_document(actor=dan_here, document=document, now=NOW)
    assert Document.objects.get().state == state


@pytest.mark.django_db
def test_what_was_paid_back_is_declared_void(erin, dan_here):
    document = issued_document(erin)
    paid = {"amount": Decimal(121), "received_on": date(2026, 3, 3), "method": "cash", "reference": "", "key": "a"}
    record_payment(actor=dan_here, document=document, **paid)
    take_back_payment(actor=dan_here, settlement=document.settlements.get())
    void_document(actor=dan_here, document=document, now=NOW)
    assert document.state == "void"


@pytest.mark.django_db
def test_a_closed_period_keeps_its_documents(erin, dan_here):
    document = issued_document(erin)
    close(erin.organisation)
    with pytest.raises(PeriodClosed):
        void_document(actor=dan_here, document=document, now=NOW)
    close(erin.organisation, until=date(2026, 3, 1))
    void_document(actor=dan_here, document=document, now=NOW)
    assert document.state == "void"


@pytest.mark.django_db
def test_a_credited_invoice_and_a_used_credit_note_are_not_declared_void(erin, dan_here):
    invoice = issued_document(erin)
    credit = credit_document(actor=dan_here, document=invoice, today=date(2026, 3, 3))
    issue_document(actor=dan_here, document=credit, now=NOW)
    with pytest.raises(MoneyOnIt, match=credit.number):
        void_document(actor=dan_here, document=invoice, now=NOW)
    apply_credit(actor=dan_here, credit_note=credit, invoice=invoice, amount=Decimal(1))
    with pytest.raises(MoneyOnIt, match="This credit note is used"):
        void_document(actor=dan_here, document=credit, now=NOW)
    take_back_payment(actor=dan_here, settlement=credit.settlements.get())
    for document in (credit, invoice):
        void_document(actor=dan_here, document=Document.objects.get(pk=document.pk), now=NOW)


@pytest.mark.django_db
def test_a_draft_of_a_credit_note_does_not_keep_the_invoice(erin, dan_here):
    invoice = issued_document(erin)
    credit_document(actor=dan_here, document=invoice, today=date(2026, 3, 3))
    void_document(actor=dan_here, document=invoice, now=NOW)
    assert invoice.state == "void"


@pytest.mark.django_db
def test_an_invoice_is_credited_once_as_a_whole(erin, dan_here):
    invoice = issued_document(erin)
    first = credit_document(actor=dan_here, document=invoice, today=date(2026, 3, 3))
    content = replace(content_of(first), lines=(typed_line("1", "60"),))
    save_draft(actor=dan_here, kind=Kind.CREDIT_NOTE, content=content, document=first)
    issue_document(actor=dan_here, document=first, now=NOW)
    second = credit_document(actor=dan_here, document=invoice, today=date(2026, 3, 3))
    with pytest.raises(NotComplete) as caught:
        issue_document(actor=dan_here, document=second, now=NOW)
    assert "Of INV-2026-0001 only €48.40 is left" in caught.value.message
    content = replace(content_of(second), lines=(typed_line("1", "40"),))
    save_draft(actor=dan_here, kind=Kind.CREDIT_NOTE, content=content, document=second)
    issue_document(actor=dan_here, document=second, now=NOW)
    assert second.state == "issued"


@pytest.mark.django_db
@pytest.mark.parametrize(("price", "is_left"), [("100", True), ("100.01", False)])
def test_an_imported_invoice_may_be_rounded_in_another_way(erin, dan_here, price, is_left):
    draft = drafted_document(erin)
    Document.objects.filter(pk=draft.pk).update(
        is_imported=True, state="issued", number="F 1", tax_inclusive=Decimal("120.99"), payable=Decimal("120.99")
    )
    credit = credit_document(actor=dan_here, document=draft, today=date(2026, 3, 3))
    content = replace(content_of(credit), lines=(typed_line(price=price),))
    credit = save_draft(actor=dan_here, kind=Kind.CREDIT_NOTE, content=content, document=credit)
    if is_left:
        issue_document(actor=dan_here, document=credit, now=NOW)
        assert credit.tax_inclusive == 121
    else:
        with pytest.raises(NotComplete):
            issue_document(actor=dan_here, document=credit, now=NOW)
