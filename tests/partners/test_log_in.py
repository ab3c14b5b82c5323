"""Logging in and out, recovery, second factors and sessions, through allauth's pages in our words."""

import re
import time
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from advisory_portal.core.models import OutboundEmail
from partners.models import User
from tests.factories import PASSWORD, MemberFactory, UserFactory

TOTP_PERIOD = 30  # seconds
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enter_code(client: Client, path: str, secret: str, **options: Any) -> Any:
    """Type what the app shows, at the beginning of the code's thirty seconds: it is good until it is read."""
    now = time.time()
    with time_machine.travel(now - now % TOTP_PERIOD):
        (counter,) = yield_hotp_counters_from_time()
        return client.post(path, {"code": format_hotp_value(hotp_value(secret, counter))}, **options)


def link_in(email: OutboundEmail) -> str:
    (path,) = re.findall(r"http://[^/\s]+(/\S+)", email.text)
    return path


def logged_in(user: User, password: str = PASSWORD) -> Client:
    """A browser that came in through the log-in page, as reauthentication wants it."""
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": password})
    return client


def reauthenticated(user: User) -> Client:
    client = logged_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.django_db
def test_log_in_leads_to_the_page_that_was_asked_for(alice):
    client = Client()
    assert client.get("/account/")["Location"] == "/accounts/login/?next=/account/"
    page = client.get("/accounts/login/?next=/account/").content.decode()
    assert '<input type="hidden" name="next" value="/account/">' in page
    response = client.post(
        "/accounts/login/", {"login": "Alice@Acme.example", "password": PASSWORD, "next": "/account/"}
    )
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert client.get("/account/").status_code == 200


@pytest.mark.django_db
def test_log_in_does_not_lead_to_other_sites(alice):
    given = {"login": alice.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/accounts/login/", given)["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["alice@acme.example", "nobody@acme.example"])
def test_log_in_refuses_wrong_and_unknown_in_the_same_words(alice, login):
    response = Client().post("/accounts/login/", {"login": login, "password": "wrong"})
    assert response.context_data["form"].errors == {"__all__": ["The e-mail address or the password is not right."]}


@pytest.mark.django_db
def test_log_in_of_a_closed_account_says_so(alice):
    User.objects.update(is_active=False)
    response = Client().post("/accounts/login/", {"login": alice.email, "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/accounts/inactive/", 302)]
    assert "This account is closed" in response.content.decode()


@pytest.mark.django_db
def test_log_in_unconfirmed_mails_a_new_link(alice):
    EmailAddress.objects.update(verified=False)
    response = Client().post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/confirm-email/"
    assert OutboundEmail.objects.get().kind == "account/email_confirmation"


@pytest.mark.django_db
def test_log_in_too_often_is_refused_in_words(alice):
    client = Client()
    answers = [client.post("/accounts/login/", {"login": alice.email, "password": "no"}) for _ in range(6)]
    assert answers[-1].context_data["form"].errors == {"__all__": ["Too many tries. Wait a few minutes and try again."]}


@pytest.mark.django_db
def test_log_out_asks_and_then_does(client_of, alice):
    client = client_of(alice)
    assert "You are logged in as alice@acme.example." in client.get("/accounts/logout/").content.decode()
    assert client.get("/account/").status_code == 200
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.get("/account/").status_code == 302


