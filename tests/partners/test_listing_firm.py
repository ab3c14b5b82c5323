"""The firm's public page, its pictures, and what search engines and networks read of the directory."""

import json

import pytest
from django.test import Client
from lxml import etree, html

from advisory_portal.core.access import Actor, ActorKind
from partners.models import Listing
from tests.pages import text_of
from tests.partners.listed import listed, tree_at

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7 * 7 }}\u2028"


@pytest.fixture
def visitor(settings):
    settings.SITE_URL = "https://portal.example"
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def structured_in(tree):
    (script,) = tree.xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


def test_firm_page_tells_what_is_public_and_nothing_else(visitor):
    staff = [{"name": "Ana", "role": "Tax", "public": True}, {"name": "Zoe", "role": "", "public": False}]
    listed("one", email_public=False, phone="+34 952 000 000", website="https://one.example/", staff=staff)
    tree = tree_at(visitor, "/directory/one/")
    text = text_of(tree)
    assert "hello@acme.example" not in text and "Zoe" not in text
    assert "Ana" in text and "+34 952 000 000" in text
    assert structured_in(tree) == {
        "@context": "https://schema.org",
        "@type": "AccountingService",
        "@id": "https://portal.example/directory/one/",
        "url": "https://portal.example/directory/one/",
        "name": "One",
        "description": "A firm.",
        "address": {
            "@type": "PostalAddress",
            "addressLocality": "Málaga",
            "addressRegion": "Málaga",
            "postalCode": "29001",
            "addressCountry": "ES",
        },
        "telephone": "+34 952 000 000",
        "sameAs": ["https://one.example/"],
        "knowsLanguage": ["es", "en"],
        "knowsAbout": ["Bookkeeping", "Payroll"],
    }


def test_visitors_are_asked_to_register_and_businesses_to_write(visitor, dan, delta, client_of):
    listed("one")
    tree = tree_at(visitor, "/directory/one/")
    (button,) = tree.xpath("//main//a[contains(@class, 'button')]")
    assert (text_of(button), button.get("href")) == ("Register to contact", "/accounts/signup/")
    buttons = ".//a[contains(@class, 'button')] | .//button[not(ancestor::template)]"
    assert tree_at(client_of(dan), "/directory/one/").xpath("//main")[0].xpath(buttons) == []
    (button,) = tree_at(client_of(dan), "/o/delta/marketplace/one/").xpath("//main")[0].xpath(buttons)
    assert (text_of(button), button.get("href")) == ("Send message", "/o/delta/my-advisory/firms/one/")


def test_hostile_texts_stay_texts(visitor, dan, delta, client_of):
    texts = dict.fromkeys(("display_name", "tagline", "description", "city", "region"), HOSTILE)
    lines = {key: [HOSTILE] for key in ("regions_served", "accreditations")}
    listed("one", **texts, **lines, staff=[{"name": HOSTILE, "role": HOSTILE, "public": True}])
    inside = client_of(dan)
    pages = [(visitor, "/directory/"), (visitor, "/directory/one/"), (inside, "/o/delta/marketplace/one/")]
    pages += [(inside, "/o/delta/marketplace/"), (visitor, f"/directory/?q={HOSTILE}&city={HOSTILE}")]
    for who, path in pages:
        page = who.get(path).content.decode()
        assert "alert(1)" in page or "q=" in path
        tree = html.fromstring(page)
        assert not tree.xpath("//img[@onerror] | //script[contains(., 'alert') and not(@type='application/ld+json')]")
        assert "<script>alert" not in page and "49" not in text_of(tree.xpath("//main")[0])
    assert structured_in(tree_at(visitor, "/directory/one/"))["description"] == HOSTILE


def test_each_language_has_an_address_that_names_its_twins(visitor):
    listed("one")
    for path, joint in (("/directory/", "?"), ("/directory/one/", "?"), ("/directory/?service=payroll", "&")):
        for asked, spoken in (("", "en"), ("lang=en", "en"), ("lang=es", "es")):
            tree = tree_at(visitor, path + (joint + asked if asked else ""))
            own = f"https://portal.example{path}"
            assert tree.get("lang") == spoken
            assert tree.xpath("//link[@rel='canonical']/@href") == [own + (joint + asked if asked else "")]
            twins = {one.get("hreflang"): one.get("href") for one in tree.xpath("//head/link[@rel='alternate']")}
            assert twins == {"en": f"{own}{joint}lang=en", "es": f"{own}{joint}lang=es", "x-default": own}
            assert tree.xpath("//footer//a/@href") == [f"{path}{joint}lang=en", f"{path}{joint}lang=es"]


