"""What the portal's pages read of one contact: statements that are written once, over rows that wait or months.

Those about all documents are for a contact that sees all of them (`Actor.document_ids` is None), and give nothing to
others.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, DateField, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.statements import Prepared
from client_portal.models.listed import COLUMNS, OPEN_STATES, ListedDocument, contact_of, listed
from client_portal.models.months import ContactMonth
from client_portal.models.payments.accounts import GatewayAccount
from client_portal.models.payments.attempts import AttemptShare
from documents import rules
from documents.models import Attachment, Document, Kind, Settlement

Rows = QuerySet[Any, Any]


class Month(NamedTuple):
    """What a contact did in a month, in one currency (see ContactMonth)."""

    currency: str
    month: date
    invoiced: Any
    invoices: int
    credited: Any
    quoted: Any
    quotes: int
    settled: Any
    received: Any
    paid: Any
    paid_days: Any


class Waiting(NamedTuple):
    """What waits of one kind in one currency: its sum and number, and how much of it is overdue."""

    kind: str
    currency: str
    amount: Any
    number: int
    overdue: Any
    overdue_number: int


def _read(rows_of: Callable[..., Rows], actor: Actor, *given: object, **days: date) -> Sequence[tuple[Any, ...]]:
    """The rows; `given` is written into the statement, `days` are its parameters."""
    if actor.kind != ActorKind.CONTACT or actor.document_ids is not None or actor.contact_id is None:
        return []
    statement = _prepared(rows_of, tuple(days), *given)
    return statement.rows(organisation=actor.place.id, contact=actor.contact_id, **days)


@lru_cache(maxsize=64)
def _prepared(rows_of: Callable[..., Rows], days: tuple[str, ...], *given: object) -> Prepared:
    def build(organisation: UUID, contact: UUID, **asked: date) -> Rows:
        return rows_of(contact_of(organisation, contact), *given, **asked)

    return Prepared(build, organisation=UUID, contact=UUID, **dict.fromkeys(days, date))


def months_of(actor: Actor, since: date) -> list[Month]:
    """The contact's months from that day on, by currency. One statement over as many rows as there are months."""
    return [Month(*row) for row in _read(_months, actor, since=since)]


def _months(actor: Actor, since: date) -> Rows:
    rows = ContactMonth.objects.visible_to(actor).filter(month__gte=since).order_by()
    return rows.values_list("currency", "month").annotate(*(Sum(name) for name in Month._fields[2:]))


def balances_before(actor: Actor, day: date) -> dict[str, Any]:
    """What was open before the first day of a month, by currency: invoiced less credited less settled."""
    return dict(_read(_balances, actor, day=day))


def _balances(actor: Actor, day: date) -> Rows:
    rows = ContactMonth.objects.visible_to(actor).filter(month__lt=day).order_by()
    return rows.values_list("currency").annotate(sum=Sum(F("invoiced") - F("credited") - F("settled")))


def waiting_of(actor: Actor, today: date) -> list[Waiting]:
    """What is open of invoices and credit notes, and the quotes that can be decided on. One statement over those."""
    return [Waiting(*row) for row in _read(_waiting, actor, today=today)]


def _waiting(actor: Actor, today: date) -> Rows:
    left, is_late = F("payable") - F("settled"), Q(due_on__lt=today)
    sums = {
        "amount": Sum(left),
        "count": Count("pk"),
        "overdue": Sum(left, filter=is_late),
        "late": Count("pk", filter=is_late),
    }
    waits = (*_owed(actor), *_to_decide(actor, today))
    parts: list[Rows] = [rows.order_by().values_list("kind", "currency").annotate(**sums) for rows in waits]
    return parts[0].union(*parts[1:], all=True)


def _owed(actor: Actor) -> tuple[Rows, ...]:
    """Invoices and credit notes that are open: a range of an index for each kind."""
    kinds = (Kind.INVOICE, Kind.CREDIT_NOTE)
    return tuple(Document.objects.visible_to(actor, kind).filter(state__in=OPEN_STATES) for kind in kinds)


def _to_decide(actor: Actor, today: date) -> tuple[Rows, Rows]:
    """Quotes that wait for an answer: those with a last day and those without, so that both are ranges of an index."""
    quotes = Document.objects.visible_to(actor, Kind.QUOTE).filter(state=Document.State.ISSUED)
    return quotes.filter(due_on__gte=today), quotes.filter(due_on=None)


def first_waiting(actor: Actor, today: date, most: int) -> list[ListedDocument]:
    """Of the quotes to decide and of the unpaid invoices the first of each by due date, as rows show them."""
    return listed(_read(_first_waiting, actor, most, today=today))


