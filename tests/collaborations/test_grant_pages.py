"""The pages on which a client gives access and its firm asks for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from collaborations.models import Grant, Message
from collaborations.words.agreement import AGREEMENT_VERSION
from tests.collaborations.factories_conversations import collaborating
from tests.collaborations.factories_grants import granted
from tests.factories import MemberFactory, RoleFactory, predefined_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def working(delta, acme, dan, alice):
    return collaborating(delta, acme)


def page_of(working, slug="delta"):
    return f"/o/{slug}/my-advisory/{working.conversation_id}/access/"


def typed(**values):
    role = predefined_role("business", "viewer")
    return {"role": role.pk, "ends": "open", "agreed": "on", "agreement_version": AGREEMENT_VERSION} | values


def test_access_is_saved_and_leads_back_to_the_conversation(client_of, dan, working):
    answer = client_of(dan).post(page_of(working), typed(ends="30"))
    assert (answer.status_code, answer["Location"]) == (302, f"/o/delta/my-advisory/{working.conversation_id}/")
    grant = Grant.objects.get()
    days = (grant.ends_at - timezone.now()).days
    assert (grant.role.code, days in (30, 31)) == ("viewer", True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreed": ""}, "Without the agreement the firm cannot be let in."),
        ({"role": ""}, "This field is required."),
        ({"ends": "date"}, "Choose the last day."),
        ({"ends": "date", "ends_on": "2020-01-01"}, "Choose today or a later day."),
        ({"agreement_version": "2019-1"}, "The agreement was changed meanwhile. Read it again."),
    ],
)
def test_bad_input_is_said_and_what_was_typed_kept(client_of, dan, working, wrong, said):
    answer = client_of(dan).post(page_of(working), typed() | wrong)
    text = answer.content.decode()
    assert (answer.status_code, said in text, Grant.objects.count()) == (422, True, 0)
    assert f'value="{wrong.get("ends", "open")}" required' in text or "checked" in text


def test_preview_says_what_each_role_opens_within_the_plan(client_of, dan, working, delta):
    delta.plan.sections = ["sales", "journal", "team"]
    delta.plan.save()
    RoleFactory(organisation=delta, name="Everything", levels={"sales": 2, "journal": 1, "taxes": 2, "team": 2})
    text = client_of(dan).get(page_of(working)).content.decode()
    card = text.split("Everything</label>")[1].split("</dl>")[0]
    opened = [part.split("</dd>")[0] for part in card.split("<dd>")[1:]]
    assert opened[:2] == ["Sales", "Journal, Team"]
    assert "Taxes" in opened[2]


def test_page_changes_what_stands_without_asking_for_the_agreement_again(client_of, dan, working):
    granted(working, "bookkeeper")
    browser = client_of(dan)
    text = browser.get(page_of(working)).content.decode()
    assert ("Change access" in text, 'name="agreed"' in text, "Accepted by Dan" in text) == (True, False, True)
    last = timezone.localdate() + timedelta(days=40)
    assert browser.post(page_of(working), typed(ends="date", ends_on=last.isoformat())).status_code == 302
    grant = Grant.objects.get()
    assert (grant.role.code, grant.ends_at.date() - last) == ("viewer", timedelta(0))


def test_access_is_removed_once(client_of, dan, working):
    granted(working)
    for _again in range(2):
        answer = client_of(dan).post(page_of(working) + "remove/")
        assert answer["Location"] == f"/o/delta/my-advisory/{working.conversation_id}/"
    assert Grant.objects.get().end == "removed"
    assert Message.objects.filter(kind="grant_removed").count() == 1


def test_who_may_not_manage_the_team_changes_nothing(client_of, working, delta):
    granted(working)
    viewer = client_of(MemberFactory(organisation=delta, code="viewer").user)
    assert viewer.get(page_of(working)).status_code == 403
    assert viewer.post(page_of(working) + "remove/").status_code == 403
    assert Grant.objects.standing().exists()


def test_others_do_not_find_the_page(client_of, alice, carol, working):
    stranger = MemberFactory(code="owner")
    for user, slug in ((alice, "acme"), (carol, "rival"), (stranger.user, stranger.organisation.slug)):
        assert client_of(user).get(page_of(working, slug)).status_code == 404


def test_firm_sends_the_steps_and_asks(client_of, alice, working):
    browser, base = client_of(alice), f"/o/acme/conversations/{working.conversation_id}"
    back = f"/o/acme/my-portal/requests/{working.conversation_id}/"
    assert browser.post(f"{base}/steps/")["Location"] == back
    assert browser.post(f"{base}/request-access/", {"reason": "For the VAT"})["Location"] == back
    again = browser.post(f"{base}/request-access/", {"reason": "And now?"})
    assert (again.status_code, "less than an hour ago" in again.content.decode()) == (422, True)
    kinds = ["collaborations/access_requested", "collaborations/access_steps"]
    assert OutboundEmail.objects.filter(kind__in=kinds, to="dan@delta.example").count() == 2


def test_manager_of_another_client_finds_nothing_to_ask(client_of, bob, carol, working):
    for user, slug in ((bob, "acme"), (carol, "rival")):
        path = f"/o/{slug}/conversations/{working.conversation_id}/request-access/"
        assert client_of(user).get(path).status_code == 404


def test_page_to_withdraw_a_role_names_the_firms_that_have_it(client_of, dan, alice, carol, working, delta):
    role = RoleFactory(organisation=delta, name="Year end", levels={"journal": 1})
    address = f"/o/delta/my-advisory/roles/{role.pk}/firms/"
    page = client_of(dan).get(f"/o/delta/settings/roles/{role.pk}/").content.decode()
    assert f'hx-get="{address}"' in page
    assert "No user has it now." in page and "Firms that have access by this role lose it." in page
    assert "No firm has access by this role." in client_of(dan).get(address).content.decode()
    grant = granted(working, role)
    said = f"{working.firm.name} has access by this role and loses it."
    assert said in client_of(dan).get(address).content.decode()
    for stranger in (alice, carol):
        assert client_of(stranger).get(address).status_code == 404
    Grant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now(), end=Grant.End.REMOVED)
    assert "No firm has access" in client_of(dan).get(address).content.decode()


def test_roles_of_firms_say_nothing_of_firms(client_of, alice, acme):
    role = RoleFactory(organisation=acme, levels={"team": 1})
    page = client_of(alice).get(f"/o/acme/settings/roles/{role.pk}/").content.decode()
    assert "No user has it now." in page
    assert "Firms that have access" not in page
