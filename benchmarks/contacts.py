"""What importing, exporting and comparing 100,000 contacts costs one worker, in rows per second and memory."""

import os
import random
import resource
import time
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.db import connection
from django.utils import timezone
from stdnum import luhn

from advisory_portal.core.access import Actor
from advisory_portal.core.lists.jobs import counts_of
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import read_table, write_csv, write_workbook
from benchmarks._world import make_business, owner_of
from documents import actions
from documents.actions.contact_exports import Format
from documents.actions.contact_imports import Known
from documents.models import Contact
from documents.models.duplicates import possible_duplicates
from documents.tasks import import_contacts

ROWS = 100_000
XLSX_ROWS = 20_000
HEAD = ["Nombre", "NIF", "Correo electrónico", "Teléfono", "Dirección", "Código postal", "Localidad", "País", "Tipo"]
NAMES = "García Martínez López Sánchez Pérez Gómez Ruiz Díaz Moreno Álvarez Romero Navarro Torres Gil Serrano".split()
TRADES = "Construcciones Talleres Panadería Librería Transportes Consultoría Ferretería Gestión Bicicletas".split()


def rows(number: int) -> Iterator[list[str]]:
    """So many businesses, each with its own valid tax id."""
    chance = random.Random(1)
    yield HEAD
    for at in range(number):
        digits = f"{at:07}"
        tax_id = f"B{digits}{luhn.calc_check_digit(digits)}"
        name = f"{chance.choice(TRADES)} {chance.choice(NAMES)} y {chance.choice(NAMES)} {at} SL"
        phone = f"+34 600 {at:06}"
        street = f"Calle Mayor {at % 300}"
        yield [name, tax_id, f"info{at}@example.com", phone, street, f"{at % 52:02}001", "Cádiz", "España", "cliente"]


def megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_all(job: Job) -> float:
    """Work off a job; returns the seconds it took."""
    started = time.perf_counter()
    while not Job.objects.get(pk=job.pk).finished_at:
        import_contacts()
    return time.perf_counter() - started


def importing(owner: Actor, content: bytes, known: Known, what: str) -> None:
    job = actions.take_contact_list(actor=owner, name="contacts.csv", content=content)
    actions.choose_contact_columns(
        actor=owner, job=job, columns=job.parameters["columns"], kind=Contact.Kind.CUSTOMER, country="ES", known=known
    )
    actions.start_contact_import(actor=owner, job=job, now=timezone.now())
    seconds = run_all(job)
    print(f"{what}: {ROWS / seconds:.0f} rows per second, {seconds:.1f} s, at most {megabytes():.0f} MB")
    print(f"  {counts_of(job)}")


def exporting(owner: Actor, file_format: Format) -> None:
    job = actions.start_contact_export(actor=owner, asked={}, file_format=file_format)
    seconds = run_all(job)
    print(f"exporting {ROWS} as {file_format}: {ROWS / seconds:.0f} rows per second, at most {megabytes():.0f} MB")


def comparing(owner: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE documents_contact")
    started = time.perf_counter()
    possible_duplicates(owner)
    print(f"one page of possible duplicates among {ROWS}: {(time.perf_counter() - started) * 1000:.0f} ms")


def reading() -> None:
    for name, content, number in (
        ("CSV", b"".join(write_csv(rows(ROWS))), ROWS),
        ("XLSX", write_workbook(rows(XLSX_ROWS), title="Contacts"), XLSX_ROWS),
    ):
        started = time.perf_counter()
        read = sum(1 for _row in read_table(content)) - 1
        print(f"reading {name}: {number / (time.perf_counter() - started):.0f} rows per second ({read})")


if __name__ == "__main__":
    print(f"before: {megabytes():.0f} MB")
    business = owner_of(make_business(f"contacts-{int(time.time())}", 10))
    table = b"".join(write_csv(rows(ROWS)))
    importing(business, table, "skip", f"importing {ROWS} new rows")
    importing(business, table, "update", f"importing the same {ROWS} rows again")
    comparing(business)
    exporting(business, "csv")
    reading()