def _first_waiting(actor: Actor, most: int, today: date) -> Rows:
    invoices, _ = _owed(actor)
    parts = [
        rows.order_by("due_on", "id").values_list(*COLUMNS)[:most] for rows in (*_to_decide(actor, today), invoices)
    ]
    return parts[0].union(*parts[1:], all=True)


def latest_of(actor: Actor, most: int) -> list[ListedDocument]:
    """The latest documents of every kind, as rows show them."""
    found = listed(_read(_latest, actor, most))
    return sorted(found, key=lambda one: (one.issued_on, one.pk), reverse=True)[:most]


def _latest(actor: Actor, most: int) -> Rows:
    """Of each kind the latest: a range of an index for each, however many documents a contact has."""
    of_kinds = (Document.objects.visible_to(actor, kind) for kind in rules.PORTAL_KINDS)
    parts = [rows.order_by("-issued_on", "-id").values_list(*COLUMNS)[:most] for rows in of_kinds]
    return parts[0].union(*parts[1:], all=True)


def unpaid_of(actor: Actor) -> list[ListedDocument]:
    """What is open of invoices and credit notes, for the ageing of a statement."""
    return listed(_read(_unpaid, actor))


def _unpaid(actor: Actor) -> Rows:
    invoices, credit_notes = (rows.order_by().values_list(*COLUMNS) for rows in _owed(actor))
    return invoices.union(credit_notes, all=True)


class SharedFile(NamedTuple):
    """A file that the business shares with a document's contact; `size` in bytes."""

    id: UUID
    name: str
    size: int


class Paid(NamedTuple):
    """Money on a document, negative when it went back."""

    received_on: date
    method: str
    amount: Any


def beside_document(actor: Actor, document_id: UUID) -> tuple[list[SharedFile], list[Paid]]:
    """Files and payments of one of the documents that the contact sees, each the oldest first. One statement."""
    rows = sorted(_of_document(_beside, actor, document_id), key=lambda row: (row[3] or date.min, row[0]))
    files = [SharedFile(key, name, size) for key, name, size, day, _amount in rows if day is None]
    return files, [Paid(day, method, amount) for _key, method, _size, day, amount in rows if day is not None]


def _beside(actor: Actor, document: UUID) -> Rows:
    files = Attachment.objects.visible_to(actor).filter(document_id=document)
    payments = Settlement.objects.visible_to(actor).filter(document_id=document)
    shared: Rows = files.annotate(day=Value(None, DateField()), sum=Value(None, DecimalField()))
    paid: Rows = payments.annotate(size=Value(0))
    shared = shared.values_list("id", "file__name", "file__size", "day", "sum")
    return shared.union(paid.values_list("id", "method", "size", "received_on", "amount"), all=True)


# Of an account what its gateway and its button need, in the order of the model's fields.
_OF_ACCOUNT = (
    *("id", "organisation_id", "kind", "mode", "name", "public", "secrets", "hook_secrets", "credentials_version"),
    "currency",
)


def accounts_of_document(actor: Actor, document_id: UUID) -> list[Any]:
    """The accounts that the contact may pay one of its documents by, and that by which it is being paid already.

    Each is a GatewayAccount with `part`, whether its business lets a part be paid, and `running`, the attempt whose
    money is on its way, None for none. One statement.
    """
    found: list[Any] = []
    for row in _of_document(_accounts, actor, document_id):
        values = dict(zip(_OF_ACCOUNT, row, strict=False))
        values["public"] = json.loads(values["public"])
        account: Any = GatewayAccount.from_db("default", _OF_ACCOUNT, list(values.values()))
        account.part, account.running = row[len(_OF_ACCOUNT) :]
        found.append(account)
    return found


def _accounts(actor: Actor, document: UUID) -> Rows:
    running = AttemptShare.objects.visible_to(actor).running().filter(document_id=document)
    by_it = GatewayAccount.objects.filter(pk__in=running.values("attempt__account"))
    at_one = running.filter(attempt__account=OuterRef("pk")).order_by("attempt_id").values("attempt_id")[:1]
    rows = (GatewayAccount.objects.offered_to(actor) | by_it).order_by("kind", "pk")
    return rows.values_list(*_OF_ACCOUNT, "organisation__portal_settings__takes_part", Subquery(at_one))


def _of_document(rows_of: Callable[..., Rows], actor: Actor, document_id: UUID) -> Sequence[tuple[Any, ...]]:
    if actor.contact_id is None or (actor.document_ids is not None and document_id not in actor.document_ids):
        return []
    statement = _prepared_of_document(rows_of)
    return statement.rows(organisation=actor.place.id, contact=actor.contact_id, document=document_id)


@cache
def _prepared_of_document(rows_of: Callable[..., Rows]) -> Prepared:
    def build(organisation: UUID, contact: UUID, document: UUID) -> Rows:
        return rows_of(contact_of(organisation, contact), document)

    return Prepared(build, organisation=UUID, contact=UUID, document=UUID)
