"""R4: invitations by mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from partners import actions
from partners.models import Invitation, Member, Organisation, Role, User
from partners.rules import MOST_WAITING_INVITATIONS
from tests.factories import PASSWORD, InvitationFactory, RoleFactory, UserFactory, predefined_role
from tests.pages import choices_in, errors_in

INVITE = "/o/acme/settings/users/invite/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def token_in(email):
    (token,) = re.findall(r"/invitations/([^/\s]+)/", email.text)
    return token


def administrator():
    return predefined_role("firm", "administrator")


@pytest.mark.django_db
def test_invite_through_the_page_mails_a_link_that_joins(client_of, alice, acme):
    client = client_of(alice)
    page = client.get(INVITE)
    assert choices_in(page, "role") == ["Administrator", "Account manager"]
    given = {"emails": "New@acme.example,\nother@acme.example", "role": administrator().pk}
    assert client.post(INVITE, given)["Location"] == "/o/acme/settings/users/"
    emails = list(OutboundEmail.objects.order_by("to"))
    assert [email.to for email in emails] == ["new@acme.example", "other@acme.example"]
    assert emails[0].subject == "Alice invites you to Acme Advisers"
    assert not Invitation.objects.filter(token_hash=token_in(emails[0])).exists()

    visitor = Client()
    address = f"/invitations/{token_in(emails[0])}/"
    page = visitor.get(address).content.decode()
    assert "Alice invites you to join Acme Advisers as Administrator." in page
    assert "Your log-in will be new@acme.example." in page
    response = visitor.post(f"{address}register/", {"name": "Nora", "password": PASSWORD})
    assert response["Location"] == "/o/acme/"
    assert visitor.get("/o/acme/").status_code == 200
    user = User.objects.get(email="new@acme.example")
    assert EmailAddress.objects.get(user=user).verified
    assert Member.objects.get(user=user).role.code == "administrator"
    assert Organisation.objects.count() == 1
    assert visitor.get(address)["Location"] == "/o/acme/"
    whats = list(HistoryEntry.objects.order_by("id").values_list("what", "actor_name"))
    assert whats == [
        ("partners.invitation.sent", "Alice"),
        ("partners.invitation.sent", "Alice"),
        ("partners.invitation.accepted", "Nora"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"emails": ""}, "emails", "This field is required."),
        ({"emails": " , "}, "emails", "This field is required."),
        ({"emails": "nora"}, "emails", "“nora” is not an e-mail address."),
        ({"emails": "a@b.example nora"}, "emails", "“nora” is not an e-mail address."),
        ({"emails": "x" * 300 + "@b.example"}, "emails", "is not an e-mail address."),
        ({"emails": " ".join(f"a{n}@b.example" for n in range(21))}, "emails", "at most 20 people"),
        ({"emails": "bob@acme.example"}, "emails", "bob@acme.example is a member already."),
        ({"role": ""}, "role", "This field is required."),
        ({"role": "nonsense"}, "role", "valid"),
    ],
)
def test_invite_refuses_bad_input_beside_its_field(client_of, alice, bob, acme, given, field, words):
    response = client_of(alice).post(INVITE, {"emails": "n@acme.example", "role": administrator().pk} | given)
    assert response.status_code == 422
    errors = errors_in(response)
    assert list(errors) == [field]
    assert words in errors[field]
    assert OutboundEmail.objects.count() == 0


@pytest.mark.django_db
def test_invite_offers_no_owner_no_foreign_and_no_withdrawn_role(client_of, actor_of, alice, acme, rival):
    for role in (
        predefined_role("firm", "owner"),
        predefined_role("business", "viewer"),
        RoleFactory(organisation=rival),
        RoleFactory(organisation=acme, retired_at=timezone.now()),
    ):
        response = client_of(alice).post(INVITE, {"emails": "n@acme.example", "role": role.pk})
        assert list(errors_in(response)) == ["role"]
        with pytest.raises(Role.DoesNotExist):
            actions.invite(actor=actor_of(alice, acme), emails=["n@x.example"], role=role, now=NOON)


@pytest.mark.django_db
def test_invite_again_refreshes_and_the_old_link_dies(actor_of, alice, acme):
    actor = actor_of(alice, acme)
    actions.invite(actor=actor, emails=["n@acme.example"], role=administrator(), now=NOON)
    actions.invite(actor=actor, emails=["N@acme.example "], role=administrator(), now=NOON + timedelta(seconds=59))
    assert OutboundEmail.objects.count() == 1
    later = NOON + timedelta(days=1)
    manager = predefined_role("firm", "account_manager")
    actions.invite(actor=actor, emails=["n@acme.example"], role=manager, now=later)
    row = Invitation.objects.get()
    assert (row.role, row.expires_at) == (manager, later + timedelta(days=14))
    first, second = OutboundEmail.objects.order_by("id")
    assert list(Invitation.objects.with_token(token_in(first))) == []
    assert list(Invitation.objects.with_token(token_in(second))) == [row]


@pytest.mark.django_db
def test_invite_is_all_or_nothing(actor_of, alice, bob, acme):
    with pytest.raises(actions.AlreadyMember):
        actions.invite(
            actor=actor_of(alice, acme), emails=["n@acme.example", bob.email], role=administrator(), now=NOON
        )
    assert (Invitation.objects.count(), OutboundEmail.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_invite_stops_at_too_many_unanswered(actor_of, alice, acme):
    InvitationFactory.create_batch(MOST_WAITING_INVITATIONS, organisation=acme, code="administrator")
    with pytest.raises(actions.TooManyInvitations):
        actions.invite(actor=actor_of(alice, acme), emails=["n@acme.example"], role=administrator(), now=NOON)


@pytest.mark.django_db
def test_invite_rolled_back_leaves_no_mail(actor_of, alice, acme):
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.invite(actor=actor_of(alice, acme), emails=["n@acme.example"], role=administrator(), now=NOON)
        raise RuntimeError
    assert OutboundEmail.objects.count() == 0


@pytest.mark.django_db
def test_invite_is_for_managers_of_the_team(actor_of, bob, acme):
    with pytest.raises(Forbidden):
        actions.invite(actor=actor_of(bob, acme), emails=["n@acme.example"], role=administrator(), now=NOON)


@pytest.mark.django_db
def test_invite_writes_in_the_language_of_whom_it_knows(actor_of, alice, acme):
    UserFactory(email="n@acme.example", language="es", name="Nuria")
    actions.invite(actor=actor_of(alice, acme), emails=["n@acme.example"], role=administrator(), now=NOON)
    email = OutboundEmail.objects.get()
    assert (email.language, email.to_name) == ("es", "Nuria")


@pytest.mark.django_db
def test_resend_mails_a_new_link_but_not_twice_within_a_minute(client_of, alice, acme):
    row = InvitationFactory(organisation=acme, code="administrator", sent_at=timezone.now() - timedelta(days=20))
    client, address = client_of(alice), f"/o/acme/settings/invitations/{row.pk}/resend/"
    for _ in range(2):
        assert client.post(address)["Location"] == "/o/acme/settings/users/"
    assert OutboundEmail.objects.count() == 1
    row.refresh_from_db()
    assert row.is_open(timezone.now() + timedelta(days=13, hours=23))


@pytest.mark.django_db
def test_resend_of_a_closed_invitation_says_so(client_of, alice, acme):
    row = InvitationFactory(organisation=acme, code="administrator", revoked_at=timezone.now())
    client = client_of(alice)
    response = client.post(
        f"/o/acme/settings/invitations/{row.pk}/resend/",
        follow=True,
        headers={"referer": "http://testserver/o/acme/settings/users/"},
    )
    assert "This invitation is closed." in response.content.decode()
    assert OutboundEmail.objects.count() == 0


@pytest.mark.django_db
def test_revoke_closes_the_link_and_repeating_does_nothing(client_of, alice, acme):
    row = InvitationFactory(organisation=acme, code="administrator", token="t")
    client, address = client_of(alice), f"/o/acme/settings/invitations/{row.pk}/revoke/"
    assert client.post(address)["Location"] == "/o/acme/settings/users/"
    first = Invitation.objects.get().revoked_at
    client.post(address)
    assert Invitation.objects.get().revoked_at == first
    assert HistoryEntry.objects.count() == 1
    page = Client().get("/invitations/t/")
    assert (page.status_code, "cannot be used" in page.content.decode()) == (404, True)


@pytest.mark.django_db
def test_closed_expired_and_unknown_links_show_the_same_page(acme):
    old = timezone.now() - timedelta(days=14, seconds=1)
    InvitationFactory(organisation=acme, code="administrator", token="expired", sent_at=old)
    InvitationFactory(organisation=acme, code="administrator", token="used", accepted_at=old)
    withdrawn = RoleFactory(organisation=acme, retired_at=old)
    InvitationFactory(organisation=acme, role=withdrawn, token="withdrawn")
    pages = {
        re.sub(r"[\w-]{32,}|/invitations/\w+/", "", Client().get(f"/invitations/{token}/").content.decode())
        for token in ("expired", "used", "withdrawn", "unknown")
    }
    assert len(pages) == 1
    assert "Acme" not in pages.pop()


@pytest.mark.django_db
def test_invitation_lives_fourteen_days(actor_of, alice, acme):
    with time_machine.travel(NOON, tick=False):
        actions.invite(actor=actor_of(alice, acme), emails=["n@acme.example"], role=administrator(), now=NOON)
        address = f"/invitations/{token_in(OutboundEmail.objects.get())}/"
    with time_machine.travel(NOON + timedelta(days=14, seconds=-1), tick=False):
        assert Client().get(address).status_code == 200
    with time_machine.travel(NOON + timedelta(days=14), tick=False):
        assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_accept_with_the_same_address(client_of, dan, acme):
    InvitationFactory(organisation=acme, email=dan.email, code="administrator", token="t")
    client = client_of(dan)
    assert "Join</button>" in client.get("/invitations/t/").content.decode()
    for _ in range(2):
        assert client.post("/invitations/t/accept/")["Location"] == "/o/acme/"
    assert Member.objects.filter(user=dan, organisation=acme).count() == 1
    assert HistoryEntry.objects.get().after == {"role": "Administrator"}


@pytest.mark.django_db
def test_accept_with_another_address_is_refused_and_offers_to_switch(client_of, dan, acme):
    InvitationFactory(organisation=acme, email="n@acme.example", code="administrator", token="t")
    client = client_of(dan)
    page = client.get("/invitations/t/").content.decode()
    assert "It was sent to n@acme.example. You are logged in as dan@delta.example." in page
    back = {"referer": "http://testserver/invitations/t/"}
    response = client.post("/invitations/t/accept/", follow=True, headers=back)
    assert "This invitation was sent to another address." in response.content.decode()
    assert not Member.objects.filter(user=dan, organisation=acme).exists()
    assert client.post("/invitations/t/switch/")["Location"] == "/accounts/login/?next=/invitations/t/"
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_accept_asks_those_who_have_an_account_to_log_in(dan, acme):
    InvitationFactory(organisation=acme, email=dan.email, code="administrator", token="t")
    visitor = Client()
    page = visitor.get("/invitations/t/").content.decode()
    assert 'href="/accounts/login/?next=/invitations/t/"' in page
    response = visitor.post("/invitations/t/register/", {"name": "Mallory", "password": PASSWORD})
    assert response.status_code == 422
    assert "You have an account with dan@delta.example. Log in to join." in response.content.decode()
    assert not Member.objects.filter(organisation=acme).exists()
    assert visitor.post("/invitations/t/accept/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_accept_by_a_member_changes_nothing(client_of, bob, acme):
    InvitationFactory(organisation=acme, email=bob.email, code="administrator", token="t")
    client_of(bob).post("/invitations/t/accept/")
    assert Member.objects.get(user=bob).role.code == "account_manager"
    assert Invitation.objects.get().accepted_at is not None


@pytest.mark.django_db
def test_accept_again_after_removal_is_refused(alice, bob, acme, actor_of):
    InvitationFactory(organisation=acme, email=bob.email, code="administrator", token="t", accepted_at=timezone.now())
    actions.leave_organisation(actor=actor_of(bob, acme), now=timezone.now())
    with pytest.raises(actions.InvitationClosed):
        actions.accept_invitation(actor=bob.actor, token="t", now=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "n@acme.example"}, "password"),
        ({"password": "p" * 129}, "password"),
    ],
)
def test_register_invited_refuses_bad_input_beside_its_field(acme, given, field):
    InvitationFactory(organisation=acme, email="n@acme.example", code="administrator", token="t")
    response = Client().post("/invitations/t/register/", {"name": "Nora", "password": PASSWORD} | given)
    assert response.status_code == 422
    assert list(errors_in(response)) == [field]
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_register_invited_with_a_closed_link_makes_no_account(acme):
    InvitationFactory(organisation=acme, code="administrator", token="t", revoked_at=timezone.now())
    response = Client().post("/invitations/t/register/", {"name": "Nora", "password": PASSWORD})
    assert response.status_code == 422
    assert Client().post("/invitations/x/register/", {"name": "Nora"})["Location"] == "/invitations/x/"
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_invitation_links_cannot_be_guessed_quickly():
    visitor = Client()
    answers = [visitor.get(f"/invitations/guess{number}/").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]
