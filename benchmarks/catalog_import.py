"""How fast a wholesaler's year is imported: its customers, products and orders, bad rows reported; and once more.

python -m benchmarks.catalog_import        needs DATABASE_URL, and shared/data/retail beside the project
"""

import csv
import gzip
import io
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.db import connection
from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.lists.jobs import counts_of
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import MOST_ROWS
from benchmarks._world import make_business, owner_of
from catalog import actions
from catalog.models import Order, OrderLine
from catalog.tasks import work_off_lists
from documents import actions as documents
from documents.models import DocumentLine
from documents.tasks import import_contacts

RETAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "retail" / "online_retail.csv.gz"
HEAD = ("SKU", "Name", "List price")


def lines() -> Iterator[dict[str, str]]:
    """Every line that was ever invoiced, as it stands in the file."""
    with gzip.open(RETAIL, "rt", encoding="utf-8", errors="replace", newline="") as file:
        yield from csv.DictReader(file)


def products() -> list[Sequence[str]]:
    """Each article once, as it was last sold: code, description and unit price.

    Nothing is put right: articles without a description and those with a negative price are rows like the others.
    """
    found: dict[str, dict[str, str]] = {}
    for line in lines():
        one = found.setdefault(line["StockCode"], {"name": "", "price": ""})
        one["name"] = line["Description"].strip() or one["name"]
        one["price"] = line["UnitPrice"]
    return [HEAD, *((code, one["name"], one["price"]) for code, one in found.items())]


def customers() -> list[Sequence[str]]:
    """Each customer once: its number, which is all that is known of its name, and its country."""
    found = {line["CustomerID"]: line["Country"] for line in lines() if line["CustomerID"]}
    return [("Name", "Country"), *found.items()]


def orders() -> Iterator[list[Sequence[str]]]:
    """The file itself, as it is, in as many lists as an import takes rows."""
    head: Sequence[str] = ()
    rows: list[Sequence[str]] = []
    for _number, group in groupby(lines(), key=lambda line: line["InvoiceNo"]):
        of_order = list(group)
        head = tuple(of_order[0])
        if len(rows) + len(of_order) > MOST_ROWS:
            yield [head, *rows]
            rows = []
        rows += [tuple(line.values()) for line in of_order]
    yield [head, *rows]


def written(rows: Iterable[Sequence[str]]) -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content).writerows(rows)
    return content.getvalue().encode()


def worked_off(job: Job, work: Callable[[], int]) -> tuple[Job, str]:
    """The job when it is done, and what that took."""
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        while Job.objects.get(pk=job.pk).finished_at is None:
            work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Job.objects.get(pk=job.pk), f"{seconds:.1f} s, {cpu:.1f} s of CPU, {statements} statements"


def tell(what: str, rows: int, job: Job, took: str, counts: dict[str, int]) -> None:
    print(f"{what}: {rows} rows in {took}: {counts}")
    errors = [error for item in job.items.all() for error in item.detail.get("errors", [])]
    for (column, code), number in Counter((error[1], error[2]) for error in errors).most_common():
        print(f"  left out, {column} {code}: {number}")


def bring_customers(owner: Actor) -> None:
    rows = customers()
    job = documents.take_contact_list(actor=owner, name="customers.csv", content=written(rows))
    documents.start_contact_import(actor=owner, job=job, now=timezone.now())
    job, took = worked_off(job, import_contacts)
    print(f"customers: {len(rows) - 1} rows in {took}")


def bring_products(owner: Actor, what: str) -> None:
    rows = products()
    job = actions.take_product_list(actor=owner, name="products.csv", content=written(rows))
    actions.start_product_import(actor=owner, job=job, now=timezone.now())
    job, took = worked_off(job, work_off_lists)
    tell(f"products, {what}", len(rows) - 1, job, took, counts_of(job, ("created", "updated", "refused")))


def bring_orders(owner: Actor, what: str) -> None:
    for place, rows in enumerate(orders(), start=1):
        job = actions.take_order_list(actor=owner, name=f"orders-{place}.csv", content=written(rows))
        actions.start_order_import(actor=owner, job=job, now=timezone.now())
        job, took = worked_off(job, work_off_lists)
        tell(f"orders, list {place}, {what}", len(rows) - 1, job, took, counts_of(job, ("created", "known", "refused")))
    own = {"organisation_id": owner.place.id}
    kept = Order.objects.filter(**own).count(), OrderLine.objects.filter(**own).count()
    print(
        f"  kept: {kept[0]} orders of {kept[1]} lines; {DocumentLine.objects.filter(**own).count()} lines of documents"
    )


def main() -> None:
    if not RETAIL.exists():
        print("The retail data is not beside the project.")
        return
    owner = owner_of(make_business(f"retail-{int(time.time())}", 10))
    bring_customers(owner)
    for what in ("new", "again"):
        bring_products(owner, what)
        bring_orders(owner, what)
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
