"""R11: My portal → the client account → ⋮ (top right) → End collaboration → confirm."""

import pytest
from playwright.sync_api import expect

from advisory_portal.core.models import OutboundEmail
from collaborations.models import Collaboration, Grant
from tests.collaborations.factories_conversations import collaborating
from tests.collaborations.factories_grants import granted, looked_after
from tests.e2e.conftest import DESKTOP
from tests.e2e.test_r08_account_managers import open_client
from tests.factories import issued_document


@pytest.fixture
def sides(visitor, alice, bob, dan, acme, delta, erin):
    """Alice and Bob of the firm, and Dan of the client, each in a browser; an invoice waits to be reviewed."""
    collaboration = collaborating(delta, acme)
    granted(collaboration)
    looked_after(collaboration.client, bob)
    issued_document(erin)
    people = visitor(), visitor(), visitor()
    for person, user in zip(people, (alice, bob, dan), strict=True):
        person.log_in(user)
    return people


def open_dialog(alice):
    button = alice.page.get_by_role("button", name="More", exact=True)
    box = button.bounding_box()
    assert box["x"] > DESKTOP["width"] * 0.8 and box["y"] < 200, "top right"
    button.click()
    alice.page.get_by_role("button", name="End collaboration", exact=True).click()
    return alice.page.get_by_role("dialog", name="End the collaboration with Delta?")


def test_r11_end_collaboration(sides):
    alice, bob, dan = sides
    open_client(bob)
    bob.press("Log in to account")
    bob.expect_path("/o/delta/.*")
    open_client(alice)
    dialog = open_dialog(alice)
    expect(dialog).to_contain_text("Everybody in your firm loses all access to the account at once.")
    expect(dialog).to_contain_text("Invoices: 1")
    bob.expected.add(404)  # for what his page asks by itself, too
    dialog.get_by_label("Reason").fill("We close the office")
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    alice.expect_title("My portal")
    expect(alice.page.get_by_text("The collaboration with Delta has ended.")).to_be_visible()
    expect(alice.page.get_by_role("link", name="Delta", exact=True)).to_have_count(0)

    answer = bob.page.goto(f"{bob.site}/o/delta/documents/invoices/")
    assert answer.status == 404, "all access is gone with the next request"
    dan.open("/o/delta/my-advisory/")
    dan.page.get_by_role("link", name="Acme Advisers").first.click()
    expect(dan.page.get_by_role("main")).to_contain_text("We close the office")
    assert Collaboration.objects.get().ended_by_name == "Alice"
    assert not Grant.objects.standing().exists()
    assert OutboundEmail.objects.filter(kind="collaborations/ended", to="dan@delta.example").exists()


def test_r11_the_client_ends_it_too(sides):
    alice, _bob, dan = sides
    dan.open("/o/delta/my-advisory/")
    dan.page.get_by_role("link", name="Acme Advisers").first.click()
    dan.page.get_by_role("button", name="More", exact=True).click()
    dan.page.get_by_role("link", name="End collaboration", exact=True).click()
    dan.press("End collaboration")
    expect(dan.page.get_by_text("ended the collaboration").first).to_be_visible()
    client = Collaboration.objects.get().client
    alice.open(f"/o/acme/my-portal/clients/{client.pk}/")
    expect(alice.page.get_by_text("This collaboration has ended")).to_be_visible()
    expect(alice.page.get_by_role("button", name="Log in to account")).to_have_count(0)


def test_r11_cancelled_changes_nothing(sides):
    alice, _bob, _dan = sides
    open_client(alice)
    dialog = open_dialog(alice)
    dialog.get_by_role("button", name="Cancel", exact=True).click()
    expect(dialog).to_be_hidden()
    assert Collaboration.objects.get().state == "active"


def test_r11_in_spanish_has_the_words_of_the_guide(sides, alice):
    person, _bob, _dan = sides
    alice.language = "es"
    alice.save()
    person.open(f"/o/acme/my-portal/clients/{Collaboration.objects.get().client_id}/")
    person.page.get_by_role("button", name="Más", exact=True).click()
    person.page.get_by_role("button", name="Terminar colaboración", exact=True).click()
    person.page.get_by_role("dialog").get_by_role("button", name="Confirmar", exact=True).click()
    person.expect_title("Mi portal")
    assert Collaboration.objects.get().state == "ended"
