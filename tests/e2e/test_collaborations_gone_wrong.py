"""What two people do at the same moment, or after something was taken from them: each in a browser of their own."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collaborations.models import Client, Collaboration, Grant, Message
from partners.actions import suspend_firm
from partners.models import Member
from tests.collaborations.factories_conversations import asked, collaborating, conversing, in_programme
from tests.collaborations.factories_grants import granted, looked_after
from tests.e2e.conftest import PHONE
from tests.factories import ContactFactory, MemberFactory, RoleFactory, UserFactory
from tests.partners.listed import listed
from tests.partners.programme import RITA

ENDED = "Your access to this account has ended"


@pytest.fixture
def come(visitor):
    """A browser in which the person is logged in, at a page."""

    def come_in(user, path, **options):
        person = visitor(**options)
        person.log_in(user)
        person.open(path)
        return person

    return come_in


@pytest.fixture
def amy(acme):
    """The firm's second administrator."""
    user = UserFactory(email="amy@acme.example", name="Amy")
    MemberFactory(organisation=acme, user=user, code="administrator")
    return user


@pytest.fixture
def inside(come, alice, bob, dan, acme, delta):
    """Bob, in a browser, at work in the account of Delta, whom he looks after with a role of Delta's own."""
    role = RoleFactory(organisation=delta, name="Books", levels={"contacts": 2, "journal": 2})
    collaboration = collaborating(delta, acme)
    granted(collaboration, role)
    looked_after(collaboration.client, bob)
    person = come(bob, f"/o/acme/my-portal/clients/{collaboration.client_id}/")
    person.press("Log in to account")
    expect(person.page.get_by_role("region", name="Client’s account")).to_be_visible()
    return person


def typing(person, delta):
    """The form of a contact, changed and not saved yet."""
    contact = ContactFactory(organisation=delta, name="Erin")
    person.open(f"/o/delta/contacts/{contact.pk}/edit/")
    person.fill({"Name": "Erin the Second"})
    return contact


def expect_out(person, contact=None):
    """The person is told why, nothing was saved, and the way on leads to the client's page in their firm."""
    expect(person.page.get_by_role("heading", level=1)).to_have_text(ENDED)
    if contact is not None:
        expect(person.page.get_by_text("What you sent was not saved.")).to_be_visible()
        contact.refresh_from_db()
        assert contact.name == "Erin"


def test_two_administrators_accept_at_once(come, alice, amy, dan, acme, delta):
    path = f"/o/acme/my-portal/requests/{asked(delta, acme).conversation_id}/"
    both = [come(user, path) for user in (alice, amy)]
    for person in both:
        person.press("Accept collaboration")
    first, second = both
    first.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(second.page.locator(".thread")).to_contain_text("accepted the collaboration")  # by itself
    second.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    for person in both:
        thread = person.page.get_by_role("list").filter(has=person.page.locator(".thread-end"))
        expect(thread.get_by_text("accepted the collaboration")).to_have_count(1)
        expect(person.page.get_by_role("button", name="Accept collaboration")).to_have_count(0)
    assert Client.objects.filter(firm=acme, business=delta).count() == 1
    assert Collaboration.objects.get().state == "active"


def test_one_accepts_what_the_business_has_just_withdrawn(come, alice, dan, acme, delta):
    conversation = asked(delta, acme).conversation_id
    firm, business = (
        come(user, f"/o/{path}/{conversation}/")
        for user, path in ((alice, "acme/my-portal/requests"), (dan, "delta/my-advisory"))
    )
    firm.press("Accept collaboration")
    business.press("Withdraw request")
    business.page.get_by_role("dialog").get_by_role("button", name="Withdraw request").click()
    expect(business.page.get_by_text("Dan (Delta) took the request back")).to_be_visible()
    expect(firm.page.locator(".thread")).to_contain_text("Dan (Delta) took the request back")  # behind the dialog
    firm.page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(firm.page.get_by_role("alert").or_(firm.page.locator(".toast")).first).to_be_visible()
    assert Collaboration.objects.get().state == "withdrawn"
    assert not Client.objects.filter(firm=acme).exists()


