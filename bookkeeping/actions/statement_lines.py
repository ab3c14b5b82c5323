"""Writing the lines of one statement, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.models import StoredFile
from advisory_portal.core.money import fits
from advisory_portal.core.text import plain
from advisory_portal.formats.bank import Statement as ReadStatement
from advisory_portal.formats.bank import StatementLine, line_keys
from bookkeeping.actions.reconcile_jobs import start_automatic
from bookkeeping.models import BankAccount, BankLine, Statement
from bookkeeping.rules.statements import gap_before

CHUNK = 2_000


class NotOfThisAccount(Refused):
    """The statement is in another currency than the account, or names amounts that its currency has not."""


def take_statement(
    *, actor: Actor, account: BankAccount, statement: ReadStatement, file: StoredFile, now: datetime
) -> dict[str, Any]:
    """Write a statement and the lines that are new; the account is locked by the caller.

    Returns what the report says: account, account_id, created, known, from, until, closing, currency, gap. Raises
    NotOfThisAccount.
    """
    _require_currency(account, statement)
    keys = line_keys(statement.lines)
    known = _known(account, keys)
    gap = None if known else gap_before(statement.opening, statement.starts_on, _last(account))
    kept = Statement.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        file=file,
        format=statement.format,
        number=statement.number[:60],
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        opening=statement.opening,
        closing=statement.closing,
        line_count=len(statement.lines),
        known_count=len(known),
        imported_by_name=actor.name,
    )
    created = _write(kept, statement.lines, keys, known)
    start_automatic(actor=actor, statement=kept, now=now)
    return {
        "account": account.name,
        "account_id": str(account.pk),
        "created": created,
        "known": len(known),
        "from": statement.starts_on.isoformat() if statement.starts_on else "",
        "until": statement.ends_on.isoformat() if statement.ends_on else "",
        "closing": "" if statement.closing is None else f"{statement.closing:f}",
        "currency": account.currency,
        "gap": "" if gap is None else f"{gap:f}",
    }


def _require_currency(account: BankAccount, statement: ReadStatement) -> None:
    currency = account.currency
    if statement.currency and statement.currency != currency:
        words = _("The statement is in %(found)s, but %(account)s is in %(currency)s.")
        raise NotOfThisAccount(words % {"found": statement.currency, "account": account, "currency": currency})
    if not all(fits(line.amount, currency) for line in statement.lines):
        raise NotOfThisAccount(_("A line has an amount that is none of %(currency)s.") % {"currency": currency})


def _known(account: BankAccount, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        rows = BankLine.objects.filter(account=account, key__in=keys[start : start + CHUNK])
        found.update(rows.values_list("key", flat=True))
    return found


def _last(account: BankAccount) -> Any:
    """Day and closing balance of the latest statement that gives both."""
    rows = Statement.objects.filter(account=account).exclude(closing=None).exclude(ends_on=None)
    return rows.order_by("-ends_on", "-id").values_list("ends_on", "closing").first()


def _write(kept: Statement, lines: Sequence[StatementLine], keys: Sequence[str], known: set[str]) -> int:
    """The new lines in chunks; how many. A line of nothing (a bank's remark) is none."""
    rows = [
        _row(kept, position, key, line)
        for position, (key, line) in enumerate(zip(keys, lines, strict=True))
        if key not in known and line.amount
    ]
    BankLine.objects.bulk_create(rows, batch_size=CHUNK)
    return len(rows)


def _row(kept: Statement, position: int, key: str, line: StatementLine) -> BankLine:
    said = " ".join(filter(None, (line.counterparty_name, line.text, line.reference)))
    return BankLine(
        organisation_id=kept.organisation_id,
        account_id=kept.account_id,
        statement=kept,
        position=position,
        key=key,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=line.amount,
        balance_after=line.balance_after,
        text=line.text,
        counterparty_name=line.counterparty_name,
        counterparty_account=line.counterparty_account[:40],
        reference=line.reference,
        code=line.code[:40],
        search_text=plain(said)[:1500],
    )
