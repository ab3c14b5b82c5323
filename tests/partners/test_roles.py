"""Roles as sections and levels."""

import re

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from partners import actions
from partners.models import Invitation, Role
from partners.rules import BUSINESS_SECTIONS
from tests.factories import InvitationFactory, MemberFactory, RoleFactory
from tests.pages import errors_in, rows_in

ROLES = "/o/delta/settings/roles/"
NOTHING = {f"level-{section}": "0" for section in BUSINESS_SECTIONS}


@pytest.mark.django_db
def test_roles_shows_sections_and_levels(client_of, dan, delta, rival):
    RoleFactory(organisation=delta, name="Night shift", levels={"sales": 1})
    RoleFactory(organisation=delta, name="Gone", retired_at=timezone.now())
    RoleFactory(organisation=rival, name="Foreign")
    rows = rows_in(client_of(dan).get(ROLES))
    assert [row[0] for row in rows] == [
        "Owner",
        "Administrator",
        "Bookkeeper",
        "Sales",
        "Tax reviewer",
        "Viewer",
        "Night shift",
    ]
    assert rows[0] == ["Owner", "1"] + ["Manage"] * 10
    assert rows[-1] == ["Night shift", "0", "View"] + ["–"] * 9


@pytest.mark.django_db
def test_roles_of_a_firm_have_two_sections(client_of, alice):
    rows = rows_in(client_of(alice).get("/o/acme/settings/roles/"))
    assert rows == [
        ["Owner", "1", "Manage", "Manage"],
        ["Administrator", "0", "Manage", "Manage"],
        ["Account manager", "0", "View", "–"],
    ]


@pytest.mark.django_db
def test_roles_takes_as_many_queries_for_thirty_as_for_one(client_of, dan, delta, django_assert_num_queries):
    client = client_of(dan)
    client.get(ROLES)
    with django_assert_num_queries(5):
        client.get(ROLES)
    RoleFactory.create_batch(30, organisation=delta)
    with django_assert_num_queries(5):
        client.get(ROLES)


@pytest.mark.django_db
def test_new_role_is_made_through_the_page_and_opens_what_it_says(client_of, dan, delta):
    client = client_of(dan)
    assert client.get(f"{ROLES}new/").status_code == 200
    given = NOTHING | {"name": "Night  shift", "level-team": "1", "level-sales": "2"}
    assert client.post(f"{ROLES}new/", given)["Location"] == ROLES
    role = Role.objects.own().get()
    assert (role.name, role.levels, role.organisation_kind) == ("Night shift", {"team": 1, "sales": 2}, "business")
    member = MemberFactory(organisation=delta, role=role)
    member_client = client_of(member.user)
    assert member_client.get("/o/delta/settings/users/").status_code == 200
    assert member_client.get("/o/delta/settings/users/invite/").status_code == 403
    assert member_client.get("/o/delta/settings/").status_code == 403
    assert HistoryEntry.objects.get().what == "partners.role.created"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "x" * 61}, "name", "at most 60 characters"),
        ({"name": "viewer"}, "name", "There is a role with this name."),
        ({"name": "TAKEN"}, "name", "There is a role with this name."),
    ],
)
def test_new_role_refuses_bad_names_and_keeps_what_was_chosen(client_of, dan, delta, given, field, words):
    RoleFactory(organisation=delta, name="Taken")
    response = client_of(dan).post(f"{ROLES}new/", NOTHING | {"level-sales": "2"} | given)
    assert response.status_code == 422
    errors = errors_in(response)
    assert list(errors) == [field]
    assert words in errors[field]
    chosen = re.findall(r'name="level-sales" value="(\d)"[^>]* checked', response.content.decode())
    assert chosen == ["2"]


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["3", "-1", "x", None])
def test_new_role_refuses_levels_that_do_not_exist(client_of, dan, delta, level):
    given = NOTHING | {"name": "Odd"}
    given.pop("level-sales") if level is None else given.update({"level-sales": level})
    response = client_of(dan).post(f"{ROLES}new/", given)
    assert response.status_code == 422
    assert Role.objects.own().count() == 0


@pytest.mark.django_db
def test_change_role_counts_with_the_next_request(client_of, dan, delta):
    role = RoleFactory(organisation=delta, name="Night", levels={"team": 1})
    client = client_of(MemberFactory(organisation=delta, role=role).user)
    assert client.get("/o/delta/settings/users/").status_code == 200
    owner = client_of(dan)
    page = owner.get(f"{ROLES}{role.pk}/").content.decode()
    assert "1 user has it" in page
    given = NOTHING | {"name": "Night", "level-sales": "1"}
    assert owner.post(f"{ROLES}{role.pk}/", given)["Location"] == ROLES
    assert client.get("/o/delta/settings/users/").status_code == 403
    owner.post(f"{ROLES}{role.pk}/", given)
    entry = HistoryEntry.objects.get()
    assert (entry.before["levels"], entry.after["levels"]) == ({"team": 1}, {"sales": 1})


@pytest.mark.django_db
def test_change_role_refuses_predefined_foreign_and_withdrawn_roles(client_of, actor_of, dan, delta, rival):
    client = client_of(dan)
    for role in (
        Role.objects.get(organisation=None, organisation_kind="business", code="viewer"),
        RoleFactory(organisation=rival),
        RoleFactory(organisation=delta, retired_at=timezone.now()),
    ):
        assert client.get(f"{ROLES}{role.pk}/").status_code == 404
        assert client.post(f"{ROLES}{role.pk}/", NOTHING | {"name": "Mine"}).status_code == 404
        with pytest.raises(Role.DoesNotExist):
            actions.change_role(actor=actor_of(dan, delta), role=role, name="Mine", levels={"team": 2})


@pytest.mark.django_db
def test_retire_role_takes_access_and_revokes_invitations(client_of, dan, delta):
    role = RoleFactory(organisation=delta, name="Night", levels={"team": 1})
    member = MemberFactory(organisation=delta, role=role)
    InvitationFactory(organisation=delta, role=role)
    owner, client = client_of(dan), client_of(member.user)
    page = owner.get(f"{ROLES}{role.pk}/").content.decode()
    assert "1 user loses access until they are given another role. 1 invitation is revoked." in page
    for _ in range(2):
        assert owner.post(f"{ROLES}{role.pk}/retire/")["Location"] == ROLES
    assert client.get("/o/delta/settings/users/").status_code == 404
    assert Invitation.objects.get().revoked_at is not None
    assert HistoryEntry.objects.filter(what="partners.role.retired").count() == 1
    assert "Night" not in [row[0] for row in rows_in(owner.get(ROLES))]


@pytest.mark.django_db
def test_retired_name_can_be_used_again(actor_of, dan, delta):
    RoleFactory(organisation=delta, name="Night", retired_at=timezone.now())
    role = actions.create_role(actor=actor_of(dan, delta), name="Night", levels={"sales": 1, "nonsense": 2})
    assert role.levels == {"sales": 1}


@pytest.mark.django_db
def test_roles_are_changed_by_managers_of_the_team(actor_of, delta):
    member = MemberFactory(organisation=delta, code="viewer")
    with pytest.raises(Forbidden):
        actions.create_role(actor=actor_of(member.user, delta), name="Mine", levels={"settings": 2})