def test_client_removes_access_while_the_manager_saves_a_form(inside, come, dan, delta):
    contact = typing(inside, delta)
    owner = come(dan, f"/o/delta/my-advisory/{Collaboration.objects.get().conversation_id}/access/")
    inside.expected.add(404)
    owner.press("Remove access")
    owner.page.get_by_role("dialog").get_by_role("button", name="Remove access").click()
    owner.expect_title("Acme Advisers")
    inside.press("Save")
    expect_out(inside, contact)
    inside.press("Go back")
    inside.expect_title("Delta")
    expect(inside.page.get_by_role("button", name="Log in to account")).to_have_count(0)


def test_role_is_deleted_under_a_grant(inside, come, dan, delta):
    contact = typing(inside, delta)
    owner = come(dan, "/o/delta/settings/roles/")
    owner.page.get_by_role("link", name="Books", exact=True).click()
    inside.expected.add(404)
    owner.press("Withdraw this role")
    owner.page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()
    owner.expect_title("Roles")
    inside.press("Save")
    expect_out(inside, contact)
    owner.open(f"/o/delta/my-advisory/{Collaboration.objects.get().conversation_id}/")
    expect(owner.page.get_by_role("link", name="Grant access")).to_be_visible()


def test_manager_leaves_the_firm(inside, come, alice, bob, delta):
    contact = typing(inside, delta)
    leader = come(alice, f"/o/acme/settings/users/{Member.objects.get(user=bob).pk}/")
    inside.expected.add(404)
    leader.press("Remove from the organisation")
    leader.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    leader.expect_title("Users")
    inside.press("Save")
    expect_out(inside, contact)
    leader.open("/o/acme/my-portal/?manager=none")
    expect(leader.page.get_by_role("link", name="Delta", exact=True)).to_be_visible()
    assert Grant.objects.standing().exists()


def test_firm_is_suspended_while_a_business_asks(come, alice, dan, acme, delta):
    listed("acme")
    conversation = conversing(delta, acme)
    person = come(dan, f"/o/delta/my-advisory/{conversation.pk}/")
    person.press("Ask to collaborate")
    suspend_firm(actor=RITA, application=in_programme(acme), reason="Papers", now=timezone.now())
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("What should the firm do for you?").fill("Books and VAT")
    dialog.get_by_role("button", name="Ask to collaborate").click()
    expect(person.page.get_by_text("not taking requests").first).to_be_visible()
    assert not Collaboration.objects.exists()
    leader = come(alice, "/o/acme/my-portal/")
    expect(leader.page.get_by_text("Your firm is suspended from the programme")).to_be_visible()


def test_suspended_firm_goes_on_with_its_clients(inside, delta, acme):
    contact = typing(inside, delta)
    suspend_firm(actor=RITA, application=in_programme(acme), reason="Papers", now=timezone.now())
    inside.press("Save")
    inside.expect_title("Erin the Second")
    contact.refresh_from_db()
    assert contact.name == "Erin the Second"


def test_blocked_business_writes(come, alice, dan, acme, delta):
    conversation = conversing(delta, acme)
    person = come(dan, f"/o/delta/my-advisory/{conversation.pk}/", viewport=PHONE)
    person.page.get_by_label("Message", exact=True).fill("One more thing")
    firm = come(alice, f"/o/acme/my-portal/requests/{conversation.pk}/")
    firm.page.get_by_role("main").get_by_role("button", name="More").click()
    firm.press("Block")
    firm.page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(firm.page.get_by_text("Unblock it to write")).to_be_visible()
    person.expected.add(422)
    person.press("Send")
    expect(person.page.get_by_text("does not take messages from your business").first).to_be_visible()
    assert Message.objects.filter(text="One more thing").count() == 0


def test_someone_of_another_firm_guesses_addresses(inside, come, carol, acme, delta):
    client, conversation = Client.objects.get(), Collaboration.objects.get().conversation_id
    guesses = [f"/o/acme/my-portal/clients/{client.pk}/", f"/o/rival/my-portal/clients/{client.pk}/"]
    guesses += [f"/o/rival/my-portal/requests/{conversation}/", f"/o/delta/my-advisory/{conversation}/"]
    guesses += ["/o/acme/my-portal/", "/o/delta/contacts/", "/o/delta/"]
    person = come(carol, "/o/rival/my-portal/")
    expect(person.page.get_by_text("Delta")).to_have_count(0)
    person.expected.add(404)
    for guess in guesses:
        person.open(guess)
        expect(person.page.get_by_role("heading", level=1)).to_have_text("This page does not exist")
        expect(person.page.get_by_text("Delta")).to_have_count(0)
