"""OFX, 1.x (SGML) and 2.x (XML): bank and credit card statements.

Both are read as a row of tags: banks close, nest and fill them loosely, and the few that matter have unique names.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

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

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:OFXHEADER\s*:|<\?xml[^>]*>\s*<\?OFX|<\?OFX|(?:<\?xml[^>]*>\s*)?<OFX>)", re.I
)
_DECLARED = re.compile(rb"(?:encoding\s*=\s*[\"']|CHARSET\s*:\s*|ENCODING\s*:\s*)([\w-]+)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.]*)\s*(/?)>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))", re.DOTALL)
_MARKUP = re.compile(r"<!(?!\[CDATA\[|--)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_AMOUNT = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{2,6}.*)?", re.DOTALL)
_CURRENCY = re.compile(r"[A-Z]{3}")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_BALANCES = ("LEDGERBAL", "AVAILBAL", "BALLIST")


class _Tag(NamedTuple):
    is_end: bool
    name: str
    value: str
    line: int


@dataclass(slots=True)
class _Part:
    """A transaction, a balance or the head of a statement: its first values by name."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    has_own_currency: bool = False

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(slots=True)
class _Raw:
    """A statement as its tags give it."""

    head: _Part
    movements: list[_Part] = field(default_factory=list)
    balance: _Part | None = None


def is_ofx(data: bytes) -> bool:
    """Whether the bytes begin as an OFX file does."""
    return _HEAD.match(data[:2_000].replace(b"\x00", b"")) is not None


def read_ofx(data: bytes) -> list[Statement]:
    """The bank and credit card statements of an OFX file.

    There is no opening balance in OFX; the closing one is given unless it is of a day after the period. Raises
    FormatError: ofx_markup, ofx_unfinished, ofx_nothing, missing, bad_date, statement_amount, statement_currency.
    """
    check_size(data)
    text = _decoded(data)
    if _MARKUP.search(text):
        raise FormatError("ofx_markup")
    raw = list(_statements(text))
    if not raw:
        raise FormatError("ofx_nothing")
    check_count(sum(len(one.movements) for one in raw))
    return [_statement(one) for one in raw]


def _decoded(data: bytes) -> str:
    declared = _DECLARED.search(data[:1_000])
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif declared and declared[1].lower() in (b"utf-16", b"unicode") and b"\x00" in data[:100]:
        encodings = ["utf-16-le"]
    for encoding in encodings:
        try:
            return _without_comments(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _without_comments(data.decode("latin-1"))


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def _tags(text: str) -> Iterator[_Tag]:
    line, counted = 1, 0
    for found in _TAG.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        value = found[4] if found[4] is not None else html.unescape(found[5])
        yield _Tag(bool(found[1]), found[2].upper(), value.strip(), line)


def _statements(text: str) -> Iterator[_Raw]:
    """Raises FormatError("ofx_unfinished") where an aggregate or the file is cut off."""
    raw: _Raw | None = None
    part: _Part | None = None  # the transaction or balance that is open, else the statement's head
    inside = ""
    is_ended = False
    for tag in _tags(text):
        is_ended = is_ended or (tag.is_end and tag.name == "OFX")
        if tag.name in _STATEMENTS:
            if raw is not None and tag.is_end and not inside:
                yield raw
            elif raw is not None or tag.is_end:
                raise FormatError("ofx_unfinished", line=tag.line)
            raw = None if tag.is_end else _Raw(_Part(tag.line))
            part = raw.head if raw else None
        elif raw is None or part is None:
            continue
        elif tag.name == "STMTTRN" or tag.name in _BALANCES:
            if inside != (tag.name if tag.is_end else ""):
                raise FormatError("ofx_unfinished", line=tag.line)
            inside = "" if tag.is_end else tag.name
            part = raw.head if tag.is_end else _opened(raw, tag)
        elif not tag.is_end:
            _fill(part, tag)
    if raw is not None or not is_ended:
        raise FormatError("ofx_unfinished", line=text.count("\n") + 1)


def _opened(raw: _Raw, tag: _Tag) -> _Part:
    part = _Part(tag.line)
    if tag.name == "STMTTRN":
        raw.movements.append(part)
    elif tag.name == "LEDGERBAL":
        raw.balance = part
    return part


def _fill(part: _Part, tag: _Tag) -> None:
    if tag.name == "CURRENCY":  # not ORIGCURRENCY: there the amount is converted
        part.has_own_currency = True
    if tag.value:
        part.values.setdefault(tag.name, tag.value)


def _statement(raw: _Raw) -> Statement:
    head = raw.head
    currency = head["CURDEF"].upper() or next((one["CURSYM"] for one in raw.movements if one["CURSYM"]), "")
    if not _CURRENCY.fullmatch(currency):
        value = quoted(currency)
        raise FormatError("bad_currency", line=head.line, element="CURDEF", value=value)
    movements = [_line(one, currency) for one in raw.movements]
    days = [one.booked_on for one in movements]
    starts_on = _day(head, "DTSTART") or min(days, default=None)
    ends_on = _day(head, "DTEND") or max(days, default=None)
    return Statement(
        format="ofx",
        account_iban=iban_of(head["ACCTID"]),
        account_number=one_line(head["ACCTID"], CODE_LENGTH),
        currency=currency,
        opening=None,
        closing=_closing(raw.balance, ends_on),
        starts_on=starts_on,
        ends_on=ends_on,
        number="",
        lines=tuple(sorted(movements, key=lambda one: one.booked_on)),
    )


def _closing(balance: _Part | None, ends_on: date | None) -> Decimal | None:
    if balance is None or not balance["BALAMT"]:
        return None
    day = _day(balance, "DTASOF")
    if day and ends_on and day > ends_on:
        return None
    return _amount(balance, "BALAMT")


def _line(part: _Part, currency: str) -> StatementLine:
    if part.has_own_currency and part["CURSYM"].upper() not in ("", currency):
        value = quoted(part["CURSYM"])
        raise FormatError("statement_currency", line=part.line, value=value, expected=currency)
    booked_on = _day(part, "DTPOSTED")
    if booked_on is None:
        raise FormatError("missing", line=part.line, element="DTPOSTED")
    name, memo = one_line(part["NAME"], NAME_LENGTH), one_line(part["MEMO"])
    return StatementLine(
        booked_on=booked_on,
        value_on=_day(part, "DTAVAIL"),
        amount=_amount(part, "TRNAMT"),
        text=memo or name,
        counterparty_name=name,
        counterparty_account=one_line(part["ACCTID"], CODE_LENGTH),
        reference=reference_of(part["REFNUM"]) or reference_of(part["CHECKNUM"]),
        code=one_line(part["TRNTYPE"], CODE_LENGTH),
        bank_id=reference_of(part["FITID"]),
    )


def _amount(part: _Part, name: str) -> Decimal:
    value = part[name]
    if not value:
        raise FormatError("missing", line=part.line, element=name)
    if not _AMOUNT.fullmatch(value):
        raise FormatError("statement_amount", line=part.line, value=quoted(value))
    return checked_amount(Decimal(value.replace(",", ".")), line=part.line, value=value)


def _day(part: _Part, name: str) -> date | None:
    """The day as written, in the bank's time zone."""
    value = part[name]
    if not value:
        return None
    found = _DAY.fullmatch(value)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat("")
    except ValueError:
        line = part.line
        raise FormatError("bad_date", line=line, element=name, value=quoted(value)) from None
