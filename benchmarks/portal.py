"""The portal's pages for a contact with 100 and one with 10,000 documents, in a business with a million."""

import os
import sys

import django
from cryptography.fernet import Fernet

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
os.environ.setdefault("PAYMENTS_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("PAYMENTS_SANDBOX_URL", "http://127.0.0.1:1")  # nobody is asked where ways to pay are shown
django.setup()

from datetime import timedelta

from django.core import signing
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from advisory_portal.core.secrets import seal
from advisory_portal.demo.payments import CREDENTIALS
from advisory_portal.gateways import PUBLIC
from benchmarks._harness import Figures, measure, served, table
from benchmarks._world import DOCUMENTS, LINES, make_business
from client_portal.actions.payments.gateways import secrets_row
from client_portal.models import ContactGateway, GatewayAccount, PortalLink
from client_portal.sources import COOKIE, SALT
from client_portal.tasks import fold_months
from documents.models import Contact, Document
from documents.tasks import fold_figures
from partners.models import Organisation

SIZES = (100, 10_000)
BUSINESS = 1_000_000
OPEN_PERCENT = {100: 30, 10_000: 3}  # of the contact's invoices; the others are paid. Enough to fill what shows them

# The rows of DOCUMENTS belong to all contacts of the business in turn: here to one.
OF_ONE = (
    DOCUMENTS.replace(
        "JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM documents_contact "
        "WHERE organisation_id = %s) c\n"
        "  ON c.place = n %% %s + 1",
        "CROSS JOIN (SELECT * FROM documents_contact WHERE id = %s) c",
    )
    .replace("'B-'", "%s")
    .replace("'b-'", "lower(%s)")
)
PAID = """
UPDATE documents_document SET state = CASE WHEN ('x' || right(md5(number), 4))::bit(16)::int %% 100 < %s
    THEN 'issued' ELSE 'paid' END WHERE contact_id = %s
"""
LINES_OF_ONE = LINES.replace("organisation_id = %s ORDER BY number LIMIT 1000", "contact_id = %s")


def contact_with(business: Organisation, number: int) -> Contact:
    """The business's contact that has so many invoices, ten lines each, made once."""
    name = f"Contact of {number}, {OPEN_PERCENT[number]} % open"
    known = Contact.objects.filter(organisation=business, name=name).first()
    if known is not None:
        return known
    with transaction.atomic():
        contact = Contact.objects.create(
            organisation=business,
            kind="customer",
            name=name,
            sort_key=name.lower(),
            email=f"contact{number}@{business.slug}.example",
            search_text=name.lower(),
        )
        with connection.cursor() as cursor:
            prefix = f"C{number}-{OPEN_PERCENT[number]}-"
            cursor.execute(OF_ONE, [prefix, prefix, number, contact.pk])
            cursor.execute(LINES_OF_ONE, [contact.pk])
            cursor.execute("UPDATE documents_document SET state = 'issued' WHERE contact_id = %s", [contact.pk])
            cursor.execute(PAID, [OPEN_PERCENT[number], contact.pk])
    fold_figures()  # as the sweeps do every minute
    fold_months()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return contact


def cookie_of(contact: Contact) -> str:
    """The cookies of a browser that an invitation has brought in, and that has been here before."""
    link = PortalLink.objects.create(
        organisation=contact.organisation,
        contact=contact,
        purpose="portal",
        email=contact.email,
        token_hash=f"bench-{timezone.now().timestamp()}",
        expires_at=timezone.now() + timedelta(hours=48),
        sent_by_name="Bench",
    )
    kept = {
        COOKIE: signing.dumps([str(link.pk)], salt=SALT),
        "csrftoken": get_random_string(32),
        "django_language": "en",
    }
    return "; ".join(f"{name}={value}" for name, value in kept.items())


def offer_ways(contact: Contact) -> None:
    """Let the contact pay by an account at each company."""
    business = contact.organisation
    for kind, given in CREDENTIALS.items():
        account = GatewayAccount.objects.in_use().filter(organisation=business, kind=kind).first()
        account = account or GatewayAccount(organisation=business, kind=kind, mode="sandbox", name="Bench")
        secret = {name: value for name, value in given.items() if name not in PUBLIC}
        account.public = {name: value for name, value in given.items() if name in PUBLIC}
        account.secrets = seal(secret, row=secrets_row(account))  # the key is of this run
        account.is_enabled = True
        account.save()
        ContactGateway.objects.get_or_create(organisation=business, contact=contact, account=account)


def pages_of(contact: Contact) -> list[tuple[str, str]]:
    """(name, path) of each page measured; the document is an invoice that waits, with a button for each way to pay."""
    portal = f"/portal/{contact.organisation.slug}/"
    open_ones = Document.objects.filter(contact=contact, kind="invoice", state="issued")
    document = open_ones.order_by("-issued_on", "-id")[0]
    return [
        ("home", portal),
        ("list, 25 rows", f"{portal}documents/invoices/"),
        ("list, still open", f"{portal}documents/invoices/?state=open"),
        ("list, search by number", f"{portal}documents/invoices/?q={document.number.lower()}"),
        ("document, 10 lines", f"{portal}d/{document.pk}/"),
        ("payments", f"{portal}payments/"),
        ("statement, this month", f"{portal}statement/?period=this-month"),
    ]


def main() -> None:
    """Measure every page for each size, and print the table. An argument is the size of the business."""
    business = make_business("bench-portal", int(sys.argv[1]) if len(sys.argv) > 1 else BUSINESS)
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi:application") as site:
        for size in SIZES:
            contact = contact_with(business, size)
            offer_ways(contact)
            cookie = cookie_of(contact)
            for name, path in pages_of(contact):
                figures = measure(hello, site, path, {"Cookie": cookie})
                rows.append((f"{name} ({size:,} of the contact)", figures))
                print(f"{name} ({size:,}): {figures.cost:.0f} T, {figures.cpu_cost:.0f} T by CPU", flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
