"""A firm's person in a client's account: who comes in, as what, and when no more."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry
from collaborations import actions
from collaborations.models import Grant
from partners.actions import change_role, remove_member, retire_role
from partners.models import Member
from tests.collaborations.factories_grants import advised, looked_after
from tests.factories import ContactFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db
CONTACTS = "/o/delta/contacts/"


@pytest.fixture
def grant(delta, acme, dan, alice) -> Grant:
    """Acme sees Delta's books."""
    return advised(delta, acme)


@pytest.fixture
def enter(client_of):
    """A browser of the person, after *Log in to account*."""

    def go(user, grant, **posted):
        browser = client_of(user)
        path = reverse("collaborations:enter_client", args=[grant.firm.slug, grant.collaboration.client_id])
        answer = browser.post(path, posted)
        return browser, answer

    return go


def status(browser, path=CONTACTS):
    return browser.get(path).status_code


def bar(browser, path=CONTACTS):
    page = browser.get(path).content.decode()
    assert page.count("You are in") <= 1
    return page.split('class="client-bar"')[1].split("<p>")[1].split("</p>")[0] if "You are in" in page else ""


def test_who_leads_the_firm_enters_under_their_own_name(enter, grant, alice, delta, acme):
    browser, answer = enter(alice, grant)
    assert (answer.status_code, answer["Location"]) == (302, "/o/delta/")
    assert bar(browser) == "You are in Delta for Acme Advisers as Bookkeeper"
    entries = HistoryEntry.objects.filter(what="collaborations.grant.entered").order_by("id")
    assert sorted(entries.values_list("organisation_id", "actor_name", "firm_name")) == sorted(
        [(acme.pk, "Alice", ""), (delta.pk, "Alice", "Acme Advisers")]
    )


def test_only_managers_of_the_client_enter_besides(enter, grant, bob, acme):
    assert enter(bob, grant)[1].status_code == 404
    assignment = looked_after(grant.collaboration.client, bob)
    browser, _answer = enter(bob, grant)
    assert status(browser) == 200
    assignment.delete()
    assert status(browser) == 404


def test_nobody_enters_without_access(enter, grant, alice, carol, dan, dan_here, client_of):
    path = reverse("collaborations:enter_client", args=["acme", grant.collaboration.client_id])
    assert client_of(carol).post(path).status_code == 404
    assert client_of(dan).post(path).status_code == 404
    assert client_of(alice).get(path).status_code == 405
    actions.remove_access(actor=dan_here, grant=grant, now=timezone.now())
    answer = client_of(alice).post(path, follow=True)
    assert "Delta gives you no access to its account now." in answer.content.decode()
    assert status(client_of(alice)) == 404


def test_what_was_changed_is_logged_with_person_firm_and_grant(enter, grant, alice, client_of, dan, delta):
    contact = ContactFactory(organisation=delta)
    browser, _answer = enter(alice, grant)
    browser.post(f"/o/delta/contacts/{contact.pk}/review/")
    entry = HistoryEntry.objects.get(what="documents.contact.reviewed")
    assert (entry.actor_name, entry.actor_id) == ("Alice", alice.pk)
    assert (entry.firm_id, entry.firm_name, entry.grant_id) == (grant.firm_id, "Acme Advisers", grant.pk)
    theirs, own = client_of(dan).get("/o/delta/activity/"), browser.get("/o/delta/activity/")
    for page in (theirs, own):
        assert "Alice (Acme Advisers)" in page.content.decode()
        assert f"reviewed the contact {contact.name}" in page.content.decode()
    assert "began the conversation" in theirs.content.decode()
    assert "began the conversation" not in own.content.decode()


# --- The very next request ------------------------------------------------------------------------------------


def test_removed_access_is_refused_on_the_next_request(enter, grant, alice, dan_here, delta):
    contact = ContactFactory(organisation=delta)
    browser, _answer = enter(alice, grant)
    assert status(browser) == 200
    actions.remove_access(actor=dan_here, grant=grant, now=timezone.now())
    posted = browser.post(f"/o/delta/contacts/{contact.pk}/review/")
    contact.refresh_from_db()
    assert (posted.status_code, contact.reviewed_at) == (404, None)
    said = posted.content.decode()
    assert "Your access to this account has ended" in said and "What you sent was not saved." in said
    assert f'href="/o/acme/my-portal/clients/{grant.collaboration.client_id}/"' in said
    assert "Your access" not in browser.get(CONTACTS).content.decode()
    assert status(browser) == 404


