"""Which column of a bank's table is what: guessed of the words of its head and of its cells, and remembered."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise

# English, Spanish, Catalan, French, German, Portuguese, Italian; as `plain` leaves them. The first words are the best.
WORDS: dict[str, tuple[str, ...]] = {
    "date": tuple(
        "fecha operacion|fecha contable|fecha de operacion|f operacion|f contable|fecha|data operacio|data comptable|"
        "booking date|transaction date|posting date|date posted|completed date|date operation|date de l operation|"
        "date comptable|date de comptabilisation|buchungstag|buchungsdatum|buchung|data operazione|data contabile|"
        "data movimento|data mov|data lancamento|data|date|datum".split("|")
    ),
    "value_date": tuple(
        "fecha valor|fecha de valor|f valor|data valor|value date|date valeur|date de valeur|valutadatum|"
        "wertstellungsdatum|wertstellung|data valuta|data de valor|valor|valuta|valeur".split("|")
    ),
    "amount": tuple(
        "importe|importe eur|import|amount|transaction amount|montant|betrag|umsatz|importo|montante|quantia|"
        "valor movimento|cantidad|movimiento eur".split("|")
    ),
    "debit": tuple(
        "debe|cargo|cargos|adeudo|adeudos|gastos|deure|carrec|carrecs|debit|debits|debit amount|paid out|money out|"
        "withdrawal|withdrawals|soll|belastung|ausgang|debito|debitos|dare|addebito|addebiti|uscite|saidas".split("|")
    ),
    "credit": tuple(
        "haber|abono|abonos|ingreso|ingresos|abonament|abonaments|credit|credits|credit amount|paid in|money in|"
        "deposit|deposits|haben|gutschrift|eingang|credito|creditos|avere|accredito|accrediti|entrate|entradas".split(
            "|"
        )
    ),
    "balance": tuple(
        "saldo|saldo contable|saldo eur|saldo disponible|balance|running balance|account balance|solde|kontostand|"
        "saldo nach buchung|saldo contabile|saldo contabilistico|saldo apos movimento".split("|")
    ),
    "text": tuple(
        "concepto|descripcion|descripcion movimiento|observaciones|mas datos|detalle|informacion adicional|concepte|"
        "descripcio|mes dades|description|details|transaction description|narrative|memo|particulars|libelle|"
        "libelle operation|informations complementaires|motif|verwendungszweck|buchungstext|descrizione|causale|"
        "descrizione operazione|descricao|descritivo|detalhes|movimiento|moviment".split("|")
    ),
    "counterparty_name": tuple(
        "beneficiario|ordenante|beneficiario ordenante|contraparte|nombre contraparte|contrapart|payee|counterparty|"
        "counterparty name|name|contrepartie|nom contrepartie|beneficiaire|beguenstigter zahlungspflichtiger|"
        "name zahlungsbeteiligter|empfaenger|auftraggeber|auftraggeber empfaenger|zahlungsempfaenger in|controparte|"
        "destinatario|nome".split("|")
    ),
    "counterparty_account": tuple(
        "cuenta contraparte|iban contraparte|cuenta ordenante|compte contrapart|counterparty account|"
        "counterparty iban|compte contrepartie|iban zahlungsbeteiligter|kontonummer iban|konto controparte|"
        "iban controparte|conta contraparte".split("|")
    ),
    "reference": tuple(
        "referencia|referencia 1|ref|reference|payment reference|end to end|end to end id|kundenreferenz|"
        "kundenreferenz end to end|mandatsreferenz|riferimento|referencia cliente".split("|")
    ),
    "bank_id": tuple(
        "transaction id|id transaccion|id transaccio|id operacion|id de transaction|transaktions id|transaktionsnummer|"
        "id transazione|id operazione|id transacao|fitid|id".split("|")
    ),
    "currency": tuple("divisa|moneda|currency|devise|waehrung|wahrung|moeda|div|ccy".split("|")),
}
ORDERS = ("dmy", "ymd", "mdy")
MARKS = (",", ".")
_MONTHS = """ene jan gen janv janvier january januar enero gener gennaio janeiro jaenner|
feb fev fevr fevrier february februar febrero febrer febbraio fevereiro febr|
mar mars march marz maerz marzo marc marco mrz|abr apr avr avril april abril aprile|
may mai mayo maig maggio maio mag|jun juin june juni junio juny giugno junho giu|
jul juil juillet july juli julio juliol luglio julho lug|ago aug aout august agosto agost|
sep sept septembre september septiembre setembre settembre setembro set|
oct okt out ott octobre october oktober octubre ottobre outubro|nov novembre november noviembre novembro|
dic dec des dez dez decembre december dezember diciembre desembre dicembre dezembro"""
_MONTH = {word: number for number, words in enumerate(_MONTHS.split("|"), start=1) for word in words.split()}
_THREE = re.compile(r"(\d{1,4})[\s./,-]+(\d{1,2}|[a-z]{3,10})\.?[\s./,-]+(\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(?:t|,?\s+)\d{1,2}:\d{2}.*")
_NUMBER = {
    ",": re.compile(r"([0-9]{1,3}(?:[. '][0-9]{3})+|[0-9]+)?(?:,([0-9]*))?"),
    ".": re.compile(r"([0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]+)?(?:\.([0-9]*))?"),
}
_MONEY_WORDS = re.compile(r"[€$£¥]|\b(?:eur|usd|gbp|chf|cad|aud|jpy|pln|sek|nok|dkk|brl|mxn)\b|kr|fr\.", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_SIGNIFICANT = 15  # digits of a number that a spreadsheet shows


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Columns by their place, from 0; None for one that is not there. Either `amount`, or `debit` and `credit`.

    `head_row` is the number of the row of column names, from 1; `date_order` one of ORDERS, `decimal_mark` of MARKS.
    """

    head_row: int
    date: int
    date_order: str
    decimal_mark: str
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    value_date: int | None = None
    balance: int | None = None
    text: tuple[int, ...] = ()
    counterparty_name: int | None = None
    counterparty_account: int | None = None
    reference: int | None = None
    bank_id: int | None = None
    currency: int | None = None


