"""One item that waits in a business, for each KPI; and, `done`, one that does not."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import StoredFile
from bookkeeping import actions as books
from bookkeeping.models import BankAccount, BankLine, EntryToMake, InboxFile, LedgerAccount, Statement, TaxFiling
from bookkeeping.rules import EntryLine
from tests.factories import ContactFactory, DocumentFactory

OLD = date(2026, 1, 15)


def at_noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def _contact(business):
    """One that counts as reviewed, so that it waits in no list."""
    return ContactFactory(organisation=business, reviewed_at=at_noon(OLD))


def _document(kind):
    def add(business, day, done):
        reviewed = at_noon(day) if done else None
        document = DocumentFactory(contact=_contact(business), kind=kind, issued_on=day, reviewed_at=reviewed)
        EntryToMake.objects.filter(document=document).delete()  # what the review made wait in the journal
        return document

    return add


def _bank_line(business, day, done):
    account, _made = BankAccount.objects.get_or_create(organisation=business, name="Main", currency="EUR")
    statement = Statement.objects.create(organisation=business, account=account, format="csv")
    state = BankLine.State.RECONCILED if done else BankLine.State.PENDING
    return BankLine.objects.create(
        organisation=business, account=account, statement=statement, position=1, key=uuid4().hex, booked_on=day,
        amount=Decimal(10), text="Transfer", search_text="transfer", state=state,
    )  # fmt: skip


def _inbox_file(business, day, done):
    file = StoredFile.objects.create(
        organisation_id=business.pk, name="bill.pdf", content_type="application/pdf", size=1, key=uuid4().hex
    )
    state = InboxFile.State.DONE if done else InboxFile.State.TO_VERIFY
    return InboxFile.objects.create(
        organisation=business, file=file, name="bill.pdf", state=state, received_at=at_noon(day), sha256="", due_at=None
    )


def _new_contact(business, day, done):
    return ContactFactory(organisation=business, created_at=at_noon(day), reviewed_at=at_noon(day) if done else None)


def _entry(business, day, done):
    actor = system_actor(business.workspace)
    books.ensure_chart(actor=actor)
    bank, cash = (LedgerAccount.objects.get(organisation=business, code=code) for code in ("572", "570"))
    lines = [EntryLine(bank.pk, debit=Decimal(10)), EntryLine(cash.pk, credit=Decimal(10))]
    entry = books.write_entry(actor=actor, dated_on=day, text="By hand", lines=lines)
    if done:
        type(entry).objects.filter(pk=entry.pk).update(checked_at=timezone.now())
    return entry


def _filing(business, day, done):
    state = TaxFiling.State.FILED if done else TaxFiling.State.OPEN
    return TaxFiling.objects.create(
        organisation=business, form="303", period=uuid4().hex[:10], starts_on=OLD, ends_on=OLD, opens_on=OLD,
        due_on=day, state=state,
    )  # fmt: skip


_ITEMS = {
    "invoices": _document("invoice"),
    "expenses": _document("bill"),
    "reconciliations": _bank_line,
    "inbox": _inbox_file,
    "contacts": _new_contact,
    "journal": _entry,
    "taxes": _filing,
}


def add_item(business, code, day, *, done=False):
    """A row that the KPI counts, dated on the day; `done`, one that it counts no more."""
    return _ITEMS[code](business, day, done)
