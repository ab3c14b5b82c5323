"""Settings > Client portal: what contacts are greeted with and asked for."""

import pytest
from django.test import Client

from advisory_portal.colour import contrast, ink_on, parse
from advisory_portal.core.files import store_file
from advisory_portal.core.models import HistoryEntry
from client_portal.models import PortalSettings
from documents.models import DocumentSettings
from tests.factories import MemberFactory, RoleFactory
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
PAGE = "/o/delta/settings/portal/"
TYPED = {
    "title": "Delta for you",
    "welcome": "Hello.\nNice to see you.",
    "link_hours": "72",
    "allows_codes": "on",
    "signature": "typed",
    "terms": "Pay first.",
    "accepted_becomes": "sales_order",
}


def test_the_settings_are_kept_and_seen_by_contacts(client_of, dan, delta):
    browser = client_of(dan)
    assert browser.post(PAGE, TYPED)["Location"] == PAGE
    kept = PortalSettings.objects.get()
    assert (kept.title, kept.signature, kept.accepted_becomes, kept.terms) == (
        "Delta for you", "typed", "sales_order", "Pay first.",
    )  # fmt: skip
    delta.refresh_from_db()
    assert delta.link_hours == 72
    words = text_of(tree(Client().get("/portal/delta/log-in/")))
    assert "Delta for you" in words and "Nice to see you." in words
    browser.post(PAGE, TYPED)
    logged = HistoryEntry.objects.get(what="client_portal.portalsettings.changed")
    assert (logged.before["link_hours"], logged.after["link_hours"]) == (48, 72)
    assert "terms" not in logged.after
    browser.post(PAGE, TYPED | {"accepted_becomes": "nothing", "allows_codes": ""})
    kept.refresh_from_db()
    assert (kept.accepted_becomes, kept.allows_codes) == ("", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"link_hours": "0"},
        {"link_hours": "721"},
        {"title": "x" * 81},
        {"signature": "blood"},
        {"accepted_becomes": "x"},
    ],
)
def test_what_is_wrong_stays_as_it_was_typed(client_of, dan, delta, wrong):
    answer = client_of(dan).post(PAGE, TYPED | wrong)
    assert answer.status_code == 422
    assert "Nice to see you." in answer.content.decode()
    assert not PortalSettings.objects.exists()


def test_who_may_only_look_sees_it_and_others_do_not(client_of, delta, carol):
    looks = client_of(
        MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"settings": 1})).user
    )
    page = tree(looks.get(PAGE))
    assert not page.xpath("//main//form//button[@type='submit']")
    assert looks.post(PAGE, TYPED).status_code == 403
    none = RoleFactory(organisation=delta, levels={"sales": 2})
    assert client_of(MemberFactory(organisation=delta, role=none).user).get(PAGE).status_code == 403
    assert client_of(carol).get(PAGE).status_code == 404
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")


def test_firms_have_no_portal_to_set(client_of, alice):
    assert client_of(alice).get("/o/acme/settings/portal/").status_code == 404


def test_the_logo_is_shown_to_everybody_at_its_own_address_alone(delta):
    picture = {"name": "logo.png", "content": b"\x89PNG...", "content_type": "image/png"}
    file, other = (store_file(organisation_id=delta.pk, **picture) for _number in range(2))
    DocumentSettings.objects.create(organisation=delta, logo=file)
    page = tree(Client().get("/portal/delta/log-in/"))
    (address,) = page.xpath("//img[@class='portal-logo']/@src")
    shown = Client().get(address)
    assert (shown.content, shown["Content-Type"]) == (b"\x89PNG...", "image/png")
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Client().get(address.replace(str(file.pk), str(other.pk))).status_code == 404


@pytest.mark.parametrize("accent", ["#000000", "#ffffff", "#777777", "#1f5f8b", "#ffdd00", "#ff0000", "#767676"])
def test_text_on_any_colour_can_be_read(accent):
    assert contrast(parse(accent[1:]), parse(ink_on(accent)[1:])) >= 4.5
