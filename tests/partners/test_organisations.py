"""Start page, chooser, workspaces, settings, plan."""

import pytest
from django.test import Client

from advisory_portal.core.models import HistoryEntry
from partners.models import Organisation, Plan
from tests.factories import MemberFactory, RoleFactory, UserFactory
from tests.pages import errors_in, rows_in

NEW = {
    "kind": "business",
    "organisation_name": "Delta",
    "country": "ES",
    "tax_id": "B64717838",
    "legal_form": "",
    "team_size": "1",
    "profession": "",
    "phone": "912345678",
}
DATA = {
    "name": "Delta S.L.",
    "country": "ES",
    "tax_id": "B64717838",
    "legal_form": "S.L.",
    "team_size": "2-5",
    "email": "office@delta.example",
    "phone": "912345678",
    "street": "Calle Mayor 1",
    "postcode": "28001",
    "city": "Madrid",
    "language": "es",
    "time_zone": "Atlantic/Canary",
    "currency": "EUR",
}


@pytest.mark.django_db
def test_home_tells_visitors_and_needs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = Client().get("/").content.decode()
    assert 'href="/accounts/signup/"' in page
    assert 'href="/accounts/login/"' in page
    assert Client().get("/terms/").status_code == 200


@pytest.mark.django_db
def test_home_leads_to_the_only_organisation(client_of, alice):
    assert client_of(alice).get("/")["Location"] == "/o/acme/"


@pytest.mark.django_db
def test_home_leads_to_the_chooser_and_then_to_the_last_one(client_of, alice, delta):
    MemberFactory(organisation=delta, user=alice)
    client = client_of(alice)
    assert client.get("/")["Location"] == "/organisations/"
    page = client.get("/organisations/").content.decode()
    assert page.index("Acme Advisers") < page.index("Delta")
    client.get("/o/delta/")
    assert client.get("/")["Location"] == "/o/delta/"


@pytest.mark.django_db
def test_home_forgets_an_organisation_that_one_left(client_of, alice, bob, acme, delta):
    MemberFactory(organisation=delta, user=bob)
    client = client_of(bob)
    client.get("/o/acme/")
    client.post("/o/acme/leave/")
    assert client.get("/")["Location"] == "/o/delta/"


@pytest.mark.django_db
def test_the_switcher_names_one_s_own_and_marks_where_one_is(client_of, alice, delta, rival, django_assert_num_queries):
    MemberFactory(organisation=delta, user=alice)
    client = client_of(alice)
    with django_assert_num_queries(3):
        page = client.get("/organisations/switcher/?here=delta").content.decode()
    assert page.index('href="/o/acme/"') < page.index('href="/o/delta/" aria-current="true"')
    assert "Rival" not in page and page.count("aria-current") == 1
    assert Client().get("/organisations/switcher/").status_code == 302


@pytest.mark.django_db
def test_organisations_without_any_offers_to_make_one(client_of):
    client = client_of(UserFactory())
    assert client.get("/")["Location"] == "/organisations/"
    assert "You belong to no organisation yet" in client.get("/organisations/").content.decode()


@pytest.mark.django_db
def test_organisations_shows_operators_the_administration(client_of, rita, alice):
    assert 'href="/admin/"' in client_of(rita).get("/organisations/").content.decode()
    assert 'href="/admin/"' not in client_of(alice).get("/organisations/").content.decode()


@pytest.mark.django_db
def test_organisations_takes_as_many_queries_for_thirty_as_for_one(client_of, alice, django_assert_num_queries):
    client = client_of(alice)
    client.get("/organisations/")
    with django_assert_num_queries(3):
        client.get("/organisations/")
    for _ in range(30):
        MemberFactory(user=alice)
    with django_assert_num_queries(3):
        client.get("/organisations/")


@pytest.mark.django_db
def test_new_organisation_makes_its_owner_and_repeating_gives_the_same(client_of, alice):
    client = client_of(alice)
    assert client.get("/organisations/new/").status_code == 200
    for _ in range(2):
        assert client.post("/organisations/new/", NEW)["Location"] == "/o/delta/"
    row = Organisation.objects.get(slug="delta")
    assert (row.kind, row.phone, row.email) == ("business", "+34 912 34 56 78", "alice@acme.example")
    assert row.members.get().is_owner
    assert HistoryEntry.objects.get().organisation_id == row.pk


