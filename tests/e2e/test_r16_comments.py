"""R16: a contact writes a comment in the left side bar of a document; the business answers in the same thread."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from client_portal.models import Comment, UnreadComments
from client_portal.rules import COMMENT_PAUSE
from client_portal.tasks import mail_comments
from documents.actions import write_note
from tests.e2e.conftest import PHONE, link_in_mail
from tests.factories import issued_document, sent_document

ERIN = "erin@customer.example"


@pytest.fixture
def invoice(erin):
    return issued_document(erin)


@pytest.fixture
def come(visitor, invoice, dan, delta, actor_of):
    def open_link(**options):
        sent_document(invoice, actor=actor_of(dan, delta), now=timezone.now())
        person = visitor(**options)
        person.open(link_in_mail(ERIN))
        return person

    return open_link


def mail_them():
    """What the sweep mails a few minutes later."""
    with time_machine.travel(timezone.now() + COMMENT_PAUSE + timedelta(seconds=1), tick=True):
        mail_comments()


def test_r16_comments(come, visitor, invoice, dan, delta, actor_of):
    write_note(actor=actor_of(dan, delta), document=invoice, text="She pays late")
    erin, staff = come(), visitor()
    side = erin.page.get_by_role("complementary")
    expect(side.get_by_role("heading", name="Comments")).to_be_visible()
    erin.field("Comment").fill("What is this line?")
    erin.page.locator("input[name=uploads]").set_input_files(
        {"name": "slip.txt", "mimeType": "text/plain", "buffer": b"Slip"}
    )
    expect(side.get_by_text("slip.txt")).to_be_visible()
    side.get_by_role("button", name="Send").click()
    expect(side.locator(".message")).to_have_count(1)
    expect(erin.field("Comment")).to_have_value("")
    expect(erin.page.get_by_text("She pays late")).to_have_count(0)

    mail_them()
    staff.log_in(dan)
    staff.open("/o/delta/overview/")
    staff.page.get_by_role("link", name="Invoice", exact=False).filter(has_text=invoice.number).first.click()
    expect(staff.page.get_by_text("What is this line?")).to_be_visible()
    expect(staff.page.get_by_role("link", name="slip.txt")).to_be_visible()
    staff.field("Comment").fill("Advice, an hour of it.")
    staff.page.locator("#comments").get_by_role("button", name="Send").click()
    expect(staff.page.locator("#comments .message")).to_have_count(2)

    expect(side.get_by_text("Advice, an hour of it.")).to_be_visible()  # by itself
    assert [(one.side, one.author_name) for one in Comment.objects.order_by("id")] == [
        ("contact", "Erin"),
        ("business", "Dan"),
    ]


def test_r16_the_mail_leads_back_to_the_thread(come, visitor, invoice, dan, delta, actor_of):
    staff = visitor()
    staff.log_in(dan)
    staff.open(f"/o/delta/documents/{invoice.pk}/")
    staff.field("Comment").fill("Did you get it?")
    staff.page.locator("#comments").get_by_role("button", name="Send").click()
    expect(staff.page.locator("#comments .message")).to_have_count(1)
    mail_them()
    erin = visitor(viewport=PHONE)
    erin.open(link_in_mail(ERIN) + "#comments")
    expect(erin.page.get_by_text("Did you get it?")).to_be_visible()
    erin.field("Comment").fill("Yes, thank you.")
    erin.page.locator("#comments").get_by_role("button", name="Send").click()
    expect(erin.page.locator("#comments .message")).to_have_count(2)
    assert UnreadComments.objects.get().side == "business"


def test_r16_without_javascript_in_spanish(come, erin):
    erin.language = "es"
    erin.save()
    person = come(locale="es-ES", java_script_enabled=False)
    person.press("Leer y escribir comentarios")
    person.field("Comentario").fill("¿Qué es esto?")
    person.press("Enviar")
    person.press("Leer y escribir comentarios")
    expect(person.page.get_by_text("¿Qué es esto?")).to_be_visible()
