"""One entry of a camt.053 statement: a line, or the lines of a batch that adds up."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from advisory_portal.formats.bank.statement import (
    CODE_LENGTH,
    NAME_LENGTH,
    StatementLine,
    checked_amount,
    one_line,
    reference_of,
)
from advisory_portal.formats.errors import FormatError, quoted

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9:]+)?")
_NUMBER = re.compile(r"[0-9]*\.?[0-9]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SIGNS = {"CRDT": 1, "DBIT": -1}


class Part:
    """An element. Paths such as `Tp/CdOrPrtry/Cd` lead down from it by local names, whatever the version."""

    __slots__ = ("_children", "_element")

    def __init__(self, element: Any) -> None:
        self._element = element
        self._children: dict[str, list[Part]] | None = None

    @property
    def line(self) -> int | None:
        line: int | None = self._element.sourceline
        return line

    def all(self, path: str) -> Sequence["Part"]:
        found: Sequence[Part] = (self,)
        for name in path.split("/"):
            found = found[0]._named(name) if len(found) == 1 else [one for part in found for one in part._named(name)]
            if not found:
                return ()
        return found

    def first(self, path: str) -> "Part | None":
        found = self.all(path)
        return found[0] if found else None

    def value(self) -> str:
        return (self._element.text or "").strip()

    def attribute(self, name: str) -> str:
        return str(self._element.get(name, "")).strip()

    def text(self, path: str) -> str:
        """The text of the first such element, "" where there is none."""
        found = self.all(path)
        return found[0].value() if found else ""

    def texts(self, path: str) -> list[str]:
        return [one.value() for one in self.all(path)]

    def day(self, path: str) -> date | None:
        """The day of a date or of a date with time, as written: its time zone is the bank's."""
        part = self.first(path)
        if part is None or not part.value():
            return None
        found = _DAY.fullmatch(part.value())
        try:
            return date.fromisoformat(found[1] if found else "")
        except ValueError:
            raise FormatError("bad_date", line=part.line, element=path, value=quoted(part.value())) from None

    def sign(self) -> int:
        """1 for CRDT, -1 for DBIT. Raises FormatError."""
        value = self.text("CdtDbtInd")
        if value not in _SIGNS:
            raise FormatError("missing", line=self.line, element="CdtDbtInd")
        return _SIGNS[value]

    def signed(self, amount: Decimal) -> Decimal:
        return amount * self.sign() if amount else amount

    def _named(self, name: str) -> Sequence["Part"]:
        if self._children is None:
            self._children = {}
            for element in self._element:
                self._children.setdefault(element.tag.rpartition("}")[2], []).append(Part(element))
        return self._children.get(name, ())


class Entry(NamedTuple):
    """The booked entry that stands in this line of the file."""

    currency: str
    line: int | None
    lines: tuple[StatementLine, ...]


class _Share(NamedTuple):
    """A transaction of a batch with its signed amount."""

    part: Part
    amount: Decimal


def money(part: Part, path: str) -> tuple[Decimal, str]:
    """An amount, never negative, and its currency. Raises FormatError: missing, statement_amount, bad_currency."""
    found = part.first(path)
    if found is None:
        raise FormatError("missing", line=part.line, element=path)
    value, currency = found.value(), found.attribute("Ccy")
    if not _CURRENCY.fullmatch(currency):
        raise FormatError("bad_currency", line=found.line, element=f"{path}/@Ccy", value=quoted(currency))
    try:
        amount = Decimal(value) if _NUMBER.fullmatch(value) else None
    except InvalidOperation:
        amount = None
    if amount is None:
        raise FormatError("statement_amount", line=found.line, value=quoted(value))
    return checked_amount(amount, line=found.line, value=value), currency


def read_entry(entry: Part) -> Entry | None:
    """The entry's lines, or None if it is not booked yet. Raises FormatError."""
    status = entry.text("Sts/Cd") or entry.text("Sts")
    if status not in ("BOOK", ""):
        return None
    amount, currency = money(entry, "Amt")
    signed = entry.signed(amount)
    transactions = entry.all("NtryDtls/TxDtls")
    if len(transactions) > 1:
        shares = _shares(entry, transactions, currency)
        charges = signed - sum((one.amount for one in shares), Decimal(0))
        if shares and (not charges or charges == _charges(entry, transactions, currency)):
            return Entry(currency, entry.line, tuple(_split(entry, shares, charges)))
    single = transactions[0] if len(transactions) == 1 else None
    return Entry(currency, entry.line, (_line(entry, single, signed, _bank_id(entry, single)),))


def _shares(entry: Part, transactions: Sequence[Part], currency: str) -> list[_Share]:
    """The transactions with their amounts, or nothing where one has none in the account's currency."""
    shares = []
    for one in transactions:
        path = next((path for path in ("Amt", "AmtDtls/TxAmt/Amt") if one.first(path)), None)
        if path is None:
            return []
        amount, given = money(one, path)
        if given != currency:
            return []
        shares.append(_Share(one, (one if one.first("CdtDbtInd") else entry).signed(amount)))
    return shares