def plain(word: str) -> str:
    """A head's word for comparison: small letters without accents, signs and repeated spaces."""
    expanded = word.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    letters = unicodedata.normalize("NFKD", expanded)
    kept = "".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one))
    return " ".join(kept.split())


def head_key(head: Sequence[str]) -> str:
    """By which a table of this bank is known again: 64 hexadecimal digits of its column names."""
    return sha256("\x1f".join(plain(word) for word in head).encode()).hexdigest()


def guess_mapping(head: Sequence[str], rows: Sequence[Sequence[str]], *, head_row: int = 1) -> ColumnMapping | None:
    """The mapping that the words of the head and the cells of some rows below suggest; None without date or amount."""
    kinds = {place: _ranked(word) for place, word in enumerate(head)}
    free = set(kinds)

    def take(kind: str, fits: Callable[[list[str]], bool]) -> int | None:
        """The free column with the best word of this kind whose cells fit."""
        ranked = sorted((kinds[place][kind], place) for place in free if kind in kinds[place])
        found = next((place for _, place in ranked if fits(_cells(rows, place))), None)
        free.discard(-1 if found is None else found)
        return found

    value_date = take("value_date", _are_dates)
    booked = take("date", _are_dates)
    if booked is None:
        booked, value_date = value_date, None
    balance = take("balance", _are_amounts)
    debit, credit = take("debit", _are_amounts), take("credit", _are_amounts)
    amount = take("amount", _are_amounts) if debit is None or credit is None else None
    if booked is None or (amount is None and (debit is None or credit is None)):
        return None
    debit, credit = (debit, credit) if amount is None else (None, None)
    texts = list(iter(lambda: take("text", lambda cells: True), None))
    figures = [cell for place in (amount, debit, credit, balance) if place is not None for cell in _cells(rows, place)]
    return ColumnMapping(
        head_row=head_row,
        date=booked,
        date_order=guess_order(_cells(rows, booked)),
        decimal_mark=guess_mark(figures),
        amount=amount,
        debit=debit,
        credit=credit,
        value_date=value_date,
        balance=balance,
        text=tuple(sorted(texts)),
        **{
            kind: take(kind, lambda cells: True)
            for kind in ("counterparty_name", "counterparty_account", "reference", "bank_id", "currency")
        },
    )


