"""Marketplace and directory as people, phones without scripts and search engines get them."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import html

from partners import actions
from partners.actions.listings import take_down
from tests.pages import text_of
from tests.partners.listed import listed, tree_at
from tests.partners.programme import NOW, RITA, join, publish, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings):
    settings.SITE_URL = "https://portal.example"
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def names_in(tree):
    return [text_of(one) for one in tree.xpath("//article[@class='firm-card']//h2")]


def facet_in(tree, label):
    """The values of a facet, each with its number."""
    choices = tree.xpath(f"//section[@class='facet'][h3='{label}']//a")
    return {text_of(one.find_class("facet-label")[0]): text_of(one.find_class("facet-number")[0]) for one in choices}


def href_of(tree, label):
    (choice,) = tree.xpath(f"//a[@class='facet-choice'][span='{label}']")
    return choice.get("href")


# --- What is listed where ------------------------------------------------------------------------------------


def test_directory_without_firms_says_so(visitor):
    tree = tree_at(visitor, "/directory/")
    assert "No firm yet" in text_of(tree)
    assert tree.xpath("//h1")[0].text == "Find an accounting or advisory firm"


def test_only_published_versions_are_shown(visitor, alice, acme, actor_of):
    actor = actor_of(alice, acme)
    join(actor)
    version = submit(actor, display_name="First name")
    assert names_in(tree_at(visitor, "/directory/")) == []
    assert visitor.get("/directory/acme/").status_code == 404
    actions.approve_version(actor=RITA, version=version, now=NOW)
    submit(actor, display_name="Second name", tagline="Not yet")
    for path in ("/directory/", "/directory/acme/", "/directory/?q=first"):
        page = visitor.get(path).content.decode()
        assert "First name" in page and "Second name" not in page and "Not yet" not in page
    assert names_in(tree_at(visitor, "/directory/?q=second")) == []


def test_suspended_firms_are_gone_until_they_are_resumed(visitor, alice, acme, dan, delta, client_of, actor_of):
    actor = actor_of(alice, acme)
    application = join(actor)
    publish(actor)
    inside = client_of(dan)
    logo = tree_at(visitor, "/directory/").xpath("//article//img/@src")[0]
    assert names_in(tree_at(visitor, "/directory/")) == names_in(tree_at(inside, "/o/delta/marketplace/"))
    actions.suspend_firm(actor=RITA, application=application, reason="Unpaid", now=NOW)
    assert names_in(tree_at(visitor, "/directory/")) == names_in(tree_at(inside, "/o/delta/marketplace/")) == []
    for path in ("/directory/acme/", "/directory/acme/logo.webp", logo):
        assert visitor.get(path).status_code == 404
    assert inside.get("/o/delta/marketplace/acme/").status_code == 404
    assert "acme" not in visitor.get("/sitemap-1.xml").content.decode()
    actions.resume_firm(actor=RITA, application=application, now=NOW)
    assert names_in(tree_at(visitor, "/directory/")) == ["Acme Advisers"]


def test_hidden_firms_are_in_the_marketplace_only(visitor, dan, delta, client_of):
    listed("hidden", hidden_from_directory=True, with_logo=True)
    listed("seen")
    inside = client_of(dan)
    assert sorted(names_in(tree_at(inside, "/o/delta/marketplace/"))) == ["Hidden", "Seen"]
    assert names_in(tree_at(visitor, "/directory/")) == ["Seen"]
    assert facet_in(tree_at(visitor, "/directory/"), "Services")["Payroll"] == "1"
    for path in ("/directory/hidden/", "/directory/hidden/logo.webp"):
        assert visitor.get(path).status_code == 404
    assert inside.get("/o/delta/marketplace/hidden/").status_code == 200
    picture = inside.get("/o/delta/marketplace/hidden/logo.webp")
    assert (picture.status_code, picture["Cache-Control"]) == (200, "private, max-age=300")
    assert "hidden" not in visitor.get("/sitemap-1.xml").content.decode()


def test_marketplace_is_closed_to_strangers(visitor, alice, acme, dan, delta, client_of):
    listed("one", with_logo=True)
    for path in ("", "one/", "one/logo.webp"):
        assert visitor.get(f"/o/delta/marketplace/{path}")["Location"].startswith("/accounts/login/")
        assert client_of(alice).get(f"/o/delta/marketplace/{path}").status_code == 404
        assert client_of(dan).get(f"/o/delta/marketplace/{path}").status_code == 200


# --- Searching -----------------------------------------------------------------------------------------------


def test_facets_narrow_by_links_and_are_taken_back(visitor):
    listed("one", services=["payroll", "audit"], city="Vigo", region="Pontevedra")
    listed("two", services=["payroll"], city="Vigo", region="Pontevedra", accepting_clients=False)
    listed("three", services=["audit"], city="Lugo", region="Lugo")
    tree = tree_at(visitor, "/directory/")
    assert facet_in(tree, "Services") == {"Audit": "2", "Payroll": "2"}
    assert facet_in(tree, "City") == {"Vigo": "2", "Lugo": "1"}
    tree = tree_at(visitor, "/directory/" + href_of(tree, "Payroll"))
    assert sorted(names_in(tree)) == ["One", "Two"]
    assert facet_in(tree, "Services") == {"Payroll": "2", "Audit": "1"}
    assert text_of(tree.xpath("//h1")[0]) == "Accounting and advisory firms: Payroll"
    tree = tree_at(visitor, "/directory/" + href_of(tree, "Accepting new clients"))
    assert names_in(tree) == ["One"]
    assert [text_of(chip) for chip in tree.find_class("chip")] == [
        "Remove Payroll", "Remove Accepting new clients", "Clear all",
    ]  # fmt: skip
    assert href_of(tree, "Payroll") == "?accepting=1"
    assert sorted(names_in(tree_at(visitor, "/directory/" + href_of(tree, "Accepting new clients")))) == ["One", "Two"]


def test_search_keeps_what_was_chosen(visitor):
    listed("one", services=["audit"])
    tree = tree_at(visitor, "/directory/?service=audit&q=one&lang=es")
    kept = {one.get("name"): one.get("value") for one in tree.xpath("//form[@role='search']/input[@type='hidden']")}
    assert kept == {"service": "audit", "lang": "es"}
    assert tree.xpath("//input[@name='q']/@value") == ["one"]


def test_mistyped_search_says_what_it_took_it_for(visitor):
    listed("one", city="Bilbao")
    tree = tree_at(visitor, "/directory/?q=Bilabo")
    assert names_in(tree) == ["One"]
    assert text_of(tree.find_class("finder-corrected")[0]) == "No firm has exactly “Bilabo”. These have “bilbao”."


def test_nothing_found_offers_a_way_on(visitor):
    listed("one")
    tree = tree_at(visitor, "/directory/?q=qqqqqqqq&service=audit&lang=es")
    assert tree.xpath("//div[@class='empty']//a/@href") == ["/directory/?lang=es"]


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%27%3B--", "q=a%26%7C!%3A*%28", "q=%F0%9F%98%80", "q=%ED%A0%80", "q=" + "x" * 5000, "page=0",
        "page=-1", "page=99999999999", "page=%D9%A1", "page=abc", "service=nonsense", "service=payroll&service=payroll",
        "city=%00%27", "city=" + "y" * 5000, "city=%5C%27%7C%3A*", "region=%ED%A0%80",
        "lang=xx", "lang=%00", "accepting=7", "after=1",
        "&".join(f"city=c{number}" for number in range(300)), "language=es%27",
    ],
)  # fmt: skip
def test_junk_in_the_address_is_never_an_error(visitor, dan, delta, client_of, query):
    listed("one")
    for who, path in ((visitor, "/directory/"), (client_of(dan), "/o/delta/marketplace/")):
        assert who.get(f"{path}?{query}").status_code == 200


def test_pages_are_numbered_and_hold_every_firm_once(visitor, monkeypatch):
    for module in ("partners.views.listings", "partners.rows.listings"):
        monkeypatch.setattr(f"{module}.PAGE_SIZE", 2)
    for number in range(15):
        listed(f"firm-{number:02}", services=["audit"])
    seen, last = [], tree_at(visitor, "/directory/?service=audit&page=999")
    for page in range(1, 9):
        tree = tree_at(visitor, f"/directory/?service=audit&page={page}")
        seen += names_in(tree)
        assert tree.xpath("//nav[@class='page-numbers']/a[@aria-current='page']")[0].text == str(page)
    assert sorted(seen) == [f"Firm {number:02}" for number in range(15)]
    assert names_in(last) == names_in(tree_at(visitor, "/directory/?service=audit&page=8"))
    tree = tree_at(visitor, "/directory/?service=audit&page=4")
    numbers = [text_of(one) for one in tree.find_class("page-numbers")[0]]
    assert numbers == ["1", "2", "3", "4", "5", "6", "…", "8"]
    assert tree.xpath("//nav[@class='page-numbers']/a/@href")[1] == "?service=audit&page=2"


def test_formula_is_published_on_both_pages(visitor, dan, delta, client_of):
    for who, path in ((visitor, "/directory/"), (client_of(dan), "/o/delta/marketplace/")):
        text = text_of(tree_at(who, path).get_element_by_id("formula"))
        assert "Nobody can pay for a better place." in text
        assert "Accepts new clients 40 points" in text


# --- Cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 15])
def test_number_of_queries_does_not_grow(visitor, dan, delta, client_of, number, django_assert_num_queries):
    for place in range(number):
        listed(f"firm-{place}", services=["payroll", "audit"], with_logo=True)
    inside = client_of(dan)
    query = "?service=payroll&city=malaga&q=pyaroll"  # mistyped
    with django_assert_num_queries(2):
        visitor.get("/directory/?service=payroll&language=es")
    with django_assert_num_queries(0):  # what was asked a moment ago
        visitor.get("/directory/?service=payroll&language=es")
    with django_assert_num_queries(3):
        visitor.get(f"/directory/{query}")
    with django_assert_num_queries(1):
        visitor.get("/directory/firm-0/")
    with django_assert_num_queries(7):
        assert len(names_in(tree_at(inside, f"/o/delta/marketplace/{query}"))) == number


@pytest.mark.django_db(transaction=True)
def test_a_kept_answer_is_given_up_when_a_firm_comes_or_goes(visitor):
    first = listed("first-firm", display_name="First")
    assert names_in(tree_at(visitor, "/directory/")) == ["First"]
    second = listed("second-firm", display_name="Second")
    assert sorted(names_in(tree_at(visitor, "/directory/"))) == ["First", "Second"]
    take_down(first.organisation_id)
    assert names_in(tree_at(visitor, "/directory/")) == ["Second"]
    assert second.in_directory


def test_first_visit_with_a_full_page_stays_light(visitor):
    for place in range(20):
        listed(f"firm-{place}", display_name=f"Firm number {place} of Málaga and its province", city=f"Town {place}",
               services=["payroll", "audit", "reporting", "bookkeeping", "vat_returns"],
               tagline="Taxes, payroll and books, and somebody who answers the telephone.")  # fmt: skip
    content = visitor.get("/directory/").content
    links = html.fromstring(content.decode()).xpath("//link[@rel='stylesheet']/@href | //script/@src")
    files = [Path(finders.find(link.removeprefix("/static/"))).read_bytes() for link in links]
    assert len(links) >= 8
    assert sum(len(gzip.compress(one)) for one in (content, *files)) < 45_000  # leaves 15 KB for logos


def test_every_picture_has_its_size(visitor):
    listed("one", with_logo=True)
    for path in ("/directory/", "/directory/one/"):
        pictures = tree_at(visitor, path).xpath("//img")
        assert pictures
        assert all(one.get("width") and one.get("height") for one in pictures)