def test_part_of_a_page_is_refused_and_the_next_page_says_why(enter, grant, alice, dan_here):
    browser, _answer = enter(alice, grant)
    actions.remove_access(actor=dan_here, grant=grant, now=timezone.now())
    part = browser.get(CONTACTS, headers={"HX-Request": "true"})
    assert (part.status_code, "Your access" in part.content.decode()) == (404, False)
    page = browser.get(CONTACTS)
    assert (page.status_code, "Your access to this account has ended" in page.content.decode()) == (404, True)
    assert "What you sent" not in page.content.decode()


def test_who_has_a_place_of_their_own_there_goes_on_in_it(enter, grant, alice, delta, dan_here):
    MemberFactory(organisation=delta, user=alice, code="viewer")
    browser, _answer = enter(alice, grant)
    actions.remove_access(actor=dan_here, grant=grant, now=timezone.now())
    page = browser.get(CONTACTS)
    assert (page.status_code, "Your access to this account has ended." in page.content.decode()) == (200, True)
    assert "You are in" not in page.content.decode()


def test_ended_collaboration_is_refused_on_the_next_request(enter, grant, alice, bob, acme, actor_of):
    looked_after(grant.collaboration.client, bob)
    browsers = [enter(user, grant)[0] for user in (alice, bob)]
    assert [status(browser) for browser in browsers] == [200, 200]
    act = {"collaboration": grant.collaboration, "reason": "", "now": timezone.now()}
    actions.end_collaboration(actor=actor_of(alice, acme), **act)
    assert [status(browser) for browser in browsers] == [404, 404]


def test_role_that_the_client_changes_counts_on_the_next_request(enter, delta, acme, dan, alice, dan_here):
    role = RoleFactory(organisation=delta, name="Books", levels={"contacts": 2, "journal": 2})
    browser, _answer = enter(alice, advised(delta, acme, role))
    assert (status(browser), status(browser, "/o/delta/journal/")) == (200, 200)
    assert status(browser, "/o/delta/contacts/new/") == 200
    change_role(actor=dan_here, role=role, name="Books", levels={"contacts": 1})
    assert (status(browser), status(browser, "/o/delta/contacts/new/")) == (200, 403)
    assert status(browser, "/o/delta/journal/") == 403
    retire_role(actor=dan_here, role=role, now=timezone.now())
    assert status(browser) == 404


def test_plan_of_the_client_caps_what_opens(enter, grant, alice, delta):
    browser, _answer = enter(alice, grant)
    assert status(browser, "/o/delta/journal/") == 200
    delta.plan.sections = ["contacts"]
    delta.plan.save()
    assert (status(browser), status(browser, "/o/delta/journal/")) == (200, 403)


def test_access_is_over_with_its_last_day(enter, delta, acme, dan, alice, time_machine):
    time_machine.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False)
    grant = advised(delta, acme, ends_on=datetime(2026, 3, 10).date())
    browser, _answer = enter(alice, grant)
    time_machine.move_to(datetime(2026, 3, 10, 22, 59, tzinfo=UTC), tick=False)
    assert status(browser) == 200
    time_machine.move_to(datetime(2026, 3, 10, 23, tzinfo=UTC), tick=False)
    assert status(browser) == 404


def test_who_leaves_the_firm_is_out_on_the_next_request(enter, grant, bob, acme, alice, actor_of):
    looked_after(grant.collaboration.client, bob)
    browser, _answer = enter(bob, grant)
    member = Member.objects.get(user=bob, organisation=acme)
    remove_member(actor=actor_of(alice, acme), member=member, now=timezone.now())
    assert status(browser) == 404


def test_another_role_in_the_firm_counts_on_the_next_request(enter, grant, bob, acme):
    looked_after(grant.collaboration.client, bob)
    browser, _answer = enter(bob, grant)
    member = Member.objects.get(user=bob, organisation=acme)
    member.role = RoleFactory(organisation=acme, levels={"team": 1})
    member.save()
    assert status(browser) == 404


