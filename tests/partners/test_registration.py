"""R1 through the pages: a visitor ends as owner of a firm or a business, with a confirmed address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from partners import actions
from partners.models import Member, Organisation, User
from partners.rules.values import NewOrganisation, NewPerson
from tests.factories import PASSWORD, UserFactory

GIVEN = {
    "name": "Eva Soler",
    "email": "Eva@Soler.example",
    "phone": "912 345 678",
    "password1": PASSWORD,
    "kind": "firm",
    "organisation_name": "Gestoría Soler",
    "country": "ES",
    "tax_id": "es b-64717838",
    "legal_form": "S.L.",
    "team_size": "2-5",
    "profession": "gestoria",
    "terms": "on",
}


def link_in(email: OutboundEmail) -> str:
    """The path of the one link in a mail's text."""
    (path,) = re.findall(r"http://[^/\s]+(/\S+)", email.text)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "profession"), [("firm", "gestoria"), ("business", "")])
def test_register_makes_an_owner_who_enters_after_confirming(kind, profession):
    visitor = Client()
    response = visitor.post("/accounts/signup/", GIVEN | {"kind": kind})
    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    assert visitor.get("/accounts/confirm-email/").status_code == 200
    assert visitor.get("/account/")["Location"].startswith("/accounts/login/")

    email = OutboundEmail.objects.get()
    assert (email.to, email.kind) == ("eva@soler.example", "account/email_confirmation_signup")
    page = visitor.get(link_in(email))
    assert page.status_code == 200
    assert not EmailAddress.objects.get().verified
    response = visitor.post(link_in(email), follow=True)
    address = "/o/gestoria-soler/" if kind == "firm" else "/o/gestoria-soler/overview/"
    assert response.redirect_chain[-1][0] == address

    user = User.objects.get()
    assert (user.name, user.email, user.phone) == ("Eva Soler", "eva@soler.example", "+34 912 34 56 78")
    assert EmailAddress.objects.get().verified
    organisation = Organisation.objects.get()
    assert (organisation.kind, organisation.profession, organisation.tax_id) == (kind, profession, "B64717838")
    assert (organisation.slug, organisation.plan.is_default) == ("gestoria-soler", True)
    assert (organisation.time_zone, organisation.currency, organisation.language) == ("Europe/Madrid", "EUR", "es")
    member = Member.objects.get()
    assert (member.role.code, member.role.organisation_kind) == ("owner", kind)
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.actor_id, entry.organisation_id) == (
        "partners.organisation.registered",
        user.pk,
        organisation.pk,
    )


@pytest.mark.django_db
def test_register_in_another_browser_leads_to_the_log_in():
    Client().post("/accounts/signup/", GIVEN)
    response = Client().post(link_in(OutboundEmail.objects.get()))
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert EmailAddress.objects.get().verified


@pytest.mark.django_db
def test_register_speaks_the_language_of_the_page():
    visitor = Client(headers={"accept-language": "es"})
    visitor.post("/accounts/signup/", GIVEN)
    assert User.objects.get().language == "es"
    assert OutboundEmail.objects.get().language == "es"


@pytest.mark.django_db
def test_register_with_a_known_address_answers_the_same_and_writes_to_its_owner():
    UserFactory(email="eva@soler.example", language="es")
    visitor = Client()
    response = visitor.post("/accounts/signup/", GIVEN)
    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    email = OutboundEmail.objects.get()
    assert (email.to, email.kind, email.language) == (
        "eva@soler.example",
        "account/account_already_exists",
        "es",
    )
    assert Organisation.objects.count() == 0
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_register_twice_makes_one_of_each():
    visitor = Client()
    visitor.post("/accounts/signup/", GIVEN)
    assert visitor.post("/accounts/signup/", GIVEN)["Location"] == "/accounts/confirm-email/"
    assert (User.objects.count(), Organisation.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_register_for_an_address_taken_since_the_form_was_read_writes_to_its_owner(monkeypatch):
    taken = []

    def register(**given):
        if not taken:
            taken.append(UserFactory(email="eva@soler.example"))
        return original(**given)

    original = actions.register_owner
    monkeypatch.setattr(actions, "register_owner", register)
    response = Client().post("/accounts/signup/", GIVEN)
    assert response["Location"] == "/accounts/confirm-email/"
    assert OutboundEmail.objects.get().kind == "account/account_already_exists"
    assert Organisation.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "x" * 151}, "name", "at most 150 characters"),
        ({"email": "eva"}, "email", "valid email address"),
        ({"email": "e" * 60 + "@" + "a" * 60 + ("." + "b" * 60) * 3 + ".es"}, "email", "at most 254 characters"),
        ({"phone": "12"}, "phone", "One looks like +34 912 34 56 78."),
        ({"password1": "short"}, "password1", "at least 10 characters"),
        ({"password1": "eva@soler.example"}, "password1", "too similar"),
        ({"kind": ""}, "kind", "This field is required."),
        ({"kind": "operator"}, "kind", "not one of the available choices"),
        ({"organisation_name": " \t "}, "organisation_name", "This field is required."),
        ({"organisation_name": "x" * 201}, "organisation_name", "at most 200 characters"),
        ({"country": "XX"}, "country", "not one of the available choices"),
        ({"tax_id": "B64717839"}, "tax_id", "This is not a tax id of Spain. One looks like B64717838."),
        ({"tax_id": "136695976", "country": "ES"}, "tax_id", "This is not a tax id of Spain."),
        ({"tax_id": "?", "country": "KP", "phone": "+34 912345678"}, "tax_id", "Use its letters and digits only."),
        ({"legal_form": "x" * 81}, "legal_form", "at most 80 characters"),
        ({"team_size": "3"}, "team_size", "not one of the available choices"),
        ({"profession": ""}, "profession", "This field is required."),
        ({"profession": "baker"}, "profession", "not one of the available choices"),
        ({"terms": ""}, "terms", "This field is required."),
    ],
)
def test_register_refuses_bad_input_beside_its_field(change, field, words):
    given = GIVEN | change
    response = Client().post("/accounts/signup/", given)
    form = response.context_data["form"]
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    if field != "organisation_name":
        assert 'value="Gestoría Soler"' in html
    assert (User.objects.count(), Organisation.objects.count(), OutboundEmail.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_register_owner_leaves_nothing_when_the_organisation_fails():
    person = NewPerson(name="Eva", email="eva@soler.example", password=PASSWORD, language="en")
    bad = NewOrganisation(
        kind="firm", name="Soler", tax_id="1", country="ES", legal_form="", team_size="1", profession=""
    )
    with pytest.raises(Exception, match="firms_have_a_profession"):
        actions.register_owner(actor=User(name="Eva").actor, person=person, organisation=bad)
    assert (User.objects.count(), EmailAddress.objects.count(), Organisation.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_register_page_is_left_by_those_who_are_logged_in(client_of, alice):
    assert client_of(alice).get("/accounts/signup/")["Location"] == "/"


@pytest.mark.django_db
def test_register_too_often_is_slowed_down(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    visitor = Client()
    answers = [visitor.post("/accounts/signup/", {}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
