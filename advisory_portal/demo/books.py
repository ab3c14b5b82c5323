"""The demo business's journal: what was reviewed is entered, most of it checked, and an entry by hand."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from advisory_portal.core.access import Actor
from bookkeeping import actions
from bookkeeping.models import EntryToMake, JournalEntry, LedgerAccount
from bookkeeping.rules import EntryLine
from documents.models import Settlement

RATES = {"GBP": Decimal("1.16"), "USD": Decimal("0.92")}  # what is in yen waits for somebody to say its rate
TO_CHECK = 9
WEAR = Decimal("412.50")


def fill_journal(owner: Actor) -> None:
    """Enter the reviewed documents and their payments, check all but the latest, and write off a month's wear."""
    actions.ensure_chart(actor=owner)
    waiting = EntryToMake.objects.visible_to(owner).filter(document__currency__in=RATES).order_by("dated_on", "id")
    for one in waiting.of_documents().select_related("document"):
        actions.post_document(actor=owner, document=one.document, rate=RATES[one.document.currency])
    payments = Settlement.objects.filter(pk__in=waiting.of_payments().values("settlement")).select_related("document")
    for payment in payments.order_by("received_on", "id"):
        actions.post_settlement(actor=owner, settlement=payment, rate=RATES[payment.document.currency])
    with suppress(actions.NothingToPost):
        actions.post_reviewed(actor=owner, now=timezone.now())
    _wear(owner, owner.today().replace(day=1) - timedelta(days=1))
    entries = JournalEntry.objects.visible_to(owner).order_by("-dated_on", "-id")
    actions.check_entries(actor=owner, entries=entries[TO_CHECK:], now=timezone.now())


def _wear(owner: Actor, day: date) -> None:
    accounts = {one.code: one.pk for one in LedgerAccount.objects.visible_to(owner).filter(code__in=("681", "281"))}
    lines = [EntryLine(accounts["681"], debit=WEAR), EntryLine(accounts["281"], credit=WEAR)]
    actions.write_entry(actor=owner, dated_on=day, text="Wear of the workshop's machines", lines=lines)
