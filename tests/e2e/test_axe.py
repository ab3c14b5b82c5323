"""axe on every page: WCAG 2.2 A and AA, light and dark, on a desk and on a phone, in English and in Spanish.

The pages are those of the resolver. One that cannot be opened as it is must be named in NOT_PAGES, with the reason.
"""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal import errors
from advisory_portal.core.middleware import unavailable
from client_portal.actions import write_comment
from client_portal.models import PortalSettings
from client_portal.tasks import fold_months
from documents.actions import record_payment
from documents.models import Document
from documents.rules import KIND_SLUGS, PORTAL_KINDS
from tests.e2e.conftest import DESKTOP, PHONE, link_in_mail
from tests.e2e.not_pages import NOT_PAGES
from tests.factories import PASSWORD, DocumentFactory, PortalLinkFactory, issued_document
from tests.house.addresses import every_address
from tests.house.world import build_world, expire, give_passkey, protect

URLCONF = "tests.house.addresses"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
# Colours, the slowest rule, are the same on a phone and in another language.
SHAPES = RULES | {"rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SCRIPT = Axe().axe_script
RUN = """options => axe.run(document, options).then(found => found.violations.flatMap(violation =>
    violation.nodes.slice(0, 3).map(node => `${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`)))"""
# Whose page it is. Without an entry: as the view declares, and Alice for a person's own pages of allauth.
PERSON = {"workspace": "dan", "person": "dan", "portal": "erin", "public": "visitor", "": "alice"}
# Pages that are looked at as a firm; the others inside an organisation as a business.
FIRMS_PAGES = ("partners:workspace", "partners:advisory_services", "partners:profile_state", "partners:profile_editor")
COLLABORATING = (
    *("my_portal", "kpi_notifications", "saved_views", "client_notifications", "requests", "request"),
    *("request_access", "client", "add_client", "client_tags", "import_clients", "client_import_columns"),
    *("client_import_preview", "handover", "enter_from_list", "choose_columns", "rename_view", "delete_view"),
    *("start_client_import", "retire_client", "restore_client", "end_client", "start_handover", "write_note"),
    *("remove_note", "assign_managers", "remove_manager", "enter_client", "send_steps"),
    *("block", "unblock", "accept_collaboration", "decline_collaboration"),
)
FIRMS_PAGES += tuple(f"collaborations:{name}" for name in COLLABORATING)
OTHER_PERSON = {
    **dict.fromkeys(FIRMS_PAGES, "alice"),
    "client_portal:choose": "erin",
    "mfa_activate_totp": "dan",
    **dict.fromkeys(("mfa_list_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"), "bob"),
    **dict.fromkeys(
        (
            "account_login",
            "account_signup",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "account_confirm_email",
            "account_email_verification_sent",
            "account_inactive",
        ),
        "visitor",
    ),
}
MORE_PAGES = {
    "home": [("visitor", "/")],
    "partners": [
        ("alice", "/o/acme/settings/users/"),
        ("alice", "/o/acme/settings/roles/"),
        ("dan", "/o/delta/advisory-services/"),
        ("visitor", "/directory/?q=nothing+like+it"),
    ],
    "collaborations": [("alice", "/o/acme/my-portal/requests/?show=blocked")],
    "documents": [
        ("dan", "/o/delta/documents/quotes/"),
        ("dan", "/o/delta/documents/bills/new/"),
        ("dan", "/o/delta/documents/invoices/?q=nothing+like+it"),
        ("dan", "/o/delta/documents/credit-notes/"),
        ("dan", "/o/delta/contacts/?kind=customer"),
    ],
}


def group_of(name):
    """The pages that are tried in one go: by app, allauth's by theirs."""
    return name.split(":")[0].split("_")[0]


def pages():
    """By group: the addresses to open."""
    found = {}
    for address in every_address():
        if address.name not in NOT_PAGES:
            found.setdefault(group_of(address.name), []).append(address)
    return found


PAGES = pages()
GROUPS = sorted({*PAGES, *MORE_PAGES})


@pytest.fixture
def world(site):
    built = build_world()
    protect(built.people["alice"])
    built.passkey = give_passkey(built.people["bob"])
    return built


class Cast:
    """The people of the world, each in a browser of their own, in one language."""

    def __init__(self, world, visitor, language):
        self.world, self.language = world, language
        locale = {"en": "en-GB", "es": "es-ES"}[language]
        self.come = lambda: visitor(locale=locale, reduced_motion="reduce")
        self._here = {}

    def __getitem__(self, name):
        if name not in self._here:
            person = self._here[name] = self.come()
            if name in self.world.people:
                user = self.world.people[name]
                user.language = self.language
                user.save()
                person.log_in(user)
            elif name == "erin":
                contact = self.world.delta.organisation.contacts.get(pk=self.world.delta.parts["contact_id"])
                contact.language = self.language
                contact.save()
                token = self.world.delta.tokens["session"]
                person.context.add_cookies([{"name": "portal_session", "value": token, "url": person.site}])
        return self._here[name]


@pytest.fixture(params=["en", "es"])
def cast(request, world, visitor):
    return Cast(world, visitor, request.param)


def path_of(world, address):
    home = world.acme if address.name in FIRMS_PAGES else world.delta
    fixed = {
        "hexadecimal": "1f5f8b",
        "key": "nonsense",
        "uidb36": "1",
        "pk": world.passkey,
        "firm": "listed-firm",
        "gateway": "stripe",
        "which": "logo",
    }
    token = home.tokens["invitation"]
    parts = {part: ({**fixed, "token": token} | home.parts).get(part) for part in address.parts}
    assert None not in parts.values(), f"{address.name} asks for {parts}: give the world one"
    return reverse(address.name, urlconf=URLCONF, kwargs=parts)


def findings(person, language, *, again=True):
    """What axe finds on the page that is open, by the way it was looked at.

    `again` says that the page may be loaded anew, which dark needs: a page that turns dark under way keeps some
    colours of the day.
    """
    page = person.page
    expect(page.locator("html")).to_have_attribute("lang", language)
    found = look(person, "light", RULES if language == "en" else SHAPES)
    if language == "en":
        page.set_viewport_size(PHONE)
        found += look(person, "phone", SHAPES)
        wide = page.evaluate("document.documentElement.scrollWidth") - PHONE["width"]
        found += [f"phone: {wide} px too wide"] if wide > 0 else []
        page.set_viewport_size(DESKTOP)
    if language == "en" and again:
        page.emulate_media(color_scheme="dark")
        page.reload()
        found += look(person, "dark", COLOURS)
        page.emulate_media(color_scheme="light")
    return found


def look(person, way, options):
    person.settle()  # what the page fetches is looked at too
    person.page.evaluate(SCRIPT)
    return [f"{way}: {one}" for one in person.page.evaluate(RUN, options)]


@pytest.mark.parametrize("group", GROUPS)
def test_axe(cast, group):
    found = {}
    for address in PAGES.get(group, []):
        person = cast[OTHER_PERSON.get(address.name, PERSON[address.admits])]
        path = path_of(cast.world, address)
        if person.context.request.get(person.site + path, max_redirects=0).status == 405:  # takes posts only
            continue
        answer = person.page.goto(person.site + path)
        assert (answer.status, answer.url) == (200, person.site + path), f"{address.name} is no page: name it above"
        found[address.name] = findings(person, cast.language)
    for name, path in MORE_PAGES.get(group, []):
        cast[name].open(path)
        found[path] = findings(cast[name], cast.language)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_axe_of_forms_with_errors(cast):
    found = {}
    for name, path, button in (
        ("visitor", "/accounts/signup/", "form button"),
        ("visitor", "/accounts/login/", "form button"),
        ("dan", "/o/delta/settings/users/invite/", "main form button"),
        ("dan", "/o/delta/contacts/new/", "main form button"),
        ("dan", "/o/delta/import/", "main form button"),
        ("dan", "/o/delta/documents/bills/new/", "#editor-save"),
        ("dan", "/o/delta/settings/roles/new/", "main form button"),
    ):
        person = cast[name]
        person.expected.add(422)
        person.open(path)
        with person.page.expect_navigation():
            person.page.locator(button).first.click()
        expect(person.page.get_by_role("alert").first).to_be_visible()
        found[path] = findings(person, cast.language, again=False)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_axe_of_quotes(cast):
    """A quote that waits for its contact, its two answers, and one that was answered."""
    found, world = {}, cast.world
    contact = world.delta.organisation.contacts.get(pk=world.delta.parts["contact_id"])
    PortalSettings.objects.create(organisation=world.delta.organisation, terms="Half of it is due with the order.")
    today = world.delta.actor.today()
    waiting = issued_document(contact, kind="quote", issued_on=today, due_on=today)
    answered = Document.objects.get(pk=world.delta.parts["quote_id"])
    person = cast["erin"]
    for document, tails in ((waiting, ("", "accept/", "decline/")), (answered, ("", "decision/"))):
        PortalLinkFactory(document=document, token=f"quote-{document.pk}")
        person.open(f"/portal/delta/l/quote-{document.pk}/")
        for tail in tails:
            person.open(f"/portal/delta/d/{document.pk}/{tail}")
            found[f"{document.state}: {tail}"] = findings(person, cast.language)
    cast["dan"].open(f"/o/delta/documents/{answered.pk}/")
    found["staff"] = findings(cast["dan"], cast.language)
    cast["dan"].open(f"/o/delta/documents/{waiting.pk}/decision/record/")
    found["recording"] = findings(cast["dan"], cast.language)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_axe_of_a_full_portal(cast):
    """The portal of a contact with something of every kind: late, open, paid, to decide, answered and unread."""
    found, delta = {}, cast.world.delta
    contact = delta.organisation.contacts.get(pk=delta.parts["contact_id"])
    today = delta.actor.today()
    for kind in PORTAL_KINDS:
        DocumentFactory(contact=contact, kind=kind, issued_on=today, due_on=today, number=f"{kind}-1")
    DocumentFactory(contact=contact, issued_on=today, due_on=today - timedelta(days=9), number="LATE-1")
    paid = issued_document(contact)
    received = {"amount": paid.payable, "received_on": today, "method": "transfer", "reference": "", "key": "paid"}
    record_payment(actor=delta.actor, document=paid, **received)
    write_comment(actor=delta.actor, document=paid, text="Thank you!", files=(), key=uuid4(), now=timezone.now())
    fold_months()
    erin = cast["erin"]
    lists = [f"documents/{slug}/" for slug, kind in KIND_SLUGS.items() if kind in PORTAL_KINDS]
    for path in ("", *lists, "documents/invoices/?state=overdue", "payments/", "statement/", f"d/{paid.pk}/"):
        erin.open(f"/portal/delta/{path}")
        found[path] = findings(erin, cast.language)
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_axe_of_pages_behind_mails(cast):
    """An expired link, a new password, and the second step of a log-in."""
    found, world = {}, cast.world
    cast["erin"]  # who is written to in this language
    erin = cast.come()
    erin.open(f"/portal/delta/l/{world.delta.tokens['link']}/")
    erin.expect_path("/portal/delta/d/[^/]+/")
    expire(world.delta.parts["link_id"])
    erin.open_anew()
    erin.expect_title("This link has expired" if cast.language == "en" else "Este enlace ha caducado")
    found["expired link"] = findings(erin, cast.language)
    erin.page.locator("main form button").click()
    found["fresh link"] = findings(erin, cast.language, again=False)

    someone = cast["visitor"]
    someone.open("/accounts/password/reset/")
    someone.page.locator("input[type=email]").fill(world.people["vera"].email)
    someone.page.locator("main form button").click()
    someone.expect_path("/accounts/password/reset/done/")
    someone.open(link_in_mail(world.people["vera"].email))
    found["new password"] = findings(someone, cast.language)

    alice = world.people["alice"]
    someone.open("/accounts/login/")
    someone.page.locator("input[name=login]").fill(alice.email)
    someone.page.locator("input[name=password]").fill(PASSWORD)
    someone.page.locator("main form button").first.click()
    someone.expect_path("/accounts/2fa/authenticate/.*")
    found["second step"] = findings(someone, cast.language)
    assert {name: problems for name, problems in found.items() if problems} == {}


ERRORS = {
    "400": errors.bad_request,
    "403": errors.forbidden,
    "404": errors.not_found,
    "413": errors.too_large,
    "429": errors.too_many_requests,
    "500": errors.server_error,
    "503": unavailable,
    "csrf": errors.csrf_failure,
}


def answer_with(html, route):
    route.fulfill(body=html, content_type="text/html")


def test_axe_of_error_pages(visitor):
    """The pages as they are written, served from an address of the site, because their causes are rare."""
    person, found = visitor(reduced_motion="reduce"), {}
    for name, view in ERRORS.items():
        request = RequestFactory().get("/nowhere/", headers={"accept-language": "en"})
        html = view(request).content.decode()
        person.page.route(f"**/{name}/", partial(answer_with, html))
        person.open(f"/{name}/")
        found[name] = findings(person, "en")
    assert {name: problems for name, problems in found.items() if problems} == {}
