"""A firm with many clients, each with work that waits and much that does not, written by SQL."""

from dataclasses import dataclass

from django.db import connection, transaction

from partners.models import Member, Organisation, Plan, Role, User

# Search indexes: keeping them while rows come takes longer than all the rest. They are made anew at the end.
SEARCH_INDEXES = ("document_words", "bank_line_search", "document_by_amount", "document_by_number")

CLIENTS = """
WITH made AS (
    INSERT INTO partners_organisation (
        id, created_at, kind, slug, name, tax_id, country, legal_form, team_size, phone, email, street, city, postcode,
        profession, language, time_zone, currency, plan_id, link_hours, accent)
    SELECT gen_random_uuid(), now(), 'business', %(slug)s || '-' || n, 'Client ' || lpad(n::text, 4, '0'),
        'B' || lpad(n::text, 8, '0'), 'ES', '', '1', '', '', '', '', '', '', 'es', 'Europe/Madrid', 'EUR', %(plan)s,
        48, '#1f5f8b'
    FROM generate_series(1, %(clients)s) n RETURNING id, name, tax_id
), clients AS (
    INSERT INTO collaborations_client (
        id, created_at, firm_id, business_id, name, tax_id, software, contact_name, email, phone, tags, since, sort_key,
        search_text)
    SELECT gen_random_uuid(), now(), %(firm)s, id, name, tax_id, '', '', '', '', '{retail}', now(), lower(name),
        lower(name || ' ' || tax_id)
    FROM made RETURNING id, business_id
), conversations AS (
    INSERT INTO collaborations_conversation (
        id, created_at, firm_id, business_id, firm_count, business_count, last_message_at, last_text, blocked_by_name)
    SELECT gen_random_uuid(), now(), %(firm)s, business_id, 1, 2, now(), 'Hello', '' FROM clients
    RETURNING id, business_id
), collaborations AS (
    INSERT INTO collaborations_collaboration (
        id, created_at, firm_id, business_id, conversation_id, client_id, state, text, requested_by_name,
        answered_by_name, ended_by_name, ended_by_side, reason)
    SELECT gen_random_uuid(), now(), %(firm)s, c.business_id, v.id, c.id, 'active', '', 'Owner', '', '', '', ''
    FROM clients c JOIN conversations v USING (business_id) RETURNING id, business_id
), assigned AS (
    INSERT INTO collaborations_managerassignment (id, created_at, firm_id, client_id, member_id, assigned_by_name)
    SELECT gen_random_uuid(), now(), %(firm)s, id, %(member)s, 'Owner' FROM clients
)
INSERT INTO collaborations_grant (
    id, created_at, firm_id, business_id, collaboration_id, role_id, granted_by_name, agreement, agreement_version,
    agreed_at, agreed_by_id, agreed_by_name, revoked_by_name, "end", told_week, told_day)
SELECT gen_random_uuid(), now(), %(firm)s, business_id, id, %(role)s, 'Owner', 'Agreement', '1', now(),
    gen_random_uuid(), 'Owner', '', '', false, false
FROM collaborations
"""


@dataclass(frozen=True)
class Size:
    """How many documents and bank lines each client has, and how many of them wait."""

    documents: int
    lines: int
    waiting_documents: int
    waiting_lines: int


