"""The mail that brings a document: what it says, to whom, what it carries, and that it goes out once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from advisory_portal.core.files import read_file
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from client_portal.actions import MOST_ADDRESSES, NoAddress, NotForPortal, send_document
from client_portal.models import PortalLink
from client_portal.tasks import send_documents
from documents import actions
from documents.models import Document
from tests.factories import DocumentFactory, drafted_document, issued_document
from tests.pages import errors_in, field_errors, text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def send(dan_here):
    def run(document, **values):
        own = {"to": ["erin@customer.example"], "subject": "Your invoice", "text": "Hello,\n\nhere\nit is & more."}
        return send_document(actor=dan_here, document=document, **{**own, "now": NOW, "sending": uuid7(), **values})

    return run


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


def address(document, act="send"):
    return f"/o/delta/documents/{document.pk}/{act}/"


def mail(**values):
    own = {"to": "erin@customer.example", "subject": "Your invoice", "text": "Here it is.", "attach_pdf": "on"}
    return {**own, "sending": str(uuid7()), **values}


def test_the_mail_carries_text_button_and_pdf(send, invoice, delta):
    send(invoice)
    email = OutboundEmail.objects.get()
    assert (email.subject, email.text.splitlines()[:4]) == ("Your invoice", ["Hello,", "", "here", "it is & more."])
    assert "<p>here<br>it is &amp; more.</p>" in email.html
    assert len(set(re.findall(r"/portal/delta/l/[^/]+/", email.html))) == 1
    invoice.refresh_from_db()
    assert email.attachment == invoice.pdf
    assert read_file(email.attachment).startswith(b"%PDF-")
    assert (email.attachment.name, email.attachment.content_type) == (
        *("Invoice INV-2026-0001.pdf", "application/pdf"),
    )


def test_without_the_pdf_only_the_link_goes(send, invoice):
    send(invoice, attach_pdf=False)
    assert OutboundEmail.objects.get().attachment is None


def test_each_address_gets_a_link_of_its_own(send, invoice):
    links = send(invoice, to=["A@x.example ", "b@x.example", "a@x.example"])
    assert [link.email for link in links] == ["a@x.example", "b@x.example"]
    mails = OutboundEmail.objects.order_by("to")
    assert [email.to for email in mails] == ["a@x.example", "b@x.example"]
    assert len({email.text for email in mails}) == 2
    assert len({email.attachment_id for email in mails}) == 1
    entry = HistoryEntry.objects.get(what="client_portal.link.sent")
    assert entry.after == {"email": "a@x.example, b@x.example"}


@pytest.mark.parametrize("number", [0, MOST_ADDRESSES + 1])
def test_an_address_is_needed_and_ten_are_enough(send, invoice, number):
    with pytest.raises(NoAddress) as caught:
        send(invoice, to=[f"a{one}@x.example" for one in range(number)])
    assert (caught.value.field, OutboundEmail.objects.count()) == ("to", 0)
    assert len(send(invoice, to=[f"a{one}@x.example" for one in range(MOST_ADDRESSES)])) == MOST_ADDRESSES


def test_a_copy_leads_to_the_staffs_page(send, invoice, dan):
    send(invoice, copy_to_me=True)
    copy = OutboundEmail.objects.get(to=dan.email)
    assert f"{settings.SITE_URL}/o/delta/documents/{invoice.pk}/" in copy.text
    assert "/portal/" not in copy.text + copy.html
    assert (copy.subject, copy.attachment_id) == ("Your invoice", invoice.pdf_id)
    assert "hours" not in copy.text + copy.html
    assert PortalLink.objects.count() == 1


def test_a_sending_that_is_repeated_mails_nothing_again(send, invoice):
    sending = uuid7()
    first = send(invoice, sending=sending)
    again = send(invoice, sending=sending, now=NOW + timedelta(hours=1))
    assert (again, OutboundEmail.objects.count()) == (first, 1)
    invoice.refresh_from_db()
    assert invoice.sent_at == NOW
    send(invoice, now=NOW + timedelta(hours=1))
    assert (OutboundEmail.objects.count(), PortalLink.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda erin: drafted_document(erin), "Issue this one first"),
        (lambda erin: DocumentFactory(contact=erin, state="void"), "is void"),
    ],
)
def test_drafts_and_void_documents_are_not_sent(send, erin, make, words):
    document = make(erin)
    with pytest.raises(NotForPortal, match=words):
        send(document)
    assert (OutboundEmail.objects.count(), PortalLink.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_four_presses_of_the_button_are_one_mail(erin, dan_here, send):
    document, sending = issued_document(erin), uuid7()

    def press():
        return len(send(Document.objects.get(pk=document.pk), sending=sending, attach_pdf=False))

    assert together([press] * 4) == [1] * 4
    assert (OutboundEmail.objects.count(), PortalLink.objects.count()) == (1, 1)


# --- The page --------------------------------------------------------------------------------------------------


def test_the_page_begins_with_the_contacts_address_and_language(browser, erin):
    erin.language = "es"
    erin.save()
    form = tree(browser.get(address(issued_document(erin))))
    assert form.xpath('//input[@name="to"]/@value') == ["erin@customer.example"]
    assert form.xpath('//input[@name="subject"]/@value') == ["Factura INV-2026-0001 de Delta"]
    assert "Hola, Erin:" in form.xpath('//textarea[@name="text"]')[0].text
    assert form.xpath('//input[@name="attach_pdf"]/@checked') == ["checked"]
    assert form.xpath('//input[@name="copy_to_me"]/@checked') == []


def test_a_document_is_sent_from_its_page(browser, invoice):
    response = browser.post(address(invoice), mail(to="a@x.example, b@x.example"), follow=True)
    assert response.redirect_chain == [(f"/o/delta/documents/{invoice.pk}/", 302)]
    assert "The mail is on its way to a@x.example, b@x.example." in text_of(tree(response))
    assert sorted(OutboundEmail.objects.values_list("to", flat=True)) == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize(
    "to", ["", "no address", "a@" + "b" * 250 + ".example", "a@b.example; nonsense", "a@b.example\r\nBcc: c@d.example"]
)
def test_a_bad_address_is_told_beside_its_field(browser, invoice, to):
    response = browser.post(address(invoice), mail(to=to))
    assert (response.status_code, list(field_errors(response))) == (422, ["to"])
    assert not PortalLink.objects.exists()


def test_what_was_typed_is_kept_when_something_is_missing(browser, invoice):
    response = browser.post(address(invoice), mail(subject="", text="My own words"))
    assert (response.status_code, list(field_errors(response))) == (422, ["subject"])
    assert "My own words" in response.content.decode()


def test_a_draft_is_refused_on_the_page(browser, erin):
    response = browser.post(address(drafted_document(erin)), mail())
    assert errors_in(response)[""] == "Only issued documents can be sent. Issue this one first."


def test_a_second_press_says_the_same(browser, invoice):
    posted = mail()
    for _ in range(2):
        assert browser.post(address(invoice), posted).status_code == 302
    assert OutboundEmail.objects.count() == 1


# --- By jobs ---------------------------------------------------------------------------------------------------


def test_a_job_sends_each_document_in_its_contacts_words(invoice, erin, delta, dan_here):
    contact = type(erin).objects.create(
        organisation=delta, kind="customer", name="No mail", sort_key="no mail", search_text="", is_person=True
    )
    silent = issued_document(contact)
    with time_machine.travel(NOW, tick=False):
        job = actions.start_bulk(
            actor=dan_here, kind="invoice", act="documents.send", documents=[invoice.pk, silent.pk]
        )
        assert send_documents() == 2
        assert send_documents() == 0
    sent, refused = job.items.order_by("outcome")
    assert (sent.outcome, sent.reason) == ("done", "erin@customer.example")
    assert refused.outcome == "refused"
    assert "No mail has no e-mail address" in refused.reason
    email = OutboundEmail.objects.get()
    assert (email.to, email.subject) == ("erin@customer.example", "Invoice INV-2026-0001 from Delta")
    assert email.attachment is not None
    job.refresh_from_db()
    assert job.finished_at is not None
