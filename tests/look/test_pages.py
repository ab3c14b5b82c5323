"""The style guide, the demo's mail, and what a first visit weighs."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from advisory_portal.core.models import OutboundEmail
from advisory_portal.demo_mail import linked, links_to_top

TEMPLATES = Path(__file__).parents[2] / "templates"
INLINE = re.compile(
    r"<style\b|<script(?! type=\"application/ld\+json\">)(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)\s*=", re.IGNORECASE
)
OF_MAILS = ("email.html", "email_button.html")
FIRST_VISIT_BYTES = 60_000
STATIC = [
    *(f"css/{name}.css" for name in ("tokens", "base", "layout", "components", "pages", "print")),
    "js/app.js",
    "favicon.svg",
    "django_htmx/htmx-2.min.js",
]


@pytest.fixture
def visitor(db, settings):
    settings.ROOT_URLCONF = "tests.house.addresses"  # the demo's pages among them
    return Client(SERVER_NAME="localhost")


def mail(**fields):
    return OutboundEmail.objects.create(
        **{
            "kind": "partners/invitation",
            "to": "erin@example.com",
            "to_name": "Erin",
            "language": "en",
            "subject": "Join <Delta>",
            "text": "Hello <Erin>,\nhttp://localhost/invitations/abc/\n",
            "html": '<p style="color:red">Hello</p><a href="/invitations/abc/">Join</a>',
        }
        | fields
    )


def test_style_guide_shows_every_component(visitor):
    page = visitor.get("/styleguide/").content.decode()
    shown = set(
        re.findall(
            r'from "components/(\w+)\.html"',
            "".join(path.read_text() for path in (TEMPLATES / "styleguide").glob("*.html")),
        )
    )
    assert shown == {path.stem for path in (TEMPLATES / "components").glob("[a-z]*.html")} - {"email_button"}
    assert page.count('<section aria-labelledby="guide-') == 8


def test_templates_of_pages_hold_no_inline_script_or_style():
    found = [
        (str(path.relative_to(TEMPLATES)), match.group())
        for path in TEMPLATES.rglob("*.html")
        if "emails" not in path.parts and path.name not in OF_MAILS
        for match in INLINE.finditer(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    ]
    assert found == []


def test_first_visit_stays_light(visitor):
    page = visitor.get("/styleguide/").content
    weight = len(gzip.compress(page)) + sum(
        len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in STATIC
    )
    assert weight < FIRST_VISIT_BYTES


def test_demo_mail_lists_the_newest_first(visitor):
    mail(subject="First")
    mail(subject="Second")
    page = visitor.get("/demo/mail/").content.decode()
    assert page.index("Second") < page.index("First")
    assert "erin@example.com" in page


def test_demo_mail_without_mail_says_how_to_get_some(visitor):
    assert "No mail yet" in visitor.get("/demo/mail/").content.decode()


def test_demo_mail_shows_addressee_and_text_with_links(visitor):
    page = visitor.get(f"/demo/mail/{mail().pk}/").content.decode()
    assert "Erin &lt;erin@example.com&gt;" in page
    assert "<h1>Join &lt;Delta&gt;</h1>" in page
    assert "Hello &lt;Erin&gt;" in page, page[page.index("mail-text") :][:300]
    assert '<a href="http://localhost/invitations/abc/">http://localhost/invitations/abc/</a>' in page


def test_demo_mail_body_runs_nothing_and_is_framed_only_by_us(visitor):
    response = visitor.get(f"/demo/mail/{mail().pk}/body/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-popups" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<a target="_top" href="/invitations/abc/">Join</a>' in response.content.decode()


def test_demo_mail_unknown_is_not_found(visitor):
    assert visitor.get("/demo/mail/00000000-0000-0000-0000-000000000000/body/").status_code == 404


def test_links_that_have_a_target_keep_it():
    assert links_to_top('<a target="_blank" href="/x/">x</a>') == '<a target="_blank" href="/x/">x</a>'


def test_linked_text_escapes_what_is_not_a_link():
    assert linked("<b> https://example.com/a?b=1&c=2") == (
        '&lt;b&gt; <a href="https://example.com/a?b=1&amp;c=2">https://example.com/a?b=1&amp;c=2</a>'
    )