def _ranked(word: str) -> dict[str, int]:
    """The kinds that a column name may mean, with how good a word it is: 0 the best."""
    name = plain(word)
    found = {}
    for kind, words in WORDS.items():
        if name in words:
            found[kind] = words.index(name)
        else:
            parts = [index for index, one in enumerate(words) if name.startswith(f"{one} ") or name.endswith(f" {one}")]
            if parts:
                found[kind] = 100 + parts[0]
    return found


def _cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in rows if place < len(row) and row[place]]


def _are_dates(cells: list[str]) -> bool:
    """Whether most are dates: a bad one among them is to be refused with its line, not to hide the column."""
    return bool(cells) and sum(any(read_day(cell, order) for order in ORDERS) for cell in cells) > len(cells) / 2


def _are_amounts(cells: list[str]) -> bool:
    """Whether most are figures; a column of payments may well be empty."""
    return sum(all(read_number(cell, mark) is None for mark in MARKS) for cell in cells) <= len(cells) / 2


def guess_order(cells: Sequence[str]) -> str:
    """The order in which every date can be read; where several can, the one in which the dates run on evenly."""
    best, least = ORDERS[0], None
    for order in ORDERS:
        days = [read_day(cell, order) for cell in cells]
        known = [day for day in days if day is not None]
        steps = [(later - earlier).days for earlier, later in pairwise(known)]
        turns = min(sum(step > 0 for step in steps), sum(step < 0 for step in steps))
        rank = (len(days) - len(known), turns, sum(map(abs, steps)))
        if least is None or rank < least:
            best, least = order, rank
    return best


def guess_mark(cells: Sequence[str]) -> str:
    """The decimal mark in which every figure can be read; where both can, the one that makes cents of most."""

    def rank(mark: str) -> tuple[int, int]:
        unread = sum(read_number(cell, mark) is None for cell in cells)
        return unread, -sum(bool(re.search(rf"[{mark}][0-9]{{1,2}}(?![0-9])", cell)) for cell in cells)

    point, comma = rank("."), rank(",")
    if point == comma:  # no cents anywhere: what stands before three digits groups them
        return "," if any("." in cell for cell in cells) else "."
    return "." if point < comma else ","


def read_day(cell: str, order: str) -> date | None:
    """The date of a cell, its time left off; a year of four digits in front is always one. None if it is no date."""
    text = "".join(one for one in unicodedata.normalize("NFKD", cell.strip().lower()) if not unicodedata.combining(one))
    text = _TIME.sub("", text)
    found = _COMPACT.fullmatch(text) or _THREE.fullmatch(text)
    if found is None:
        return None
    first, second, third = found.groups()
    if len(first) == 4:
        parts = (first, second, third)
    elif not second.isdigit():
        parts = (third, second, first)
    else:
        places = dict(zip(order, (first, second, third), strict=True))
        parts = (places["y"], places["m"], places["d"])
    return _calendar_day(*parts)


def _calendar_day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTH.get(month, 0)
    if len(year) not in (2, 4) or len(day) > 2:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None


def read_number(cell: str, mark: str) -> Decimal | None:
    """The figure of a cell with its sign before or behind, or in brackets; None if it is no figure."""
    text = _SPACES.sub(" ", _MONEY_WORDS.sub("", cell.replace("−", "-").replace("’", "'"))).strip()
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        text, sign = text[1:-1].strip(), -1
    elif text.endswith(("-", "+")):
        text, sign = text[:-1].strip(), -1 if text.endswith("-") else 1
    elif text.startswith(("-", "+")):
        text, sign = text[1:].strip(), -1 if text.startswith("-") else 1
    found = _NUMBER[mark].fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    whole = re.sub(r"[^0-9]", "", found[1] or "") or "0"
    return sign * _as_shown(Decimal(f"{whole}.{found[2] or ''}"))


def _as_shown(number: Decimal) -> Decimal:
    """Without the tail that binary arithmetic leaves in spreadsheets (0.30000000000000004), which shows no one."""
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > -6 or len(digits) <= _SIGNIFICANT:
        return number
    return round(number, -(number.adjusted() - _SIGNIFICANT + 1)).normalize()