@pytest.mark.django_db
def test_recovery_sets_a_new_password_by_a_mailed_link(alice):
    client = Client()
    assert client.get("/accounts/password/reset/").status_code == 200
    response = client.post("/accounts/password/reset/", {"email": alice.email})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert client.get("/accounts/password/reset/done/").status_code == 200
    email = OutboundEmail.objects.get()
    assert (email.to, email.kind) == (alice.email, "account/password_reset_key")
    form = client.get(link_in(email), follow=True)
    address = form.redirect_chain[-1][0]
    new = "another horse battery"
    bad = client.post(address, {"password1": new, "password2": "different one"})
    assert list(bad.context_data["form"].errors) == ["password2"]
    done = client.post(address, {"password1": new, "password2": new}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert logged_in(alice, new).get("/account/").status_code == 200
    assert OutboundEmail.objects.filter(kind="account/password_reset", to=alice.email).count() == 1
    used = client.get(link_in(email))
    assert "This link is no longer valid" in used.content.decode()


@pytest.mark.django_db
def test_recovery_answers_the_same_for_an_unknown_address(alice):
    response = Client().post("/accounts/password/reset/", {"email": "nobody@acme.example"})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert [email.kind for email in OutboundEmail.objects.all()] == ["account/unknown_account"]


@pytest.mark.django_db
def test_change_of_address_counts_when_the_new_one_is_confirmed(alice):
    client = reauthenticated(alice)
    assert client.get("/accounts/email/").status_code == 200
    client.post("/accounts/email/", {"email": "alice@new.example", "action_add": "1"})
    page = client.get("/accounts/email/").content.decode()
    assert "alice@new.example waits to be confirmed" in page
    assert User.objects.get(pk=alice.pk).email == "alice@acme.example"
    email = OutboundEmail.objects.get()
    assert (email.kind, email.to, email.to_name) == (
        "account/email_confirmation",
        "alice@new.example",
        "Alice",
    )
    client.post(link_in(email))
    assert User.objects.get(pk=alice.pk).email == "alice@new.example"
    told = OutboundEmail.objects.get(kind="account/email_changed")
    assert told.to == "alice@acme.example"
    assert "You now log in with alice@new.example instead of alice@acme.example." in told.text


@pytest.mark.django_db
def test_change_of_address_can_be_called_off(alice):
    client = reauthenticated(alice)
    client.post("/accounts/email/", {"email": "alice@new.example", "action_add": "1"})
    client.post("/accounts/email/", {"email": "alice@new.example", "action_remove": "1"})
    assert [address.email for address in EmailAddress.objects.all()] == ["alice@acme.example"]


@pytest.mark.django_db
def test_change_of_address_to_a_taken_one_says_nothing_and_changes_nothing(alice, bob):
    client = reauthenticated(alice)
    response = client.post("/accounts/email/", {"email": bob.email, "action_add": "1"})
    assert response.status_code == 302
    assert User.objects.get(pk=alice.pk).email == "alice@acme.example"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "alice", "alice@acme.example", "a" * 60 + "@" + "b.c" * 80])
def test_change_of_address_refuses_bad_input(alice, address):
    response = reauthenticated(alice).post("/accounts/email/", {"email": address, "action_add": "1"})
    assert list(response.context_data["form"].errors) == ["email"]


@pytest.mark.django_db
def test_change_of_password_asks_for_the_old_one_and_tells(alice):
    client = logged_in(alice)
    new = "another horse battery"
    bad = client.post("/accounts/password/change/", {"oldpassword": "no", "password1": new, "password2": new})
    assert bad.context_data["form"].errors == {"oldpassword": ["This is not your password."]}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert logged_in(alice, new).get("/account/").status_code == 200
    assert client.get("/accounts/password/change/").status_code == 200
    assert OutboundEmail.objects.get().kind == "account/password_changed"


