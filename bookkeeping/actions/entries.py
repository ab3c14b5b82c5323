"""Entries of the journal: written by hand, taken back, and the one hand that writes every other."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.history import record
from advisory_portal.core.money import fits
from advisory_portal.core.text import plain
from bookkeeping.actions.charts import ensure_chart, lock_journal
from bookkeeping.models import JournalEntry, JournalLine, LedgerAccount
from bookkeeping.rules import EntryLine
from documents.actions import settings_of
from documents.models import Contact, Document

MOST_LINES = 500
TEXT_LENGTH = 300


class NotAnEntry(Refused):
    """The lines do not balance, or are not lines of this business's accounts."""


class BooksClosed(Refused):
    """The day lies in a closed period."""


class NotReversible(Refused):
    """The entry takes another back itself."""


@transaction.atomic
def write_entry(
    *, actor: Actor, dated_on: date, text: str, lines: Sequence[EntryLine], key: UUID | None = None
) -> JournalEntry:
    """Write an entry by hand, in the books' currency. `key` is of the form that was sent: once for each.

    Raises NotAnEntry, BooksClosed, Forbidden.
    """
    actor.require(Section.JOURNAL, Level.MANAGE)
    ensure_chart(actor=actor)
    lock_journal(actor.place.id)
    if key is not None:
        known = JournalEntry.objects.filter(organisation_id=actor.place.id, pk=key).first()
        if known is not None:
            return known
    named: dict[str, Any] = {"pk": key} if key is not None else {}
    return keep_entry(actor, dated_on, text, lines, source=JournalEntry.Source.MANUAL, **named)


@transaction.atomic
def reverse_entry(*, actor: Actor, entry: JournalEntry, today: date) -> JournalEntry:
    """Take an entry back by its opposite, dated `today`; what was taken back before gives that entry again.

    Whoever manages banking takes back what bank lines made. Raises NotReversible, BooksClosed, Forbidden.
    """
    require_hand(actor, is_banks=entry.source in (JournalEntry.Source.BANK, JournalEntry.Source.PAYMENT))
    if entry.document_id is not None:  # what it lacks is looked at anew (bookkeeping.0007): locked before the journal
        Document.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry.document_id)
    lock_journal(entry.organisation_id)
    current = JournalEntry.objects.get(pk=entry.pk, organisation_id=actor.place.id)
    known = JournalEntry.objects.filter(reverses=current).first()
    if known is not None:
        return known
    if current.reverses_id is not None:
        raise NotReversible(_("This entry takes another one back. Write a new entry instead."))
    if today < current.dated_on:
        words = _("Choose a date from %(date)s on: the entry is of that day.")
        raise NotReversible(words % {"date": format_date(current.dated_on)}, field="dated_on")
    opposite = [
        EntryLine(line.account_id, line.credit, line.debit, line.text, line.contact_id) for line in current.lines.all()
    ]
    text = _("Taken back: %(number)s %(text)s") % {"number": current, "text": current.text}
    origin = {name: getattr(current, name) for name in ("document_id", "settlement_id", "reconciliation_id")}
    made = keep_entry(
        actor, today, text, opposite, source=JournalEntry.Source.REVERSAL, reverses=current, is_taken=True, **origin
    )
    current.is_reversed = True
    current.save(update_fields=["is_reversed"])
    record(actor, "bookkeeping.entry.reversed", about=current)
    entry.refresh_from_db()
    return made


def require_hand(actor: Actor, *, is_banks: bool) -> None:
    """Whoever manages the journal; for what bank lines make, whoever manages banking too. Raises Forbidden."""
    if not (is_banks and actor.may(Section.BANKING, Level.MANAGE)):
        actor.require(Section.JOURNAL, Level.MANAGE)


