"""The operator's queue of applications: what waits, the decisions, two operators at once, subscriptions."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from partners.models import ProgrammeApplication, Subscription
from tests.factories import FirmFactory, UserFactory
from tests.pages import text_of
from tests.partners.review import SENT, application, said, tree_of, version
from tests.partners.test_admin import operating

pytestmark = pytest.mark.django_db
QUEUE = "/admin/partners/programmeapplication/"


def address(row: ProgrammeApplication, deed: str) -> str:
    return reverse(f"admin:partners_programmeapplication_{deed}", args=[row.pk])


@pytest.fixture
def client(rita):
    return operating(rita)


def states_of(response) -> list[str]:
    return [text_of(link) for link in tree_of(response).xpath("//nav[@class='review-states']/a")]


def firms_of(response) -> list[str]:
    return [text_of(cell) for cell in tree_of(response).xpath("//*[contains(@class, 'field-firm')]")]


def test_queue_shows_what_waits_first_the_oldest_on_top_with_counts(client, acme, rival):
    application(acme, "accepted")
    application(rival, "rejected")
    application(FirmFactory(name="Younger"), created_at=SENT + timedelta(days=1))
    application(FirmFactory(name="Older"), created_at=SENT - timedelta(days=1))
    application(rival)
    response = client.get(QUEUE)
    assert firms_of(response) == ["Older", "Rival Advisers", "Younger", "Rival Advisers", "Acme Advisers"]
    assert states_of(response) == ["All 5", "Waiting 3", "Accepted 1", "Rejected 1", "Suspended 0"]


def test_menu_counts_what_waits(client, acme, rival):
    application(acme)
    application(rival, "accepted")
    version(rival)
    version(acme, "published")
    items = tree_of(client.get("/admin/")).xpath("//*[@id='nav-sidebar-apps']//li")
    assert [text_of(item) for item in items][:3] == ["Applications 1", "Profiles 1", "Subscriptions"]


def test_queue_filters_by_state_and_searches(client, acme, rival):
    application(acme, "accepted")
    application(rival)
    assert firms_of(client.get(QUEUE + "?state__exact=submitted")) == ["Rival Advisers"]
    assert firms_of(client.get(QUEUE + "?q=acme")) == ["Acme Advisers"]


def test_queue_takes_the_same_queries_for_one_and_for_many(client, acme, django_assert_max_num_queries):
    application(acme)
    client.get(QUEUE)
    with django_assert_max_num_queries(14) as one:
        client.get(QUEUE)
    for _number in range(30):
        application(FirmFactory())
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(QUEUE)


def test_page_shows_the_firm_and_offers_what_its_state_allows(client, alice, acme):
    row = application(acme)
    tree = tree_of(client.get(address(row, "change")))
    assert [form.get("action") for form in tree.xpath("//form[contains(@class, 'review-deed')]")] == [
        address(row, "accept"),
        address(row, "reject"),
    ]
    assert f"{alice.name} · alice@acme.example" in text_of(tree)
    ProgrammeApplication.objects.update(state="accepted")
    tree = tree_of(client.get(address(row, "change")))
    assert [form.get("action") for form in tree.xpath("//form[contains(@class, 'review-deed')]")] == [
        address(row, "suspend")
    ]


def test_accepting_tells_the_firm_and_keeps_who_decided(client, rita, alice, acme):
    row = application(acme)
    response = client.post(address(row, "accept"))
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert said(response) == ["Acme Advisers is in the programme."]
    row.refresh_from_db()
    assert (row.state, row.decided_by_name) == ("accepted", "Rita")
    assert list(OutboundEmail.objects.values_list("to", "kind")) == [
        ("alice@acme.example", "partners/programme_decision")
    ]
    assert text_of(tree_of(client.get(address(row, "change")))).count("Rita") >= 2


def test_rejecting_needs_a_reason_and_keeps_what_was_typed(client, alice, acme):
    row = application(acme)
    response = client.post(address(row, "reject"), {"reason": "  "})
    assert response.status_code == 422
    assert text_of(tree_of(response).xpath("//*[@role='alert']")[0]) == "Write a reason: the firm reads it."
    row.refresh_from_db()
    assert row.state == "submitted"
    client.post(address(row, "reject"), {"reason": "No advisers here."})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("rejected", "No advisers here.")


def test_suspending_and_resuming_a_firm(client, alice, acme):
    row = application(acme, "accepted")
    assert client.post(address(row, "suspend"), {"reason": "Insurance expired"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == ("suspended", "Insurance expired")
    assert client.post(address(row, "resume")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == ("accepted", "")


def test_second_operator_who_decides_otherwise_is_told(client, alice, acme):
    row = application(acme)
    other = operating(UserFactory(name="Rob", is_staff=True, is_superuser=True))
    client.post(address(row, "accept"))
    response = other.post(address(row, "reject"), {"reason": "Not yet"})
    assert response.status_code == 422
    assert "“Accepted”" in text_of(tree_of(response).xpath("//*[@role='alert']")[0])
    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by_name) == ("accepted", "", "Rita")
    assert OutboundEmail.objects.count() == 1


def test_second_operator_who_decides_the_same_is_told_and_nothing_is_done_twice(client, alice, acme):
    row = application(acme)
    other = operating(UserFactory(name="Rob", is_staff=True, is_superuser=True))
    client.post(address(row, "accept"))
    response = other.post(address(row, "accept"))
    assert said(response) == ["Rita decided this before you: it is “Accepted”."]
    assert response["Location"] == address(row, "change")
    row.refresh_from_db()
    assert row.decided_by_name == "Rita"
    assert OutboundEmail.objects.count() == 1
    assert HistoryEntry.objects.filter(what="partners.programmeapplication.accepted").count() == 1


def test_decisions_are_posts_of_operators_with_a_second_factor(client, client_of, rita, alice, acme):
    row = application(acme)
    assert client.get(address(row, "accept")).status_code == 405
    for stranger in (client_of(alice), client_of(rita)):
        assert stranger.post(address(row, "accept"))["Location"].startswith("/admin/login/")
    row.refresh_from_db()
    assert row.state == "submitted"


def test_decisions_need_the_token_of_the_page(rita, alice, acme):
    client = operating(rita)
    client.handler.enforce_csrf_checks = True
    row = application(acme)
    assert client.post(address(row, "accept")).status_code == 403
    row.refresh_from_db()
    assert row.state == "submitted"


def test_state_cannot_be_written_past_the_actions(client, acme):
    row = application(acme)
    assert client.post(address(row, "change"), {"state": "accepted"}).status_code == 200
    assert client.get(QUEUE + "add/").status_code == 403
    assert client.post(f"{QUEUE}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "submitted"


@pytest.mark.parametrize("wrong", ["nonsense", "01a1ffbc-7618-7fff-9368-03c926428feb"])
def test_unknown_application_is_not_found(client, wrong):
    assert client.get(f"{QUEUE}{wrong}/change/").status_code == 404


def test_page_names_the_profile_and_earlier_applications(client, acme):
    earlier = application(acme, "rejected", reason="Too early")
    row, profile = application(acme, "accepted"), version(acme, "published")
    links = tree_of(client.get(address(row, "change"))).xpath("//div[@class='review']//a/@href")
    assert address(earlier, "change") in links
    assert reverse("admin:partners_profileversion_change", args=[profile.pk]) in links


# --- Subscriptions -------------------------------------------------------------------------------------------


def test_subscription_is_set_by_hand_and_logged(client, acme):
    response = client.post(
        "/admin/partners/subscription/add/",
        {"organisation": acme.pk, "status": "active", "paid_until": "2027-01-31"},
    )
    assert response.status_code == 302
    row = Subscription.objects.get()
    assert (row.organisation, row.status, row.paid_until) == (acme, "active", date(2027, 1, 31))
    change = reverse("admin:partners_subscription_change", args=[row.pk])
    assert client.post(change, {"status": "cancelled", "paid_until": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.organisation, row.status, row.paid_until) == (acme, "cancelled", None)
    entries = HistoryEntry.objects.filter(what="partners.subscription.set").order_by("id")
    assert [(entry.actor_name, entry.after["status"]) for entry in entries] == [
        ("Rita", "active"),
        ("Rita", "cancelled"),
    ]
    assert entries[1].before == {"status": "active", "paid_until": "2027-01-31"}


def test_subscription_that_is_there_is_not_made_twice(client, acme):
    Subscription.objects.create(organisation=acme, status="active")
    response = client.post("/admin/partners/subscription/add/", {"organisation": acme.pk, "status": "cancelled"})
    assert response.status_code == 200
    assert Subscription.objects.get().status == "active"
    assert client.post(f"/admin/partners/subscription/{Subscription.objects.get().pk}/delete/").status_code == 403


def test_subscriptions_list_shows_their_state(client, acme):
    Subscription.objects.create(organisation=acme, status="past_due", paid_until=date(2026, 12, 1))
    response = client.get("/admin/partners/subscription/")
    cells = tree_of(response).xpath("//*[contains(@class, 'field-state_shown')]")
    assert [text_of(cell) for cell in cells] == ["Payment overdue"]
