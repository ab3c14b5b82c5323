"""How many invoice files a worker imports per second, and what rendering their PDFs costs."""

import os
import statistics
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.utils import timezone

from advisory_portal.core.jobs import sweep
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.samples import ubl_invoice
from benchmarks._world import make_business, owner_of
from documents import actions, sheets
from documents.models import Document

OFFICIAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "en16931"
FILES = 500


def reading() -> None:
    """The official examples, parsed only."""
    files = [path.read_bytes() for path in sorted(OFFICIAL.glob("*.xml"))]
    if not files:
        print("The official examples are not beside the project; reading them was left out.")
        return
    started = time.perf_counter()
    for _ in range(20):
        for content in files:
            read_invoice(content)
    per_second = 20 * len(files) / (time.perf_counter() - started)
    print(f"reading the {len(files)} official examples: {per_second:.0f} files per second")


def importing() -> None:
    """A job of FILES invoices, each with its own row, transaction, contact and stored original."""
    owner = owner_of(make_business(f"imports-{int(time.time())}", 10))
    uploads = [
        (f"{number}.xml", ubl_invoice(number=f"I-{number}", buyer_name=f"Buyer {number % 50}", buyer_tax_id=""))
        for number in range(FILES)
    ]
    started = time.perf_counter()
    job = actions.start_import(actor=owner, direction="sales", uploads=uploads)
    stored = time.perf_counter()
    while not Job.objects.get(pk=job.pk).finished_at:
        due = JobItem.objects.of_kind(actions.IMPORT).due(timezone.now()).order_by("id")
        sweep(due, lambda item: actions.run_import_item(item=item))
    done = time.perf_counter()
    created = job.items.filter(outcome=JobItem.Outcome.CREATED).count()
    print(f"taking in {FILES} uploads: {FILES / (stored - started):.0f} per second")
    print(f"importing them, one worker: {FILES / (done - stored):.0f} per second ({created} created)")


def rendering() -> None:
    """CPU of PDFs by one process, after the first."""
    business = make_business("bench-1000", 1_000)
    documents = list(Document.objects.filter(organisation=business).for_reading().order_by("number")[:30])
    sheets.document_pdf(documents[0], accent=business.accent)
    costs = []
    for document in documents:
        started = time.process_time()
        sheets.document_pdf(document, accent=business.accent)
        costs.append((time.process_time() - started) * 1000)
    print(f"a PDF of 10 lines: {statistics.median(costs):.0f} ms of CPU (median of {len(costs)})")


if __name__ == "__main__":
    reading()
    importing()
    rendering()