@pytest.mark.django_db
def test_new_organisation_of_a_taken_name_gets_another_address(client_of, alice, delta):
    assert client_of(alice).post("/organisations/new/", NEW)["Location"] == "/o/delta-2/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "firm"}, "profession"),
        ({"organisation_name": ""}, "organisation_name"),
        ({"country": ""}, "country"),
        ({"tax_id": "X"}, "tax_id"),
        ({"phone": "x"}, "phone"),
    ],
)
def test_new_organisation_refuses_bad_input_beside_its_field(client_of, alice, change, field):
    response = client_of(alice).post("/organisations/new/", NEW | change)
    assert response.status_code == 422
    assert list(errors_in(response)) == [field]
    assert Organisation.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("levels", "address"),
    [
        ({"sales": 1, "contacts": 2}, "/o/delta/overview/"),
        ({"purchases": 1}, "/o/delta/overview/"),
        ({"contacts": 1}, "/o/delta/contacts/"),
        ({"team": 1}, "/o/delta/settings/users/"),
        ({"settings": 1}, "/o/delta/settings/"),
    ],
)
def test_workspace_of_a_business_begins_with_what_one_may_see(client_of, delta, levels, address):
    member = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels=levels))
    assert client_of(member.user).get("/o/delta/")["Location"] == address


@pytest.mark.django_db
def test_workspace_says_so_when_a_role_opens_nothing(client_of, delta):
    member = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta))
    assert "Your role opens nothing here" in client_of(member.user).get("/o/delta/").content.decode()


@pytest.mark.django_db
def test_workspace_of_a_firm_shows_its_next_steps(client_of, alice, bob):
    page = client_of(alice).get("/o/acme/").content.decode()
    for step in ("Complete the organisation’s data", "Invite your colleagues", "Protect your log-in"):
        assert step in page
    assert "Invite users" not in page
    assert "Complete the organisation’s data" not in client_of(bob).get("/o/acme/").content.decode()


@pytest.mark.django_db
def test_settings_change_the_organisation_and_keep_its_address(client_of, dan, delta):
    client = client_of(dan)
    assert client.get("/o/delta/settings/").status_code == 200
    for _ in range(2):
        assert client.post("/o/delta/settings/", DATA)["Location"] == "/o/delta/settings/"
    delta.refresh_from_db()
    expected = DATA | {"phone": "+34 912 34 56 78", "slug": "delta", "kind": "business", "profession": ""}
    assert {field: getattr(delta, field) for field in expected} == expected
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.before["name"], entry.after["name"]) == (
        "partners.organisation.changed",
        "Delta",
        "Delta S.L.",
    )
    assert "kind" not in entry.after


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"country": "ZZ"}, "country"),
        ({"tax_id": "B64717839"}, "tax_id"),
        ({"email": "x"}, "email"),
        ({"email": "x" * 250 + "@a.bc"}, "email"),
        ({"phone": "x"}, "phone"),
        ({"street": "x" * 201}, "street"),
        ({"postcode": "x" * 21}, "postcode"),
        ({"city": "x" * 101}, "city"),
        ({"language": "xx"}, "language"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"currency": "XXX"}, "currency"),
        ({"team_size": ""}, "team_size"),
    ],
)
def test_settings_refuse_bad_input_beside_its_field(client_of, dan, delta, change, field):
    response = client_of(dan).post("/o/delta/settings/", DATA | change)
    assert response.status_code == 422
    assert list(errors_in(response)) == [field]
    assert 'value="S.L."' in response.content.decode()
    delta.refresh_from_db()
    assert delta.name == "Delta"


@pytest.mark.django_db
def test_settings_of_a_firm_need_a_profession(client_of, alice, acme):
    response = client_of(alice).post("/o/acme/settings/", DATA | {"profession": ""})
    assert list(errors_in(response)) == ["profession"]
    client_of(alice).post("/o/acme/settings/", DATA | {"profession": "external_cfo"})
    acme.refresh_from_db()
    assert acme.profession == "external_cfo"


@pytest.mark.django_db
def test_settings_are_read_only_for_viewers(client_of, delta):
    member = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"settings": 1}))
    client = client_of(member.user)
    page = client.get("/o/delta/settings/").content.decode()
    assert "Save" not in page
    assert page.count("disabled") >= len(DATA)
    assert client.post("/o/delta/settings/", DATA).status_code == 403
    delta.refresh_from_db()
    assert delta.name == "Delta"


@pytest.mark.django_db
def test_plan_lists_sections_and_caps_access(client_of, dan, delta):
    Plan.objects.create(code="small", name="Small", sections=["sales", "settings"])
    delta.plan = Plan.objects.get(code="small")
    delta.save()
    client = client_of(dan)
    rows = dict(rows_in(client.get("/o/delta/settings/plan/")))
    assert (rows["Sales"], rows["Banking"]) == ("Included", "Not included")
    assert client.get("/o/delta/settings/users/").status_code == 403