def insert(table: str, rows: str, parameters: dict[str, object], **values: str) -> None:
    """INSERT … SELECT: columns not named get an empty value of their type, as actions would write them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL",
            [table],
        )
        needed = dict(cursor.fetchall())
        cells = {name: EMPTY[kind] for name, kind in needed.items()} | values
        columns = ", ".join(f'"{name}"' for name in cells)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {', '.join(cells.values())} FROM {rows}", parameters)


EMPTY = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "character varying": "''",
    "text": "''",
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "integer": "0",
    "smallint": "0",
    "bigint": "0",
    "numeric": "0",
}
BUSINESSES = "partners_organisation b"
WHERE = "b.slug LIKE %(slug)s || '-%%'"


def make_firm(slug: str, clients: int, size: Size) -> Organisation:
    """The firm at this address with its owner, who manages all clients; made once."""
    known = Organisation.objects.filter(slug=slug).first()
    if known is not None:
        return known
    with transaction.atomic():
        firm = Organisation.objects.create(
            kind="firm", profession="asesoria", slug=slug, name=f"Bench {slug}", tax_id=slug, country="ES",
            time_zone="Europe/Madrid", plan=Plan.objects.get(is_default=True),
        )  # fmt: skip
        owner = User.objects.create_user(f"owner@{slug}.example", name="Owner")
        role = Role.objects.get(organisation=None, organisation_kind="firm", code="owner")
        member = Member.objects.create(organisation=firm, user=owner, role=role)
        given = Role.objects.get(organisation=None, organisation_kind="business", code="administrator")
        asked = {"slug": slug, "clients": clients, "firm": firm.pk, "plan": firm.plan_id, "member": member.pk}
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: rows are written as they end
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(SEARCH_INDEXES)]
            )
            indexes = cursor.fetchall()
            for name, _definition in indexes:
                cursor.execute(f"DROP INDEX {name}")
            cursor.execute(CLIENTS, asked | {"role": given.pk})
        _fill(slug, size)
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
    return firm


def _fill(slug: str, size: Size) -> None:
    asked = {"slug": slug, "documents": size.documents, "lines": size.lines}
    asked |= {"open_documents": size.waiting_documents, "open_lines": size.waiting_lines}
    many = "{} JOIN generate_series(1, {}) n ON " + WHERE
    day = "current_date - (n %% 700)::int"
    insert(
        "documents_contact", many.format(BUSINESSES, "4"), asked,
        organisation_id="b.id", kind="'customer'", name="'Customer ' || n", sort_key="'customer'",
        search_text="'customer'", language="'es'", reviewed_at="CASE WHEN n < 3 THEN NULL ELSE now() END",
    )  # fmt: skip
    contact = "(SELECT c.id FROM documents_contact c WHERE c.organisation_id = b.id LIMIT 1)"
    of_one = f"(SELECT b.*, {contact} AS contact FROM {BUSINESSES} WHERE {WHERE}) b"
    insert(
        "documents_document", f"{of_one}, generate_series(1, %(documents)s) n", asked,
        organisation_id="b.id", contact_id="b.contact", kind="CASE WHEN n %% 2 = 0 THEN 'bill' ELSE 'invoice' END",
        state="'issued'", number="'F-' || n", version="1", contact_name="'Customer 1'", contact_key="'customer 1'",
        language="'es'", issued_on=day, due_on=day, currency="'EUR'", payable="100", tax_exclusive="100",
        search_text="'f-' || n", notes="'[]'", supporting="'[]'",
        reviewed_at="CASE WHEN n <= %(open_documents)s THEN NULL ELSE now() END",
    )  # fmt: skip
    insert(
        "bookkeeping_bankaccount", f"{BUSINESSES} WHERE {WHERE}", asked,
        organisation_id="b.id", name="'Main'", currency="'EUR'",
    )  # fmt: skip
    _fill_books(asked, many, day)


def _fill_books(asked: dict[str, object], many: str, day: str) -> None:
    account = "bookkeeping_bankaccount a ON a.organisation_id = b.id"
    insert(
        "bookkeeping_bankline", f"{many.format(BUSINESSES, '%(lines)s')} JOIN {account}", asked,
        organisation_id="b.id", account_id="a.id", key="'k' || n", booked_on=day, amount="10", text="'Transfer'",
        search_text="'transfer'", state="CASE WHEN n <= %(open_lines)s THEN 'pending' ELSE 'reconciled' END",
    )  # fmt: skip
    insert(
        "bookkeeping_inboxfile", many.format(BUSINESSES, "3"), asked,
        organisation_id="b.id", name="'bill.pdf'", state="'to_verify'", source="'upload'",
    )  # fmt: skip
    insert(
        "bookkeeping_journalentry", many.format(BUSINESSES, "4"), asked,
        organisation_id="b.id", year="2026", number="n", dated_on=day, text="'By hand'", source="'manual'",
    )  # fmt: skip
    insert(
        "bookkeeping_taxfiling", many.format(BUSINESSES, "2"), asked,
        organisation_id="b.id", form="'303'", period="'2026-Q' || n", state="'open'",
        opens_on="current_date - 20", due_on="current_date + 10",
    )  # fmt: skip
