"""My portal shows every client a person sees with what waits there, in any order, by a fixed number of queries."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.access import Section
from collaborations.kpis import KPIS
from collaborations.models import Conversation, Question, ReadMark
from partners.models import Member
from tests.collaborations.factories_grants import looked_after
from tests.collaborations.factories_pending import add_item
from tests.collaborations.factories_portal import own_client, portal_client
from tests.factories import DocumentFactory, RoleFactory

PORTAL = "/o/acme/my-portal/"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = date(2026, 11, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def this_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(alice, client_of):
    return client_of(alice)


def page_of(browser, query=""):
    response = browser.get(PORTAL + query)
    assert response.status_code == 200
    return response.content.decode()


def names(page):
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)


def row_of(page, name):
    """The row of a client, tags and all."""
    (row,) = [row for row in page.split("<tr>") if f">{name}</a>" in row]
    return row


def numbers(page, name):
    """What the columns of the client's row show, "" where a KPI is not shared."""
    cells = re.findall(r"<td>(.*?)</td>", row_of(page, name))
    shown = [re.sub(r"<[^>]+>", "", cell) for cell in cells]
    return ["" if text == "–" else text for text in shown]


# --- What a row shows ----------------------------------------------------------------------------------------


def test_row_shows_who_the_client_is_and_what_waits(browser, acme, bob):
    delta = portal_client(acme, "Delta", tags=["retail"], ends_at=datetime(2026, 12, 31, 23, tzinfo=UTC))
    looked_after(delta, bob)
    for day in (DAY, DAY + timedelta(days=3)):
        add_item(delta.business, "invoices", day)
    add_item(delta.business, "inbox", DAY)
    row = row_of(page_of(browser), "Delta")
    assert f'href="clients/{delta.pk}/"' in row
    assert "B64717838" in row and '<span class="tag">retail</span>' in row
    assert '<td class="who">Bob</td>' in row and "2 Mar 2026" in row
    assert "Bookkeeper<small>until 31 Dec 2026</small>" in row
    assert numbers(page_of(browser), "Delta") == ["2", "0", "0", "1", "0", "0", "0", "0", "0"]
    assert 'title="Oldest: 10 Nov 2026, 10 days ago">2</button>' in row


def test_what_is_not_shared_is_absent_and_not_zero(browser, acme):
    role = RoleFactory(
        name="Only sales", levels={"sales": 1}, organisation=None, organisation_kind="business", code="x"
    )
    client = portal_client(acme, "Delta", role=role)
    for code in KPIS:
        add_item(client.business, code, DAY)
    assert numbers(page_of(browser), "Delta") == ["1", "", "", "", "", "", "", "0", "0"]


@pytest.mark.parametrize("way", ["none", "revoked", "over", "role", "plan"])
def test_without_access_nothing_of_the_account_is_shown(browser, acme, way):
    client = portal_client(acme, "Delta", role=None if way == "none" else "bookkeeper")
    for code in KPIS:
        add_item(client.business, code, DAY)
    grants = client.collaborations.get().grants
    if way == "revoked":
        grants.update(revoked_at=NOW, end="removed")
    elif way == "over":
        grants.update(ends_at=NOW)
    elif way == "role":
        role = grants.get().role
        type(role).objects.filter(pk=role.pk).update(retired_at=NOW)
    elif way == "plan":
        type(client.business.plan).objects.update(sections=[Section.TEAM])
    page = page_of(browser)
    assert numbers(page, "Delta") == [""] * 7 + ["0", "0"]
    assert ("No access" in row_of(page, "Delta")) == (way != "plan")
    assert ('name="go"' in row_of(page, "Delta")) == (way == "plan")


def test_messages_are_those_that_the_person_has_not_read(browser, acme, alice):
    client = portal_client(acme, "Delta")
    conversation = Conversation.objects.get(business=client.business)
    Conversation.objects.update(business_count=5, firm_count=2)
    assert numbers(page_of(browser), "Delta")[-2] == "5"
    ReadMark.objects.create(
        firm=acme, business=client.business, conversation=conversation, user=alice, side="firm", seen=3, seen_at=NOW
    )
    page = page_of(browser)
    assert numbers(page, "Delta")[-2] == "2"
    assert f'href="requests/{conversation.pk}/">2</a>' in page


def test_questions_are_counted_until_they_are_settled(browser, acme):
    client = portal_client(acme, "Delta")
    document = DocumentFactory(contact__organisation=client.business, reviewed_at=NOW)
    for state in ("open", "open", "answered", "settled"):
        Question.objects.create(
            firm=acme, business=client.business, client=client, document=document, section="sales", subject="F-1",
            text="?", state=state, asked_by_id=acme.pk, asked_by_name="Alice",
        )  # fmt: skip
    page = page_of(browser)
    assert numbers(page, "Delta")[-1] == "3"
    assert 'title="2 open, 1 answered"' in page


def test_clients_without_an_account_show_no_pending_work(browser, acme):
    own_client(acme, "Paper Ltd", tax_id="B1")
    page = page_of(browser)
    assert numbers(page, "Paper Ltd") == [""] * 9
    assert "No account here" in row_of(page, "Paper Ltd")


