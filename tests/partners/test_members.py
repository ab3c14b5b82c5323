"""R4: who belongs, with which role."""

import pytest
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from partners import actions
from partners.models import Member, Role
from tests.factories import InvitationFactory, MemberFactory, RoleFactory, UserFactory, predefined_role
from tests.pages import choices_in, rows_in

USERS = "/o/acme/settings/users/"


def membership(user, organisation):
    return Member.objects.present().get(user=user, organisation=organisation)


@pytest.mark.django_db
def test_users_lists_members_and_invitations(client_of, alice, bob, acme):
    InvitationFactory(organisation=acme, email="new@acme.example", code="administrator")
    old = InvitationFactory(
        organisation=acme,
        email="old@acme.example",
        code="administrator",
        sent_at=timezone.now() - timezone.timedelta(days=15),
    )
    InvitationFactory(organisation=acme, email="gone@acme.example", code="administrator", revoked_at=old.sent_at)
    page = client_of(alice).get(USERS)
    assert [row[0] for row in rows_in(page)] == ["Alice (you)", "Bob"]
    assert [(row[0], row[2]) for row in rows_in(page, 1)] == [
        ("new@acme.example", "Waiting"),
        ("old@acme.example", "Expired"),
    ]
    assert "Invite users" in page.content.decode()


@pytest.mark.django_db
def test_users_takes_as_many_queries_for_thirty_as_for_one(client_of, alice, acme, django_assert_num_queries):
    client = client_of(alice)
    client.get(USERS)
    with django_assert_num_queries(6):
        client.get(USERS)
    for _ in range(30):
        MemberFactory(organisation=acme, code="administrator")
        InvitationFactory(organisation=acme, code="administrator")
    with django_assert_num_queries(6):
        client.get(USERS)


@pytest.mark.django_db
def test_users_shows_an_account_manager_no_buttons(client_of, bob):
    page = client_of(bob).get(USERS).content.decode()
    assert "Bob" in page
    assert "Invite users" not in page
    assert "row-link" not in page


@pytest.mark.django_db
def test_give_role_through_the_page(client_of, alice, bob, acme):
    client, member = client_of(alice), membership(bob, acme)
    page = client.get(f"{USERS}{member.pk}/")
    assert choices_in(page, "role") == [
        "Owner",
        "Administrator",
        "Account manager",
    ]
    role = predefined_role("firm", "administrator")
    response = client.post(f"{USERS}{member.pk}/role/", {"role": role.pk})
    assert response["Location"] == USERS
    assert membership(bob, acme).role == role


@pytest.mark.django_db
def test_give_role_tells_and_records_and_repeating_does_nothing(actor_of, alice, bob, acme):
    actor, member = actor_of(alice, acme), membership(bob, acme)
    for _ in range(2):
        actions.give_role(actor=actor, member=member, role=predefined_role("firm", "administrator"))
    email = OutboundEmail.objects.get()
    assert (email.to, email.kind, email.organisation_id) == (bob.email, "partners/role_changed", acme.pk)
    assert email.subject == "Your role in Acme Advisers is now Administrator"
    assert Notification.objects.get().user_id == bob.pk
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.subject_name, entry.before, entry.after) == (
        "partners.member.role_changed",
        "Bob",
        {"role": "Account manager"},
        {"role": "Administrator"},
    )


