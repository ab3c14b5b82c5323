"""Norma 43 of the Spanish banks (AEB, Cuaderno 43, June 2012): records of 80 characters, told by their first two.

11 opens an account, 22 is a movement, 23 its texts (up to five), 24 its amount in another currency, 33 closes the
account with counts and sums, 88 closes the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from stdnum.es import ccc

from advisory_portal.formats.bank.statement import (
    CODE_LENGTH,
    Statement,
    StatementLine,
    check_balances,
    check_count,
    check_size,
    one_line,
    reference_of,
)
from advisory_portal.formats.errors import FormatError, quoted

RECORD = 80
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:00[^\r\n]{0,78}\s+)?11[0-9 ]{18}[0-9]{12}")
_CODES = """036 AUD 124 CAD 156 CNY 203 CZK 208 DKK 344 HKD 348 HUF 352 ISK 356 INR 376 ILS 392 JPY 410 KRW 484 MXN
504 MAD 554 NZD 578 NOK 604 PEN 634 QAR 643 RUB 682 SAR 702 SGD 710 ZAR 752 SEK 756 CHF 764 THB 784 AED 788 TND
818 EGP 826 GBP 840 USD 858 UYU 032 ARS 012 DZD 152 CLP 170 COP 214 DOP 946 RON 949 TRY 975 BGN 978 EUR 980 UAH
985 PLN 986 BRL""".split()
CURRENCIES = dict(zip(_CODES[::2], _CODES[1::2], strict=True))  # ISO 4217, numbers to letters


@dataclass(slots=True)
class _Account:
    """An account between its records 11 and 33."""

    number: str
    currency: str
    opening: Decimal
    starts_on: date
    ends_on: date
    movements: list["_Movement"] = field(default_factory=list)


@dataclass(slots=True)
class _Movement:
    booked_on: date
    value_on: date
    amount: Decimal
    reference: str
    code: str
    texts: list[str] = field(default_factory=list)
    foreign: str = ""


class _Record:
    """One record and its line in the file."""

    __slots__ = ("kind", "line", "text")

    def __init__(self, text: str, line: int) -> None:
        self.text = text.ljust(RECORD)
        self.line = line
        self.kind = text[:2]

    def refused(self, what: str) -> FormatError:
        return FormatError("n43_field", line=self.line, field=what, value=quoted(self.text))

    def number(self, start: int, end: int, what: str) -> int:
        digits = self.text[start:end]
        if not (digits.isascii() and digits.isdigit()):
            raise self.refused(what)
        return int(digits)

    def day(self, start: int, what: str) -> date:
        number = self.number(start, start + 6, what)
        try:
            return date(2000 + number // 10_000, number // 100 % 100, number % 100)
        except ValueError:
            raise self.refused(what) from None

    def cents(self, start: int, what: str) -> Decimal:
        return Decimal(self.number(start, start + 14, what)).scaleb(-2)

    def signed(self, start: int, what: str) -> Decimal:
        """A sign, 1 owing and 2 having, and fourteen digits of cents."""
        amount = self.cents(start + 1, what)
        sign = self.text[start]
        if sign not in "12" and amount:
            raise self.refused(what)
        return -amount if sign == "1" and amount else amount

    def currency(self, start: int) -> str:
        try:
            return CURRENCIES[self.text[start : start + 3]]
        except KeyError:
            raise self.refused("currency") from None


def is_norma43(data: bytes) -> bool:
    """Whether the bytes begin as a Norma 43 file does."""
    return _BEGINNING.match(data[:400]) is not None


def read_norma43(data: bytes) -> list[Statement]:
    """The accounts of a Norma 43 file in UTF-8 or Windows-1252, with or without line breaks.

    The IBAN is computed of the account's digits, which lack only the check digits. Raises FormatError: n43_field,
    n43_order, n43_unfinished, n43_sums, n43_records, statement_unbalanced.
    """
    check_size(data)
    statements: list[Statement] = []
    account: _Account | None = None
    records = 0  # since the beginning or the last 88, which says how many there were
    last = None
    total = 0
    for record in _records(data):
        last = record
        if record.kind == "88":
            _check_end(record, account, records)
            records = 0
            continue
        records += 1
        if record.kind == "11" and account is None:
            account = _opened(record)
        elif account is None:
            raise FormatError("n43_order", line=record.line, kind=record.kind)
        elif record.kind == "33":
            statements.append(_closed(record, account))
            account = None
        else:
            total += record.kind == "22"
            check_count(total, line=record.line)
            _add(record, account)
    if last is None or last.kind != "88" or not statements:
        raise FormatError("n43_unfinished", line=last.line if last else None)
    return statements


def _records(data: bytes) -> Iterator[_Record]:
    text = _decoded(data).rstrip("\x1a\x00 \r\n\t")
    if "\n" not in text and "\r" not in text:
        pieces = [text[start : start + RECORD] for start in range(0, len(text), RECORD)]
    else:
        pieces = re.split(r"\r\n|\n|\r", text)
    for number, piece in enumerate(pieces, start=1):
        if not piece.strip():
            continue
        if len(piece.rstrip()) > RECORD:
            raise FormatError("n43_field", line=number, field="length", value=quoted(piece))
        if number == 1 and piece.startswith("00"):  # the envelope that some services put around
            continue
        yield _Record(piece, number)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _opened(record: _Record) -> _Account:
    return _Account(
        number=f"{record.number(2, 20, 'account'):018d}",
        starts_on=record.day(20, "first day"),
        ends_on=record.day(26, "last day"),
        opening=record.signed(32, "opening balance"),
        currency=record.currency(47),
    )


def _add(record: _Record, account: _Account) -> None:
    """What stands between 11 and 33."""
    if record.kind == "22":
        account.movements.append(_movement(record))
    elif record.kind not in ("23", "24") or not account.movements:
        raise FormatError("n43_order", line=record.line, kind=record.kind)
    elif record.kind == "23":
        account.movements[-1].texts += [record.text[4:42], record.text[42:80]]
    else:
        currency = CURRENCIES.get(record.text[4:7], record.text[4:7])
        amount = record.cents(7, "amount")
        if currency != account.currency:
            account.movements[-1].foreign = f"{currency} {amount:f}"


def _movement(record: _Record) -> _Movement:
    if record.text[27] not in "12":
        raise record.refused("sign")
    references = (reference_of(record.text[52:64]), reference_of(record.text[64:80]))
    code = "/".join(filter(None, (record.text[22:24].strip(), record.text[24:27].strip())))
    return _Movement(
        booked_on=record.day(10, "date"),
        value_on=record.day(16, "value date"),
        amount=record.signed(27, "amount"),
        reference=" ".join(filter(None, references)) or reference_of(record.text[42:52]),
        code=one_line(code, CODE_LENGTH),
    )


def _closed(record: _Record, account: _Account) -> Statement:
    """The account, if its counts and sums are those of record 33."""
    _check_sums(record, account)
    lines = tuple(
        StatementLine(
            booked_on=one.booked_on,
            value_on=one.value_on,
            amount=one.amount,
            text=_joined(one),
            reference=one.reference,
            code=one.code,
        )
        for one in sorted(account.movements, key=lambda one: one.booked_on)
    )
    statement = Statement(
        format="norma43",
        account_iban=_iban(account.number),
        account_number=account.number,
        currency=account.currency,
        opening=account.opening,
        closing=_closing(record, account),
        starts_on=account.starts_on,
        ends_on=account.ends_on,
        number="",
        lines=lines,
    )
    return check_balances(statement, line=record.line)


def _check_sums(record: _Record, account: _Account) -> None:
    if record.text[2:20] != account.number:
        raise FormatError("n43_order", line=record.line, kind=record.kind)
    if record.currency(73) != account.currency:
        raise record.refused("currency")
    amounts = [one.amount for one in account.movements]
    debits = [-one for one in amounts if one < 0]
    credits = [one for one in amounts if one >= 0]
    stated = (record.number(20, 25, "count"), record.cents(25, "sum"), record.number(39, 44, "count"))
    zeros = amounts.count(Decimal(0))  # a movement of nothing counts on either side
    sums = (sum(debits, Decimal(0)), sum(credits, Decimal(0)))
    counted = stated[0] + stated[2] == len(amounts) and 0 <= stated[0] - len(debits) <= zeros
    if not counted or sums != (stated[1], record.cents(44, "sum")):
        raise FormatError(
            "n43_sums",
            line=record.line,
            stated=f"{stated[0]} × {stated[1]:f}, {stated[2]} × {record.cents(44, 'sum'):f}",
            found=f"{len(debits)} × {sums[0]:f}, {len(credits)} × {sums[1]:f}",
        )


def _closing(record: _Record, account: _Account) -> Decimal:
    """The closing balance. Some banks write 0 for its sign: then the movements tell it, if they lead there."""
    amount = record.cents(59, "closing balance")
    if record.text[58] in "12" or not amount:
        return record.signed(58, "closing balance")
    reached = account.opening + sum((one.amount for one in account.movements), Decimal(0))
    return reached if abs(reached) == amount else amount


def _joined(movement: _Movement) -> str:
    """The texts as one. A piece that fills its 38 places runs on into the next."""
    text = "".join(piece if piece[-1] != " " else f"{piece} " for piece in movement.texts)
    return one_line(f"{text} {movement.foreign}")


def _iban(number: str) -> str:
    if not int(number[:4]):
        return ""
    account = f"{number[:8]}00{number[8:]}"
    return str(ccc.to_iban(f"{number[:8]}{ccc.calc_check_digits(account)}{number[8:]}"))


def _check_end(record: _Record, account: _Account | None, records: int) -> None:
    """The count of record 88 is only believed where it says that records are lost: banks count differently."""
    if account is not None or not records:
        raise FormatError("n43_unfinished" if account else "n43_order", line=record.line, kind=record.kind)
    stated = record.number(20, 26, "count")
    if stated > records + 1:
        raise FormatError("n43_records", line=record.line, stated=stated, found=records)