def _charges(entry: Part, transactions: Sequence[Part], currency: str) -> Decimal:
    """The charges taken out of the entry, signed, those of the entry or else of its transactions."""
    records = _charge_records(entry) or [record for one in transactions for record in _charge_records(one)]
    total = Decimal(0)
    for record in records:
        amount, given = money(record, "Amt")
        if given == currency and record.text("ChrgInclInd") != "false":
            total += record.signed(amount) if record.first("CdtDbtInd") else -amount
    return total


def _charge_records(part: Part) -> list[Part]:
    """Version 02 repeats `Chrgs`, the later ones have `Chrgs/Rcrd`."""
    return [*part.all("Chrgs/Rcrd"), *(one for one in part.all("Chrgs") if one.first("Amt"))]


def _split(entry: Part, shares: Sequence[_Share], charges: Decimal) -> list[StatementLine]:
    ids = [reference_of(share.part.text("Refs/AcctSvcrRef")) for share in shares]
    whole = reference_of(entry.text("AcctSvcrRef"))
    if "" in ids or len(set(ids)) < len(ids):
        ids = [f"{whole}/{number}" if whole else "" for number in range(1, len(shares) + 1)]
    lines = [_line(entry, share.part, share.amount, bank_id) for share, bank_id in zip(shares, ids, strict=True)]
    if charges:
        lines.append(_line(entry, None, charges, f"{whole}/0" if whole else ""))
    return lines


def _bank_id(entry: Part, single: Part | None) -> str:
    own = reference_of(entry.text("AcctSvcrRef"))
    return own or (reference_of(single.text("Refs/AcctSvcrRef")) if single else "")


def _line(entry: Part, transaction: Part | None, amount: Decimal, bank_id: str) -> StatementLine:
    booked_on = entry.day("BookgDt/Dt") or entry.day("BookgDt/DtTm")
    value_on = entry.day("ValDt/Dt") or entry.day("ValDt/DtTm")
    if booked_on is None and value_on is None:
        raise FormatError("missing", line=entry.line, element="BookgDt")
    name, account = _counterparty(entry, transaction, amount) if transaction else ("", "")
    return StatementLine(
        booked_on=booked_on or value_on or date.min,
        value_on=value_on,
        amount=amount,
        text=_text(entry, transaction),
        counterparty_name=one_line(name, NAME_LENGTH),
        counterparty_account=one_line(account, CODE_LENGTH),
        reference=_reference(transaction) if transaction else "",
        code=_code(entry, transaction),
        bank_id=bank_id,
    )


def _text(entry: Part, transaction: Part | None) -> str:
    """What the payer wrote and which documents he names, else what the bank says."""
    if transaction is not None:
        pieces = transaction.texts("RmtInf/Ustrd")
        pieces += transaction.texts("RmtInf/Strd/RfrdDocInf/Nb") + transaction.texts("RmtInf/Strd/AddtlRmtInf")
        text = one_line(" ".join(pieces)) or one_line(transaction.text("AddtlTxInf"))
        if text:
            return text
    return one_line(entry.text("AddtlNtryInf")) or one_line(" ".join(entry.texts("NtryDtls/TxDtls/RmtInf/Ustrd")))


def _counterparty(entry: Part, transaction: Part, amount: Decimal) -> tuple[str, str]:
    """Name and account of the other side. A reversal keeps the parties of what it undoes."""
    reversed_ = entry.text("RvslInd") in ("true", "1")
    role = "Dbtr" if (amount > 0) is not reversed_ else "Cdtr"
    parties = transaction.first("RltdPties")
    if parties is None:
        return "", ""
    names = (f"{who}/{path}" for who in (role, f"Ultmt{role}") for path in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm"))
    name = next(filter(None, map(parties.text, names)), "")
    return name, parties.text(f"{role}Acct/Id/IBAN") or parties.text(f"{role}Acct/Id/Othr/Id")


def _reference(transaction: Part) -> str:
    paths = ("RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId")
    return next(filter(None, (reference_of(transaction.text(path)) for path in paths)), "")


def _code(entry: Part, transaction: Part | None) -> str:
    """The ISO kind such as PMNT/RCDT/ESCT, else the bank's own."""
    for part in filter(None, (transaction, entry)):
        domain = part.first("BkTxCd/Domn")
        if domain is not None:
            words = (domain.text("Cd"), domain.text("Fmly/Cd"), domain.text("Fmly/SubFmlyCd"))
            return one_line("/".join(filter(None, words)), CODE_LENGTH)
        own = part.text("BkTxCd/Prtry/Cd")
        if own:
            return one_line(own, CODE_LENGTH)
    return ""
