"""How long a job takes that issues a thousand drafts with four workers, and whether the numbers have a gap."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.db import connection

from advisory_portal.core.models import Job
from benchmarks._world import make_business, owner_of
from documents import actions
from documents.models import Contact, Document
from documents.rules import Content, LineContent, Tax
from documents.rules.bulk import ISSUE
from documents.tasks import work_in_bulk

DRAFTS, WORKERS = 1_000, 4


def drafts(owner) -> list[Document]:
    """Drafts of ten days, three lines each, for persons."""
    contact = Contact.objects.filter(organisation_id=owner.place.id).first()
    Contact.objects.filter(pk=contact.pk).update(is_person=True)
    lines = tuple(LineContent("Advice", Decimal(1), Decimal(100), Tax("S", Decimal(21))) for _ in range(3))
    made = []
    for number in range(DRAFTS):
        day = owner.today() - timedelta(days=number % 10)
        content = Content(contact_id=contact.pk, currency="EUR", issued_on=day, lines=lines)
        made.append(actions.save_draft(actor=owner, kind="invoice", content=content))
    return made


def issuing() -> None:
    owner = owner_of(make_business(f"issuing-{int(time.time())}", 10))
    started = time.perf_counter()
    made = drafts(owner)
    print(f"saving {DRAFTS} drafts: {DRAFTS / (time.perf_counter() - started):.0f} per second")
    started = time.perf_counter()
    job = actions.start_bulk(actor=owner, kind="invoice", act=ISSUE, documents=[draft.pk for draft in made])
    print(f"beginning the job: {time.perf_counter() - started:.2f} s")

    def work(_number: int) -> None:
        while not Job.objects.filter(pk=job.pk, finished_at__isnull=False).exists():
            work_in_bulk()
        connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    seconds = time.perf_counter() - started
    issued = Document.objects.filter(pk__in=[draft.pk for draft in made]).order_by("number")
    counts = [int(number.rpartition("-")[2]) for number in issued.values_list("number", flat=True)]
    gaps = counts != list(range(counts[0], counts[0] + DRAFTS))
    days = list(issued.values_list("issued_on", flat=True))
    print(f"issuing {DRAFTS} drafts, {WORKERS} workers: {seconds:.1f} s, {DRAFTS / seconds:.0f} per second")
    print(f"numbers {counts[0]} to {counts[-1]}, gaps: {gaps}, dates in order: {days == sorted(days)}")


if __name__ == "__main__":
    issuing()