@pytest.mark.django_db
def test_give_role_rolled_back_leaves_no_mail(actor_of, alice, bob, acme):
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.give_role(
            actor=actor_of(alice, acme),
            member=membership(bob, acme),
            role=predefined_role("firm", "administrator"),
        )
        raise RuntimeError
    assert (OutboundEmail.objects.count(), Notification.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_give_role_of_owner_is_for_owners(actor_of, alice, bob, acme):
    admin = MemberFactory(organisation=acme, code="administrator")
    actor = actor_of(admin.user, acme)
    owner = predefined_role("firm", "owner")
    with pytest.raises(actions.OwnersOnly):
        actions.give_role(actor=actor, member=membership(bob, acme), role=owner)
    with pytest.raises(actions.OwnersOnly):
        actions.give_role(actor=actor, member=membership(alice, acme), role=predefined_role("firm", "administrator"))
    actions.give_role(actor=actor_of(alice, acme), member=membership(bob, acme), role=owner)
    assert membership(bob, acme).is_owner


@pytest.mark.django_db
def test_give_role_keeps_the_last_owner(actor_of, alice, acme):
    with pytest.raises(actions.LastOwner):
        actions.give_role(
            actor=actor_of(alice, acme),
            member=membership(alice, acme),
            role=predefined_role("firm", "administrator"),
        )
    assert membership(alice, acme).is_owner


@pytest.mark.django_db
def test_give_role_does_not_count_an_owner_whose_account_is_closed(actor_of, alice, acme):
    MemberFactory(organisation=acme, code="owner", user=UserFactory(is_active=False))
    with pytest.raises(actions.LastOwner):
        actions.leave_organisation(actor=actor_of(alice, acme), now=timezone.now())


@pytest.mark.django_db
def test_give_role_refuses_roles_of_others_and_withdrawn_ones(client_of, actor_of, alice, bob, acme, rival):
    foreign = RoleFactory(organisation=rival)
    retired = RoleFactory(organisation=acme, retired_at=timezone.now())
    business = predefined_role("business", "viewer")
    client, member = client_of(alice), membership(bob, acme)
    for role in (foreign, retired, business):
        response = client.post(f"{USERS}{member.pk}/role/", {"role": role.pk}, follow=True)
        assert "This role does not exist any more." in response.content.decode()
        with pytest.raises(Role.DoesNotExist):
            actions.give_role(actor=actor_of(alice, acme), member=member, role=role)
    assert membership(bob, acme).role.code == "account_manager"


@pytest.mark.django_db
def test_give_role_is_for_managers_of_the_team(actor_of, bob, acme):
    with pytest.raises(Forbidden):
        actions.give_role(
            actor=actor_of(bob, acme),
            member=membership(bob, acme),
            role=predefined_role("firm", "administrator"),
        )


@pytest.mark.django_db
def test_remove_member_takes_access_away_at_once_and_tells(client_of, alice, bob, acme):
    member, bobs = membership(bob, acme), client_of(bob)
    assert bobs.get("/o/acme/").status_code == 200
    client = client_of(alice)
    assert client.post(f"{USERS}{member.pk}/remove/")["Location"] == USERS
    assert bobs.get("/o/acme/").status_code == 404
    assert not Member.objects.present().filter(user=bob).exists()
    email = OutboundEmail.objects.get()
    assert (email.to, email.subject) == (bob.email, "You were removed from Acme Advisers")
    assert HistoryEntry.objects.get().what == "partners.member.removed"
    client.post(f"{USERS}{member.pk}/remove/")
    assert OutboundEmail.objects.count() == 1


@pytest.mark.django_db
def test_remove_member_keeps_the_last_owner_and_says_why(client_of, alice, acme):
    member = membership(alice, acme)
    response = client_of(alice).post(f"{USERS}{member.pk}/remove/", follow=True)
    assert "An organisation needs an owner: make somebody else owner first." in response.content.decode()
    assert membership(alice, acme).pk == member.pk


@pytest.mark.django_db
def test_remove_member_does_not_let_administrators_remove_owners(client_of, alice, acme):
    MemberFactory(organisation=acme, code="owner")
    admin = MemberFactory(organisation=acme, code="administrator")
    member = membership(alice, acme)
    client = client_of(admin.user)
    assert "Owners are changed by owners" in client.get(f"{USERS}{member.pk}/").content.decode()
    client.post(f"{USERS}{member.pk}/remove/")
    assert membership(alice, acme).pk == member.pk


@pytest.mark.django_db
def test_leave_is_for_everybody_but_the_last_owner(client_of, alice, bob, acme):
    bobs = client_of(bob)
    assert bobs.post("/o/acme/leave/")["Location"] == "/"
    assert bobs.get("/o/acme/").status_code == 404
    alices = client_of(alice)
    alices.post("/o/acme/leave/")
    assert alices.get("/o/acme/").status_code == 200
    assert [entry.what for entry in HistoryEntry.objects.all()] == ["partners.member.left"]


@pytest.mark.django_db
def test_member_who_left_can_come_back(alice, bob, acme, actor_of):
    actions.leave_organisation(actor=actor_of(bob, acme), now=timezone.now())
    MemberFactory(organisation=acme, user=bob, code="administrator")
    assert membership(bob, acme).role.code == "administrator"


@pytest.mark.django_db
def test_member_of_a_withdrawn_role_has_no_access(client_of, alice, dan, delta):
    role = RoleFactory(organisation=delta, levels={"team": 1})
    member = MemberFactory(organisation=delta, role=role)
    client = client_of(member.user)
    assert client.get("/o/delta/settings/users/").status_code == 200
    role.retired_at = timezone.now()
    role.save()
    assert client.get("/o/delta/settings/users/").status_code == 404
    assert "Withdrawn: no access" in client_of(dan).get("/o/delta/settings/users/").content.decode()
