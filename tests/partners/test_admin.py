"""The operator's administration: with a second factor only, under a policy of its own."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client

from partners.models import Organisation, Plan, User
from tests.factories import PASSWORD
from tests.partners.test_log_in import SECRET, enter_code

pytestmark = pytest.mark.django_db


def operating(user: User) -> Client:
    """A browser in which the operator logged in with a code."""
    TOTP.activate(user, SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert enter_code(client, "/accounts/2fa/authenticate/", SECRET).status_code == 302
    return client


def test_admin_sends_visitors_to_the_log_in():
    response = Client().get("/admin/partners/plan/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/partners/plan/"


def test_admin_refuses_operators_without_a_second_factor_and_says_how(client_of, rita):
    response = client_of(rita).get("/admin/", follow=True)
    assert response.status_code == 403
    assert 'href="/accounts/2fa/"' in response.content.decode()


def test_admin_refuses_operators_who_did_not_use_their_second_factor_now(client_of, rita):
    TOTP.activate(rita, SECRET)
    response = client_of(rita).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "in again with your passkey or code" in response.content.decode()


def test_admin_refuses_everybody_else_with_a_second_factor(alice):
    assert operating(alice).get("/admin/", follow=True).status_code == 403


def test_admin_opens_with_a_second_factor_under_its_own_policy(rita, acme, delta):
    client = operating(rita)
    pages = ["/admin/", "/admin/partners/plan/", "/admin/partners/role/", f"/admin/partners/user/{rita.pk}/change/"]
    pages += ["/admin/partners/user/", "/admin/partners/organisation/?q=acme"]
    pages += [f"/admin/partners/organisation/{acme.pk}/change/"]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "http" not in response["Content-Security-Policy"]
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_admin_sets_the_plan_and_nothing_else_of_an_organisation(rita, acme):
    small = Plan.objects.create(code="small", name="Small", sections=["team"])
    client = operating(rita)
    address = f"/admin/partners/organisation/{acme.pk}/change/"
    inline = {"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    response = client.post(address, {"plan": small.pk, "name": "Mine", "slug": "mine"} | inline)
    assert response.status_code == 302
    acme.refresh_from_db()
    assert (acme.plan, acme.name, acme.slug) == (small, "Acme Advisers", "acme")
    assert client.get("/admin/partners/organisation/add/").status_code == 403
    assert client.post(f"/admin/partners/organisation/{acme.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Organisation.objects.count() == 1


def test_admin_closes_an_account_and_shows_no_password(rita, alice):
    client = operating(rita)
    address = f"/admin/partners/user/{alice.pk}/change/"
    page = client.get(address).content.decode()
    assert alice.password not in page
    client.post(address, {"is_staff": "on", "email": "x@y.example"})
    alice.refresh_from_db()
    assert (alice.is_active, alice.is_staff, alice.email) == (False, False, "alice@acme.example")


def test_site_pages_keep_the_strict_policy():
    assert "unsafe" not in Client().get("/")["Content-Security-Policy"]
    assert settings.CONTENT_SECURITY_POLICY["EXCLUDE_URL_PREFIXES"] == ("/admin/",)
