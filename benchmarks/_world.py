"""A business with as many documents as wanted, written by SQL, because 100,000 actions would take an hour."""

from django.db import connection, transaction
from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from client_portal import actions as portal
from documents.models import Contact, Document
from documents.tasks import fold_figures
from partners.models import Member, Organisation, Plan, Role, User
from partners.sources import actor_of_member

CONTACTS = 2_000

DOCUMENTS = """
INSERT INTO documents_document (
    id, created_at, organisation_id, contact_id, kind, state, number, version, contact_name, contact_key, language,
    issued_on, due_on, currency, parties, "references", payment, notes, supporting, lines_net, allowances, charges,
    tax_exclusive, tax_total, tax_inclusive, prepaid, rounding, payable, tax_currency, seller_key, is_imported,
    withheld, content_hash, revision, settled, is_possible_version, is_reminded, reviewed_by_name,
    search_text, reviewed_at)
SELECT gen_random_uuid(), now(), c.organisation_id, c.id, 'invoice', 'draft', 'B-' || lpad(n::text, 7, '0'), 1,
    c.name, c.sort_key, 'en', date '2026-11-01' - (n %% 1500)::int, date '2026-12-01' - (n %% 1500)::int, 'EUR',
    jsonb_build_object('seller', jsonb_build_object('name', 'Bench'), 'buyer', jsonb_build_object('name', c.name)),
    '{}', '{}', '[]', '[]', 100 + n %% 900, 0, 0, 100 + n %% 900, 0, 100 + n %% 900, 0, 0, 100 + n %% 900, '', 'bench',
    true, 0, '', 0, 0, false, true, '', 'b-' || lpad(n::text, 7, '0') || ' ' || c.sort_key,
    CASE WHEN n %% 100 = 0 THEN NULL ELSE now() END
FROM generate_series(1, %s) n
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM documents_contact WHERE organisation_id = %s) c
  ON c.place = n %% %s + 1
"""
LINES = """
INSERT INTO documents_documentline (
    id, created_at, organisation_id, document_id, position, identifier, name, description, note, quantity, unit,
    unit_price, price_base_quantity, discount_percent, net, tax_category, tax_percent, surcharge_percent,
    withholding_percent, detail)
SELECT gen_random_uuid(), now(), d.organisation_id, d.id, p, p::text, 'Item ' || p, '', '', 1, 'C62', 10, 1, 0, 10, 'S',
    21, 0, 0, '{}'
FROM (SELECT id, organisation_id FROM documents_document WHERE organisation_id = %s ORDER BY number LIMIT 1000) d,
    generate_series(1, 10) p
"""


def owner_of(business: Organisation) -> Actor:
    return actor_of_member(Member.objects.effective().owners().with_rights().get(organisation=business))


def make_business(slug: str, documents: int) -> Organisation:
    """The business at this address, with its owner, CONTACTS contacts and so many issued invoices; made once."""
    known = Organisation.objects.filter(slug=slug).first()
    if known is not None:
        return known
    with transaction.atomic():
        business = Organisation.objects.create(
            kind="business", slug=slug, name=f"Bench {slug}", tax_id=slug, country="ES", plan=Plan.objects.get()
        )
        user = User.objects.create_user(f"owner@{slug}.example", name="Owner")
        role = Role.objects.get(organisation=None, organisation_kind="business", code="owner")
        Member.objects.create(organisation=business, user=user, role=role)
        Contact.objects.bulk_create(
            [
                Contact(
                    organisation=business,
                    kind="customer",
                    name=f"Customer {number:05d}",
                    sort_key=f"customer {number:05d}",
                    email=f"c{number}@{slug}.example",
                    search_text=f"customer {number:05d}",
                )
                for number in range(CONTACTS)
            ],
            batch_size=1000,
        )
        with connection.cursor() as cursor:
            cursor.execute(DOCUMENTS, [documents, business.pk, CONTACTS])
            cursor.execute(LINES, [business.pk])
            cursor.execute("UPDATE documents_document SET state = 'issued' WHERE organisation_id = %s", [business.pk])
    fold_figures()  # as the sweep does every minute
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return business


def opened_link(business: Organisation) -> tuple[Document, str]:
    """A document of ten lines and the cookie of a browser that opened its mailed link."""
    document = Document.objects.filter(organisation=business).order_by("number").select_related("contact")[0]
    (link,) = portal.send_document(
        actor=owner_of(business), document=document, to=[document.contact.email], subject="Invoice", text="Hello",
        now=timezone.now(), sending=uuid7(), attach_pdf=False,
    )  # fmt: skip
    return document, str(link.pk)
