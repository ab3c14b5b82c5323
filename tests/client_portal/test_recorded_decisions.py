"""Staff record what a customer told them of a quote: through the same decision, with their name as its evidence."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from advisory_portal.core.access import Forbidden
from advisory_portal.core.files import read_file
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from client_portal.actions import Answer, NotSigned, decide_quote
from client_portal.actions.decisions import NotTold
from client_portal.models import PortalSettings, QuoteDecision
from documents.actions import QuoteClosed
from documents.models import Document, Kind
from tests.documents.builders import with_levels
from tests.factories import (
    ContactFactory,
    MemberFactory,
    OrganisationFactory,
    contact_actor,
    issued_document,
)
from tests.pages import text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
TOLD = Answer(accepted=True, name="Erin Example", reference="PO-77", told_by="phone")
FORM = {"answer": "yes", "name": "Erin Example", "told_by": "phone", "reference": "PO-77"}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def quote(erin, clock):
    return issued_document(erin, kind=Kind.QUOTE)


@pytest.fixture
def record(dan_here):
    def run(quote, answer=TOLD, *, now=NOW, actor=dan_here):
        return decide_quote(actor=actor, document=quote, answer=answer, now=now)

    return run


def address(document, tail="record/"):
    return f"/o/delta/documents/{document.pk}/decision/{tail}"


def test_what_was_told_is_kept_with_who_recorded_it(quote, record, delta, dan_here):
    PortalSettings.objects.create(organisation=delta, terms="Pay first.", accepted_becomes="invoice")
    kept = record(
        quote, Answer(accepted=True, name="Erin Example", signature="M1 1L2 2", told_by="phone", address="::1")
    )
    kept.refresh_from_db()
    quote.refresh_from_db()
    assert (quote.state, kept.decision, kept.name) == ("accepted", "accepted", "Erin Example")
    assert (kept.identified_by, kept.recorded_by_name, kept.told_by) == ("staff", dan_here.name, "phone")
    # What is evidence of somebody at a browser is not claimed.
    assert (kept.signature, kept.terms, kept.address, kept.browser) == ("", "", None, "")
    assert read_file(kept.certificate).startswith(b"%PDF-")
    assert Document.objects.filter(kind="invoice", source=quote).exists()
    assert HistoryEntry.objects.get(what="documents.document.accepted").actor_name == dan_here.name


def test_both_sides_are_mailed_that_it_was_recorded(quote, record, dan_here):
    record(quote)
    mails = {mail.to: mail for mail in OutboundEmail.objects.all()}
    theirs = mails["erin@customer.example"]
    assert f"{dan_here.name} of Delta recorded what you told them" in theirs.text
    assert f"{dan_here.name} of Delta recorded what you told them" in theirs.html
    assert "If this was not you" not in theirs.text
    (ours,) = [mail for to, mail in mails.items() if to != "erin@customer.example"]
    assert f"{dan_here.name} has recorded it." in ours.text
    assert f"{dan_here.name} has recorded it." in ours.html


def test_without_an_address_nobody_of_theirs_is_mailed(quote, record, erin):
    type(erin).objects.filter(pk=erin.pk).update(email="")
    kept = record(quote)
    assert kept.email == ""
    assert not OutboundEmail.objects.filter(to="").exists()


@pytest.mark.parametrize(
    ("answer", "error", "field"),
    [
        (Answer(accepted=True, name=" ", told_by="phone"), NotSigned, "name"),
        (Answer(accepted=True, name="Erin"), NotTold, "told_by"),
        (Answer(accepted=False, name="Erin", told_by="dream"), NotTold, "told_by"),
    ],
)
def test_what_is_not_said_is_asked_for_and_leaves_nothing(quote, record, answer, error, field):
    with pytest.raises(error) as caught:
        record(quote, answer)
    assert caught.value.field == field
    assert Document.objects.get().state == "issued"
    assert (QuoteDecision.objects.count(), OutboundEmail.objects.count()) == (0, 0)


def test_recording_again_changes_nothing_and_the_other_answer_is_refused(quote, record):
    first, mails = record(quote), OutboundEmail.objects.count()
    assert record(quote).pk == first.pk
    with pytest.raises(QuoteClosed, match="accepted already"):
        record(quote, Answer(accepted=False, name="Erin", told_by="phone"))
    assert OutboundEmail.objects.count() == mails


def test_an_expired_quote_is_not_recorded(quote, record):
    with pytest.raises(QuoteClosed, match="was valid until"):
        record(quote, now=NOW + timedelta(days=90))
    assert Document.objects.get().state == "issued"


def test_who_may_not_manage_sales_records_nothing(quote, record, delta):
    elsewhere = OrganisationFactory(slug="elsewhere")
    for actor in (with_levels(delta, sales=1), with_levels(elsewhere, sales=2)):
        with pytest.raises(Forbidden):
            record(quote, actor=actor)
    assert Document.objects.get().state == "issued"


def test_a_contact_says_nothing_in_anothers_name(quote, erin):
    kept = decide_quote(
        actor=contact_actor(erin), document=quote, answer=Answer(accepted=True, name="Erin", told_by="phone"), now=NOW
    )
    assert (kept.identified_by, kept.recorded_by_name, kept.told_by) == ("link", "", "")


def test_a_record_without_a_name_cannot_be_stored(quote, record):
    kept = record(quote)
    other = issued_document(quote.contact, kind=Kind.QUOTE)
    kept.pk, kept.document, kept.recorded_by_name = None, other, ""
    with pytest.raises(IntegrityError, match="whoever_recorded_is_named"), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_staff_and_customer_at_once_make_one_decision(quote, erin, dan_here):
    no = Answer(accepted=False, name="Erin Example")
    together(
        [
            lambda: decide_quote(actor=dan_here, document=quote, answer=TOLD, now=NOW),
            lambda: decide_quote(actor=contact_actor(erin), document=quote, answer=no, now=NOW),
        ]
    )
    kept, quote = QuoteDecision.objects.get(), Document.objects.get()
    assert kept.decision == quote.state


# --- The page ------------------------------------------------------------------------------------------------


def test_staff_record_it_on_the_quotes_page(client_of, dan, quote):
    browser = client_of(dan)
    card = browser.get(address(quote, "")).content.decode()
    assert address(quote) in card
    form = browser.get(address(quote)).content.decode()
    assert "Who decided" in form
    done = browser.post(address(quote), FORM)
    assert done["Location"] == f"/o/delta/documents/{quote.pk}/"
    words = text_of(tree(browser.get(address(quote, ""))))
    for part in ("Accepted by Erin Example", "PO-77", "Recorded by", "By phone", "as told to whoever recorded it"):
        assert part in words
    assert address(quote) not in browser.get(address(quote, "")).content.decode()
    assert "accepted already" in text_of(tree(browser.get(address(quote))))


def test_a_no_is_recorded_with_its_reason(client_of, dan, quote):
    client_of(dan).post(address(quote), FORM | {"answer": "no", "reason": "Too dear.", "reference": ""})
    kept = QuoteDecision.objects.get()
    assert (kept.decision, kept.reason, kept.told_by) == ("declined", "Too dear.", "phone")


@pytest.mark.parametrize("missing", ["answer", "name", "told_by"])
def test_what_is_missing_is_said_beside_its_field(client_of, dan, quote, missing):
    page = client_of(dan).post(address(quote), FORM | {missing: ""})
    assert page.status_code == 422
    assert tree(page).xpath(f'//*[@id="id_{missing}_error"]')
    assert not QuoteDecision.objects.exists()


def test_doors_are_those_of_who_may_manage_sales(client_of, carol, quote, delta):
    viewer = MemberFactory(organisation=delta, code="viewer").user
    for method in ("get", "post"):
        assert getattr(client_of(viewer), method)(address(quote), FORM).status_code == 403
        assert getattr(client_of(carol), method)(address(quote), FORM).status_code == 404
        assert getattr(Client(), method)(address(quote), FORM)["Location"].startswith("/accounts/login/")
    invoice = issued_document(ContactFactory(organisation=delta))
    member = MemberFactory(organisation=delta, code="owner").user
    assert client_of(member).get(address(invoice)).status_code == 404
    assert not QuoteDecision.objects.exists()
