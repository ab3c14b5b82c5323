"""A browser, the server it visits, and people who look over their own shoulder.

Every page that a person opens is watched: an error in the console, a request that fails and an answer of the server
that is one fail the test, unless it was expected. Nothing sleeps; Playwright waits for what is expected.
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings as django_settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client, RequestFactory
from django.test.testcases import LiveServerThread
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from advisory_portal.core.models import OutboundEmail
from partners.models import User
from tests.browser import PATIENCE
from tests.clock import NOON
from tests.house.source import ROOT

ARTIFACTS = ROOT / "test-artifacts"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
ABORTED = "net::ERR_ABORTED"  # the browser went elsewhere, or took the answer as a download
# What the console says of answers that are bad, or did not come because the browser went elsewhere: _answered and
# _failed note those, where one knows which were expected.
OF_ANSWERS = (
    "Failed to load resource",
    "Response Status Error Code",
    *("htmx:afterRequest,", "htmx:sendError,", "htmx:sendAbort,"),
)
# Tests whose rows the server sees; tests.tables empties the tables afterwards.
COMMITTED = pytest.mark.django_db(transaction=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(COMMITTED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


# --- The site -------------------------------------------------------------------------------------------------


class AttendedServer(ThreadedWSGIServer):
    """Knows whom it is answering: a request goes on when the browser that sent it has gone."""

    def __init__(self, *args, **kwargs) -> None:
        self.answering: list[threading.Thread] = []
        super().__init__(*args, **kwargs)

    def process_request(self, request, client_address) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self.answering = [*filter(threading.Thread.is_alive, self.answering), thread]
        thread.start()


# Django asks its thread for the class by this name when the server begins.
LiveServerThread.server_class = AttendedServer


@pytest.fixture
def site(live_server, settings, quick_and_apart) -> Iterator[str]:
    """The address of the running site, whose mails name it and which counts nobody's earlier tries.

    What browsers had asked when they were closed is answered before the test ends: nothing of it reaches the next one.
    """
    settings.SITE_URL = live_server.url
    settings.ROOT_URLCONF = "tests.house.addresses"
    settings.CACHES = {"default": django_settings.CACHES["default"] | {"KEY_PREFIX": f"e2e-{uuid4().hex}"}}
    yield str(live_server.url)
    with urlopen(f"{live_server.url}/static/favicon.svg", timeout=PATIENCE / 1000):
        pass  # accepted after whatever waited to be accepted
    for thread in live_server.thread.httpd.answering:
        thread.join(PATIENCE / 1000)
        assert not thread.is_alive(), "the server does not come to an end with what it was asked"


@pytest.fixture
def noon() -> Iterator[None]:
    """For tests that count days: none turns under way, and in Madrid it is the same."""
    with time_machine.travel(NOON, tick=True):
        yield


# --- People at the browser -----------------------------------------------------------------------------------


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    context: BrowserContext
    page: Page
    site: str
    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(OF_ANSWERS):
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != ABORTED:
            self.problems.append(f"{request.failure}: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.request.method} {response.url}")

    def open(self, path: str) -> None:
        self.page.goto(self.site + path)

    def open_anew(self) -> None:
        """The page's address once more, which may answer otherwise by now.

        Where a stranger gets another page, what the old page still asks leads there too, and the browser gives up the
        one way for the other. So the old page is left first.
        """
        address = self.page.url
        self.settle()
        self.page.goto("about:blank")
        self.page.goto(address)

    def settle(self) -> None:
        """Wait until what the page fetches by itself is there."""
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def expect_path(self, pattern: str) -> None:
        """Arrived there, scripts included: what is pressed next is heard."""
        expect(self.page).to_have_url(re.compile(re.escape(self.site) + pattern + "$"))
        self.page.wait_for_load_state()

    def expect_title(self, words: str) -> None:
        """Arrived at the page with this title, scripts included: what is pressed next is heard."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        """The button or link of the page's main part with this exact name, once the scripts hear it."""
        self.page.wait_for_load_state()
        main = self.page.get_by_role("main")
        target = main.get_by_role("button", name=name, exact=True)
        target.or_(main.get_by_role("link", name=name, exact=True)).first.click()

    def field(self, label: str) -> Locator:
        """A field by the beginning of its label."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def fill(self, values: dict[str, str]) -> None:
        for label, value in values.items():
            self.field(label).fill(value)

    def choose(self, label: str, option: str) -> None:
        """An option of a select, or of the field with suggestions that stands in front of it."""
        self.page.wait_for_load_state()  # scripts put a field in front of some
        found = self.field(label)
        if found.evaluate("element => element.matches('select')"):
            found.select_option(label=option)
            return
        found.fill(option)
        self.page.get_by_role("option", name=option, exact=True).click()

    def log_in(self, user: User) -> None:
        """As if the person had logged in, and confirmed it with their password an instant ago."""
        client = Client()
        client.force_login(user)
        request = RequestFactory().get("/")
        request.session = client.session
        record_authentication(request, user, "password", email=user.email, reauthenticated=True)
        request.session.save()
        name = django_settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site}])


@pytest.fixture
def visitor(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Makes people: `visitor(locale="es-ES", java_script_enabled=False, viewport=PHONE)`."""
    people: list[Visitor] = []

    def come(**options) -> Visitor:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE)
        made = Visitor(context, context.new_page(), site)
        made.watch(made.page)
        context.on("page", made.watch)
        people.append(made)
        return made

    yield come
    failed = request.node.stash.get(FAILED, True)
    for number, one in enumerate(people, start=1):
        if failed:
            ARTIFACTS.mkdir(exist_ok=True)
            name = re.sub(r"[^\w.-]+", "-", request.node.name)
            one.page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)
        one.context.close()
    problems = [problem for one in people for problem in one.problems]
    assert failed or problems == []


# --- Mail ----------------------------------------------------------------------------------------------------


def link_in_mail(address: str) -> str:
    """The path of the link in the newest mail to an address."""
    mail = OutboundEmail.objects.filter(to=address).order_by("-id").first()
    assert mail is not None, f"no mail to {address}"
    (link,) = re.findall(r"https?://\S+", mail.text)
    return urlsplit(link).path
