"""R6: the client opens the conversation from My advisory in the tool bar → Grant access (top right) → one of the roles
available → Save. The firm can send these steps to the client.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from collaborations import actions
from collaborations.models import Grant
from collaborations.words.agreement import agreement_text
from partners.models import Organisation
from tests.collaborations.factories_conversations import collaborating, owner_of
from tests.collaborations.factories_grants import granted
from tests.e2e.conftest import DESKTOP, PHONE, link_in_mail
from tests.factories import RoleFactory


@pytest.fixture
def sides(visitor, alice, dan, acme, delta):
    """Dan of the business in one browser, Alice of the firm in another; Acme works for Delta."""
    made = collaborating(delta, acme)
    for_business, for_firm = visitor(), visitor()
    for_business.log_in(dan)
    for_firm.log_in(alice)
    return for_business, for_firm, made


def open_conversation(dan, words="My advisory"):
    """From any page, by the guide's own steps."""
    dan.open("/o/delta/")
    dan.page.get_by_role("banner").get_by_role("link", name=words).click()
    dan.page.get_by_role("main").get_by_role("link", name="Acme Advisers", exact=True).click()
    dan.expect_title("Acme Advisers")


def top_right(locator):
    box = locator.bounding_box()
    return box["x"] > DESKTOP["width"] / 2 and box["y"] < 200


def test_r06_grant_access(sides, delta):
    dan, alice, _collaboration = sides
    RoleFactory(organisation=delta, name="Only the books", levels={"journal": 2, "taxes": 1})
    open_conversation(dan)
    button = dan.page.get_by_role("link", name="Grant access")
    assert top_right(button)
    button.click()
    dan.expect_title("Grant access")
    roles = dan.page.get_by_role("group", name="Role")
    labels = roles.get_by_role("radio").evaluate_all("them => them.map(one => one.labels[0].textContent)")
    assert labels == ["Administrator", "Bookkeeper", "Sales", "Tax reviewer", "Viewer", "Only the books"]
    chosen = roles.get_by_role("radio", name="Only the books")
    expect(chosen).to_have_accessible_description(
        re.compile(r"Sees and changes\s*Journal\s*Only sees\s*Taxes\s*Not shared\s*Sales, Purchases")
    )
    chosen.check()
    dan.page.get_by_role("radio", name="In 30 days").check()
    dan.expected.add(422)
    dan.press("Save")
    expect(dan.page.get_by_role("alert")).to_contain_text("Without the agreement the firm cannot be let in.")
    expect(roles.get_by_role("radio", name="Only the books")).to_be_checked()
    expect(dan.page.get_by_role("region", name="Data-processing agreement")).to_contain_text("article 28")
    dan.page.get_by_role("checkbox").check()
    dan.press("Save")
    dan.expect_title("Acme Advisers")
    expect(dan.page.get_by_role("main")).to_contain_text("Dan (Delta) granted access with the role Only the books")
    grant = Grant.objects.get()
    assert (grant.role.name, grant.ends_at is not None) == ("Only the books", True)
    assert grant.agreement == agreement_text("en", firm="Acme Advisers", business="Delta")
    alice.open(link_in_mail("alice@acme.example"))
    alice.expect_title("Delta")
    expect(alice.page.get_by_role("button", name="Log in to account")).to_be_visible()


def test_r06_firm_sends_the_steps(sides):
    dan, alice, collaboration = sides
    alice.open(f"/o/acme/my-portal/requests/{collaboration.conversation_id}/")
    alice.press("Send the steps to grant access")
    expect(alice.page.get_by_role("main")).to_contain_text("Alice (Acme Advisers) sent the steps to grant access")
    dan.open(link_in_mail("dan@delta.example"))
    dan.expect_title("Grant access")
    dan.page.get_by_role("radio", name="Bookkeeper").check()
    dan.page.get_by_role("checkbox").check()
    dan.press("Save")
    dan.expect_title("Acme Advisers")
    assert Grant.objects.get().role.code == "bookkeeper"


def test_r06_firm_asks_with_a_reason(sides):
    dan, alice, collaboration = sides
    alice.open(f"/o/acme/my-portal/requests/{collaboration.conversation_id}/")
    alice.press("Request access")
    alice.fill({"Reason": "The VAT return is due on the 20th"})
    alice.press("Request access")
    alice.expect_title("Delta")
    open_conversation(dan)
    expect(dan.page.get_by_role("main")).to_contain_text("The VAT return is due on the 20th")


def test_r06_access_is_changed_and_removed_while_the_collaboration_goes_on(sides):
    dan, _alice, collaboration = sides
    granted(collaboration, "bookkeeper")
    open_conversation(dan)
    dan.press("Change access")
    expect(dan.page.get_by_role("radio", name="Bookkeeper")).to_be_checked()
    dan.page.get_by_role("radio", name="Tax reviewer").check()
    dan.page.get_by_role("radio", name="On a day I choose").check()
    day = timezone.localdate() + timedelta(days=10)
    dan.field("Last day").fill(day.isoformat())
    dan.press("Save")
    dan.expect_title("Acme Advisers")
    assert Grant.objects.get().role.code == "tax_reviewer"
    dan.press("Change access")
    expect(dan.field("Last day")).to_have_value(day.isoformat())
    dan.press("Remove access")
    dialog = dan.page.get_by_role("dialog")
    expect(dialog).to_contain_text("The collaboration and the conversation go on")
    dialog.get_by_role("button", name="Remove access").click()
    dan.expect_title("Acme Advisers")
    expect(dan.page.get_by_role("link", name="Grant access")).to_be_visible()
    collaboration.refresh_from_db()
    assert (collaboration.state, Grant.objects.get().end) == ("active", "removed")


def test_r06_in_spanish_on_a_phone(visitor, dan, alice, acme, delta):
    collaborating(delta, acme)
    dan.language = "es"
    dan.save()
    person = visitor(locale="es-ES", viewport=PHONE)
    person.log_in(dan)
    open_conversation(person, "Mi asesoría")
    person.press("Conceder acceso")
    person.expect_title("Conceder acceso")
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    person.page.get_by_role("radio", name="Contable").check()
    person.page.get_by_role("checkbox").check()
    person.press("Guardar")
    person.expect_title("Acme Advisers")
    assert "Reglamento (UE) 2016/679" in Grant.objects.get().agreement


def test_r06_without_javascript(visitor, dan, alice, acme, delta):
    collaborating(delta, acme)
    person = visitor(java_script_enabled=False)
    person.log_in(dan)
    open_conversation(person)
    person.press("Grant access")
    person.page.get_by_role("radio", name="Viewer", exact=True).check()
    person.page.get_by_role("checkbox").check()
    person.press("Save")
    person.expect_title("Acme Advisers")
    assert Grant.objects.get().role.code == "viewer"


def test_r06_who_is_late_is_told(sides):
    """Two people of the business grant at once: the second is told."""
    dan, _alice, collaboration = sides
    open_conversation(dan)
    dan.press("Grant access")
    owner = owner_of(Organisation.objects.get(slug="delta"))
    grant = granted(collaboration, "viewer")
    dan.expected.add(422)
    dan.page.get_by_role("radio", name="Bookkeeper").check()
    dan.page.get_by_role("checkbox").check()
    dan.press("Save")
    dan.expect_title("Acme Advisers")
    actions.remove_access(actor=owner, grant=grant, now=timezone.now())
