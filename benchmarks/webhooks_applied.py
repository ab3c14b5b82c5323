"""Webhooks of 2,000 real payments, each second one twice, at 200 a second: each payment is booked exactly once.

Starts servers of its own. Everybody pays, and the companies hold back what they have to say; then all of it comes at
once, signed, in any order, while a worker looks into it. Nothing but webhooks says that money came. `PAYMENTS=100
./run bench webhooks_applied` for fewer; ends with 1 where a promise was broken, and keeps the logs then.
"""

import http.client
import os
import random
import shutil
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from benchmarks.payments_chaos import (  # first: it sets up the application on a database of its own
    EMBEDDED,
    FOLDER,
    PAYMENTS,
    SANDBOX,
    SITE,
    broken_promises,
    connected,
    received,
    services,
)

# isort: split
from celery import current_app
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.services.processes import start_together, stop_together
from benchmarks._chaos import KINDS, control, press
from benchmarks._world import make_business, owner_of
from client_portal import actions
from client_portal.models import PaymentLog, WebhookEvent
from documents.models import Contact, Document

A_SECOND = 200
CARRIERS = 24  # connections, each with one webhook at a time
TWICE = 2  # each so many-th webhook comes twice
SWEPT_EVERY = 15  # seconds; beat does it each minute
LONGEST_WAIT = 1_800  # seconds for workers to look into everything
Parcel = dict[str, Any]  # {url, headers, body}


def payer_of(contact: Contact) -> Actor:
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name,
        organisation=contact.organisation.workspace,
        contact_id=contact.pk,
        identified_by="link",
        email=contact.email,
        language="en",
        role=contact.kind,
    )


def paid(slug: str, accounts: dict[str, str]) -> list[Parcel]:
    """Let each document be paid at its company's page; the webhooks of it, each second one twice, in any order."""
    documents = Document.objects.filter(organisation__slug=slug).select_related("contact__organisation")
    control(SANDBOX, "delivery", {"hold": True})
    for number, document in enumerate(documents.order_by("id")):
        attempt = actions.start_payment(
            actor=payer_of(document.contact),
            account_id=accounts[KINDS[number % len(KINDS)]],
            shares={document.pk: None},
            back=lambda _attempt: (f"{SITE}/paid/", f"{SITE}/cancelled/"),
            now=timezone.now(),
        )
        press(attempt.redirect_url, "pay")
    parcels: list[Parcel] = control(SANDBOX, "parcels", {})
    control(SANDBOX, "delivery", {})  # what PayPal says of captures to come is carried as ever
    parcels += parcels[::TWICE]
    random.Random(20261122).shuffle(parcels)
    return parcels


@dataclass
class Round:
    """So many webhooks carried to the site: what it answered, and how long it took for each, in seconds."""

    statuses: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def carry(self, parcels: Sequence[Parcel]) -> None:
        """A_SECOND of them each second, or as many as the site takes."""
        numbers, began = count(), time.monotonic()
        threads = [threading.Thread(target=self._work, args=(parcels, numbers, began)) for _ in range(CARRIERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - began

    def _work(self, parcels: Sequence[Parcel], numbers: "count[int]", began: float) -> None:
        site = urlsplit(SITE)
        line = http.client.HTTPConnection(str(site.hostname), site.port, timeout=60)
        while (number := next(numbers)) < len(parcels):
            time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
            asked = time.monotonic()
            self.statuses[self._sent(line, parcels[number])] += 1
            self.waits.append(time.monotonic() - asked)
        line.close()

    def _sent(self, line: http.client.HTTPConnection, parcel: Parcel) -> str:
        """What the site answers; asked once more where the connection was gone."""
        for _turn in range(2):
            try:
                line.request("POST", urlsplit(parcel["url"]).path, parcel["body"].encode(), parcel["headers"])
                response = line.getresponse()
                response.read()
                return str(response.status)
            except (OSError, http.client.HTTPException):
                line.close()
        return "no answer"

    def words(self) -> str:
        p50, p95 = (1_000 * statistics.quantiles(self.waits, n=20)[place] for place in (9, 18))
        answers = ", ".join(f"{number} × {status}" for status, number in sorted(self.statuses.items()))
        rate = len(self.waits) / self.seconds
        return (
            f"{len(self.waits):,} webhooks in {self.seconds:.1f} s: {rate:.0f} a second taken ({answers}); "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, the slowest {1_000 * max(self.waits):.0f} ms."
        )


def all_applied() -> tuple[float, int]:
    """Seconds until nothing is due any more, at most LONGEST_WAIT, and how many were due at first."""
    began, swept = time.monotonic(), 0.0
    waiting = first = WebhookEvent.objects.exclude(due_at=None).count()
    while (waiting or not control(SANDBOX, "webhooks")["idle"]) and time.monotonic() - began < LONGEST_WAIT:
        if time.monotonic() - swept > SWEPT_EVERY:
            current_app.send_task("client_portal.handle_webhooks", expires=30, ignore_result=True, retry=False)
            swept = time.monotonic()
        time.sleep(0.5)
        waiting = WebhookEvent.objects.exclude(due_at=None).count()
    return time.monotonic() - began, first


def broken(done: Round) -> list[str]:
    """What is not as it must be, in words: of the books, and of webhooks."""
    found = broken_promises()
    found += [f"{number} answers: {status}" for status, number in done.statuses.items() if status != "200"]
    found += [f"{one.type} {one.event_id}: {one.last_error}" for one in WebhookEvent.objects.exclude(due_at=None)]
    found += [f"refused: {one.type} {one.event_id}" for one in WebhookEvent.objects.filter(outcome="refused")]
    came = PaymentLog.objects.filter(what="received")
    twice = came.values("payment").annotate(number=Count("id")).filter(number__gt=1)
    found += [f"received more than once: {one['payment']}" for one in twice]
    others = came.exclude(trigger=PaymentLog.Trigger.WEBHOOK).count()
    return found + ([f"{others} payments were heard of otherwise"] if others else [])


def outcomes() -> str:
    rows = WebhookEvent.objects.values_list("outcome").annotate(number=Count("id")).order_by("outcome")
    return "Kept, each once: " + ", ".join(f"{number:,} {outcome}" for outcome, number in rows) + "."


def main() -> int:
    EMBEDDED.start()
    sandbox, site, worker = services()
    found = ["it ended early"]
    try:
        call_command("migrate", interactive=False, verbosity=0)
        with open(os.devnull, "w") as nothing:
            call_command("prepare_static", stdout=nothing)
        start_together([sandbox], seconds=60, cancelled=lambda: False)
        business = make_business("hooks", PAYMENTS)
        parcels = paid(business.slug, connected(owner_of(business)))
        start_together([site, worker], seconds=120, cancelled=lambda: False)
        done = Round()
        done.carry(parcels)
        seconds, left = all_applied()
        found = broken(done)
        total = WebhookEvent.objects.count() / (done.seconds + seconds)
        worked = f"{left:,} were still to be looked into then; {seconds:.1f} s later none: {total:.0f} a second in all."
        print("\n\n".join([received(), done.words(), worked, outcomes(), f"Broken promises: {len(found)}."]))
        print("\n".join(found[:50]))
    finally:
        connection.close()
        stop_together([site, worker, sandbox])
        EMBEDDED.stop()
        EMBEDDED.erase()
    if not found:
        shutil.rmtree(FOLDER)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
