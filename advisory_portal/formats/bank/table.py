"""A bank's table, CSV or XLSX, by a mapping of its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from advisory_portal.formats.bank.columns import ColumnMapping, guess_mapping, head_key, read_day, read_number
from advisory_portal.formats.bank.statement import (
    CODE_LENGTH,
    NAME_LENGTH,
    Statement,
    StatementLine,
    check_count,
    check_size,
    checked_amount,
    iban_of,
    one_line,
    reference_of,
)
from advisory_portal.formats.errors import FormatError, quoted
from advisory_portal.formats.tables import Row, read_table

_HEAD_ROWS = 60  # above the column names banks write the account, its holder and the period
_SAMPLE_ROWS = 200
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?:[ .-]?[A-Z0-9]{1,4}){3,8}\b")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHead:
    """What a person needs to see to say which column is what. `key` is that of the head, for remembering."""

    head_row: int
    head: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    key: str
    guess: ColumnMapping | None


@dataclass(slots=True)
class _Entry:
    line: StatementLine
    row: int


def read_head(data: bytes) -> TableHead:
    """The column names and some rows of a table. Raises FormatError: those of read_table."""
    check_size(data)
    return _head(_first_rows(data))


def read_table_statement(data: bytes, mapping: ColumnMapping | None = None) -> Statement:
    """The statement in a CSV or XLSX file, by this mapping or by the one that can be guessed.

    Rows without a date and an amount are left out. Where there is a balance column it must lead from line to line,
    upwards or downwards. Raises FormatError: those of read_table, table_columns (nothing can be guessed), table_date,
    statement_amount, statement_currency, table_balance, table_only_head.
    """
    check_size(data)
    rows = list(read_table(data))
    mapping = mapping or _head(rows).guess
    if mapping is None:
        raise FormatError("table_columns")
    entries = [
        entry for number, cells in rows if number > mapping.head_row if (entry := _entry(number, cells, mapping))
    ]
    if not entries:
        raise FormatError("table_only_head")
    check_count(len(entries))
    lines = _oldest_first(entries)
    balances = [line.balance_after for line in lines]
    preamble = [cell for number, cells in rows if number < mapping.head_row for cell in cells]
    iban = next((found for cell in preamble if (found := _iban_in(cell))), "")
    return Statement(
        format="table",
        account_iban=iban,
        account_number=iban,
        currency=_currency(rows, mapping),
        opening=None if balances[0] is None else balances[0] - lines[0].amount,
        closing=balances[-1],
        starts_on=min(line.booked_on for line in lines),
        ends_on=max(line.booked_on for line in lines),
        number="",
        lines=tuple(lines),
    )


def _first_rows(data: bytes) -> list[Row]:
    rows = []
    for row in read_table(data):
        rows.append(row)
        if len(rows) == _HEAD_ROWS + _SAMPLE_ROWS:
            break
    return rows


def _head(rows: Sequence[Row]) -> TableHead:
    """The first row whose words and cells below make a mapping, else the widest of the first ones.

    Raises FormatError: empty, where no row has anything in it.
    """
    if not rows:
        raise FormatError("empty")
    for index, (number, cells) in enumerate(rows[:_HEAD_ROWS]):
        guess = guess_mapping(cells, _below(rows, index), head_row=number) if len(cells) > 1 else None
        if guess:
            return _found(rows, index, guess)
    widest = max(range(len(rows[:_HEAD_ROWS])), key=lambda index: (len(rows[index][1]), -index))
    return _found(rows, widest, None)


def _below(rows: Sequence[Row], index: int) -> list[list[str]]:
    return [cells for _, cells in rows[index + 1 : index + 1 + _SAMPLE_ROWS]]


def _found(rows: Sequence[Row], index: int, guess: ColumnMapping | None) -> TableHead:
    number, cells = rows[index]
    sample = tuple(tuple(one) for one in _below(rows, index)[:5])
    return TableHead(head_row=number, head=tuple(cells), sample=sample, key=head_key(cells), guess=guess)


def _iban_in(text: str) -> str:
    return next((iban for found in _IBAN.findall(text.upper()) if (iban := iban_of(found))), "")


def _entry(number: int, cells: Sequence[str], mapping: ColumnMapping) -> _Entry | None:
    """The line of a row, or None for a row of neither date nor amount, such as a note or a sum below."""
    amount = _amount(number, cells, mapping)
    booked_on = read_day(_cell(cells, mapping.date), mapping.date_order)
    if amount is None:
        return None
    if booked_on is None:
        if not _cell(cells, mapping.date):
            return None
        raise FormatError("table_date", line=number, value=quoted(_cell(cells, mapping.date)))
    balance = _cell(cells, mapping.balance)
    line = StatementLine(
        booked_on=booked_on,
        value_on=read_day(_cell(cells, mapping.value_date), mapping.date_order),
        amount=amount,
        balance_after=_figure(number, balance, mapping) if balance else None,
        text=one_line(" ".join(filter(None, (_cell(cells, place) for place in mapping.text)))),
        counterparty_name=one_line(_cell(cells, mapping.counterparty_name), NAME_LENGTH),
        counterparty_account=one_line(_cell(cells, mapping.counterparty_account), CODE_LENGTH),
        reference=reference_of(_cell(cells, mapping.reference)),
        bank_id=reference_of(_cell(cells, mapping.bank_id)),
    )
    return _Entry(line, number)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _amount(number: int, cells: Sequence[str], mapping: ColumnMapping) -> Decimal | None:
    """The signed amount. Debits may be written with their sign or without."""
    if mapping.amount is not None:
        cell = _cell(cells, mapping.amount)
        return _figure(number, cell, mapping) if cell else None
    debit, credit = _cell(cells, mapping.debit), _cell(cells, mapping.credit)
    if not debit and not credit:
        return None
    paid = _figure(number, debit, mapping) if debit else Decimal(0)
    received = _figure(number, credit, mapping) if credit else Decimal(0)
    return received - abs(paid)


def _figure(number: int, cell: str, mapping: ColumnMapping) -> Decimal:
    found = read_number(cell, mapping.decimal_mark)
    if found is None:
        raise FormatError("statement_amount", line=number, value=quoted(cell))
    return checked_amount(found, line=number, value=cell)


def _oldest_first(entries: list[_Entry]) -> list[StatementLine]:
    """The lines oldest first. Balances tell the direction, else dates. Raises FormatError("table_balance")."""
    upwards, downwards = _first_break(entries), _first_break(entries[::-1])
    if upwards and downwards:
        broken = downwards if entries[0].line.booked_on > entries[-1].line.booked_on else upwards
        raise broken
    newest_first = entries[0].line.booked_on > entries[-1].line.booked_on
    if bool(upwards) is not bool(downwards):
        newest_first = bool(upwards)
    return [entry.line for entry in (entries[::-1] if newest_first else entries)]


def _first_break(entries: list[_Entry]) -> FormatError | None:
    """The refusal of the first line whose balance does not follow from the one before."""
    for before, after in pairwise(entries):
        if before.line.balance_after is None or after.line.balance_after is None:
            continue
        reached = before.line.balance_after + after.line.amount
        if reached != after.line.balance_after:
            balance = f"{after.line.balance_after:f}"
            return FormatError("table_balance", line=after.row, reached=f"{reached:f}", balance=balance)
    return None


def _currency(rows: Sequence[Row], mapping: ColumnMapping) -> str:
    """The one currency of the rows; "" where no column says it."""
    if mapping.currency is None:
        return ""
    currency = ""
    for number, cells in rows:
        found = _cell(cells, mapping.currency).upper()
        if number <= mapping.head_row or not _CURRENCY.fullmatch(found):
            continue
        if currency and found != currency:
            raise FormatError("statement_currency", line=number, value=found, expected=currency)
        currency = found
    return currency
