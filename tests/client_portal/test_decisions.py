"""A contact's yes or no to a quote: the evidence that is kept, the mails, and what follows."""

import hashlib
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from advisory_portal.core.access import Forbidden
from advisory_portal.core.files import read_file
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from client_portal.actions import Answer, NotSigned, TermsChanged, convert_quote, decide_quote
from client_portal.models import PortalLink, PortalSettings, QuoteDecision
from client_portal.rules import is_signature, signature_picture, terms_hash
from documents.actions import QuoteClosed, convert_document
from documents.actions.conversions import AlreadyMade
from documents.models import Contact, Document, Kind
from tests.documents.builders import with_levels
from tests.factories import (
    ContactFactory,
    MemberFactory,
    contact_actor,
    issued_document,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
DRAWN = "M20 150L100 40L160 150M200 60L300 140"
YES = Answer(accepted=True, name="Erin Example", address="203.0.113.9", browser="Firefox")
NO = Answer(accepted=False, name="Erin Example", reason="Too dear.", address="203.0.113.9", browser="Firefox")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def quote(erin, clock):
    return issued_document(erin, kind=Kind.QUOTE)


@pytest.fixture
def decide(erin):
    def run(quote, answer=YES, *, now=NOW, **values):
        return decide_quote(actor=contact_actor(erin, **values), document=quote, answer=answer, now=now)

    return run


def staff_page(document, tail=""):
    return f"/o/delta/documents/{document.pk}/{tail}"


# --- The evidence --------------------------------------------------------------------------------------------


def test_a_yes_keeps_everything_that_proves_it(quote, decide, delta):
    PortalSettings.objects.create(organisation=delta, terms="Pay first.")
    answer = Answer(
        accepted=True,
        name="  Erin\n Example ",
        signature=DRAWN,
        reference="PO-77",
        terms=terms_hash("Pay first."),
        address="203.0.113.9",
        browser="Firefox",
    )
    kept = decide(quote, answer)
    kept.refresh_from_db()
    quote.refresh_from_db()
    assert quote.state == "accepted"
    assert (kept.decision, kept.name, kept.signature, kept.reference) == ("accepted", "Erin Example", DRAWN, "PO-77")
    assert (kept.terms, kept.reason, kept.version, kept.content_hash) == ("Pay first.", "", 1, quote.content_hash)
    assert (kept.decided_at, kept.email, kept.identified_by) == (NOW, "erin@customer.example", "link")
    assert (kept.address, kept.browser, kept.pdf) == ("203.0.113.9", "Firefox", quote.pdf)
    assert kept.pdf_sha256 == hashlib.sha256(read_file(kept.pdf)).hexdigest()
    assert read_file(kept.certificate).startswith(b"%PDF-")
    assert kept.certificate.name == "Certificate QU-2026-0001.pdf"
    (entry,) = HistoryEntry.objects.filter(what="documents.document.accepted")
    assert (entry.subject_id, entry.actor_name) == (quote.pk, "Erin")


def test_a_no_keeps_its_reason(quote, decide):
    kept = decide(quote, NO)
    assert (kept.decision, kept.reason, kept.terms, kept.signature) == ("declined", "Too dear.", "", "")
    assert Document.objects.get().state == "declined"


def test_the_same_answer_again_changes_nothing(quote, decide):
    first = decide(quote)
    mails = OutboundEmail.objects.count()
    again = decide(quote, Answer(accepted=True, name="Somebody else"))
    assert (again.pk, again.name) == (first.pk, "Erin Example")
    assert (QuoteDecision.objects.count(), OutboundEmail.objects.count()) == (1, mails)


def test_the_other_answer_is_refused_and_leaves_no_mail(quote, decide):
    decide(quote)
    mails = OutboundEmail.objects.count()
    with pytest.raises(QuoteClosed, match="accepted already"):
        decide(quote, NO)
    assert (QuoteDecision.objects.get().decision, OutboundEmail.objects.count()) == ("accepted", mails)


@pytest.mark.parametrize(
    ("answer", "error", "field"),
    [
        (Answer(accepted=True, name=" "), NotSigned, "name"),
        (Answer(accepted=False, name=""), NotSigned, "name"),
        (Answer(accepted=True, name="Erin", signature="M0 0L1 1"), NotSigned, "signature"),
        (Answer(accepted=True, name="Erin", signature='M0 0L99 99"/><script>'), NotSigned, "signature"),
        (Answer(accepted=True, name="Erin", terms="0" * 64), TermsChanged, "agreed"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(quote, decide, answer, error, field):
    with pytest.raises(error) as caught:
        decide(quote, answer)
    assert caught.value.field == field
    assert Document.objects.get().state == "issued"
    assert (QuoteDecision.objects.count(), OutboundEmail.objects.count()) == (0, 0)


def test_terms_that_changed_are_read_again(quote, decide, delta):
    settings = PortalSettings.objects.create(organisation=delta, terms="Old.")
    seen = terms_hash(settings.terms)
    PortalSettings.objects.update(terms="New.")
    with pytest.raises(TermsChanged):
        decide(quote, Answer(accepted=True, name="Erin", terms=seen))
    with pytest.raises(TermsChanged):
        decide(quote)  # without having read any
    assert decide(quote, Answer(accepted=True, name="Erin", terms=terms_hash("New."))).terms == "New."


@pytest.mark.parametrize("values", [{"identified_by": ""}, {"identified_by": "staff"}, {"read_only": True}])
def test_who_is_not_known_decides_nothing(quote, decide, values):
    with pytest.raises(Forbidden):
        decide(quote, **values)
    assert Document.objects.get().state == "issued"


def test_a_decision_is_kept_for_ever(quote, decide):
    kept = decide(quote)
    rows = QuoteDecision.objects.filter(pk=kept.pk)
    for change in (lambda: rows.update(name="Mallory"), lambda: rows.update(certificate=None), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (DRAWN, True),
        ("M0 0L30 0", True),
        ("M0 0L29 29", False),
        ("M0 0L601 0", False),
        ("M0 0L600 201", False),
        ("M0 0", False),
        ("", False),
        ("M0 0L99 99Z", False),
        ("M0 0 L99 99", False),
        ("M0 0L99 99\n", False),
        ("M0 0" + "L99 99" * 3334, False),
    ],
)
def test_a_signature_is_strokes_in_a_box(path, is_one):
    assert is_signature(path) is is_one


def test_a_signature_is_a_picture_on_paper():
    assert f'<path d="{DRAWN}"' in signature_picture(DRAWN)
    assert signature_picture("") == ""


# --- Mails ---------------------------------------------------------------------------------------------------


def test_both_sides_are_mailed(quote, decide, dan, delta):
    MemberFactory(organisation=delta, code="viewer")
    MemberFactory(organisation=delta, code="sales", user__email="sue@delta.example", user__language="es")
    decide(quote, Answer(accepted=True, name="Erin Example", reference="PO-77"))
    staff = OutboundEmail.objects.filter(kind="client_portal/quote_answered")
    assert {(mail.to, mail.language) for mail in staff} == {("dan@delta.example", "en"), ("sue@delta.example", "es")}
    mail = staff.get(to="dan@delta.example")
    assert mail.subject == "Erin Example has accepted your quote QU-2026-0001"
    for words in ("Erin has accepted your quote QU-2026-0001 over €121.00.", "PO-77", staff_page(quote)):
        assert words in mail.text
    assert Notification.objects.get(user_id=dan.pk).url == staff_page(quote)
    copy = OutboundEmail.objects.get(kind="client_portal/quote_decided")
    kept = QuoteDecision.objects.get()
    assert (copy.to, copy.attachment) == ("erin@customer.example", kept.certificate)
    assert copy.subject == "You have accepted quote QU-2026-0001 of Delta"
    assert PortalLink.objects.get().document == quote


def test_a_no_tells_its_reason(quote, decide, dan):
    decide(quote, NO)
    mail = OutboundEmail.objects.get(kind="client_portal/quote_answered")
    assert mail.subject == "Erin Example has declined your quote QU-2026-0001"
    assert "Too dear." in mail.text
    assert "Too dear." in mail.html


def test_a_contact_that_wants_no_copy_gets_none(quote, decide, erin, delta):
    Contact.objects.update(muted_mails=["client_portal/quote_decided"])
    decide(quote)
    assert not OutboundEmail.objects.filter(kind="client_portal/quote_decided").exists()


# --- What follows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["sales_order", "invoice"])
def test_an_accepted_quote_becomes_what_the_settings_say(quote, decide, delta, dan, to):
    PortalSettings.objects.create(organisation=delta, accepted_becomes=to)
    decide(quote, Answer(accepted=True, name="Erin", reference="PO-77"))
    draft = Document.objects.get(kind=to)
    assert (draft.state, draft.source, draft.references["order_reference"]) == ("draft", quote, "PO-77")
    assert staff_page(draft) in OutboundEmail.objects.get(to="dan@delta.example").text


def test_a_no_becomes_nothing_nor_does_what_became_something(quote, decide, delta, dan_here, erin):
    PortalSettings.objects.create(organisation=delta, accepted_becomes="invoice")
    decide(quote, NO)
    assert not Document.objects.filter(kind="invoice").exists()
    other = issued_document(erin, kind=Kind.QUOTE)
    convert_document(actor=dan_here, document=other, to="invoice", today=NOW.date())
    decide(other)
    assert Document.objects.filter(kind="invoice").count() == 1


def test_staff_convert_with_the_customers_order_number(quote, decide, dan_here, delta):
    kept = decide(quote, Answer(accepted=True, name="Erin", reference="PO-77"))
    with pytest.raises(Forbidden):
        convert_quote(actor=with_levels(delta, sales=1), decision=kept, to="invoice")
    draft = convert_quote(actor=dan_here, decision=kept, to="invoice")
    assert draft.references["order_reference"] == "PO-77"
    with pytest.raises(AlreadyMade):
        convert_quote(actor=dan_here, decision=kept, to="invoice")
    assert convert_quote(actor=dan_here, decision=kept, to="invoice", again=True) != draft


# --- At once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_at_once_one_is_kept():
    contact = ContactFactory(email="erin@customer.example")
    quote = issued_document(contact, kind=Kind.QUOTE)
    actor = contact_actor(contact)
    answers = [Answer(accepted=True, name="Erin"), NO, Answer(accepted=True, name="Frank"), NO]
    results = together(
        [
            lambda answer=answer: decide_quote(
                actor=actor, document=Document.objects.get(pk=quote.pk), answer=answer, now=NOW
            )
            for answer in answers
        ]
    )
    kept = QuoteDecision.objects.get()
    quote.refresh_from_db()
    assert quote.state == kept.decision
    for answer, result in zip(answers, results, strict=True):
        if answer.accepted == (kept.decision == "accepted"):
            assert result == kept
        else:
            assert isinstance(result, QuoteClosed)
    assert OutboundEmail.objects.filter(kind="client_portal/quote_decided").count() == 1
