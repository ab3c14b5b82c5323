"""Importing statements: a file becomes an item of a job, its lines are written once each, in one transaction.

A table whose columns are not known, and a statement of an account that is not there, wait for a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import FAILED, actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.bank import ColumnMapping, is_table, read_head, read_statement
from advisory_portal.formats.bank import Statement as ReadStatement
from advisory_portal.formats.errors import FormatError
from bookkeeping.actions.bank_accounts import add_bank_account
from bookkeeping.actions.charts import ensure_chart
from bookkeeping.actions.statement_lines import take_statement
from bookkeeping.models import BankAccount, ColumnMemory
from bookkeeping.rules.statements import (
    STATEMENTS,
    KnownAccount,
    account_key,
    account_of,
    mapping_as_json,
    mapping_of_json,
)

MOST_FILES = 100


class NotImportable(Refused):
    """No file, or too many; or a choice that the file does not wait for."""


@transaction.atomic
def take_statements(
    *, actor: Actor, uploads: Sequence[tuple[str, bytes]], account: BankAccount | None = None, now: datetime
) -> Job:
    """Keep files, (name, content) each, as a job with an item a file, and begin.

    `account` is the one that they are of where they do not say it. A table whose head nobody has read before waits for
    `choose_columns`. The chart is there from then on, for lines that go to an account. Raises NotImportable, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    ensure_chart(actor=actor)
    if not 0 < len(uploads) <= MOST_FILES:
        raise NotImportable(_("Choose at least one file, and at most %(limit)s.") % {"limit": MOST_FILES})
    job = start_job(actor=actor, kind=STATEMENTS, parameters={"account": str(account.pk) if account else ""})
    items = [_item(actor, name, content, now) for name, content in uploads]
    add_items(job, items)
    for item in items:
        if item.file is None:
            limit = settings.MAX_UPLOAD_BYTES // 1024**2
            finish_item(item, JobItem.Outcome.REFUSED, detail={"code": "too_large", "limit": limit})
    record(actor, "bookkeeping.statements.taken", about=job, after={"files": len(items)})
    nudge("bookkeeping.import_statements")
    job.refresh_from_db()
    return job


def _item(actor: Actor, name: str, content: bytes, now: datetime) -> JobItem:
    if len(content) > settings.MAX_UPLOAD_BYTES:
        return JobItem(name=name[-300:], due_at=None)
    detail = _columns(actor, content)
    kept = store_file(
        organisation_id=actor.place.id, name=name, content=content, content_type="application/octet-stream"
    )
    return JobItem(name=name[-300:], file=kept, detail=detail, due_at=None if detail.get("waits") else now)


def _columns(actor: Actor, content: bytes) -> dict[str, Any]:
    """What is known of a table's columns; {} for other files, and for those that the sweep will refuse."""
    try:
        if not is_table(content):
            return {}
        head = read_head(content)
    except FormatError:
        return {}
    memory = ColumnMemory.objects.filter(organisation_id=actor.place.id, head_key=head.key).first()
    if memory is None:
        return {"waits": "columns"}
    return {"mapping": memory.mapping | {"head_row": head.head_row}}


@transaction.atomic
def choose_columns(*, actor: Actor, item: JobItem, mapping: ColumnMapping, now: datetime) -> None:
    """Say what the columns of a table are, for this file and for every later one with the same head.

    Raises NotImportable for a file that has been read, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    locked = _waiting(item)
    assert locked.file is not None
    head = read_head(read_file(locked.file))
    kept = mapping_as_json(mapping)
    ColumnMemory.objects.update_or_create(organisation_id=actor.place.id, head_key=head.key, defaults={"mapping": kept})
    locked.detail = {name: value for name, value in locked.detail.items() if name != "waits"} | {"mapping": kept}
    locked.due_at = now
    locked.save(update_fields=["detail", "due_at"])
    nudge("bookkeeping.import_statements")


@transaction.atomic
def choose_accounts(*, actor: Actor, item: JobItem, chosen: Mapping[str, BankAccount | str], now: datetime) -> None:
    """Say which accounts the statements of a file are of, by the keys in its `detail["unknown"]`: one that is there,
    or the name of a new one.

    An account without IBAN or number learns those of the statement. Raises NotImportable, NotAnAccount, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    locked = _waiting(item)
    unknown = {one["key"]: one for one in locked.detail.get("unknown", [])}
    if set(unknown) != set(chosen):
        raise NotImportable(_("Choose an account for each statement."))
    accounts = {key: _named(actor, one, unknown[key]) for key, one in chosen.items()}
    left = {name: value for name, value in locked.detail.items() if name not in ("waits", "unknown")}
    locked.detail = left | {"accounts": {key: str(account.pk) for key, account in accounts.items()}}
    locked.due_at = now
    locked.save(update_fields=["detail", "due_at"])
    nudge("bookkeeping.import_statements")


