"""Saying what a bank line was: the money of documents, payments that stand already, an account; and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.history import record
from advisory_portal.core.states import move
from bookkeeping import rules
from bookkeeping.actions.entries import BooksClosed, reverse_entry
from bookkeeping.actions.postings import post_reconciliation
from bookkeeping.models import BankLine, JournalEntry, LedgerAccount, Reconciliation
from bookkeeping.models.matching import OPEN_STATES, signed_open, unclaimed_payments
from documents.actions import settings_of, settle
from documents.models import Contact, Document, Settlement
from documents.rules import PAYABLE_KINDS

METHOD = "transfer"
MOST_PICKS = 100


class NotReconcilable(Refused):
    """The line, or what was chosen for it, is not open any more, or cannot go together."""


class PartsDoNotFit(Refused):
    """What was chosen is more than the line, or nothing."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A document or payment that was chosen. `seen` is what was open of it, signed as the line, when it was."""

    kind: str  # document or payment
    id: UUID
    seen: Decimal | None = None

    @classmethod
    def of(cls, key: str, seen: Decimal | None = None) -> "Pick":
        """The pick that a candidate's key names. Raises ValueError."""
        kind, _colon, pk = key.partition(":")
        if kind not in ("document", "payment"):
            raise ValueError(key)
        return cls(kind, UUID(pk), seen)


@dataclass(frozen=True, slots=True)
class Rest:
    """The account that takes what the documents leave of the line, or all of it."""

    account: LedgerAccount
    contact: Contact | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    document: Document
    payment: Settlement | None
    open: Decimal


@transaction.atomic
def reconcile_line(
    *,
    actor: Actor,
    line: BankLine,
    picks: Sequence[Pick] = (),
    rest: Rest | None = None,
    key: UUID,
    reasons: Sequence[Sequence[str]] = (),
    rate: Decimal | None = None,
) -> list[Reconciliation]:
    """Say what a line, or what is left of it, was; `rules.divided` tells how much goes where.

    Documents are settled with their part on the day of the line, payments that stand are linked, the rest is entered
    in the journal. `key` is of the form that was sent: repeating it changes nothing. `rate` is for accounts in another
    currency than the books. Raises NotReconcilable, PartsDoNotFit, NotPayable, BooksClosed, NoRate, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    current = locked_line(actor, line)
    ids = [uuid5(key, str(number)) for number in range(len(picks) + 1)]
    known = list(Reconciliation.objects.filter(organisation_id=actor.place.id, pk__in=ids))
    if known:
        return known
    if current.left == 0:
        raise NotReconcilable(_("Somebody has reconciled this line meanwhile."))
    require_open_on(actor.place.id, current.booked_on)
    found = _found(actor, current, picks)
    amounts, left = _divided(current, found, rest)
    made = [
        _claim(actor, current, pk, one, amount, reasons) for pk, one, amount in zip(ids, found, amounts, strict=False)
    ]
    if rest is not None and left:
        made.append(enter_rest(actor, current, ids[-1], rest, left, reasons, rate))
    set_reconciled(actor, current, sum((one.amount for one in made), Decimal(0)))
    record(actor, "bookkeeping.bankline.matched", about=current)
    line.refresh_from_db()
    return made


def locked_line(actor: Actor, line: BankLine) -> BankLine:
    """The line of the actor's organisation, locked, with its account."""
    rows = BankLine.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    return rows.get(pk=line.pk, organisation_id=actor.place.id)


def require_open_on(organisation_id: UUID, day: date) -> None:
    """Raises BooksClosed for a day in a closed period."""
    closed_until = settings_of(organisation_id).closed_until
    if closed_until is not None and day <= closed_until:
        words = _("The books are closed up to %(date)s. Choose a later date, or open them in the settings.")
        raise BooksClosed(words % {"date": format_date(closed_until)})


def _found(actor: Actor, line: BankLine, picks: Sequence[Pick]) -> list[_Found]:
    """The rows of the picks, their documents locked in one order for everybody, as they are open now."""
    if len(picks) > MOST_PICKS or len({pick.id for pick in picks}) < len(picks):
        raise NotReconcilable(_("Choose each document once, and at most %(limit)s.") % {"limit": MOST_PICKS})
    currency = line.account.currency
    payments = dict(
        Settlement.objects.filter(
            organisation_id=actor.place.id, pk__in=[pick.id for pick in picks if pick.kind == "payment"]
        ).values_list("pk", "document_id")
    )
    wanted = {pick.id for pick in picks if pick.kind == "document"} | set(payments.values())
    rows = Document.objects.visible_to(actor).filter(pk__in=wanted, currency=currency)
    documents = {one.pk: one for one in rows.select_for_update(of=("self",)).order_by("pk")}
    unclaimed = unclaimed_payments(actor, currency).filter(pk__in=list(payments))
    free = {one.pk: one for one in unclaimed}
    return [_one(pick, documents, payments, free, currency) for pick in picks]


