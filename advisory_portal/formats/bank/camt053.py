"""ISO 20022 camt.053, the bank's statement, versions 02 to 08: read as a stream, so that its size costs no memory."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from advisory_portal.formats.bank.camt_entry import Entry, Part, money, read_entry
from advisory_portal.formats.bank.statement import (
    CODE_LENGTH,
    MAX_MEGABYTES,
    Statement,
    StatementLine,
    check_balances,
    check_count,
    iban_of,
    one_line,
)
from advisory_portal.formats.errors import FormatError, quoted
from advisory_portal.formats.xml import stream_xml

VERSIONS = range(2, 9)
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(\w+\.\d+)\.\d+\.(\d+)")
_SWIFT = re.compile(r"urn:swift:xsd:\w*?(camt\.\d+)\.\d+\.(\d+)")
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_ABOVE = {"Stmt": ["BkToCstmrStmt", "Document"], "Ntry": ["Stmt", "BkToCstmrStmt"]}


class _Balance(NamedTuple):
    kind: str
    currency: str
    amount: Decimal
    day: date | None


def read_camt053(data: bytes) -> list[Statement]:
    """The statements of a camt.053 document, one per account and page. Only booked entries are lines.

    A batch whose transactions add up to it is given as its transactions, another as one line. Raises FormatError:
    those of parse_xml, camt_other, camt_version, wrong_statement, missing, repeated, bad_date, statement_amount,
    statement_currency, statement_unbalanced.
    """
    reader = _Reader()
    for event, element in stream_xml(data, ("Document", "Stmt", "Ntry"), megabytes=MAX_MEGABYTES):
        reader.take(element.tag.rpartition("}")[2], event, element)
    if not reader.is_document:
        raise FormatError("wrong_statement", element=_root_name(data))
    if not reader.statements:
        raise FormatError("missing", element="Stmt")
    return reader.statements


class _Reader:
    """Takes the elements as they end, and keeps nothing of them but statements."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.is_document = False
        self._entries: list[Entry] = []
        self._total = 0
        self._head: int | None = None  # how many elements of the statement stand before its first entry

    def take(self, name: str, event: str, element: Any) -> None:
        if name == "Document":
            if event == "start":
                _check_namespace(element)
                self.is_document = True
            else:
                _forget(element)
        elif event == "start":
            if not self.is_document or _names_above(element) != _ABOVE[name]:
                raise FormatError("wrong_statement", line=element.sourceline, element=name)
            if name == "Ntry" and self._head is None:
                self._head = element.getparent().index(element)
        elif name == "Ntry":
            self._take_entry(element)
        else:
            self.statements.append(_statement(Part(element), self._entries))
            self._entries, self._head = [], None
            _forget(element)

    def _take_entry(self, element: Any) -> None:
        entry = read_entry(Part(element))
        if entry is not None:
            self._total += len(entry.lines)
            check_count(self._total, line=entry.line)
            self._entries.append(entry)
        _forget(element, self._head)


def _names_above(element: Any) -> list[str]:
    """The local names of the two elements around this one."""
    return [str(one.tag).rpartition("}")[2] for one in islice(element.iterancestors(), 2)]


def _forget(element: Any, kept: int | None = None) -> None:
    """Empty an element and take away what stands before it, but for the first ones. What follows may be there too."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        del parent[kept or 0 : parent.index(element)]


def _check_namespace(element: Any) -> None:
    namespace = element.tag.rpartition("}")[0][1:]
    found = _NAMESPACE.fullmatch(namespace) or _SWIFT.fullmatch(namespace)
    message, version = (found[1], int(found[2])) if found else ("", 0)
    if message != "camt.053":
        code = "camt_other" if message in ("camt.052", "camt.054") else "wrong_statement"
        raise FormatError(code, line=element.sourceline, element=message or quoted(namespace or "Document"))
    if version not in VERSIONS:
        raise FormatError("camt_version", line=element.sourceline, version=f"{version:02d}")


def _root_name(data: bytes) -> str:
    found = re.search(rb"<([A-Za-z_][\w.:-]*)", data[:10_000].replace(b"\x00", b""))
    return quoted(found[1].decode("ascii", "replace")) if found else "?"


def _statement(part: Part, entries: list[Entry]) -> Statement:
    """A statement of its head and its entries, all in one currency and leading from balance to balance."""
    account = part.first("Acct/Id") or part
    balances = [_balance(one) for one in part.all("Bal")]
    currency = part.text("Acct/Ccy") or _commonest(balances, entries)
    for entry in entries:
        if entry.currency != currency:
            raise FormatError("statement_currency", line=entry.line, value=entry.currency, expected=currency)
    own = [one for one in balances if one.currency == currency]
    opening, closing = _opening(own), _closing(own)
    lines = tuple(_lines(entries))
    days = [line.booked_on for line in lines]
    starts = part.day("FrToDt/FrDtTm") or part.day("FrToDt/FrDt")
    ends = part.day("FrToDt/ToDtTm") or part.day("FrToDt/ToDt")
    statement = Statement(
        format="camt053",
        account_iban=iban_of(account.text("IBAN")),
        account_number=one_line(account.text("IBAN") or account.text("Othr/Id"), CODE_LENGTH),
        currency=currency,
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        starts_on=starts or min(days, default=closing.day if closing else None),
        ends_on=ends or (closing.day if closing else None) or max(days, default=None),
        number=one_line(part.text("ElctrncSeqNb") or part.text("LglSeqNb") or part.text("Id"), CODE_LENGTH),
        lines=lines,
    )
    return check_balances(statement, line=part.line)


def _lines(entries: list[Entry]) -> Iterator[StatementLine]:
    """The lines oldest first; within a day as the bank has them."""
    for entry in sorted(entries, key=lambda one: one.lines[0].booked_on):
        yield from entry.lines


def _commonest(balances: list[_Balance], entries: list[Entry]) -> str:
    found = [one.currency for one in balances] or [one.currency for one in entries]
    return max(found, key=found.count, default="")


def _balance(part: Part) -> _Balance:
    amount, currency = money(part, "Amt")
    kind = part.text("Tp/CdOrPrtry/Cd") or part.text("Tp/CdOrPrtry/Prtry")
    return _Balance(kind, currency, part.signed(amount), part.day("Dt/Dt") or part.day("Dt/DtTm"))


def _opening(balances: list[_Balance]) -> _Balance | None:
    """The opening balance; on a later page the interim one before its entries, which is the first of two."""
    for kind in _OPENING:
        found = [one for one in balances if one.kind == kind]
        if found:
            return min(found, key=lambda one: one.day or date.min)
    interim = [one for one in balances if one.kind == "ITBD"]
    ends = any(one.kind in _CLOSING for one in balances)
    return interim[0] if len(interim) > 1 or (interim and ends) else None


def _closing(balances: list[_Balance]) -> _Balance | None:
    """The closing balance; on an earlier page the interim one after its entries."""
    found = [one for one in balances if one.kind in _CLOSING]
    if found:
        return max(found, key=lambda one: one.day or date.min)
    interim = [one for one in balances if one.kind == "ITBD"]
    return interim[-1] if interim else None