def test_a_grant_opens_no_other_account_and_serves_nobody_else(grant, alice, carol, delta, client_of):
    other = MemberFactory(code="owner").organisation
    for user, slug, grant_id in ((alice, other.slug, grant.pk), (carol, "delta", grant.pk), (alice, "delta", uuid4())):
        browser = client_of(user)
        session = browser.session
        session["grants"] = {slug: {"grant": str(grant_id), "back": "/"}}
        session.save()
        assert status(browser, f"/o/{slug}/contacts/") == 404


# --- What stays shut ------------------------------------------------------------------------------------------


def test_firm_never_sees_what_the_client_says_to_firms(enter, delta, acme, dan, alice):
    grant = advised(delta, acme, "administrator")
    browser, _answer = enter(alice, grant)
    conversation = grant.collaboration.conversation_id
    page = browser.get(CONTACTS).content.decode()
    assert ("My advisory" in page, "Marketplace" in page) == (False, False)
    for path in ("my-advisory/", f"my-advisory/{conversation}/", f"my-advisory/{conversation}/access/"):
        assert status(browser, f"/o/delta/{path}") in (403, 404), path


def test_firm_makes_itself_no_member_of_its_client(enter, delta, acme, dan, alice):
    browser, _answer = enter(alice, advised(delta, acme, "administrator"))
    assert status(browser, "/o/delta/settings/users/") == 200
    assert browser.post("/o/delta/settings/users/invite/", {"emails": "x@y.example"}).status_code == 403
    assert browser.post("/o/delta/settings/roles/new/", {"name": "All"}).status_code == 403


# --- In and out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "begins_at"),
    [
        ("/o/delta/journal/?state=open", "/o/delta/journal/?state=open"),
        ("/o/acme/", "/o/delta/"),
        ("https://evil.example/o/delta/", "/o/delta/"),
        ("/o/delta/../acme/", "/o/delta/"),
        ("//evil.example", "/o/delta/"),
    ],
)
def test_entering_begins_within_the_account(enter, grant, alice, to, begins_at):
    assert enter(alice, grant, to=to)[1]["Location"] == begins_at


def test_leaving_leads_back_and_shuts_the_account(enter, grant, alice):
    for back, leads_to in (
        ("/o/acme/my-portal/?page=2", "/o/acme/my-portal/?page=2"),
        ("https://evil.example", f"/o/acme/my-portal/clients/{grant.collaboration.client_id}/"),
    ):
        browser, _answer = enter(alice, grant, back=back)
        answer = browser.post("/o/delta/leave-client/")
        assert (answer.status_code, answer["Location"], status(browser)) == (302, leads_to, 404)


def test_member_of_both_leaves_to_their_own_account(enter, grant, alice, delta):
    MemberFactory(organisation=delta, user=alice, code="viewer")
    browser, _answer = enter(alice, grant)
    assert bar(browser) == "You are in Delta for Acme Advisers as Bookkeeper"
    browser.post("/o/delta/leave-client/")
    assert (bar(browser), status(browser)) == ("", 200)
    assert browser.post("/o/delta/leave-client/")["Location"] == "/o/delta/"


def test_client_reads_of_each_entry(enter, grant, alice, client_of, dan):
    enter(alice, grant)
    page = client_of(dan).get("/o/delta/activity/").content.decode()
    assert "entered the account, in the collaboration Acme Advisers – Delta" in page


def test_entering_costs_one_statement_in_all(enter, grant, alice, dan, client_of):
    """And nothing for whoever has entered no account."""
    browser, own = enter(alice, grant)[0], client_of(dan)
    counts = []
    for one in (own, browser):
        status(one)
        with CaptureQueriesContext(connection) as queries:
            status(one)
        counts.append(len(queries))
        assert sum("collaborations_grant" in query["sql"] for query in queries) == (one is browser)
    assert counts[0] == counts[1]


def test_contacts_of_another_business_stay_unknown(enter, grant, alice):
    browser, _answer = enter(alice, grant)
    contact = ContactFactory()
    assert status(browser, f"/o/delta/contacts/{contact.pk}/") == 404
