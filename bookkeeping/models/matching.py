"""What bank lines are compared with: open documents, payments that no line has claimed, past choices, rules."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.text import search_words
from bookkeeping.models.banking import BankLine, BankRule, Reconciliation
from bookkeeping.models.journal import LedgerAccount
from bookkeeping.rules.matching import (
    Candidate,
    Matcher,
    Movement,
    Past,
    Rule,
    Suggestion,
    name_words,
    party_of,
    suggest_all,
    tokens,
)
from bookkeeping.rules.posting import sign_of
from documents.models import Document, Settlement
from documents.models.document import Documents
from documents.rules import CREDIT_METHOD, GATEWAY_METHODS, PAYABLE_KINDS

OPEN_STATES = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
OLDEST_PAYMENT = timedelta(days=120)
MOST_PAST = 3_000
MOST_NEAR = 300
MOST_FOUND = 20


def open_documents(actor: Actor, currency: str) -> Documents:
    """The documents that money may be for, as far as the actor sees them."""
    rows = Document.objects.visible_to(actor).filter(kind__in=PAYABLE_KINDS, state__in=OPEN_STATES, currency=currency)
    rows = rows.filter(is_invoiced=False)  # what is open of an invoiced order is asked for by its invoice
    return rows.exclude(payable=F("settled"))


def unclaimed_payments(actor: Actor, currency: str) -> QuerySet[Settlement]:
    """Payments recorded by people that no bank line was linked to, and that were not taken back.

    What gateways brought comes to the bank in payouts (`models.payouts`).
    """
    claimed = Reconciliation.objects.standing().filter(settlement=OuterRef("pk"))
    key = Concat(Value("back:"), Cast(OuterRef("pk"), CharField()))
    taken_back = Settlement.objects.filter(document=OuterRef("document"), source_key=key)
    rows = Settlement.objects.filter(
        organisation_id=actor.place.id,
        document__in=Document.objects.visible_to(actor).filter(currency=currency).order_by(),
    ).exclude(Q(method__in=(CREDIT_METHOD, "cash", *GATEWAY_METHODS)) | Q(source_key__startswith="bank:"))
    rows = rows.exclude(source_key__startswith="moved:")  # from an order to its invoice, past every bank
    return rows.exclude(source_key__startswith="back:").filter(~Exists(claimed), ~Exists(taken_back))


def document_candidates(rows: QuerySet[Document]) -> list[Candidate]:
    """The documents as candidates. One query."""
    columns = ("pk", "kind", "payable", "settled", "number", "contact_name", "contact_id", "due_on", "issued_on")
    return [
        Candidate(
            f"document:{pk}", (payable - settled) * sign_of(kind), number, name, str(contact), due_on or issued_on
        )
        for pk, kind, payable, settled, number, name, contact, due_on, issued_on in rows.values_list(*columns)
    ]


def payment_candidates(rows: QuerySet[Settlement]) -> list[Candidate]:
    """The payments as candidates. One query."""
    columns = ("pk", "amount", "received_on", "document__kind", "document__number", "document__contact_name")
    return [
        Candidate(f"payment:{pk}", amount * sign_of(kind), number, name, str(contact), day)
        for pk, amount, day, kind, number, name, contact in rows.values_list(*columns, "document__contact_id")
    ]


def candidates_for_all(actor: Actor, currency: str, since: date) -> list[Candidate]:
    """Everything that lines from a day on may be."""
    payments = unclaimed_payments(actor, currency).filter(received_on__gte=since - OLDEST_PAYMENT)
    return document_candidates(open_documents(actor, currency)) + payment_candidates(payments)


def candidates_for(actor: Actor, line: BankLine, past: Past) -> list[Candidate]:
    """What one line may be: of everything open, what has its amount, a number or name of its text, or its contact."""
    text, left = said_by(line), line.left
    found = tokens(text)
    numbers = [one for one in found if one.isdigit() and len(one) > 2][:8]
    words = sorted(name_words(text), key=len, reverse=True)[:6]
    near = Q(payable=F("settled") + left) | Q(payable=F("settled") - left)
    for number in numbers:
        near |= Q(number__contains=number)
    for word in words:
        near |= Q(search_text__contains=word)
    if contacts := past.contacts.get(movement_of(line).party):
        near |= Q(contact_id__in=list(contacts)[:20])
    currency = line.account.currency
    documents = open_documents(actor, currency).filter(near).order_by("-issued_on")[:MOST_NEAR]
    payments = unclaimed_payments(actor, currency).filter(amount__in=(left, -left))
    payments = payments.filter(received_on__gte=line.booked_on - OLDEST_PAYMENT)
    return document_candidates(documents) + payment_candidates(payments.order_by("-received_on")[:MOST_NEAR])


def said_by(line: BankLine) -> str:
    """All that a line says in words."""
    return " ".join(filter(None, (line.counterparty_name, line.text, line.reference)))


def movement_of(line: BankLine) -> Movement:
    """What is left of a line, as it is matched."""
    party = party_of(line.counterparty_account, line.counterparty_name, line.text)
    return Movement(str(line.pk), line.left, line.booked_on, said_by(line), party)


def past_choices(actor: Actor) -> Past:
    """What the latest reconciliations were, by the other party of their lines. One query."""
    rows = Reconciliation.objects.visible_to(actor).standing().order_by("-id")
    columns = ("line__counterparty_account", "line__counterparty_name", "line__text")
    contacts: dict[str, set[str]] = defaultdict(set)
    accounts: dict[str, str] = {}
    for account, name, text, contact_id, ledger_id in rows.values_list(*columns, "contact_id", "account_id")[
        :MOST_PAST
    ]:
        party = party_of(account, name, text)
        if party and ledger_id:
            accounts.setdefault(party, f"account:{ledger_id}")
        elif party and contact_id:
            contacts[party].add(str(contact_id))
    return Past({party: frozenset(found) for party, found in contacts.items()}, accounts)


def rules_of(rows: Iterable[BankRule]) -> list[Rule]:
    """The rules as values; their key names the account."""
    return [Rule(f"account:{row.account_id}", row.name, row.words, row.is_income) for row in rows]


def signed_open(document: Document) -> Decimal:
    """What is open of a document, signed as a bank line that pays it."""
    return document.outstanding * sign_of(document.kind)


def account_id_of(key: str) -> UUID:
    """The ledger account of a suggestion's key."""
    return UUID(key.removeprefix("account:"))


