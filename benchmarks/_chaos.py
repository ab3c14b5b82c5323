"""What goes wrong while customers pay, and the customers themselves. Nothing here knows the application's code."""

import html
import json
import os
import random
import re
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO, Any

import psutil

from advisory_portal.services.processes import Service

KINDS = ("stripe", "paypal", "square")
# (fault, seconds): what the companies do with a request now and then.
FAULTS = (
    ("500", 0.0), ("503", 0.0), ("429", 1.0), ("409", 0.0), ("html", 0.0), ("drop", 0.0), ("slow", 2.0),
    ("commit_then_drop", 0.0), ("commit_then_drop", 0.0), ("unknown_enum", 0.0), ("missing_field", 0.0),
)  # fmt: skip
DELIVERIES: tuple[dict[str, Any], ...] = (
    {"copies": 2}, {"copies": 5, "shuffle": True}, {"shuffle": True}, {"drop": 10}, {"delay": 2.0}, {"hold": True},
    {"corrupt": True}, {"wrong_secret": True}, {"stale": 4000.0}, {},
)  # fmt: skip
DELIVERED_FOR, KILLED_EVERY = 5, 20  # troubles
# What a payer does at the company's page: (button, weight).
DEEDS = {"pay": 72, "decline": 8, "later": 10, "abandon": 10}
RETURN_PERCENT, TWICE_PERCENT = 60, 6
AGAIN_PERCENT = 50  # of those whose means were declined: they choose others on the same page
TRIES = 3  # how often a payer presses Pay, or waits for the company's page
PATIENCE = 90.0  # seconds that a payer goes on trying while the site is down


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> IO[bytes]:
        return fp

    http_error_303 = http_error_302


OPENER = urllib.request.build_opener(Stay)


def control(sandbox: str, name: str, said: Any = None) -> Any:
    """One word with the sandbox; a GET without `said`."""
    data = None if said is None else json.dumps(said).encode()
    with urllib.request.urlopen(f"{sandbox}/__control/{name}", data, timeout=20) as response:
        return json.load(response)


@dataclass
class Payer:
    """A browser of one contact: its cookie, and the two pages that pay."""

    site: str
    slug: str
    cookie: str
    counted: Counter[str]

    def ask(
        self, path: str, form: list[tuple[str, str]] | None = None, *, htmx: bool = False
    ) -> tuple[int, HTTPMessage, str]:
        """Status, headers and text; asked again while the site is not there. Raises TimeoutError after PATIENCE."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            data = urllib.parse.urlencode(form).encode() if form is not None else None
            request = urllib.request.Request(f"{self.site}{path}", data=data, headers={"Cookie": self.cookie})
            if form is not None:
                request.add_header("Referer", f"{self.site}{path}")
            if htmx:
                request.add_header("HX-Request", "true")
            try:
                with OPENER.open(request, timeout=60) as response:
                    return response.status, response.headers, response.read().decode()
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    return error.code, error.headers, error.read().decode()
                self.counted["answers of 5xx that a payer saw"] += 1
            except (OSError, HTTPException):
                self.counted["connections that a payer lost"] += 1
            time.sleep(0.3)
        raise TimeoutError(path)

    def begin(self, document: str, account: str) -> str:
        """Press Pay, again where that was refused; the company's page, "" where there is none to be had."""
        address = f"/portal/{self.slug}/pay/"
        for turn in range(TRIES):
            time.sleep(turn)
            _status, headers, text = self.ask(f"{address}?d={document}")
            self.keep_token(headers)
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
            if found is None:
                return ""  # nothing is left to pay
            form = [("csrfmiddlewaretoken", found[1]), ("d", document), ("account", account)]
            status, headers, _text = self.ask(address, form)
            self.counted[f"presses of Pay answered with {status}"] += 1
            if leads_to := re.fullmatch(r"0; url=(.+)", headers.get("Refresh") or ""):
                return leads_to[1]
            if status == 302:
                return self.wait_for_page(headers["Location"])
        return ""

    def keep_token(self, headers: HTTPMessage) -> None:
        """The cookie that a form's token is compared with."""
        for one in headers.get_all("Set-Cookie") or ():
            name, _, rest = one.partition("=")
            if name == "csrftoken":
                kept = [part for part in self.cookie.split("; ") if not part.startswith("csrftoken=")]
                self.cookie = "; ".join([*kept, f"csrftoken={rest.partition(';')[0]}"])

    def wait_for_page(self, path: str) -> str:
        """Wait on the attempt's own page for the company's, whose address was lost; "" where it does not come."""
        for _turn in range(TRIES):
            time.sleep(1)
            if leads_to := re.search(r'href="([^"]+)" rel="noreferrer"', self.look(path)):
                return html.unescape(leads_to[1])
        return ""

    def look(self, path: str) -> str:
        """What a browser does on the page that a company leads back to: it asks how the payment stands."""
        _status, headers, text = self.ask(path)
        self.keep_token(headers)
        found = re.search(r'hx-post="([^"]+)" hx-headers=\'{"X-CSRFToken": "([^"]+)"}\'', text)
        if found is None:
            return text  # it is decided
        _status, _headers, text = self.ask(found[1], [("csrfmiddlewaretoken", found[2]), ("turn", "1")], htmx=True)
        return text


def press(page: str, deed: str) -> str:
    """A button of the company's page; where it leads, "" where it stays."""
    data = urllib.parse.urlencode({"do": deed}).encode()
    try:
        with OPENER.open(page, data, timeout=30) as response:
            return response.headers.get("Location") or ""
    except urllib.error.HTTPError:
        return ""  # the page is closed


@dataclass
class Troubles:
    """Everything that goes wrong, one after the other. `services` may be killed."""

    sandbox: str
    services: list[Service]
    dice: random.Random
    counted: Counter[str] = field(default_factory=Counter)
    turn: int = 0

    def step(self) -> None:
        """The next trouble, and everything started again that does not run. Called in the thread that started it all:
        a process ends with the thread that it was started in.
        """
        self.turn += 1
        self.spoil()
        if self.turn % DELIVERED_FOR == 0:
            control(self.sandbox, "delivery", self.dice.choice(DELIVERIES))
            self.counted["ways of delivering webhooks"] += 1
        if self.turn % KILLED_EVERY == 0:
            self.kill()
        self.mend()

    def mend(self) -> None:
        """Start what was killed."""
        for service in self.services:
            if not service.is_running():
                service.clear_remains()
                service.start()
                self.counted["starts anew"] += 1

    def spoil(self) -> None:
        """Some of the next requests to a company go wrong."""
        kind, seconds = self.dice.choice(FAULTS)
        times = self.dice.randint(1, 3)
        fault = {"kind": kind, "company": self.dice.choice(KINDS), "times": times, "seconds": seconds}
        fault["after"] = self.dice.random() < 0.5  # refused, or the answer lost once the work was done
        control(self.sandbox, "faults", {"faults": [fault]})
        self.counted[f"faults: {kind}"] += times

    def kill(self) -> None:
        """SIGKILL for one process: mostly a worker of a service, sometimes the service itself."""
        service = self.dice.choice(self.services)
        if service.process is None:
            return
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            main = psutil.Process(service.process.pid)
            children = main.children()
            whole = not children or self.dice.random() < 0.2
            if whole:
                os.killpg(main.pid, signal.SIGKILL) if os.getpgid(main.pid) == main.pid else main.kill()
            else:
                self.dice.choice(children).kill()
            self.counted[f"kill -9: {service.name}{'' if whole else ', one process of it'}"] += 1
