"""R9: client account → Log in to account (top right), or the icon in the list. The person enters the client's account
under their own name with the granted role; a bar says so and leads back. And what a firm asks its client there.
"""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collaborations import actions
from collaborations.models import Question
from tests.collaborations.factories_conversations import owner_of
from tests.collaborations.factories_grants import advised, looked_after
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import ContactFactory, DocumentFactory

BAR = "You are in Delta for Acme Advisers as Bookkeeper"


@pytest.fixture
def grant(alice, dan, acme, delta):
    return advised(delta, acme)


@pytest.fixture
def bob_there(visitor, grant, bob):
    """Bob, the client's account manager, on the client's page."""
    looked_after(grant.collaboration.client, bob)
    person = visitor()
    person.log_in(bob)
    person.open(f"/o/acme/my-portal/clients/{grant.collaboration.client_id}/")
    return person


def bar(person):
    return person.page.get_by_role("region", name="Client’s account")


def test_r09_log_in_to_account(bob_there, visitor, dan, delta):
    contact = ContactFactory(organisation=delta, name="Erin")
    button = bob_there.page.get_by_role("button", name="Log in to account")
    box = button.bounding_box()
    assert box["x"] > DESKTOP["width"] / 2 and box["y"] < 200, "top right"
    button.click()
    bob_there.expect_title("Overview")
    expect(bar(bob_there)).to_contain_text(BAR)
    sections = bob_there.page.get_by_role("navigation", name="Sections")
    expect(sections.get_by_role("link", name="Journal")).to_be_visible()
    expect(sections.get_by_role("link", name="Settings")).to_have_count(0)
    expect(bob_there.page.get_by_role("link", name="My advisory")).to_have_count(0)
    bob_there.open(f"/o/delta/contacts/{contact.pk}/")
    expect(bar(bob_there)).to_contain_text(BAR)
    bob_there.page.get_by_role("main").get_by_role("button", name="More", exact=True).first.click()
    bob_there.press("Mark as reviewed")
    owner = visitor()
    owner.log_in(dan)
    owner.open("/o/delta/activity/")
    expect(owner.page.get_by_role("main")).to_contain_text("Bob (Acme Advisers) reviewed the contact Erin")
    bar(bob_there).get_by_role("button", name="Leave").click()
    bob_there.expect_title("Delta")
    bob_there.expect_path(r"/o/acme/my-portal/clients/[\w-]+/")
    bob_there.expected.add(404)
    bob_there.open("/o/delta/contacts/")
    expect(bob_there.page.get_by_text(BAR)).to_have_count(0)


def test_r09_the_icon_in_the_list(visitor, grant, alice):
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/my-portal/")
    person.page.get_by_role("main").get_by_role("button", name="Log in to account").or_(
        person.page.get_by_role("main").get_by_role("button", name="Log in to Delta")
    ).first.click()
    expect(bar(person)).to_contain_text(BAR)
    bar(person).get_by_role("button", name="Leave").click()
    person.expect_title("My portal")


def test_r09_removed_access_is_gone_with_the_next_click(bob_there, grant, delta):
    bob_there.press("Log in to account")
    bob_there.expect_title("Overview")
    bob_there.expected.add(404)
    actions.remove_access(actor=owner_of(delta), grant=grant, now=timezone.now())
    bob_there.page.get_by_role("navigation", name="Sections").get_by_role("link", name="Contacts").click()
    expect(bob_there.page.get_by_role("heading", level=1)).to_have_text("Your access to this account has ended")
    bob_there.press("Go back")
    bob_there.expect_path(f"/o/acme/my-portal/clients/{grant.collaboration.client_id}/")
    expect(bob_there.page.get_by_role("button", name="Log in to account")).to_have_count(0)


def test_r09_in_spanish_on_a_phone(visitor, grant, bob):
    looked_after(grant.collaboration.client, bob)
    bob.language = "es"
    bob.save()
    person = visitor(locale="es-ES", viewport=PHONE)
    person.log_in(bob)
    person.open(f"/o/acme/my-portal/clients/{grant.collaboration.client_id}/")
    person.press("Acceder a la cuenta")
    expect(person.page.get_by_text("Está en Delta por Acme Advisers como Contable")).to_be_visible()
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    person.page.get_by_role("button", name="Salir", exact=True).click()
    person.expect_title("Delta")


def test_r09_a_question_is_asked_and_answered(bob_there, visitor, dan, delta):
    invoice = DocumentFactory(contact=ContactFactory(organisation=delta, name="Erin"), number="F-7")
    bob_there.press("Log in to account")
    bob_there.open(f"/o/delta/documents/{invoice.pk}/")
    bob_there.field("Question").fill("What was this for?")
    bob_there.press("Ask the client")
    expect(bob_there.page.locator("#item-questions")).to_contain_text("Waits for the client")
    owner = visitor()
    owner.log_in(dan)
    owner.open("/o/delta/")
    owner.page.get_by_role("banner").get_by_role("link", name="1 question waits for you").click()
    owner.expect_title("Questions")
    card = owner.page.get_by_role("article")
    expect(card).to_contain_text("Bob (Acme Advisers)")
    owner.field("Your answer").fill("Paper for the shop")
    card.get_by_label("File").set_input_files({"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"paid"})
    card.get_by_role("button", name="Answer").click()
    expect(card).to_contain_text("Answered")
    expect(card.get_by_role("link", name="receipt.txt")).to_be_visible()
    assert Question.objects.get().state == "answered"
    bob_there.expected.add(404)  # the document's page may ask for new comments once more while it is left
    bar(bob_there).get_by_role("button", name="Leave").click()
    bob_there.page.get_by_role("banner").get_by_role("link", name="1 answer to your questions").click()
    answered = bob_there.page.get_by_role("article")
    expect(answered).to_contain_text("Paper for the shop")
    answered.get_by_role("button", name="Settle").click()
    expect(answered).to_contain_text("Settled")
    assert Question.objects.get().state == "settled"
