"""R14: a contact opens a quote and accepts it in the left side bar; the business sees it at once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.models import OutboundEmail
from client_portal.models import PortalSettings, QuoteDecision
from documents.actions import void_document
from documents.models import Document, Kind
from tests.e2e.conftest import PHONE, link_in_mail
from tests.factories import issued_document, sent_document

ERIN = "erin@customer.example"
PATH = "/portal/delta/d/[^/]+/"


@pytest.fixture
def quote(erin):
    today = timezone.localdate()
    return issued_document(erin, kind=Kind.QUOTE, issued_on=today, due_on=today + timedelta(days=30))


@pytest.fixture
def come(visitor, quote, dan, delta, actor_of):
    """Somebody who opens the quote from the mail."""

    def open_link(**options):
        sent_document(quote, actor=actor_of(dan, delta), now=timezone.now())
        person = visitor(**options)
        person.open(link_in_mail(ERIN))
        person.expect_path(PATH)
        return person

    return open_link


def draw(page):
    """Two strokes on the pad, with the mouse."""
    pad = page.locator(".pad-box")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for begin in (60, 200):
        page.mouse.move(box["x"] + begin, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + begin + 40, box["y"] + 90, steps=5)
        page.mouse.move(box["x"] + begin + 80, box["y"] + 30, steps=5)
        page.mouse.up()


def test_r14_accept_quote(come, visitor, quote, delta, dan):
    PortalSettings.objects.create(organisation=delta, terms="Half of it is due with the order.")
    staff, erin = visitor(), come()
    staff.log_in(dan)
    staff.open(f"/o/delta/documents/{quote.pk}/")
    expect(staff.page.get_by_text("The customer has not decided yet.")).to_be_visible()

    erin.page.get_by_role("complementary").get_by_role("link", name="Accept quote").click()
    erin.expect_title("Accept quote")
    expect(erin.page.get_by_text("Half of it is due with the order.")).to_be_visible()
    erin.page.get_by_label("I have read the terms and agree to them").check()
    erin.fill({"Your name": "Erin Example", "Your order number": "PO-77"})
    erin.page.get_by_label("I draw my signature").check()
    draw(erin.page)
    erin.press("Accept quote")

    erin.expect_path(PATH)
    expect(erin.page.get_by_text("You have accepted this quote.")).to_be_visible()
    expect(erin.page.get_by_text("Accepted by Erin Example")).to_be_visible()
    expect(erin.page.locator("svg.signature path")).to_have_attribute("d", QuoteDecision.objects.get().signature)
    with erin.page.expect_download() as download:
        erin.page.get_by_role("link", name="Certificate").click()
    assert download.value.suggested_filename == f"Certificate {quote.number}.pdf"

    assert OutboundEmail.objects.filter(to="dan@delta.example", kind="client_portal/quote_answered").count() == 1
    assert OutboundEmail.objects.filter(to=ERIN, kind="client_portal/quote_decided").count() == 1
    staff.page.reload()
    expect(staff.page.get_by_text("Accepted by Erin Example")).to_be_visible()
    expect(staff.page.get_by_text("PO-77")).to_be_visible()
    staff.press("Make a sales order")
    staff.expect_path("/o/delta/documents/[^/]+/edit/")
    assert Document.objects.get(kind=Kind.SALES_ORDER).references["order_reference"] == "PO-77"


def test_r14_the_page_tells_of_a_withdrawal_but_not_while_somebody_writes(come, quote, dan, delta, actor_of):
    person = come()
    person.page.clock.install()
    person.open(f"/portal/delta/d/{quote.pk}/")
    person.settle()
    comment = person.page.locator("#comments").get_by_role("textbox")
    comment.fill("Could you deliver on Friday?")
    void_document(actor=actor_of(dan, delta), document=quote, now=timezone.now())
    with person.page.expect_response(f"**/{quote.pk}/decision/**"):
        person.page.clock.fast_forward("00:21")
    person.settle()
    expect(comment).to_have_value("Could you deliver on Friday?")
    comment.clear()
    person.page.clock.fast_forward("00:21")
    expect(person.page.get_by_role("complementary").get_by_text("withdrawn")).to_be_visible()


def test_r14_in_spanish_on_a_phone_with_the_keyboard(come, erin, quote):
    erin.language = "es"
    erin.save()
    person = come(locale="es-ES", viewport=PHONE)
    person.page.get_by_role("link", name="Aceptar presupuesto").click()
    person.expect_title("Aceptar presupuesto")
    person.page.get_by_label("Su nombre", exact=True).focus()
    person.page.keyboard.type("Erin Ejemplo")
    person.page.keyboard.press("Enter")  # the typed name is the signature
    expect(person.page.get_by_text("Aceptado por Erin Ejemplo")).to_be_visible()
    assert QuoteDecision.objects.get().signature == ""


def test_r14_decline_without_javascript(come, quote):
    person = come(java_script_enabled=False)
    person.page.get_by_role("link", name="Decline").click()
    person.fill({"Your name": "Erin Example", "Reason": "Too dear."})
    person.press("Decline quote")
    person.expect_path(PATH)
    expect(person.page.get_by_text("You have declined this quote.")).to_be_visible()
    person.press("What became of this quote")
    expect(person.page.get_by_text("Too dear.")).to_be_visible()


def test_r14_what_is_missing_is_said_and_what_was_drawn_stays(come, quote):
    person = come()
    person.expected.add(422)
    person.press("Accept quote")
    person.page.get_by_label("I draw my signature").check()
    draw(person.page)
    drawn = person.page.locator(".pad-ink").get_attribute("d")
    person.press("Accept quote")
    expect(person.page.get_by_role("alert")).to_contain_text("Your name")
    expect(person.page.locator(".pad-ink")).to_have_attribute("d", drawn)
    person.press("Clear")
    expect(person.page.locator(".pad-ink")).to_have_attribute("d", "")
    person.fill({"Your name": "Erin"})
    person.press("Accept quote")
    expect(person.page.get_by_role("alert")).to_contain_text("Draw your signature")
    assert not QuoteDecision.objects.exists()
