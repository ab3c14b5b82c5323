import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory_portal.formats.samples import ubl_invoice
from bookkeeping.actions.inbox import put_aside
from bookkeeping.models import InboxAddress, InboxFile
from documents.models import Contact, Document
from tests.bookkeeping.factories_inbox import SPANISH, pdf, picture
from tests.bookkeeping.test_inbox import read, receive

pytestmark = pytest.mark.django_db
INBOX = "/o/delta/inbox/"
TYPED = {
    "kind": "bill",
    "name": "Suministros Norte S.L.",
    "tax_id": "B65410011",
    "country": "ES",
    "number": "2026/0417",
    "issued_on": "2026-02-03",
    "due_on": "2026-03-05",
    "currency": "EUR",
    "withholding": "",
    "text_0": "Paper",
    "base_0": "1,234.56",
    "tax_0": "S:21",
    "total": "1,493.82",
}


@pytest.fixture
def dans(client_of, dan):
    return client_of(dan)


def post(browser, file, do="bill", **changes):
    return browser.post(f"{INBOX}{file.pk}/", TYPED | {"do": do} | changes)


def names_in(page):
    return set(re.findall(r'<a class="row-link inbox-name".*?<span>(.*?)</span>', page.content.decode(), re.DOTALL))


def uploaded(browser, *files):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(INBOX, {"uploads": uploads}, follow=True)


def test_empty_inbox_teaches(dans):
    assert "Nothing has come in yet" in dans.get(INBOX).content.decode()


def test_upload_keeps_good_files_and_names_bad_ones(dans):
    page = uploaded(dans, ("bill.pdf", pdf(SPANISH)), ("bad.pdf", b"MZ"), ("again.png", picture()))
    text = page.content.decode()
    assert "2 files are in the inbox." in text
    assert "bad.pdf: This is neither a PDF" in text
    assert list(InboxFile.objects.values_list("name", flat=True).order_by("name")) == ["again.png", "bill.pdf"]


def test_upload_of_bad_files_alone_says_why(dans):
    page = uploaded(dans, ("bad.pdf", b"MZ"))
    assert page.status_code == 422
    assert "bad.pdf: This is neither a PDF" in page.content.decode()
    assert uploaded(dans).status_code == 422


def test_list_shows_what_was_read(dans, dan_here):
    read(dan_here)
    text = dans.get(INBOX).content.decode()
    assert "Suministros Norte S.L. · 2026/0417" in text
    assert "€1,493.82" in text
    assert "1 file waits" in text


def test_list_is_filtered(dans, dan_here):
    read(dan_here, "first.pdf")
    second = read(dan_here, "second.pdf", pdf("Second"))
    put_aside(actor=dan_here, file=second, reason="An advertisement")
    for query, names in (
        ("", {"first.pdf"}),
        ("?state=all", {"first.pdf", "second.pdf"}),
        ("?state=done", {"second.pdf"}),
        ("?state=error", set()),
        ("?state=all&q=SECOND", {"second.pdf"}),
        ("?state=nonsense", {"first.pdf"}),
    ):
        assert names_in(dans.get(f"{INBOX}{query}")) == names, query


def test_list_costs_the_same_for_many(dans, dan_here):
    receive(dan_here, ("a.xml", b"<a/>"))
    with CaptureQueriesContext(connection) as few:
        dans.get(INBOX)
    receive(dan_here, *((f"{number}.xml", f"<a{number}/>".encode()) for number in range(60)))
    with CaptureQueriesContext(connection) as many:
        page = dans.get(INBOX)
    assert len(names_in(page)) == 50
    assert 'rel="next"' in page.content.decode()
    assert len(many) == len(few)


def test_file_is_shown_with_marks_and_suggestions(dans, dan_here):
    file = read(dan_here)
    text = dans.get(f"{INBOX}{file.pk}/").content.decode()
    assert 'class="inbox-mark mark-total"' in text
    assert 'value="2026/0417"' in text
    assert 'value="1,493.82"' in text
    assert "Base and tax make the total." in text


def test_page_is_a_picture(dans, dan_here):
    file = read(dan_here)
    page = dans.get(f"{INBOX}{file.pk}/pages/1/")
    assert (page.status_code, page["Content-Type"], page.content[:4]) == (200, "image/png", b"\x89PNG")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert dans.get(f"{INBOX}{file.pk}/pages/2/").status_code == 404


def test_to_bill_in_one_click_opens_the_next(dans, dan_here):
    file, following = read(dan_here), read(dan_here, "b.pdf", pdf("Next"))
    answer = post(dans, file)
    assert answer["Location"] == f"{INBOX}{following.pk}/"
    document = Document.objects.get()
    assert (document.kind, document.number, str(document.payable)) == ("bill", "2026/0417", "1493.820")
    assert document.lines.get().name == "Paper"
    assert document.contact.tax_id == "B65410011"
    assert post(dans, file)["Location"] == f"{INBOX}{following.pk}/"  # pressed twice
    assert Document.objects.count() == 1


def test_last_bill_leads_to_the_list(dans, dan_here):
    assert post(dans, read(dan_here))["Location"] == INBOX


