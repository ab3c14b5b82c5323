"""What the PDF of an invoice costs one worker: two pages, electronic invoice inside, for each layout."""

import os
import statistics
import time
from datetime import timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from benchmarks._world import make_business, owner_of
from documents import actions, einvoice
from documents.models import Contact, Document, DocumentSettings, Kind
from documents.rules import Content, LineContent, Tax
from partners.models import Organisation

IBAN = "ES9121000418450200051332"
LINES, ROUNDS = 30, 15


def issued(actor: Actor, contact: Contact) -> Document:
    """An invoice of LINES lines, issued now."""
    today = timezone.now().date()
    line = LineContent("Advice", Decimal("2.5"), Decimal(80), Tax("S", Decimal(21)), description="Every month")
    content = Content(contact.pk, "EUR", today, lines=(line,) * LINES, due_on=today + timedelta(days=30))
    document = actions.save_draft(actor=actor, kind=Kind.INVOICE, content=content)
    actions.issue_document(actor=actor, document=document, now=timezone.now())
    return document


def world() -> tuple[Organisation, Contact]:
    business = make_business(f"pdf-{uuid7().hex[:12]}", 10)
    Organisation.objects.filter(pk=business.pk).update(tax_id="B64717838")
    DocumentSettings.objects.create(organisation=business, iban=IBAN, account_name="Bench")
    contact = Contact.objects.filter(organisation=business).order_by("sort_key")[0]
    Contact.objects.filter(pk=contact.pk).update(country="FR", tax_id="FR12345678901")
    return business, contact


def cost(document: Document) -> tuple[float, int]:
    """Milliseconds of CPU of this process and all its threads, and the size of the PDF."""
    started = time.process_time()
    content = actions.pdf_of(document)
    return (time.process_time() - started) * 1000, len(content)


def main() -> None:
    business, contact = world()
    actor = owner_of(business)
    documents = [issued(actor, contact) for _ in range(4 * ROUNDS + 1)]
    cost(documents.pop())  # fonts are read once
    read = Document.objects.for_reading().get(pk=documents[0].pk)
    started = time.process_time()
    size = len(einvoice.as_cii(read))
    print(f"its electronic invoice: {(time.process_time() - started) * 1000:.0f} ms of CPU, {size / 1024:.0f} kB")
    for layout in DocumentSettings.Layout.values:
        DocumentSettings.objects.filter(organisation=business).update(layout=layout)
        found = [cost(documents.pop()) for _ in range(ROUNDS)]
        median, kilobytes = statistics.median(one[0] for one in found), found[0][1] / 1024
        print(f"{layout}: {median:.0f} ms of CPU, {kilobytes:.0f} kB ({LINES} lines, median of {ROUNDS})")


if __name__ == "__main__":
    main()