@pytest.mark.django_db
def test_first_password_of_an_account_without_one(client_of, alice):
    alice.set_unusable_password()
    alice.save()
    client = client_of(alice)
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
    client.post("/accounts/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert OutboundEmail.objects.get().kind == "account/password_set"


@pytest.mark.django_db
def test_authenticator_app_is_set_up_used_and_turned_off(alice, django_capture_on_commit_callbacks):
    client = logged_in(alice)
    assert client.get("/accounts/2fa/").status_code == 200
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert client.get(asked["Location"]).status_code == 200
    wrong = client.post("/accounts/reauthenticate/", {"password": "no"})
    assert wrong.context_data["form"].errors == {"password": ["This is not your password."]}
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context_data["form"].secret
    assert secret in page.content.decode()
    bad = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert bad.context_data["form"].errors == {"code": ["This code is not right."]}
    with django_capture_on_commit_callbacks(execute=True):
        done = enter_code(client, "/accounts/2fa/totp/activate/", secret, follow=True)
    codes = re.findall(r"<code>(\w+)</code>", done.content.decode())
    assert len(codes) == 10
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    listing = client.get("/accounts/2fa/recovery-codes/download/")
    assert listing.content.decode().split() == codes

    other = Client()
    step = other.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert step["Location"] == "/accounts/2fa/authenticate/"
    assert other.get("/accounts/2fa/authenticate/").status_code == 200
    assert other.get("/account/").status_code == 302
    wrong = other.post("/accounts/2fa/authenticate/", {"code": "123123"})
    assert wrong.context_data["form"].errors == {"code": ["This code is not right."]}
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert other.get("/account/").status_code == 200
    assert "9 codes left" in other.get("/accounts/2fa/").content.decode()

    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.count() == 0
    kinds = list(OutboundEmail.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["mfa/totp_activated", "mfa/totp_deactivated"]


@pytest.mark.django_db
def test_recovery_codes_are_made_anew(alice):
    TOTP.activate(alice, SECRET)
    RecoveryCodes.activate(alice)
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    enter_code(client, "/accounts/2fa/authenticate/", SECRET)
    ask = client.get("/accounts/2fa/recovery-codes/generate/")["Location"]
    assert client.get(ask).status_code == 200
    assert client.get("/accounts/2fa/reauthenticate/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    before = client.get("/accounts/2fa/recovery-codes/").content
    assert "Your old codes stop working." in client.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert client.get("/accounts/2fa/recovery-codes/").content != before


@pytest.mark.django_db
def test_passkey_pages_show_what_the_browser_needs(alice):
    client = reauthenticated(alice)
    add = client.get("/accounts/2fa/webauthn/add/").content.decode()
    assert 'data-webauthn="addForm"' in add
    assert 'value="Passkey"' in add
    assert '<script id="js_data" type="application/json">{"creation_options"' in add
    assert client.get("/accounts/2fa/webauthn/").status_code == 200
    bad = client.post("/accounts/2fa/webauthn/add/", {"name": "Phone", "credential": "{"})
    assert list(bad.context_data["form"].errors) == ["credential"]
    key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "Phone", "credential": {}})
    assert "Phone" in client.get("/accounts/2fa/webauthn/").content.decode()
    assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/").status_code == 200
    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", {"name": "Key"})
    assert "“Key” will no longer" in client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").content.decode()
    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert Authenticator.objects.count() == 0
    assert OutboundEmail.objects.get().kind == "mfa/webauthn_removed"


@pytest.mark.django_db
def test_passkey_log_in_offers_options_and_refuses_nonsense():
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    assert 'data-webauthn="loginForm"' in page
    options = client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["rpId"] == "testserver"
    assert client.post("/accounts/2fa/webauthn/login/", {"credential": "{}"})["Location"] == "/accounts/login/"


@pytest.mark.django_db
def test_sessions_are_listed_and_the_others_logged_out(alice):
    first, second = logged_in(alice), logged_in(alice)
    assert second.get("/accounts/sessions/").context_data["session_count"] == 2
    response = second.post("/accounts/sessions/", follow=True)
    assert "All other sessions are logged out." in response.content.decode()
    assert first.get("/account/").status_code == 302
    assert second.get("/account/").status_code == 200


@pytest.mark.django_db
def test_page_sent_from_an_expired_session_leads_to_the_log_in(alice):
    client = logged_in(alice)
    client.session.flush()
    back = {"referer": "http://testserver/account/"}
    response = client.post("/account/", {"name": "Al", "language": "en"}, headers=back)
    assert response["Location"] == "/accounts/login/?next=/account/"


@pytest.mark.django_db
def test_mails_of_the_log_in_are_plain_text_with_names_as_they_are():
    user = UserFactory(email="o'brien+x@acme.example", name="O'Brien & Sons")
    MemberFactory(user=user)
    Client().post("/accounts/password/reset/", {"email": user.email})
    email = OutboundEmail.objects.get()
    assert "for o'brien+x@acme.example." in email.text
    assert "o&#39;brien+x@acme.example" in email.html