def test_bare_address_answers_in_the_readers_language(visitor):
    response = visitor.get("/directory/", headers={"accept-language": "es"})
    assert '<html lang="es">' in response.content.decode()
    assert "Accept-Language" in response["Vary"]


def test_language_stays_while_one_walks(visitor):
    listed("one")
    tree = tree_at(visitor, "/directory/?lang=es")
    assert tree.xpath("//a[@class='firm-card-link']/@href") == ["/directory/one/?lang=es"]
    assert all("lang=es" in href for href in tree.xpath("//a[@class='facet-choice']/@href"))
    assert tree_at(visitor, "/directory/one/?lang=es").xpath("//p[@class='back']/a/@href") == ["/directory/?lang=es"]


@pytest.mark.parametrize(
    ("query", "robots"),
    [
        ("", "index, follow"),
        ("?service=payroll", "index, follow"),
        ("?page=2", "index, follow"),
        ("?service=payroll&city=vigo", "noindex, follow"),
        ("?q=payroll", "noindex, follow"),
    ],
)
def test_search_engines_keep_pages_and_not_searches(visitor, query, robots):
    listed("one")
    assert tree_at(visitor, f"/directory/{query}").xpath("//meta[@name='robots']/@content") == [robots]


def test_networks_get_title_text_and_picture(visitor):
    listed("one", with_logo=True)
    tree = tree_at(visitor, "/directory/one/")
    given = {one.get("property"): one.get("content") for one in tree.xpath("//meta[@property]")}
    assert given["og:title"] == "One, Málaga"
    assert given["og:description"] == "A firm."
    assert given["og:url"] == "https://portal.example/directory/one/"
    assert given["og:image"].startswith("https://portal.example/directory/one/logo.webp?v=")


def test_sitemap_names_every_public_firm_in_every_language(visitor, monkeypatch):
    monkeypatch.setattr("partners.views.sitemaps.FIRMS_IN_A_PART", 2)
    for slug in ("one", "two", "three"):
        listed(slug)
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    index = etree.fromstring(visitor.get("/sitemap.xml").content)
    parts = index.xpath("//s:loc/text()", namespaces=spaces)
    assert parts == [f"https://portal.example/sitemap-{part}.xml" for part in (1, 2)]
    found = []
    for part in parts:
        tree = etree.fromstring(visitor.get(part.removeprefix("https://portal.example")).content)
        found += tree.xpath("//s:loc/text()", namespaces=spaces)
        assert all(len(one.xpath("x:link", namespaces=spaces)) == 3 for one in tree)
    pages = ["directory/", *(f"directory/{slug}/" for slug in ("one", "two", "three"))]
    assert found == [f"https://portal.example/{page}{tail}" for page in pages for tail in ("?lang=en", "?lang=es", "")]
    for part in (0, 3, 99999999):
        assert visitor.get(f"/sitemap-{part}.xml").status_code == 404


def test_robots_points_to_the_sitemap_and_away_from_accounts(visitor):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == "Sitemap: https://portal.example/sitemap.xml"
    assert {"Disallow: /o/", "Disallow: /portal/"} <= set(lines)


# --- Pictures ------------------------------------------------------------------------------------------------


def test_pictures_of_published_profiles_are_kept_by_browsers(visitor):
    listed("one", with_logo=True)
    address = tree_at(visitor, "/directory/").xpath("//article//img/@src")[0]
    exact, bare = visitor.get(address), visitor.get("/directory/one/logo-small.webp")
    assert exact.content == bare.content != b""
    assert (exact["Content-Type"], exact["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert exact["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in exact.headers


@pytest.mark.parametrize("which", ["cover", "cover-small", "version", "organisation", "nonsense"])
def test_pictures_that_are_not_there_are_not_found(visitor, which):
    listed("one", with_logo=True)
    assert visitor.get(f"/directory/one/{which}.webp").status_code == 404


def test_picture_that_the_storage_lost_is_not_found(visitor):
    row = listed("one", with_logo=True)
    type(row.version.logo).objects.filter(pk=row.version.logo_id).update(key="nowhere")
    assert visitor.get("/directory/one/logo.webp").status_code == 404


def test_firms_without_an_organisation_see_nothing():
    listed("one")
    assert list(Listing.objects.visible_to(Actor(kind=ActorKind.MEMBER, name="Nobody"))) == []
