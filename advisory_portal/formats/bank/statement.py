"""What every bank file becomes: statements of accounts, their lines, and a key by which a line is known again."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from stdnum import iban

from advisory_portal.formats.errors import FormatError, quoted

MEGABYTE = 1_000_000
MAX_MEGABYTES = 60
MOST_LINES = 200_000  # of one file
MOST_DIGITS = 13  # of an amount, before the point
MOST_DECIMALS = 3
TEXT_LENGTH = 1_000
NAME_LENGTH = 200
CODE_LENGTH = 100

# What banks write where they have no reference.
_NO_REFERENCE = re.compile(r"[0\s./-]*|NOT ?PROVIDED|NOT ?AVAILABLE|NONREF|NONE|N/?A", re.IGNORECASE)
_CONTROL = dict.fromkeys((*range(32), *range(127, 160), 160, 65279), " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One movement. `amount` is positive where money came in; all texts are one line, "" where the file has none."""

    booked_on: date
    value_on: date | None
    amount: Decimal
    balance_after: Decimal | None = None
    text: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    reference: str = ""  # the creditor's structured reference, else the end-to-end one, else the bank's own words
    code: str = ""  # the bank's kind of movement, in the words of the format
    bank_id: str = ""  # the bank's own reference of this movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The movements of one account in one period, oldest first.

    `account_iban` is a valid IBAN or ""; `account_number` what the file calls the account; `currency` three letters
    or "" where a table names none. Where `opening` and `closing` are given, the lines lead from one to the other.
    `format` is camt053, norma43, ofx or table.
    """

    format: str
    account_iban: str
    account_number: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    starts_on: date | None
    ends_on: date | None
    number: str
    lines: tuple[StatementLine, ...]


def line_keys(lines: Sequence[StatementLine]) -> list[str]:
    """A key per line, 64 hexadecimal digits: the same line has the same key in every statement of its account.

    Built of the bank's reference with date and amount (banks use references twice), and without one of all that the
    line says. Equal lines of one day are told apart by counting them, so that a day with equal lines must stand whole
    in one of the statements, as banks give them; with references or balances after each line any cut will do. Two
    formats word the same movement differently: keys are comparable within one format only.
    """
    seen: Counter[str] = Counter()
    keys = []
    for line in lines:
        identity = _identity(line)
        seen[identity] += 1
        keys.append(sha256(f"{identity}\x1f{seen[identity]}".encode()).hexdigest())
    return keys


def _identity(line: StatementLine) -> str:
    parts = [line.booked_on.isoformat(), _plain(line.amount)]
    if line.bank_id:
        return "\x1f".join(("id", *parts, line.bank_id))
    parts.append("" if line.balance_after is None else _plain(line.balance_after))
    texts = (line.text, line.counterparty_name, line.counterparty_account, line.reference, line.code)
    return "\x1f".join(("line", *parts, *(unicodedata.normalize("NFKC", one).casefold() for one in texts)))


def _plain(number: Decimal) -> str:
    """12.50 and 12.5 are one amount, and so are 0 and -0."""
    return f"{number.normalize() + 0:f}"


def one_line(text: str, limit: int = TEXT_LENGTH) -> str:
    """Text of a bank without control characters and repeated spaces, cut to a length."""
    return " ".join(text.translate(_CONTROL).split())[:limit].rstrip()


def reference_of(text: str) -> str:
    """A reference, or "" where the bank only says that there is none."""
    line = one_line(text, CODE_LENGTH)
    return "" if _NO_REFERENCE.fullmatch(line) else line


def iban_of(text: str) -> str:
    """The IBAN without spaces if it is a valid one, else ""."""
    compact = re.sub(r"[\s.-]", "", text).upper()
    return compact if iban.is_valid(compact, check_country=False) else ""


def checked_amount(number: Decimal, *, line: int | None, value: str) -> Decimal:
    """The amount as it stands if it has a size and decimals that money has. Raises FormatError("statement_amount")."""
    exponent = number.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else MOST_DECIMALS + 1
    if decimals > MOST_DECIMALS and number == round(number, MOST_DECIMALS):
        number = round(number, MOST_DECIMALS)
        decimals = MOST_DECIMALS
    if decimals > MOST_DECIMALS or abs(number) >= 10**MOST_DIGITS:
        raise FormatError("statement_amount", line=line, value=quoted(value))
    return number + 0 if number else abs(number)


def check_balances(statement: Statement, *, line: int | None = None) -> Statement:
    """The statement, if its lines lead from its opening to its closing balance. Raises FormatError with figures."""
    if statement.opening is None or statement.closing is None:
        return statement
    reached = statement.opening + sum((one.amount for one in statement.lines), Decimal(0))
    if reached != statement.closing:
        raise FormatError(
            "statement_unbalanced",
            line=line,
            account=statement.account_iban or statement.account_number or "?",
            opening=f"{statement.opening:f}",
            reached=f"{reached:f}",
            closing=f"{statement.closing:f}",
        )
    return statement


def check_size(data: bytes) -> None:
    """Raises FormatError: empty, too_large."""
    if len(data) > MAX_MEGABYTES * MEGABYTE:
        raise FormatError("too_large", limit=MAX_MEGABYTES)
    if not data.strip(b"\x00 \t\r\n\x1a"):
        raise FormatError("empty")


def check_count(lines: int, *, line: int | None = None) -> None:
    """Raises FormatError where a file has more lines than one may have."""
    if lines > MOST_LINES:
        raise FormatError("statement_too_many_lines", line=line, limit=MOST_LINES)
