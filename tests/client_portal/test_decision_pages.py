"""The pages on which a quote is decided and shown: in the portal and for staff, and who may open them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from advisory_portal.core.models import HistoryEntry
from client_portal.actions import Answer, decide_quote
from client_portal.models import PortalLink, PortalSettings, QuoteDecision
from client_portal.rules import terms_hash
from documents.actions import issue_document, new_version, void_document
from documents.models import Contact, Document, Kind
from tests.factories import (
    ContactFactory,
    MemberFactory,
    OrganisationFactory,
    RoleFactory,
    contact_actor,
    issued_document,
    sent_document,
)
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
DRAWN = "M20 150L100 40L160 150M200 60L300 140"
YES = Answer(accepted=True, name="Erin Example", address="203.0.113.9", browser="Firefox")


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


@pytest.fixture
def erins(quote, dan_here, last_link):
    """Erin's browser after she followed the link to her quote."""
    sent_document(quote, actor=dan_here, now=NOW)
    browser = Client(HTTP_USER_AGENT="Mozilla/5.0 (test)")
    browser.get(last_link())
    return browser


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/{tail}"


def staff_page(document, tail=""):
    return f"/o/delta/documents/{document.pk}/{tail}"


# --- In the portal -------------------------------------------------------------------------------------------


def test_a_contact_accepts_in_the_portal(erins, quote, delta):
    PortalSettings.objects.create(organisation=delta, terms="Pay first.\n\nThen\nsmile.")
    form = erins.get(page(quote, "accept/"))
    assert all(words in text_of(tree(form)) for words in ("Quote QU-2026-0001", "€121.00", "Pay first.", "Then smile."))
    typed = {
        "name": "Erin Example",
        "way": "drawn",
        "signature": DRAWN,
        "terms": terms_hash("Pay first.\n\nThen\nsmile."),
    }
    missing = erins.post(page(quote, "accept/"), typed)
    assert missing.status_code == 422
    assert "Read the terms and tick this box." in missing.content.decode()
    assert 'value="Erin Example"' in missing.content.decode()
    done = erins.post(page(quote, "accept/"), typed | {"agreed": "on", "reference": "PO-77"})
    assert (done.status_code, done["Location"]) == (302, page(quote))
    kept = QuoteDecision.objects.get()
    assert (kept.signature, kept.browser, kept.address) == (DRAWN, "Mozilla/5.0 (test)", "127.0.0.1")
    assert (kept.email, kept.identified_by, kept.reference) == ("erin@customer.example", "link", "PO-77")


def test_a_drawing_counts_only_where_it_was_chosen(erins, quote):
    refused = erins.post(page(quote, "accept/"), {"name": "Erin", "way": "drawn", "signature": ""})
    assert refused.status_code == 422
    assert "Draw your signature" in refused.content.decode()
    Contact.objects.update(language="es")
    refused = erins.post(page(quote, "accept/"), {"name": "Erin", "way": "drawn", "signature": ""})
    assert "Firma: Dibuje" in text_of(tree(refused))
    erins.post(page(quote, "accept/"), {"name": "Erin", "way": "typed", "signature": DRAWN})
    assert QuoteDecision.objects.get().signature == ""


@pytest.mark.parametrize("signature", ["none", "typed"])
def test_the_pad_is_there_where_the_business_asks_for_it(erins, quote, delta, signature):
    PortalSettings.objects.create(organisation=delta, signature=signature)
    assert b"data-pad" not in erins.get(page(quote, "accept/")).content
    erins.post(page(quote, "accept/"), {"name": "Erin", "way": "drawn", "signature": DRAWN})
    assert QuoteDecision.objects.get().signature == ""


def test_a_contact_declines_in_the_portal(erins, quote):
    assert erins.get(page(quote, "decline/")).status_code == 200
    done = erins.post(page(quote, "decline/"), {"name": "Erin", "reason": "Too dear."})
    assert (done.status_code, QuoteDecision.objects.get().reason) == (302, "Too dear.")


def test_reading_decides_nothing(erins, quote):
    for tail in ("accept/", "decline/", "decision/", ""):
        assert erins.get(page(quote, tail)).status_code == 200
        assert erins.head(page(quote, tail)).status_code in (200, 405)
    assert Document.objects.get().state == "issued"
    assert not QuoteDecision.objects.exists()


def test_an_expired_quote_offers_no_decision(erins, quote, clock):
    PortalLink.objects.update(expires_at=NOW + timedelta(days=90))
    clock.move_to(datetime(2026, 4, 1, 22, 0, tzinfo=UTC))  # the first of April is over in Madrid
    shown = erins.get(page(quote, "accept/")).content.decode()
    assert "This quote was valid until 1 Apr 2026." in shown
    assert '<form class="form decide-form' not in shown
    refused = erins.post(page(quote, "accept/"), {"name": "Erin", "way": "typed"})
    assert refused.status_code == 422
    assert "valid until 1 Apr 2026" in refused.content.decode()
    assert "valid until 1 Apr 2026" in erins.get(page(quote, "decision/")).content.decode()


