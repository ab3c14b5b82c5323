"""Bank accounts and lines for tests."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from bookkeeping import actions
from bookkeeping.models import BankAccount, BankLine
from bookkeeping.tasks import import_statements
from tests.formats.bank_samples import IBAN, camt, line, statement

DAY = date(2026, 3, 10)


def bank(actor, name="Main account", iban=IBAN, ledger_account=None, currency="EUR"):
    return actions.add_bank_account(actor=actor, name=name, iban=iban, currency=currency, ledger_account=ledger_account)


def taken(actor, *contents, account=None, name="statement.xml"):
    """The job over these files, swept once."""
    uploads = [(name, content) for content in contents]
    job = actions.take_statements(actor=actor, uploads=uploads, account=account, now=timezone.now())
    import_statements()
    job.refresh_from_db()
    return job


def bank_line(actor, amount="121", text="Transfer", day=DAY, **more):
    """A line of the main account that a statement of its own brought."""
    if not BankAccount.objects.filter(organisation_id=actor.place.id, iban=IBAN).exists():
        bank(actor)
    (item,) = taken(actor, camt(statement([line(day, str(amount), text, **more)]))).items.all()
    assert item.outcome == "created", item.detail
    return BankLine.objects.filter(organisation_id=actor.place.id).latest("id")


def money(text):
    return Decimal(text)
