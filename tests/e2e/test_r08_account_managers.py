"""R8: My portal → the client account → Account managers → Add → pick people → Confirm."""

import pytest
from playwright.sync_api import expect

from collaborations.models import Client, ManagerAssignment
from tests.collaborations.factories_conversations import collaborating
from tests.e2e.conftest import PHONE
from tests.factories import MemberFactory, RoleFactory, UserFactory


@pytest.fixture
def sides(visitor, alice, bob, dan, acme, delta):
    """Alice, who leads the firm, in one browser and Bob, its account manager, in the other."""
    collaborating(delta, acme)
    owner, manager = visitor(), visitor()
    owner.log_in(alice)
    manager.log_in(bob)
    return owner, manager


def open_client(person, name="Delta"):
    """From the workspace to the client, by the guide's own steps."""
    person.open("/o/acme/")
    person.page.get_by_role("navigation", name="Sections").get_by_role("link", name="My portal").click()
    person.page.get_by_role("link", name=name, exact=True).first.click()
    person.expect_title(name)


def managers(person):
    return person.page.get_by_role("region", name="Account managers")


def add(person, *names):
    managers(person).get_by_role("button", name="Add", exact=True).click()
    dialog = person.page.get_by_role("dialog", name="Account managers")
    for name in names:
        dialog.get_by_role("checkbox", name=name).check()
    dialog.get_by_role("button", name="Confirm", exact=True).click()


def test_r08_account_managers(sides, bob):
    alice, manager = sides
    manager.open("/o/acme/my-portal/")
    expect(manager.page.get_by_role("link", name="Delta", exact=True)).to_have_count(0)
    open_client(alice)
    add(alice, "Bob", "Alice")
    expect(managers(alice).get_by_role("listitem")).to_have_count(2)
    open_client(manager)
    expect(managers(manager)).to_contain_text("Bob")
    expect(managers(manager).get_by_role("button")).to_have_count(0)

    manager.expected.add(404)
    managers(alice).get_by_role("button", name="Remove Bob").click()
    expect(managers(alice).get_by_role("listitem")).to_have_count(1)
    answer = manager.page.reload()
    assert answer.status == 404
    assert ManagerAssignment.objects.get().member.user.name == "Alice"


def test_r08_only_people_with_an_eligible_role_are_offered(sides, acme):
    alice, _manager = sides
    guest = RoleFactory(organisation=acme, name="Guest")
    MemberFactory(organisation=acme, user=UserFactory(name="Gerda Guest"), role=guest)
    open_client(alice)
    managers(alice).get_by_role("button", name="Add", exact=True).click()
    dialog = alice.page.get_by_role("dialog", name="Account managers")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    expect(dialog).not_to_contain_text("Gerda")
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    expect(alice.page.get_by_text("Pick at least one person.")).to_be_visible()


def test_r08_in_spanish_without_javascript_and_on_a_phone(visitor, alice, bob, dan, acme, delta):
    collaborating(delta, acme)
    alice.language = "es"
    alice.save()
    person = visitor(viewport=PHONE, java_script_enabled=False)
    person.log_in(alice)
    person.open(f"/o/acme/my-portal/clients/{Client.objects.get().pk}/")
    region = person.page.get_by_role("region", name="Gestores de la cuenta")
    region.get_by_role("button", name="Añadir", exact=True).click()
    dialog = person.page.get_by_role("dialog", name="Gestores de la cuenta")
    dialog.get_by_role("checkbox", name="Bob").check()
    dialog.get_by_role("button", name="Confirmar", exact=True).click()
    expect(region.get_by_role("listitem")).to_contain_text("Bob")