def keep_entry(
    actor: Actor,
    dated_on: date,
    text: str,
    lines: Sequence[EntryLine],
    *,
    source: str,
    is_taken: bool = False,
    **origin: Any,
) -> JournalEntry:
    """Write an entry under the next number of its year. The journal is locked by the caller, who checked the rights.

    Accounts that were retired take entries only where one is taken back (`is_taken`). Raises NotAnEntry, BooksClosed.
    """
    place = actor.place
    _require_open(place.id, dated_on)
    accounts = _accounts(place.id, lines, retired=is_taken)
    contacts = _contacts(place.id, lines)
    _require_balance(lines, place.currency)
    rows = JournalEntry.objects.filter(organisation_id=place.id, year=dated_on.year)
    entry = JournalEntry(
        organisation_id=place.id,
        year=dated_on.year,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        dated_on=dated_on,
        text=text[:TEXT_LENGTH],
        source=source,
        made_by_name=actor.name,
        **origin,
    )
    texts = {entry.text, *(line.text for line in lines), *contacts.values()}
    entry.search_text = plain(" ".join([str(entry), *sorted(filter(None, texts))]))[:1500]
    entry.save(force_insert=True)
    _keep_lines(entry, lines, accounts)
    record(actor, "bookkeeping.entry.written", about=entry)
    return entry


def _keep_lines(entry: JournalEntry, lines: Sequence[EntryLine], accounts: dict[UUID, LedgerAccount]) -> None:
    JournalLine.objects.bulk_create(
        JournalLine(
            organisation_id=entry.organisation_id,
            entry=entry,
            position=position,
            account=accounts[line.account_id],
            dated_on=entry.dated_on,
            contact_id=line.contact_id,
            text=line.text[:TEXT_LENGTH],
            debit=line.debit,
            credit=line.credit,
        )
        for position, line in enumerate(lines)
    )


def _require_open(organisation_id: UUID, day: date) -> None:
    closed_until = settings_of(organisation_id).closed_until
    if closed_until is not None and day <= closed_until:
        words = _("The books are closed up to %(date)s. Choose a later date, or open them in the settings.")
        raise BooksClosed(words % {"date": format_date(closed_until)}, field="dated_on")
    if not 1900 <= day.year <= 9998:
        raise BooksClosed(_("Choose a date that a calendar has."), field="dated_on")


def _accounts(organisation_id: UUID, lines: Sequence[EntryLine], *, retired: bool) -> dict[UUID, LedgerAccount]:
    wanted = {line.account_id for line in lines}
    found = LedgerAccount.objects.filter(organisation_id=organisation_id, pk__in=wanted)
    accounts = (found if retired else found.in_use()).in_bulk()
    if len(accounts) < len(wanted):
        raise NotAnEntry(_("A line is on an account that is not in the chart any more."))
    return accounts


def _contacts(organisation_id: UUID, lines: Sequence[EntryLine]) -> dict[UUID, str]:
    wanted = {line.contact_id for line in lines if line.contact_id is not None}
    if not wanted:
        return {}
    rows = Contact.objects.filter(organisation_id=organisation_id, pk__in=wanted).values_list("pk", "name")
    found: dict[UUID, str] = dict(rows)
    if len(found) < len(wanted):
        raise NotAnEntry(_("A line names a contact that is not there."))
    return found


def _require_balance(lines: Sequence[EntryLine], currency: str) -> None:
    """Raises NotAnEntry: fewer than two lines, a line without one side, sides that differ."""
    if not 2 <= len(lines) <= MOST_LINES:
        raise NotAnEntry(_("An entry has at least two lines, and at most %(limit)s.") % {"limit": MOST_LINES})
    words = _("Each line has either a debit or a credit, above zero, in %(currency)s.")
    for line in lines:
        sides = (line.debit, line.credit)
        if not all(fits(side, currency) for side in sides) or min(sides) != 0 or max(sides) <= 0:
            raise NotAnEntry(words % {"currency": currency})
    difference = sum((line.debit - line.credit for line in lines), Decimal(0))
    if difference:
        words = _("The entry does not balance: debit and credit differ by %(amount)s.")
        raise NotAnEntry(words % {"amount": format_money(abs(difference), currency)})