def test_name_is_the_businesss_own_and_is_escaped(browser, acme):
    client = portal_client(acme, "Delta")
    type(client.business).objects.update(name="<b>New</b> name")
    assert "&lt;b&gt;New&lt;/b&gt; name</a>" in page_of(browser)


# --- Who sees what -------------------------------------------------------------------------------------------


def test_account_managers_see_their_clients_and_nobody_those_of_another_firm(
    acme, rival, bob, carol, client_of, browser
):
    mine, other = portal_client(acme, "Mine"), portal_client(acme, "Other")
    portal_client(rival, "Strange")
    looked_after(mine, bob)
    assert names(page_of(browser)) == ["Mine", "Other"]
    assert names(page_of(client_of(bob))) == ["Mine"]
    assert "Other" not in client_of(bob).get(PORTAL + "export/").content.decode()
    assert client_of(carol).get(PORTAL).status_code == 404
    Member.objects.filter(user=bob).update(retired_at=NOW)
    assert client_of(bob).get(PORTAL).status_code == 404
    assert other.pk != mine.pk


def test_ended_clients_are_not_listed(browser, acme):
    client = portal_client(acme, "Delta")
    type(client).objects.update(ended_at=NOW)
    assert names(page_of(browser)) == []


def test_anonymous_is_led_to_the_log_in(client, acme):
    assert client.get(PORTAL)["Location"] == f"/accounts/login/?next={PORTAL}"


# --- Filters and orders --------------------------------------------------------------------------------------


@pytest.fixture
def three(acme, bob):
    """Alba: late taxes; Berta: many invoices and no access's end; Casa: without access."""
    alba = portal_client(acme, "Alba", tags=["retail"], since=date(2026, 5, 1))
    berta = portal_client(acme, "Berta", ends_at=NOW + timedelta(days=60), since=date(2026, 1, 1))
    casa = portal_client(acme, "Casa", role=None, tags=["retail"], since=date(2026, 3, 1))
    own_client(acme, "Zeta")
    add_item(alba.business, "taxes", DAY)
    for _number in range(3):
        add_item(berta.business, "invoices", DAY)
    looked_after(berta, bob)
    return {"alba": alba, "berta": berta, "casa": casa}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Alba", "Berta", "Casa", "Zeta"]),
        ("?q=ERT", ["Berta"]),
        ("?q=b64717838", ["Alba", "Berta", "Casa"]),
        ("?tag=retail", ["Alba", "Casa"]),
        ("?access=given", ["Alba", "Berta"]),
        ("?access=ending", ["Berta"]),
        ("?access=missing", ["Casa"]),
        ("?access=outside", ["Zeta"]),
        ("?manager=none", ["Alba", "Casa", "Zeta"]),
        ("?kpi=any", ["Alba", "Berta"]),
        ("?kpi=invoices", ["Berta"]),
        ("?kpi=taxes&tag=retail", ["Alba"]),
        ("?sort=-name", ["Zeta", "Casa", "Berta", "Alba"]),
        ("?sort=since", ["Berta", "Casa", "Zeta", "Alba"]),
        ("?sort=-since", ["Alba", "Zeta", "Casa", "Berta"]),
        ("?sort=-invoices", ["Berta", "Alba", "Casa", "Zeta"]),
        ("?sort=managers", ["Berta", "Alba", "Casa", "Zeta"]),
        ("?sort=access", ["Alba", "Berta", "Casa", "Zeta"]),
        ("?sort=next", ["Alba", "Berta", "Casa", "Zeta"]),
        ("?manager=nobody&tag=%00&access=x&kpi=x&sort=x&page=x", ["Alba", "Berta", "Casa", "Zeta"]),
    ],
)
def test_filters_and_orders(browser, three, query, expected):
    assert names(page_of(browser, query)) == expected


def test_equal_counts_stay_in_order_of_name_and_absent_comes_after_zero(browser, acme):
    role = RoleFactory(
        name="Only banking", levels={"banking": 1}, organisation=None, organisation_kind="business", code="x"
    )
    for name, number in (("Dora", 2), ("Alba", 0), ("Casa", 2), ("Berta", 0), ("Emma", 7)):
        client = portal_client(acme, name)
        for _number in range(number):
            add_item(client.business, "invoices", DAY)
    shut = portal_client(acme, "Aaron", role=role)
    add_item(shut.business, "invoices", DAY)
    down = ["Emma", "Casa", "Dora", "Alba", "Berta", "Aaron"]
    assert names(page_of(browser, "?sort=-invoices")) == down
    assert names(page_of(browser, "?sort=invoices")) == ["Aaron", "Alba", "Berta", "Casa", "Dora", "Emma"]
    assert names(page_of(browser, "?sort=-invoices&size=all")) == down


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=-messages", ["Berta", "Alba", "Casa", "Zeta"]),
        ("?sort=questions", ["Zeta", "Alba", "Berta", "Casa"]),
        ("?kpi=messages&sort=-invoices", ["Berta"]),
        ("?kpi=invoices&sort=managers", ["Berta"]),
        ("?kpi=any&sort=-since", ["Alba", "Berta"]),
    ],
)
def test_orders_and_filters_that_compare_different_things(browser, three, query, expected):
    Conversation.objects.filter(business=three["berta"].business).update(business_count=1)
    assert names(page_of(browser, query)) == expected


