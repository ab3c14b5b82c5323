"""R15: open a document → download or print icon in the left side bar."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from client_portal.models import Viewing
from documents.models import Document
from tests.e2e.conftest import PHONE, link_in_mail
from tests.factories import issued_document, sent_document


@pytest.fixture
def invoice(erin):
    return issued_document(erin)


@pytest.fixture
def erins(visitor, invoice, dan_here):
    """Opens the mailed link of the invoice: `erins(viewport=PHONE)`."""

    def come(**options):
        sent_document(invoice, actor=dan_here, now=timezone.now())
        person = visitor(**options)
        person.open(link_in_mail("erin@customer.example"))
        person.expect_path(f"/portal/delta/d/{invoice.pk}/")
        return person

    return come


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE])
def test_download_and_print_stand_in_the_side_bar(erins, invoice, viewport):
    person = erins(viewport=viewport)
    side = person.page.get_by_role("complementary")
    with person.page.expect_download() as download:
        side.get_by_role("link", name="Download", exact=True).click()
    assert download.value.suggested_filename == f"Invoice {invoice.number}.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    with person.context.expect_page() as opened:
        side.get_by_role("link", name="Print", exact=True).click()
    sheet = opened.value
    sheet.wait_for_load_state()
    expect(sheet.get_by_role("main")).to_contain_text("Advice")
    sheet.emulate_media(media="print")
    expect(sheet.get_by_role("button", name="Print")).to_be_hidden()
    expect(sheet.get_by_role("link", name="Back to the document")).to_be_hidden()
    expect(sheet.locator(".sheet")).to_be_visible()


def test_reading_is_told_by_a_person_that_looks(erins, invoice, visitor, dan):
    person = erins()
    expect(person.page.get_by_role("complementary")).to_contain_text("Amount due")
    assert not Viewing.objects.exists()
    with person.page.expect_response("**/viewed/") as answer:
        person.page.mouse.move(300, 300)
    assert answer.value.status == 204
    assert Viewing.objects.get().document_id == invoice.pk
    staff = visitor()
    staff.log_in(dan)
    staff.open(f"/o/delta/documents/{invoice.pk}/")
    expect(staff.page.get_by_text("Read on")).to_be_visible()


def test_a_crawler_that_follows_every_link_changes_nothing(erins, invoice):
    person = erins()
    before = Document.objects.values().get(pk=invoice.pk)
    site, seen, todo = person.site, set(), [f"/portal/delta/d/{invoice.pk}/"]
    while todo:
        path = todo.pop()
        seen.add(path)
        answer = person.context.request.get(site + path)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        person.page.set_content(answer.text())
        hrefs = person.page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        todo += [one for one in hrefs if one.startswith("/portal/") and one not in seen and one not in todo]
    assert any(path.endswith("/pdf/") for path in seen)
    assert not Viewing.objects.exists()
    assert Document.objects.values().get(pk=invoice.pk) == before
