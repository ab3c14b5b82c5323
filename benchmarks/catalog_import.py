"""How fast a list of products is imported: the 4,070 of a real wholesaler, its bad rows reported, and once more.

python -m benchmarks.catalog_import        needs DATABASE_URL, and shared/data/retail beside the project
"""

import csv
import gzip
import io
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.db import connection
from django.utils import timezone

from advisory_portal.core.models import Job
from benchmarks._world import make_business, owner_of
from catalog import actions
from catalog.tasks import work_off_lists

RETAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "retail" / "online_retail.csv.gz"
HEAD = ("SKU", "Name", "List price", "In stock")


def products() -> list[tuple[str, str, str, str]]:
    """Each article once, as it was last sold: code, description, unit price and how many of it were bought.

    Nothing is put right: articles without a description and those with a negative price are rows like the others.
    """
    found: dict[str, dict[str, Any]] = {}
    with gzip.open(RETAIL, "rt", encoding="utf-8", errors="replace", newline="") as file:
        for line in csv.DictReader(file):
            one = found.setdefault(line["StockCode"], {"name": "", "price": "", "stock": 0})
            one["name"] = line["Description"].strip() or one["name"]
            one["price"] = line["UnitPrice"]
            one["stock"] += int(line["Quantity"])
    return [(code, one["name"], one["price"], str(one["stock"])) for code, one in found.items()]


def imported(owner: Any, content: bytes) -> tuple[Job, float, float, int]:
    """The job, and wall-clock seconds, CPU seconds and statements of working it off."""
    job = actions.take_product_list(actor=owner, name="retail.csv", content=content)
    actions.start_product_import(actor=owner, job=job, columns=job.parameters["columns"], now=timezone.now())
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        work_off_lists()
    return Job.objects.get(pk=job.pk), time.perf_counter() - started, time.process_time() - cpu, statements


def main() -> None:
    if not RETAIL.exists():
        print("The retail data is not beside the project.")
        return
    rows = products()
    written = io.StringIO(newline="")
    csv.writer(written).writerows([HEAD, *rows])
    owner = owner_of(make_business(f"retail-{int(time.time())}", 10))
    for what in ("new", "again"):
        job, seconds, cpu, statements = imported(owner, written.getvalue().encode())
        errors = [error for item in job.items.all() for error in item.detail.get("errors", [])]
        print(
            f"{what}: {len(rows)} rows in {seconds:.1f} s ({len(rows) / seconds:.0f} a second, {cpu:.1f} s of CPU, "
            f"{statements} statements): {actions.import_counts(job)}"
        )
        for (column, code), number in Counter((error[1], error[2]) for error in errors).most_common():
            print(f"  left out, {column} {code}: {number}")


if __name__ == "__main__":
    main()
