"""Bills and supplier credit notes: entered under the number that the supplier gave them, each once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from advisory_portal.core.access import system_actor
from advisory_portal.formats.samples import ubl_invoice
from documents.actions import (
    import_invoice,
    issue_document,
    void_document,
)
from documents.actions.issuing import (
    NotComplete,
    NumberTaken,
    content_hash,
)
from documents.models import Contact, Document, DocumentSettings, Kind, Series, SeriesCounter
from documents.rules import Tax
from tests.factories import (
    ContactFactory,
    drafted_document,
    issued_document,
)
from tests.threads import together

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
K = Tax("K", Decimal(0))


def close(organisation, until=date(2026, 3, 2)):
    DocumentSettings.objects.update_or_create(organisation=organisation, defaults={"closed_until": until})


def refused(error, document, now=NOW):
    """What issuing refuses, in words; nothing has changed."""
    with pytest.raises(error) as caught:
        issue_document(actor=system_actor(document.organisation.workspace), document=document, now=now)
    assert (Document.objects.get(pk=document.pk).state, SeriesCounter.objects.count()) == ("draft", 0)
    return caught.value.message


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [Kind.BILL, Kind.SUPPLIER_CREDIT_NOTE])
def test_a_bill_is_entered_under_its_suppliers_number(erin, kind):
    Contact.objects.update(tax_id="B65410011")
    erin.refresh_from_db()
    document = issued_document(erin, kind=kind, number="R/1")
    assert (document.number, document.series, document.seller_key) == ("R/1", None, "B65410011")
    assert document.content_hash == content_hash(document)
    assert not Series.objects.exists()


@pytest.mark.django_db
def test_a_bill_without_number_is_refused(erin):
    assert "your supplier gave" in refused(NotComplete, drafted_document(erin, kind=Kind.BILL, number=""))


@pytest.mark.django_db
def test_a_supplier_has_a_number_once(erin, dan_here):
    first = issued_document(erin, kind=Kind.BILL, number="R1")
    Contact.objects.update(tax_id="B65410011")  # known since, so it would be another key
    erin.refresh_from_db()
    again = drafted_document(erin, kind=Kind.BILL, number="R1")
    assert refused(NumberTaken, again) == "Erin has a document with the number R1 already."
    other = ContactFactory(organisation=erin.organisation, name="Other")
    for values in (
        {"contact": other},
        {"contact": erin, "kind": Kind.SUPPLIER_CREDIT_NOTE},
        {"contact": ContactFactory()},
    ):
        assert issued_document(values.pop("contact"), **{"kind": Kind.BILL, "number": "R1"} | values).state == "issued"
    void_document(actor=dan_here, document=first, now=NOW)
    issue_document(actor=dan_here, document=again, now=NOW)
    assert again.state == "issued"


@pytest.mark.django_db
def test_a_number_that_was_imported_is_taken_too(dan_here):
    sold_by = {"seller_name": "Gearworks GmbH", "seller_tax_id": "DE136695976"}
    imported = import_invoice(
        actor=dan_here, content=ubl_invoice(number="GW-1", **sold_by), direction="purchases"
    ).document
    twin = ContactFactory(organisation=imported.organisation, name="Gearworks", tax_id="DE 136695976")
    for contact in (imported.contact, twin):
        assert "GW-1" in refused(NumberTaken, drafted_document(contact, kind=Kind.BILL, number="GW-1"))


@pytest.mark.django_db(transaction=True)
def test_of_threads_that_enter_one_number_all_but_one_are_told():
    contact = ContactFactory()
    actor = system_actor(contact.organisation.workspace)
    drafts = [drafted_document(contact, kind=Kind.BILL, number="R1") for _ in range(4)]
    calls = [lambda draft=draft: issue_document(actor=actor, document=draft, now=NOW) for draft in drafts]
    results = together(calls)
    assert results.count(None) == 1
    assert sum(isinstance(result, NumberTaken) for result in results) == 3