def test_several_rates_and_what_is_withheld(dans, dan_here):
    figures = {"base_0": "100", "base_1": "50", "tax_1": "S:10", "withholding": "15", "total": "153.50"}
    assert post(dans, read(dan_here), **figures).status_code == 302
    document = Document.objects.get()
    assert (str(document.payable), str(document.withheld)) == ("153.500", "22.500")


def test_draft_is_kept(dans, dan_here):
    post(dans, read(dan_here), do="draft")
    assert Document.objects.get().state == Document.State.DRAFT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": "1,493.00"}, "total"),
        ({"total": "nonsense"}, "total"),
        ({"base_0": ""}, "base_0"),
        ({"base_0": "-5"}, "base_0"),
        ({"base_0": "1234.567", "total": "1493.82"}, "base_0"),
        ({"name": ""}, "name"),
        ({"number": ""}, "number"),
        ({"tax_id": "B65410012"}, "tax_id"),
        ({"issued_on": "yesterday"}, "issued_on"),
        ({"due_on": "2026-01-01"}, "due_on"),
        ({"currency": "XXX"}, "currency"),
        ({"tax_0": "S:99"}, "tax_0"),
        ({"kind": "invoice"}, "kind"),
    ],
)
def test_bad_input_keeps_what_was_typed(dans, dan_here, changes, field):
    page = post(dans, read(dan_here), text_0="What I typed", **changes)
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert "What I typed" in page.content.decode()
    assert not Document.objects.exists()
    assert not Contact.objects.exists()


def test_number_that_is_there_is_refused_beside_it(dans, dan_here):
    post(dans, read(dan_here))
    page = post(dans, read(dan_here, "b.pdf", pdf("Other")))
    assert page.status_code == 422
    assert 'id="id_number_error"' in page.content.decode()


def test_check_says_what_the_amounts_come_to(dans, dan_here):
    file = read(dan_here)
    assert "Base and tax make the total." in post(dans, file, do="check").content.decode()
    assert "differs by €3.82" in post(dans, file, do="check", total="1,490.00").content.decode()
    assert post(dans, file, do="check", base_0="", number="").status_code == 200
    assert not Document.objects.exists()


def test_einvoice_needs_no_typing(dans, dan_here):
    file = read(dan_here, "invoice.xml", ubl_invoice())
    assert "Hammer" in dans.get(f"{INBOX}{file.pk}/").content.decode()
    assert dans.post(f"{INBOX}{file.pk}/bill/")["Location"] == INBOX
    document = Document.objects.get()
    assert f"/documents/{document.pk}/" in dans.get(f"{INBOX}{file.pk}/").content.decode()


def test_file_is_put_aside_with_a_reason(dans, dan_here):
    file = read(dan_here)
    assert dans.post(f"{INBOX}{file.pk}/put-aside/", {"reason": ""}).status_code == 422
    dans.post(f"{INBOX}{file.pk}/put-aside/", {"reason": "An advertisement"})
    assert "An advertisement" in dans.get(f"{INBOX}{file.pk}/").content.decode()
    dans.post(f"{INBOX}{file.pk}/take-back/")
    file.refresh_from_db()
    assert file.state == InboxFile.State.TO_VERIFY


def test_file_is_downloaded_and_deleted(dans, dan_here):
    content = pdf(SPANISH)
    file = read(dan_here, content=content)
    download = dans.get(f"{INBOX}{file.pk}/download/")
    assert b"".join(download.streaming_content) == content
    assert "attachment" in download["Content-Disposition"]
    dans.post(f"{INBOX}{file.pk}/delete/")
    assert not InboxFile.objects.exists()


def test_address_is_shown_where_mail_is_fetched(dans, settings):
    assert "Get an address" not in dans.get(INBOX).content.decode()
    settings.INBOX_IMAP_URL, settings.INBOX_DOMAIN = "imaps://u:p@mail.example", "in.example.com"
    assert "Get an address" in dans.get(INBOX).content.decode()
    dans.post(f"{INBOX}address/renew/")
    address = f"{InboxAddress.objects.get().local_part}@in.example.com"
    assert address in dans.get(INBOX).content.decode()


def test_oldest_file_tells_its_age(dans, dan_here):
    file = read(dan_here)
    InboxFile.objects.filter(pk=file.pk).update(received_at=timezone.now() - timedelta(days=3))
    assert "the oldest came 3 days ago" in dans.get(INBOX).content.decode()


def test_suppliers_are_found_by_name(dans, dan_here):
    post(dans, read(dan_here))
    assert "Suministros Norte" in dans.get(f"{INBOX}suppliers/?name=suminist").content.decode()
    assert dans.get(f"{INBOX}suppliers/?name=").content.decode().strip() == ""


def test_duplicate_asks_before_it_is_used(dans, dan_here):
    content = pdf(SPANISH)
    read(dan_here, "first.pdf", content)
    text = dans.get(f"{INBOX}{read(dan_here, 'again.pdf', content).pk}/").content.decode()
    assert "This file is there already" in text
    assert "To bill" not in text
    assert "Use it nevertheless" in text