def test_what_became_of_a_quote_is_told(erins, quote, decide, dan_here, erin):
    waiting = erins.get(page(quote, "decision/"))
    assert "waits for your decision" in waiting.content.decode()
    assert erins.get(page(quote, "decision/?shown=issued")).status_code == 204
    decide(quote, Answer(accepted=True, name="Erin Example", signature=DRAWN))
    assert erins.get(page(quote, "decision/?shown=issued"))["HX-Refresh"] == "true"
    told = erins.get(page(quote, "decision/"))
    assert "Accepted by Erin Example" in text_of(tree(told))
    assert DRAWN in told.content.decode()
    file = erins.get(page(quote, "decision/certificate/"))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert file["Content-Disposition"] == 'attachment; filename="Certificate QU-2026-0001.pdf"'


def test_a_superseded_quote_leads_to_its_next_version(erins, quote, dan_here, last_link):
    version = new_version(actor=dan_here, document=quote)
    issue_document(actor=dan_here, document=version, now=NOW)
    told = erins.get(page(quote, "decision/")).content.decode()
    assert "newer version" in told
    assert page(version) not in told  # the link opened the earlier one alone
    sent_document(version, actor=dan_here, now=NOW)
    erins.get(last_link())
    assert page(version) in erins.get(page(quote, "decision/")).content.decode()


def test_a_withdrawn_quote_says_so(erins, quote, dan_here):
    void_document(actor=dan_here, document=quote, now=NOW)
    assert "withdrawn" in erins.get(page(quote, "decision/")).content.decode()
    assert "withdrawn" in erins.get(page(quote, "accept/")).content.decode()


@pytest.mark.parametrize("tail", ["accept/", "decline/", "decision/", "decision/certificate/"])
def test_doors_of_the_portal_open_for_its_contact_alone(erins, quote, decide, delta, tail):
    decide(quote)
    other = issued_document(ContactFactory(organisation=delta), kind=Kind.QUOTE)
    foreign = issued_document(ContactFactory(organisation=OrganisationFactory(slug="foreign")), kind=Kind.QUOTE)
    assert erins.get(page(quote, tail)).status_code == 200
    for document in (other, foreign):
        assert erins.get(page(document, tail)).status_code in (302, 404)
        assert erins.get(page(document, tail)).content.find(document.number.encode()) == -1
    assert Client().get(page(quote, tail)).status_code in (302, 404)


def test_only_quotes_have_a_decision(erins, erin, dan_here, last_link):
    invoice = issued_document(erin)
    sent_document(invoice, actor=dan_here, now=NOW)
    erins.get(last_link())
    for tail in ("accept/", "decline/", "decision/", "decision/certificate/"):
        assert erins.get(page(invoice, tail)).status_code == 404


# --- Staff ---------------------------------------------------------------------------------------------------


def test_staff_see_the_decision_with_its_evidence(client_of, dan, quote, decide):
    browser = client_of(dan)
    assert "has not decided yet" in browser.get(staff_page(quote, "decision/")).content.decode()
    decide(quote, Answer(accepted=True, name="Erin Example", reference="PO-77", signature=DRAWN, address="203.0.113.9"))
    words = text_of(tree(browser.get(staff_page(quote, "decision/"))))
    for part in (
        "Accepted by Erin Example",
        "PO-77",
        "203.0.113.9",
        "by a link sent to this address",
        "Make an invoice",
    ):
        assert part in words
    file = browser.get(staff_page(quote, "decision/certificate/"))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    assert HistoryEntry.objects.filter(what="client_portal.certificate.downloaded").count() == 1
    made = browser.post(staff_page(quote, "decision/convert/"), {"to": "sales_order"})
    draft = Document.objects.get(kind="sales_order")
    assert made["Location"] == staff_page(draft, "edit/")
    words = text_of(tree(browser.get(staff_page(quote, "decision/"))))
    assert ("Make an invoice" in words, "Became Sales order (draft)" in words) == (False, True)


@pytest.mark.parametrize("tail", ["decision/", "decision/certificate/"])
def test_doors_of_staff_are_those_of_the_section(client_of, dan, carol, quote, decide, delta, tail):
    decide(quote)
    role = RoleFactory(organisation=delta, levels={"purchases": 2})
    buyer = MemberFactory(organisation=delta, role=role).user
    assert client_of(dan).get(staff_page(quote, tail)).status_code == 200
    assert client_of(carol).get(staff_page(quote, tail)).status_code == 404
    assert client_of(buyer).get(staff_page(quote, tail)).status_code == 404
    assert Client().get(staff_page(quote, tail))["Location"].startswith("/accounts/login/")


def test_converting_is_closed_to_who_may_not(client_of, carol, quote, decide, delta):
    decide(quote)
    viewer = MemberFactory(organisation=delta, code="viewer").user
    address = staff_page(quote, "decision/convert/")
    assert client_of(viewer).post(address, {"to": "invoice"}).status_code == 403
    assert client_of(carol).post(address, {"to": "invoice"}).status_code == 404
    assert client_of(viewer).get(address).status_code == 405