def sure_suggestions(actor: Actor, most: int) -> list[tuple[BankLine, Suggestion]]:
    """Of the newest open lines, at most `most`, those with a suggestion that a click on many may confirm."""
    rows = BankLine.objects.visible_to(actor).open().select_related("account").order_by("-booked_on", "-id")[:most]
    lines = {str(line.pk): line for line in rows}
    past = past_choices(actor)
    own_rules = rules_of(BankRule.objects.visible_to(actor).order_by("id"))
    chosen: dict[str, Suggestion] = {}
    for currency in sorted({line.account.currency for line in lines.values()}):
        movements = [movement_of(line) for line in lines.values() if line.account.currency == currency]
        since = min(one.booked_on for one in movements)
        matcher = Matcher(candidates_for_all(actor, currency, since), past=past, rules=own_rules)
        chosen |= suggest_all(movements, matcher)
    return [(line, chosen[key]) for key, line in lines.items() if key in chosen]


def _ids(keys: Iterable[str], kind: str) -> list[UUID]:
    return [UUID(key.partition(":")[2]) for key in keys if key.startswith(f"{kind}:")]


def candidates_by_key(actor: Actor, keys: Iterable[str]) -> dict[str, Candidate]:
    """The documents and payments of these keys, by their keys. Two queries."""
    wanted = list(keys)
    documents = Document.objects.visible_to(actor).filter(pk__in=_ids(wanted, "document"))
    payments = Settlement.objects.filter(organisation_id=actor.place.id, pk__in=_ids(wanted, "payment"))
    return {one.key: one for one in document_candidates(documents) + payment_candidates(payments)}


def ledger_accounts(actor: Actor, keys: Iterable[str]) -> dict[str, LedgerAccount]:
    """The ledger accounts of these keys that may be used, by their keys. One query."""
    rows = LedgerAccount.objects.filter(organisation_id=actor.place.id, pk__in=_ids(keys, "account"))
    return {f"account:{one.pk}": one for one in rows.in_use()}


def searched(actor: Actor, currency: str, words: str) -> tuple[list[Candidate], dict[str, str]]:
    """Open documents and unclaimed payments that contain the words, with what each is by its key; nothing for none."""
    if not words.strip():
        return [], {}
    documents = list(open_documents(actor, currency).matching(words).order_by("-issued_on", "-id")[:MOST_FOUND])
    kinds = {f"document:{one.pk}": str(one.get_kind_display()) for one in documents}
    found = document_candidates(Document.objects.visible_to(actor).filter(pk__in=[one.pk for one in documents]))
    rows = unclaimed_payments(actor, currency).filter(document__search_text__contains=search_words(words))
    payments = payment_candidates(rows.order_by("-received_on", "-id")[: MOST_FOUND // 2])
    kinds |= {one.key: _("Payment of") for one in payments}
    return sorted(found, key=lambda one: one.day) + payments, kinds


def usable_accounts(actor: Actor) -> QuerySet[LedgerAccount]:
    """The ledger accounts that lines may go to, for whoever sees banking: the chart belongs to it too."""
    rows = LedgerAccount.objects.filter(organisation_id=actor.place.id)
    return rows.in_use().order_by("code") if actor.may(Section.BANKING, Level.VIEW) else rows.none()
