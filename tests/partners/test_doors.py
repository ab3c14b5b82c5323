"""Who is let in: anonymous people to the log-in, strangers to 404, members without the level to 403."""

import pytest
from django.test import Client
from django.urls import reverse

from partners import urls
from tests.factories import InvitationFactory, MemberFactory, RoleFactory
from tests.partners.listed import listed

pytestmark = pytest.mark.django_db

# Views inside an organisation, with what one of the firm's account managers (team: view) gets.
INSIDE = {
    "workspace": 200,
    "leave": 405,
    "activity": 403,
    "advisory_services": 200,
    "send_request": 403,
    "marketplace": 200,
    "marketplace_firm": 200,
    "marketplace_picture": 200,
    "profile_state": 200,
    "profile_editor": 403,
    "save_profile": 403,
    "submit_profile": 403,
    "withdraw_profile": 403,
    "profile_picture": 404,
    "set_profile_picture": 403,
    "remove_profile_picture": 403,
    "organisation_settings": 403,
    "plan": 403,
    "plan_return": 403,
    "subscribe": 403,
    "manage_payment": 403,
    "users": 200,
    "invite": 403,
    "member": 403,
    "give_role": 403,
    "remove_member": 403,
    "resend_invitation": 403,
    "revoke_invitation": 403,
    "roles": 200,
    "new_role": 403,
    "role": 403,
    "retire_role": 403,
}
OUTSIDE = {
    "organisations",
    "switcher",
    "new_organisation",
    "profile",
    "preferences",
    "notifications",
    "read_all_notifications",
    "open_notification",
    "accept_invitation",
}
PUBLIC = {
    "platform_stripe",
    "home",
    "terms",
    "directory",
    "directory_firm",
    "listing_picture",
    "sitemap",
    "sitemap_part",
    "robots",
    "invitation",
    "register_invited",
    "switch_person",
}


@pytest.fixture
def address(acme, alice):
    """The address of a view, with rows of acme in it."""
    member = MemberFactory(organisation=acme, code="administrator")
    invitation = InvitationFactory(organisation=acme, code="administrator")
    role = RoleFactory(organisation=acme)
    ids = {
        "organisation": "acme",
        "member_id": member.pk,
        "invitation_id": invitation.pk,
        "role_id": role.pk,
        "notification_id": role.pk,
        "token": "t",
        "firm": listed("seen", with_logo=True).slug,
        "which": "logo",
    }

    def find(name: str) -> str:
        (pattern,) = [pattern for pattern in urls.urlpatterns if pattern.name == name]
        wanted = pattern.pattern.converters
        return reverse(f"partners:{name}", kwargs={key: ids[key] for key in wanted})

    return find


def test_doors_are_all_listed_here():
    assert {pattern.name for pattern in urls.urlpatterns} == set(INSIDE) | OUTSIDE | PUBLIC


@pytest.mark.parametrize("name", [*INSIDE, *sorted(OUTSIDE)])
def test_doors_send_anonymous_people_to_the_log_in(address, name):
    response = Client().get(address(name))
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address(name)}")
    assert Client().post(address(name))["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize("name", INSIDE)
def test_doors_do_not_know_strangers(address, client_of, carol, name):
    client = client_of(carol)
    assert client.get(address(name)).status_code == 404
    assert client.post(address(name)).status_code == 404


@pytest.mark.parametrize(("name", "status"), INSIDE.items())
def test_doors_ask_for_the_level(address, client_of, bob, name, status):
    assert client_of(bob).get(address(name)).status_code == status


@pytest.mark.parametrize("name", [name for name in INSIDE if "_id" in str(name) or name in ("member", "role")])
def test_doors_do_not_open_rows_of_others(address, client_of, carol, name):
    """Carol manages her own firm; acme's rows do not exist there."""
    foreign = address(name).replace("/o/acme/", "/o/rival/")
    assert client_of(carol).get(foreign).status_code == 404


@pytest.mark.parametrize(
    "name", ["give_role", "remove_member", "resend_invitation", "revoke_invitation", "retire_role"]
)
def test_doors_that_act_do_not_touch_rows_of_others(address, client_of, carol, name):
    foreign = address(name).replace("/o/acme/", "/o/rival/")
    client = client_of(carol)
    assert client.post(foreign).status_code == 404
    assert client.get(foreign).status_code == 405


def test_doors_refuse_posts_without_a_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post("/account/", {"name": "Mallory", "language": "en"}).status_code == 403