def test_filter_by_manager(browser, three, bob):
    member = Member.objects.get(user=bob)
    page = page_of(browser, f"?manager={member.pk}")
    assert names(page) == ["Berta"]
    assert f'<option value="{member.pk}" selected>Bob</option>' in page


def test_nothing_that_matches_says_so(browser, three):
    assert "Nothing matches" in page_of(browser, "?q=nobody")


def test_work_next_shows_its_reasons(browser, three, acme):
    Conversation.objects.filter(business=three["berta"].business).update(business_count=1)
    page = page_of(browser, "?sort=next")
    assert '<td class="reasons"><p>A tax return is 10 days late</p></td>' in page
    reasons = "<p>A message waits for an answer</p><p>Invoices: 3, for up to 10 days</p>"
    assert f'<td class="reasons">{reasons}</td>' in page
    assert '<td class="reasons"></td>' in row_of(page, "Casa")


# --- Pages and queries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?sort=-invoices", "?sort=next", "?kpi=any&sort=-invoices"])
def test_same_number_of_queries_for_one_and_for_thirty_clients(browser, acme, bob, query):
    counted = []
    for number in (1, 29):
        for place in range(number):
            client = portal_client(acme, f"Client {number}-{place:02}")
            looked_after(client, bob)
            add_item(client.business, "invoices", DAY)
        with CaptureQueriesContext(connection) as queries:
            page = page_of(browser, query)
        counted.append(len(queries))
    assert len(names(page)) == 30
    assert counted[0] == counted[1] <= 12, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("sort", ["", "&sort=-invoices"])
def test_fifty_to_a_page_or_all(browser, acme, sort):
    for number in range(53):
        portal_client(acme, f"Client {number:02}")
    first, second = page_of(browser, f"?{sort}"), page_of(browser, f"?page=2{sort}")
    assert names(first) == [f"Client {number:02}" for number in range(50)]
    assert names(second) == ["Client 50", "Client 51", "Client 52"]
    assert "1 to 50 of 53" in first and "51 to 53 of 53" in second
    assert len(names(page_of(browser, f"?size=all{sort}"))) == 53
    assert browser.get(f"{PORTAL}?page=9{sort}")["Location"] == PORTAL + sort.replace("&", "?")


# --- CSV -----------------------------------------------------------------------------------------------------


def test_export_has_all_columns_of_the_clients_that_the_filters_leave(browser, three, bob):
    response = browser.get(PORTAL + "export/?kpi=invoices")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    head, row = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    found = dict(zip(head, row, strict=True))
    assert (found["Client"], found["Account managers"], found["Since"]) == ("Berta", "Bob", "2026-01-01")
    assert (found["Invoices"], found["Invoices, oldest"], found["Inbox"]) == ("3", "2026-11-10", "0")
    assert (found["Access"], found["Access until"]) == ("Bookkeeper", "2027-01-19")


def test_export_leaves_empty_what_is_not_shared(browser, three):
    rows = list(csv.DictReader(StringIO(browser.get(PORTAL + "export/?access=missing").content.decode("utf-8-sig"))))
    assert [(row["Client"], row["Invoices"], row["Messages"]) for row in rows] == [("Casa", "", "0")]


# --- Into the account ----------------------------------------------------------------------------------------


def test_number_leads_into_the_account_at_its_list(browser, three):
    client = three["berta"]
    response = browser.post(PORTAL + "enter/", {"go": "1:invoices", "rows": f"x {client.pk}", "back": "kpi=invoices"})
    assert response["Location"] == f"/o/{client.business.slug}/documents/invoices/?review=open"
    page = browser.get(response["Location"])
    assert page.status_code == 200
    assert page.wsgi_request.actor.grant_id is not None


def test_icon_leads_into_the_account(browser, three):
    client = three["berta"]
    response = browser.post(PORTAL + "enter/", {"go": "0", "rows": str(client.pk)})
    assert response["Location"] == f"/o/{client.business.slug}/"


def test_nobody_enters_where_they_may_not(browser, three, bob, client_of, rival):
    strange = portal_client(rival, "Strange")
    for go in ("", "nonsense", "-1", "1", "²", "9" * 5000, "0:invoices", f"{strange.pk}:invoices"):
        assert browser.post(PORTAL + "enter/", {"go": go, "rows": str(strange.pk)}).status_code == 404
    assert browser.post(PORTAL + "enter/", {"go": "0", "rows": "nonsense"}).status_code == 404
    alba, casa = str(three["alba"].pk), str(three["casa"].pk)
    assert client_of(bob).post(PORTAL + "enter/", {"go": "0", "rows": alba}).status_code == 404
    refused = browser.post(PORTAL + "enter/", {"go": "0", "rows": casa}, follow=True)
    assert "gives you no access" in refused.content.decode()
    assert browser.get(f"/o/{three['casa'].business.slug}/").status_code == 404
