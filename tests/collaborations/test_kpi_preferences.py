"""The cogwheel, the columns and the saved views are each person's own."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from advisory_portal.core.access import Forbidden
from collaborations import actions
from collaborations.kpis import KPIS, MESSAGES
from collaborations.models import Conversation, KpiPreference, SavedView
from tests.collaborations.factories_grants import looked_after
from tests.collaborations.factories_pending import add_item
from tests.collaborations.factories_portal import portal_client

PORTAL = "/o/acme/my-portal/"
COG = PORTAL + "notifications/"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)
EVERY = [*KPIS, MESSAGES]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(alice, client_of):
    return client_of(alice)


@pytest.fixture
def delta_client(acme):
    return portal_client(acme, "Delta")


def page_of(browser, path=PORTAL):
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def sent(**changes):
    return {"kpis": EVERY, "rhythm": "daily"} | {f"threshold_{code}": "1" for code in KPIS} | changes


def shape(page, number):
    """How the number of a KPI is shown."""
    (marks,) = re.findall(rf"<td[^>]*><(?:a|button)([^>]*)>{number}</", page)
    return "badge" if "told" in marks else "plain"


# --- The cogwheel --------------------------------------------------------------------------------------------


def test_all_is_ticked_as_long_as_nothing_was_chosen(browser, delta_client):
    page = page_of(browser, COG)
    assert page.count('name="kpis"') == page.count(" checked") - 1 == 8
    assert 'value="daily" ' in page and "Save" in page


def test_choice_is_kept_and_shown_again(browser, alice, delta_client):
    response = browser.post(COG, sent(kpis=["inbox", "taxes"], rhythm="weekly", threshold_inbox="5"))
    assert response["Location"] == PORTAL
    row = KpiPreference.objects.get()
    assert (row.member.user, row.client, row.kpis, row.thresholds) == (alice, None, ["inbox", "taxes"], {"inbox": 5})
    assert (row.rhythm, row.due_at) == ("weekly", datetime(2026, 11, 23, 6, tzinfo=UTC))
    page = page_of(browser, COG)
    assert page.count(" checked") == 3
    assert 'name="threshold_inbox" value="5"' in page
    browser.post(COG, sent(kpis=[]))
    assert KpiPreference.objects.get().kpis == []


def test_unticking_hides_the_badge_and_never_the_number(browser, delta_client):
    for _number in range(3):
        add_item(delta_client.business, "inbox", DAY)
    Conversation.objects.update(business_count=7)
    assert (shape(page_of(browser), 3), shape(page_of(browser), 7)) == ("badge", "badge")
    browser.post(COG, sent(kpis=["invoices"]))
    assert (shape(page_of(browser), 3), shape(page_of(browser), 7)) == ("plain", "plain")
    browser.post(COG, sent(threshold_inbox="4"))
    assert (shape(page_of(browser), 3), shape(page_of(browser), 7)) == ("plain", "badge")


def test_a_client_may_differ_and_may_follow_again(browser, acme, delta_client):
    other = portal_client(acme, "Other")
    for number, one in ((3, delta_client), (4, other)):
        for _number in range(number):
            add_item(one.business, "inbox", DAY)
    cog = f"{PORTAL}clients/{other.pk}/notifications/"
    assert 'name="rhythm"' not in page_of(browser, cog)
    assert browser.post(cog, sent(own="yes", kpis=["taxes"]))["Location"] == PORTAL
    assert (shape(page_of(browser), 3), shape(page_of(browser), 4)) == ("badge", "plain")
    assert KpiPreference.objects.get(client=other).due_at is None
    browser.post(cog, sent(own="no"))
    assert shape(page_of(browser), 4) == "badge"
    assert not KpiPreference.objects.filter(client=other).exists()


def test_wrong_threshold_is_shown_again_with_what_was_typed(browser, delta_client):
    response = browser.post(COG, sent(threshold_inbox="0", kpis=["inbox"]))
    page = response.content.decode()
    assert response.status_code == 422
    assert 'name="threshold_inbox" value="0"' in page and page.count(" checked") == 2
    assert not KpiPreference.objects.exists()


def test_dialog_gets_the_form_alone(browser, delta_client):
    page = browser.get(COG, HTTP_HX_REQUEST="true").content.decode()
    assert page.strip().startswith('<form class="form kpi-form"')


def test_choice_is_each_persons_own(browser, alice, bob, acme, delta_client, client_of):
    looked_after(delta_client, bob)
    add_item(delta_client.business, "inbox", DAY)
    browser.post(COG, sent(kpis=[]))
    assert shape(page_of(browser), 1) == "plain"
    assert shape(page_of(client_of(bob)), 1) == "badge"


def test_nobody_chooses_for_clients_they_do_not_see(browser, bob, rival, carol, acme, delta_client, client_of):
    strange = portal_client(rival, "Strange")
    for path in (f"{PORTAL}clients/{strange.pk}/notifications/", f"{PORTAL}clients/{acme.pk}/notifications/"):
        assert browser.get(path).status_code == browser.post(path, sent()).status_code == 404
    unassigned = f"{PORTAL}clients/{delta_client.pk}/notifications/"
    assert client_of(bob).post(unassigned, sent(own="yes")).status_code == 404
    assert client_of(carol).get(COG).status_code == 404
    assert not KpiPreference.objects.exists()


def test_business_has_no_cogwheel(dan, delta, client_of, dan_here):
    for path in ("notifications/", "views/", "export/"):
        assert client_of(dan).get(f"/o/delta/my-portal/{path}").status_code == 403
    with pytest.raises(Forbidden):
        actions.choose_kpis(actor=dan_here, kpis=[], thresholds={}, rhythm="daily", now=NOW)


@pytest.mark.parametrize("path", ["", "notifications/", "views/", "export/"])
def test_anonymous_is_led_to_the_log_in(client, acme, path):
    assert client.get(PORTAL + path)["Location"].startswith("/accounts/login/")


def test_choosing_twice_keeps_one_row_and_its_columns(alice, acme, actor_of, delta_client):
    here = actor_of(alice, acme)
    actions.choose_columns(actor=here, columns=["inbox"], now=NOW)
    for rhythm in ("daily", "nonsense", "immediate"):
        actions.choose_kpis(actor=here, kpis=["inbox", "x"], thresholds={"inbox": 1, "x": 9}, rhythm=rhythm, now=NOW)
    row = KpiPreference.objects.get()
    assert (row.kpis, row.thresholds, row.columns, row.rhythm) == (["inbox"], {}, ["inbox"], "immediate")


# --- Columns -------------------------------------------------------------------------------------------------


def heads(page):
    return [re.sub(r"<[^>]+>|\u00ad", "", head) for head in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page)]


def test_columns_are_chosen_and_kept(browser, delta_client):
    usual = heads(page_of(browser))
    assert usual[:4] == ["Client", "Managers", "Since", "Access"]
    assert usual[4:13] == [*(str(kpi.label) for kpi in KPIS.values()), "Messages", "Questions"]
    response = browser.post(PORTAL + "columns/?kpi=any&x=y", {"columns": ["taxes", "plan", "nonsense"]})
    assert response["Location"] == PORTAL + "?kpi=any"
    assert heads(page_of(browser))[:3] == ["Client", "Plan", "Taxes"]
    assert KpiPreference.objects.get().kpis == EVERY
    browser.post(PORTAL + "columns/", {})
    assert heads(page_of(browser)) == usual


# --- Saved views ---------------------------------------------------------------------------------------------


def test_view_is_saved_found_renamed_and_deleted(browser, alice, delta_client):
    page = page_of(browser, PORTAL + "?kpi=any&sort=next&page=1")
    assert f'href="{PORTAL}views/?kpi=any&amp;sort=next"' in page
    response = browser.post(PORTAL + "views/", {"name": " Every  morning ", "query": "sort=next&kpi=any&evil=1"})
    assert response["Location"] == PORTAL + "?kpi=any&sort=next"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.member.user) == ("Every morning", "kpi=any&sort=next", alice)
    chip = '<a class="chip" href="?kpi=any&amp;sort=next" title="Every morning" aria-current="true">Every morning</a>'
    assert chip in page_of(browser, PORTAL + "?kpi=any&sort=next")
    browser.post(f"{PORTAL}views/{view.pk}/rename/", {"name": "Mornings"})
    assert "Mornings" in page_of(browser, PORTAL + "views/")
    for _again in range(2):
        browser.post(f"{PORTAL}views/{view.pk}/delete/")
        break
    assert not SavedView.objects.exists()


def test_views_are_each_persons_own(browser, bob, acme, delta_client, client_of):
    browser.post(PORTAL + "views/", {"name": "Mine", "query": "kpi=any"})
    view = SavedView.objects.get()
    bobs = client_of(bob)
    assert "Mine" not in page_of(bobs, PORTAL + "views/")
    for act in ("rename", "delete"):
        assert bobs.post(f"{PORTAL}views/{view.pk}/{act}/", {"name": "x"}).status_code == 404


def test_names_are_taken_once_and_there_are_no_more_than_thirty(browser, alice, acme, actor_of, delta_client):
    here = actor_of(alice, acme)
    first, second = (actions.save_view(actor=here, name=name, query="") for name in ("One", "Two"))
    assert actions.save_view(actor=here, name="One", query="kpi=any").pk == first.pk
    response = browser.post(f"{PORTAL}views/{second.pk}/rename/", {"name": "One"})
    assert response.status_code == 422
    assert "Another of your views has this name." in response.content.decode()
    assert browser.post(PORTAL + "views/", {"name": " ", "query": ""}).status_code == 422
    for number in range(28):
        actions.save_view(actor=here, name=f"View {number}", query="")
    with pytest.raises(actions.ViewRefused):
        actions.save_view(actor=here, name="Too many", query="")
    actions.delete_view(actor=here, view=second)
    actions.delete_view(actor=here, view=second)
    assert SavedView.objects.count() == 29
