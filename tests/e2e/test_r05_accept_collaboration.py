"""R5: My portal > Requests → the conversation → Accept collaboration → confirm.

Message first, then request, then acceptance, in one thread, with the business in one browser and the firm in another.
"""

import re

import pytest
from playwright.sync_api import expect

from collaborations.models import Client, Collaboration, Conversation
from tests.collaborations.factories_conversations import asked, conversing, in_programme
from tests.e2e.conftest import DESKTOP, PHONE
from tests.partners.listed import listed


@pytest.fixture
def sides(visitor, alice, dan, acme, delta):
    """Dan of the business in one browser, Alice of the firm in another."""
    listed("acme")
    for_business, for_firm = visitor(), visitor()
    for_business.log_in(dan)
    for_firm.log_in(alice)
    return for_business, for_firm


def thread(person):
    return person.page.get_by_role("list").filter(has=person.page.locator(".thread-end"))


def open_request(firm, name="Delta"):
    """From the workspace to the conversation, by the guide's own steps."""
    firm.open("/o/acme/")
    firm.page.get_by_role("navigation", name="Sections").get_by_role("link", name="Requests").click()
    firm.expect_title("Requests")
    firm.page.get_by_role("link", name=name, exact=True).click()
    firm.expect_title(name)


def send(person, words):
    person.page.get_by_label("Message", exact=True).fill(words)
    person.press("Send")
    expect(person.page.get_by_text(words)).to_be_visible()


def test_r05_accept_collaboration(sides, acme):
    dan, alice = sides
    in_programme(acme)
    dan.open("/o/delta/marketplace/acme/")
    dan.press("Send message")
    dan.expect_title("Write to Acme")
    dan.fill({"Message": "We look for an adviser"})
    dan.press("Send")
    dan.expect_title("Acme Advisers")
    open_request(alice)
    expect(thread(alice)).to_contain_text("We look for an adviser")
    expect(alice.page.get_by_role("button", name="Accept collaboration")).to_have_count(0)
    send(alice, "Gladly. What is it about?")
    expect(thread(dan)).to_contain_text("Gladly. What is it about?")
    dan.press("Ask to collaborate")
    dialog = dan.page.get_by_role("dialog")
    dialog.get_by_label("What should the firm do for you?").fill("Books and VAT")
    dialog.get_by_role("button", name="Ask to collaborate").click()
    expect(thread(dan)).to_contain_text("Dan (Delta) asked to collaborate")
    expect(thread(alice)).to_contain_text("Books and VAT")
    button = alice.page.get_by_role("button", name="Accept collaboration")
    box = button.bounding_box()
    assert box["x"] > DESKTOP["width"] / 2 and box["y"] < 200, "top right"
    button.click()
    alice.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(thread(alice)).to_contain_text("Alice (Acme Advisers) accepted the collaboration")
    expect(thread(dan)).to_contain_text("Alice (Acme Advisers) accepted the collaboration")
    expect(dan.page.get_by_role("link", name="Grant access")).to_be_visible()
    collaboration = Collaboration.objects.get()
    assert (collaboration.state, collaboration.client) == ("active", Client.objects.get())
    assert Conversation.objects.count() == 1


def test_r05_my_advisory_leads_to_the_conversation(sides, acme, delta):
    dan, _alice = sides
    conversing(delta, acme, "Good morning")
    dan.open("/o/delta/")
    dan.page.get_by_role("banner").get_by_role("link", name="My advisory").click()
    dan.expect_title("My advisory")
    dan.page.get_by_role("link", name="Acme Advisers", exact=True).click()
    expect(thread(dan)).to_contain_text("Good morning")


def test_r05_decline_archives(sides, acme, delta):
    dan, alice = sides
    asked(delta, acme)
    open_request(alice)
    alice.press("Decline")
    dialog = alice.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("We are full until June")
    dialog.get_by_role("button", name="Decline").click()
    alice.expect_title("Requests")
    expect(alice.page.get_by_role("link", name="Delta", exact=True)).to_have_count(0)
    alice.page.get_by_role("link", name="Archived").click()
    expect(alice.page.get_by_role("link", name="Delta", exact=True)).to_be_visible()
    dan.open("/o/delta/my-advisory/")
    dan.page.get_by_role("link", name="Acme Advisers", exact=True).click()
    expect(thread(dan)).to_contain_text("We are full until June")
    expect(dan.page.get_by_role("main").get_by_role("button", name="Ask to collaborate").first).to_be_visible()


def test_r05_block_and_unblock(sides, acme, delta):
    dan, alice = sides
    asked(delta, acme)
    open_request(alice)
    alice.page.get_by_role("main").get_by_role("button", name="More").click()
    alice.press("Block")
    alice.page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(alice.page.get_by_text("Unblock it to write")).to_be_visible()
    dan.open("/o/delta/my-advisory/")
    dan.page.get_by_role("link", name="Acme Advisers", exact=True).click()
    expect(dan.page.get_by_text("does not take messages from your business")).to_be_visible()
    expect(dan.page.get_by_role("button", name="Send")).to_have_count(0)
    expect(dan.page.get_by_role("button", name="Ask to collaborate")).to_have_count(0)
    alice.page.get_by_role("main").get_by_role("button", name="More").click()
    alice.press("Unblock")
    dan.page.reload()
    send(dan, "Hello again")


def test_r05_files_unread_and_read_marks(sides, acme, delta):
    dan, alice = sides
    conversing(delta, acme, "Good morning")
    dan.open("/o/delta/my-advisory/")
    dan.page.get_by_role("link", name="Acme Advisers", exact=True).click()
    lease = {"name": "lease.txt", "mimeType": "text/plain", "buffer": b"Lease"}
    dan.page.get_by_label("Attach files").set_input_files(lease)
    send(dan, "Here is the lease")
    alice.open("/o/acme/my-portal/requests/")
    expect(alice.page.get_by_text("2 unread")).to_be_visible()
    alice.page.get_by_role("link", name="Delta", exact=True).click()
    with alice.page.expect_download() as download:
        alice.page.get_by_role("link", name=re.compile("lease.txt")).click()
    assert download.value.path().read_bytes() == b"Lease"
    expect(thread(dan)).to_contain_text("Read by Alice")
    alice.open("/o/acme/my-portal/requests/")
    expect(alice.page.get_by_text("unread")).to_have_count(0)


def test_r05_without_javascript_on_a_phone(visitor, alice, dan, acme, delta):
    asked(delta, acme)
    person = visitor(java_script_enabled=False, viewport=PHONE)
    person.log_in(alice)
    person.open("/o/acme/my-portal/requests/")
    person.page.get_by_role("link", name="Delta", exact=True).click()
    person.page.get_by_label("Message", exact=True).fill("We call you")
    person.press("Send")
    expect(person.page.get_by_text("We call you")).to_be_visible()
    person.press("Mark as read")
    person.press("Accept collaboration")
    person.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(person.page.get_by_text("Alice (Acme Advisers) accepted the collaboration")).to_be_visible()


def test_r05_in_spanish(visitor, alice, dan, acme, delta):
    asked(delta, acme)
    alice.language = "es"
    alice.save()
    person = visitor(locale="es-ES")
    person.log_in(alice)
    person.open("/o/acme/")
    person.page.get_by_role("link", name="Solicitudes").click()
    person.page.get_by_role("link", name="Delta", exact=True).click()
    person.press("Aceptar colaboración")
    person.page.get_by_role("dialog").get_by_role("button", name="Confirmar").click()
    expect(person.page.get_by_text("Alice (Acme Advisers) ha aceptado la colaboración")).to_be_visible()
