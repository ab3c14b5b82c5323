"""What the tests of the journal read and write."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from bookkeeping import actions
from bookkeeping.rules import EntryLine
from documents.actions import record_payment, review_document
from tests.factories import issued_document

DAY = date(2026, 3, 2)


def said(entry):
    """The lines of an entry: code, debit, credit."""
    rows = entry.lines.order_by("position").values_list("account__code", "debit", "credit")
    return [(code, debit, credit) for code, debit, credit in rows]


def two_lines(chart, amount="10", debit="572", credit="570"):
    """A debit and a credit of the same amount."""
    amount = Decimal(amount)
    return [EntryLine(chart[debit].pk, debit=amount), EntryLine(chart[credit].pk, credit=amount)]


def written(actor, chart, amount="10", dated_on=DAY, text="By hand", **accounts):
    return actions.write_entry(actor=actor, dated_on=dated_on, text=text, lines=two_lines(chart, amount, **accounts))


def reviewed(actor, contact, **values):
    """An issued document that was looked at."""
    document = issued_document(contact, **values)
    review_document(actor=actor, document=document, now=timezone.now())
    return document


def paid(actor, document, amount, day=date(2026, 3, 9), method="transfer", key="one"):
    """The payment that was recorded."""
    record_payment(
        actor=actor,
        document=document,
        amount=Decimal(amount),
        received_on=day,
        method=method,
        reference="",
        key=key,
    )
    return document.settlements.get(source_key=f"hand:{key}")
