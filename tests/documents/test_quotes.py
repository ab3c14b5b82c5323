"""Quotes are accepted or declined by their contact, once, while they are valid; what was decided stays."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.states import IllegalMove
from documents.actions import (
    QuoteClosed,
    convert_document,
    decide_quote,
    issue_document,
    new_version,
    void_document,
    why_closed,
)
from documents.actions.conversions import NotConvertible
from documents.actions.issuing import QuoteAccepted
from documents.models import Document, Kind
from tests.factories import ContactFactory, DocumentFactory, contact_actor, drafted_document, issued_document
from tests.pages import tree
from tests.threads import together

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 9)


@pytest.fixture
def quote(erin):
    return issued_document(erin, kind=Kind.QUOTE)


@pytest.fixture
def decide(erin):
    def run(quote, *, accepted=True, now=NOW, actor=None):
        return decide_quote(actor=actor or contact_actor(erin), document=quote, accepted=accepted, now=now)

    return run


@pytest.mark.django_db
@pytest.mark.parametrize(("accepted", "state"), [(True, "accepted"), (False, "declined")])
def test_its_contact_decides_once(quote, decide, accepted, state):
    assert decide(quote, accepted=accepted) is True
    assert quote.state == Document.objects.get().state == state
    assert decide(quote, accepted=accepted) is False
    (entry,) = HistoryEntry.objects.filter(what=f"documents.document.{state}")
    assert (entry.subject_id, entry.actor_name) == (quote.pk, "Erin")


@pytest.mark.django_db
@pytest.mark.parametrize("accepted", [True, False])
def test_what_was_decided_stays(quote, decide, dan_here, accepted):
    decide(quote, accepted=accepted)
    words = "accepted already" if accepted else "declined already"
    with pytest.raises(QuoteClosed, match=words):
        decide(quote, accepted=not accepted)
    with pytest.raises(IllegalMove):
        void_document(actor=dan_here, document=quote, now=NOW)
    issue_document(actor=dan_here, document=quote, now=NOW)  # repeated, it does nothing
    quote.refresh_from_db()
    assert quote.state == ("accepted" if accepted else "declined")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 4, 1, 21, 59, tzinfo=UTC), True),  # 23:59 of the last day in Madrid
        (datetime(2026, 4, 1, 22, 0, tzinfo=UTC), False),
    ],
)
def test_a_quote_is_valid_until_its_last_day_in_the_businesss_zone(quote, decide, moment, is_open):
    with time_machine.travel(moment, tick=False):
        if is_open:
            assert decide(quote, now=moment)
        else:
            with pytest.raises(QuoteClosed, match="valid until 1 Apr 2026"):
                decide(quote, now=moment)


@pytest.mark.django_db
def test_withdrawn_and_superseded_quotes_say_so(quote, decide, dan_here, erin):
    void_document(actor=dan_here, document=quote, now=NOW)
    with pytest.raises(QuoteClosed, match="withdrawn"):
        decide(quote)
    other = issued_document(erin, kind=Kind.QUOTE)
    version = new_version(actor=dan_here, document=other)
    assert why_closed(document=other, today=TODAY) == ""  # a draft takes nobody's place
    issue_document(actor=dan_here, document=version, now=NOW)
    with pytest.raises(QuoteClosed, match="newer version"):
        decide(other)
    assert decide(version)


@pytest.mark.django_db
def test_only_quotes_are_decided(erin, decide):
    for document in (issued_document(erin), drafted_document(erin, kind=Kind.QUOTE)):
        with pytest.raises(QuoteClosed, match="Only quotes"):
            decide(document)


@pytest.mark.django_db
def test_nobody_but_its_contact_decides(quote, decide, erin):
    other = ContactFactory(organisation=erin.organisation)
    strangers = [
        system_actor(erin.organisation.workspace),
        contact_actor(other),
        contact_actor(erin, read_only=True),
        contact_actor(erin, document_ids=frozenset({other.pk})),
    ]
    for actor in strangers:
        with pytest.raises(Forbidden):
            decide(quote, actor=actor)
    assert decide(quote, actor=contact_actor(erin, document_ids=frozenset({quote.pk})))


@pytest.mark.django_db
def test_an_accepted_quote_has_no_next_version(quote, decide, dan_here):
    version = new_version(actor=dan_here, document=quote)
    decide(quote)
    with pytest.raises(NotConvertible, match="accepted this quote"):
        new_version(actor=dan_here, document=quote)
    with pytest.raises(QuoteAccepted, match="accepted meanwhile"):
        issue_document(actor=dan_here, document=version, now=NOW)
    version.refresh_from_db()
    assert version.state == "draft"


@pytest.mark.django_db
def test_a_declined_quote_gets_a_next_version_and_is_not_converted(quote, decide, dan_here):
    decide(quote, accepted=False)
    with pytest.raises(NotConvertible, match="declined"):
        convert_document(actor=dan_here, document=quote, to=Kind.INVOICE, today=TODAY)
    version = new_version(actor=dan_here, document=quote)
    issue_document(actor=dan_here, document=version, now=NOW)
    quote.refresh_from_db()
    assert (quote.state, version.state) == ("declined", "issued")
    assert HistoryEntry.objects.filter(what="documents.document.superseded", subject_id=quote.pk).exists()


@pytest.mark.django_db
def test_an_accepted_quote_is_converted_under_the_customers_order_number(quote, decide, dan_here):
    decide(quote)
    made = convert_document(actor=dan_here, document=quote, to=Kind.SALES_ORDER, today=TODAY, order_reference="PO-77")
    made.refresh_from_db()
    assert (made.references, made.source) == ({"order_reference": "PO-77"}, quote)
    assert made in Document.objects.matching("PO-77")


@pytest.mark.django_db
def test_a_decided_quote_is_frozen(quote, decide):
    decide(quote)
    for change in ({"payable": 1}, {"state": "draft"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=quote.pk).update(**change)


@pytest.mark.django_db
def test_lists_show_and_find_what_was_decided(client_of, dan, erin):
    for state, due_on in (("accepted", None), ("declined", None), ("issued", date(2026, 3, 8)), ("issued", TODAY)):
        DocumentFactory(contact=erin, kind=Kind.QUOTE, state=state, number=f"Q-{state}-{due_on}", due_on=due_on)
    browser = client_of(dan)

    def numbers(state):
        page = tree(browser.get(f"/o/delta/documents/quotes/?state={state}"))
        return page.xpath("//tbody//tr/td//a[contains(@class, 'row-link')]/text()")

    with time_machine.travel(NOW, tick=False):
        assert numbers("accepted") == ["Q-accepted-None"]
        assert numbers("declined") == ["Q-declined-None"]
        assert numbers("expired") == ["Q-issued-2026-03-08"]
        shown = browser.get("/o/delta/documents/quotes/").content.decode()
    assert all(f"pill-{state}" in shown for state in ("accepted", "declined", "expired", "issued"))
    assert list(Document.objects.to_decide(TODAY)) == [Document.objects.get(number=f"Q-issued-{TODAY}")]


# --- At once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_yes_and_no_at_once_one_counts():
    contact = ContactFactory()
    quote = issued_document(contact, kind=Kind.QUOTE)
    calls = [
        lambda accepted=accepted: decide_quote(
            actor=contact_actor(contact), document=Document.objects.get(pk=quote.pk), accepted=accepted, now=NOW
        )
        for accepted in (True, False)
    ]
    results = together(calls)
    assert sorted(map(str, map(type, results))) == sorted(map(str, (bool, QuoteClosed)))
    quote.refresh_from_db()
    assert quote.state == ("accepted" if results[0] is True else "declined")


@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_voiding_at_once_one_counts():
    contact = ContactFactory()
    quote, staff = issued_document(contact, kind=Kind.QUOTE), system_actor(contact.organisation.workspace)
    accepted, voided = together(
        [
            lambda: decide_quote(actor=contact_actor(contact), document=quote, accepted=True, now=NOW),
            lambda: void_document(actor=staff, document=Document.objects.get(pk=quote.pk), now=NOW),
        ]
    )
    state = Document.objects.get(pk=quote.pk).state
    assert (state, type(voided)) == ("accepted", IllegalMove) if accepted is True else ("void", type(None))
    assert accepted is True or isinstance(accepted, QuoteClosed)


@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_a_next_version_at_once_one_counts():
    contact = ContactFactory()
    quote, staff = issued_document(contact, kind=Kind.QUOTE), system_actor(contact.organisation.workspace)
    version = new_version(actor=staff, document=quote)
    accepted, issued = together(
        [
            lambda: decide_quote(actor=contact_actor(contact), document=quote, accepted=True, now=NOW),
            lambda: issue_document(actor=staff, document=version, now=NOW),
        ]
    )
    states = [Document.objects.get(pk=one.pk).state for one in (quote, version)]
    if accepted is True:
        assert (states, type(issued)) == (["accepted", "draft"], QuoteAccepted)
    else:
        assert (states, type(accepted), issued) == (["void", "issued"], QuoteClosed, None)
