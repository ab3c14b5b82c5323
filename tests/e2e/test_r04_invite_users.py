"""R4: Settings > Account > Users → Invite users (top right) → e-mail → role → Invite."""

import re

import pytest
from playwright.sync_api import expect

from partners.models import Invitation, Member
from tests.e2e.conftest import DESKTOP, link_in_mail
from tests.factories import PASSWORD

CLEO = "cleo@acme.example"


def invite(alice, role):
    """From the workspace to the list of users, by the guide's own steps."""
    page = alice.page
    alice.open("/o/acme/")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Settings").click()
    side = page.get_by_role("navigation", name="Settings")
    expect(side.get_by_role("heading")).to_have_text("Account")
    side.get_by_role("link", name="Users", exact=True).click()
    alice.expect_title("Users")
    button = page.get_by_role("link", name="Invite users", exact=True)
    box, table = button.bounding_box(), page.get_by_role("table").first.bounding_box()
    assert box["x"] > DESKTOP["width"] / 2 and box["y"] + box["height"] <= table["y"], "top right"
    button.click()
    roles = page.get_by_role("group", name=re.compile("^Role"))
    expect(roles.get_by_role("radio")).to_have_count(2)
    alice.fill({"E-mail": CLEO})
    roles.get_by_label(role, exact=True).check()
    alice.press("Invite")
    alice.expect_path("/o/acme/settings/users/")
    expect(page.get_by_role("table", name="Invited").get_by_role("row").nth(1)).to_contain_text(CLEO)


def join(cleo):
    cleo.open(link_in_mail(CLEO))
    cleo.fill({"Name": "Cleo", "Password": PASSWORD})
    cleo.press("Create account and join")
    cleo.expect_path("/o/acme/")


@pytest.fixture
def team(visitor, alice):
    """Alice in one browser; nobody yet in the other."""
    owner = visitor()
    owner.log_in(alice)
    return owner, visitor()


def test_r04_invite_users(team):
    alice, cleo = team
    invite(alice, "Account manager")
    join(cleo)
    member = Member.objects.get(user__email=CLEO)
    assert (member.role.code, member.organisation.slug) == ("account_manager", "acme")
    cleo.open("/o/acme/settings/users/")
    expect(cleo.page.get_by_role("table")).to_contain_text("Alice")
    expect(cleo.page.get_by_role("link", name="Invite users")).to_have_count(0)


def test_r04_role_is_changed_and_the_person_removed(team):
    alice, cleo = team
    invite(alice, "Account manager")
    join(cleo)
    alice.open("/o/acme/settings/users/")
    alice.press("Cleo")
    alice.choose("Role", "Administrator")
    alice.press("Save")
    alice.expect_path("/o/acme/settings/users/")
    expect(alice.page.get_by_role("row", name=re.compile("Cleo"))).to_contain_text("Administrator")
    cleo.open("/o/acme/settings/users/")
    expect(cleo.page.get_by_role("link", name="Invite users", exact=True)).to_be_visible()

    alice.press("Cleo")
    alice.press("Remove from the organisation")
    dialog = alice.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Cleo")
    cleo.expected.add(404)
    dialog.get_by_role("button", name="Remove", exact=True).click()
    alice.expect_title("Users")
    expect(alice.page.get_by_role("row", name=re.compile("Cleo"))).to_have_count(0)
    answer = cleo.page.goto(f"{cleo.site}/o/acme/settings/users/")
    assert answer.status == 404


def test_r04_last_owner_cannot_leave(team):
    alice, _nobody = team
    alice.open("/o/acme/settings/users/")
    alice.press("Alice")
    alice.press("Remove from the organisation")
    alice.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(alice.page.get_by_text("An organisation needs an owner")).to_be_visible()
    assert Member.objects.present().get().user.email == "alice@acme.example"


def test_r04_invitation_is_revoked(team):
    alice, cleo = team
    invite(alice, "Administrator")
    alice.press("Revoke")
    alice.page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    expect(alice.page.get_by_role("table", name="Invited")).to_have_count(0)
    assert Invitation.objects.get().revoked_at is not None
    cleo.expected.add(404)
    cleo.open(link_in_mail(CLEO))
    cleo.expect_title("This invitation cannot be used")


def test_r04_invite_in_spanish_has_the_words_of_the_guide(visitor, alice):
    alice.language = "es"
    alice.save()
    person = visitor()
    person.log_in(alice)
    person.open("/o/acme/")
    page = person.page
    page.get_by_role("navigation").get_by_role("link", name="Configuración", exact=True).click()
    side = page.get_by_role("navigation", name="Configuración")
    expect(side.get_by_role("heading")).to_have_text("Cuenta")
    side.get_by_role("link", name="Usuarios", exact=True).click()
    person.press("Invitar usuarios")
    for role in ("Administrador", "Gestor de cuenta"):
        expect(page.get_by_label(role, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Invitar", exact=True)).to_be_visible()