def _one(
    pick: Pick,
    documents: dict[UUID, Document],
    payments: dict[UUID, UUID],
    free: dict[UUID, Settlement],
    currency: str,
) -> _Found:
    document = documents.get(payments.get(pick.id, pick.id))
    if document is None:
        raise NotReconcilable(_("One of the documents is not there any more, or is in another currency."))
    if pick.kind == "payment":
        payment = free.get(pick.id)
        if payment is None:
            raise NotReconcilable(
                _("The payment of %(document)s belongs to another line, or was taken back.") % {"document": document}
            )
        return _Found(document, payment, payment.amount * rules.sign_of(document.kind))
    if document.kind not in PAYABLE_KINDS or document.state not in OPEN_STATES:
        raise NotReconcilable(_("Nothing is open on %(document)s any more.") % {"document": document})
    if document.is_invoiced:
        raise NotReconcilable(_("%(document)s has its invoice already: choose that.") % {"document": document})
    now_open = signed_open(document)
    if pick.seen is not None and pick.seen != now_open:
        words = _("On %(document)s %(amount)s is open now. Look at it again.")
        raise NotReconcilable(words % {"document": document, "amount": format_money(abs(now_open), currency)})
    return _Found(document, None, now_open)


def _divided(line: BankLine, found: Sequence[_Found], rest: Rest | None) -> tuple[list[Decimal], Decimal]:
    if not found and rest is None:
        raise PartsDoNotFit(_("Choose what this line was: a document, a payment or an account."))
    if rest is not None and (
        rest.account.organisation_id != line.organisation_id or rest.account.retired_at is not None
    ):
        raise PartsDoNotFit(_("Choose an account of the chart."), field="account")
    try:
        return rules.divided(
            line.left,
            [one.open for one in found],
            has_rest=rest is not None,
            is_whole=any(one.payment is not None for one in found),
        )
    except rules.DoesNotFit as error:
        words = _("What you chose is %(amount)s more than the line. Choose less, or an account for the difference.")
        raise PartsDoNotFit(words % {"amount": format_money(error.amount, line.account.currency)}) from None


def _claim(
    actor: Actor, line: BankLine, pk: UUID, found: _Found, amount: Decimal, reasons: Sequence[Sequence[str]]
) -> Reconciliation:
    """Book the amount on the document, once, or link the payment that stands."""
    payment = found.payment
    if payment is None:
        source_key = f"bank:{pk}"
        settle(
            actor=actor,
            document=found.document,
            amount=amount * rules.sign_of(found.document.kind),
            received_on=line.booked_on,
            method=METHOD,
            source_key=source_key,
            reference=(line.reference or line.text)[:200],
        )
        payment = Settlement.objects.get(document=found.document, source_key=source_key)
    made = Reconciliation(
        pk=pk,
        organisation_id=line.organisation_id,
        line=line,
        document=found.document,
        settlement=payment,
        contact_id=found.document.contact_id,
        amount=amount,
        reason=[list(one) for one in reasons],
        made_by_name=actor.name,
    )
    made.save(force_insert=True)
    return made


def enter_rest(
    actor: Actor,
    line: BankLine,
    pk: UUID,
    rest: Rest,
    amount: Decimal,
    reasons: Sequence[Sequence[str]],
    rate: Decimal | None,
) -> Reconciliation:
    """Keep what goes to an account, with its entry in the journal."""
    made = Reconciliation(
        pk=pk,
        organisation_id=line.organisation_id,
        line=line,
        account=rest.account,
        contact=rest.contact,
        amount=amount,
        note=rest.note[:300],
        reason=[list(one) for one in reasons],
        made_by_name=actor.name,
    )
    made.save(force_insert=True)
    post_reconciliation(actor=actor, reconciliation=made, rate=rate)
    return made


def set_reconciled(actor: Actor, line: BankLine, more: Decimal) -> None:
    """Count what was reconciled of a line, and move its state."""
    line.reconciled += more
    line.save(update_fields=["reconciled"])
    states = BankLine.State
    whole = states.RECONCILED if line.left == 0 else states.PARTIAL
    move(line, states.PENDING if line.reconciled == 0 else whole, actor=actor)


@transaction.atomic
def undo_reconciliation(*, actor: Actor, reconciliation: Reconciliation, now: datetime) -> bool:
    """Take back what a line was said to be; False if that was done before.

    Money that it booked goes back as of today, a payment that stood before stays, an entry is reversed. Raises
    NotReconcilable, BooksClosed, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    line = locked_line(actor, BankLine(pk=reconciliation.line_id))
    rows = Reconciliation.objects.select_for_update(no_key=True, of=("self",))
    current = rows.select_related("document", "settlement").get(pk=reconciliation.pk)
    if current.undone_at is not None:
        reconciliation.refresh_from_db()
        return False
    today = actor.today()
    require_open_on(actor.place.id, today)
    payment, document = current.settlement, current.document
    if document is not None and payment is not None and payment.source_key == f"bank:{current.pk}":
        settle(
            actor=actor,
            document=document,
            amount=-payment.amount,
            received_on=max(today, payment.received_on),
            method=payment.method,
            source_key=f"back:{payment.pk}",
            reference=payment.reference,
        )
    current.paid_out.update(paid_out=None)
    entry = JournalEntry.objects.filter(reconciliation=current, source="bank", is_reversed=False).first()
    if entry is not None:
        reverse_entry(actor=actor, entry=entry, today=max(today, entry.dated_on))
    current.undone_at, current.undone_by_name, current.due_at = now, actor.name, None
    current.save(update_fields=["undone_at", "undone_by_name", "due_at"])
    set_reconciled(actor, line, -current.amount)
    record(actor, "bookkeeping.bankline.undone", about=line)
    reconciliation.refresh_from_db()
    return True


@transaction.atomic
def release_line(*, reconciliation: Reconciliation, now: datetime) -> None:
    """The sweep's step where a payment was taken back on its document: its bank line is open again.

    Repeating it does nothing. Raises BooksClosed.
    """
    actor = system_actor(reconciliation.organisation.workspace)
    undo_reconciliation(actor=actor, reconciliation=reconciliation, now=now)