def _waiting(item: JobItem) -> JobItem:
    locked = JobItem.objects.select_for_update(no_key=True, of=("self",)).select_related("file").get(pk=item.pk)
    if locked.outcome != JobItem.Outcome.WAITING or not locked.detail.get("waits"):
        raise NotImportable(_("This file waits for nothing any more."))
    return locked


def _named(actor: Actor, chosen: BankAccount | str, said: Mapping[str, str]) -> BankAccount:
    """The account that is meant, made if it is new."""
    if isinstance(chosen, str):
        currency = said["currency"] or actor.place.currency
        return add_bank_account(actor=actor, name=chosen, currency=currency, iban=said["iban"], number=said["number"])
    if chosen.organisation_id != actor.place.id:
        raise NotImportable(_("Choose an account for each statement."))
    _learn(chosen, said["iban"], said["number"])
    return chosen


def _learn(account: BankAccount, iban: str, number: str) -> None:
    rows = BankAccount.objects.filter(organisation_id=account.organisation_id)
    if iban and not account.iban and not rows.filter(iban=iban).exists():
        rows.filter(pk=account.pk).update(iban=iban)
    if number and not account.number:
        rows.filter(pk=account.pk).update(number=number[:40])


@transaction.atomic
def run_statement_item(*, item: JobItem, now: datetime) -> None:
    """Read a file and write its new lines; a file of an unknown account waits with `detail["unknown"]`.

    The outcome's detail: `statements`, a dict each with account, account_id, created, known, from, until, closing,
    currency, gap; or what was refused, `code` and `line`.
    """
    assert item.file is not None
    actor = actor_of(item.job)
    kept = item.detail.get("mapping")
    try:
        mapping = mapping_of_json(kept) if kept else None
        read = read_statement(read_file(item.file), item.name, mapping=mapping)
    except FormatError as error:
        finish_item(item, JobItem.Outcome.REFUSED, detail={"code": error.code, **error.params})
        return
    chosen = dict(item.detail.get("accounts", {}))
    found, unknown = _accounts(actor, read, chosen, item.job.parameters["account"])
    if unknown:
        item.detail, item.due_at = item.detail | {"waits": "accounts", "unknown": unknown}, None
        item.save(update_fields=["detail", "due_at"])
        return
    try:
        with transaction.atomic():
            done = [
                take_statement(actor=actor, account=account, statement=one, file=item.file, now=now)
                for one, account in zip(read, found, strict=True)
            ]
    except Refused as refused:
        finish_item(item, JobItem.Outcome.REFUSED, reason=refused.message, detail={"code": "refused"})
        return
    created = sum(one["created"] for one in done)
    outcome = JobItem.Outcome.CREATED if created else JobItem.Outcome.DUPLICATE
    finish_item(item, outcome, detail={"statements": done})


def _accounts(
    actor: Actor, read: Sequence[ReadStatement], chosen: Mapping[str, str], usual: str
) -> tuple[list[BankAccount], list[dict[str, str]]]:
    """The account of each statement, locked; or what to ask for those that are of none."""
    rows = BankAccount.objects.filter(organisation_id=actor.place.id)
    known = {str(one.pk): one for one in rows.select_for_update(no_key=True).order_by("pk")}
    names = [KnownAccount(pk, one.iban, one.number) for pk, one in known.items()]
    found, unknown = [], dict[str, dict[str, str]]()
    for one in read:
        key = account_key(one.account_iban, one.account_number)
        account_id = chosen.get(key) or account_of(one.account_iban, one.account_number, names)
        if account_id is None and usual in known and (not key or not known[usual].iban):
            account_id = usual
        if account_id in known:
            found.append(known[account_id])
        else:
            unknown[key] = {
                "key": key,
                "iban": one.account_iban,
                "number": one.account_number,
                "currency": one.currency,
            }
    return found, list(unknown.values())


@transaction.atomic
def give_up_statement_item(*, item: JobItem) -> None:
    """Refuse a file whose every try failed; the error stays in `last_error`."""
    finish_item(item, JobItem.Outcome.REFUSED, detail={"code": FAILED})
