"""What an invoice says, found among the words of a PDF: suggestions for a person, each with its place.

Nothing here is certain: a value is taken from where such values stand (beside or below the words that name them), tax
ids only if their country's rules accept them, amounts if base and tax make the total.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby, pairwise, product
from typing import Any

from advisory_portal.core.text import plain
from advisory_portal.formats.pdf_text import Word
from bookkeeping.rules.inbox_values import amounts_in, dates_in, known_key

LARGEST_FILE = 17 * 1024 * 1024  # bytes
UNREAD = "failed"  # the error of a file whose every reading failed

_INVOICE = r"(?:factura|invoice|rechnung|facture|fattura|fatura|bill)"
_NUMBER = r"(?:n\s?[.º°ªo]+|num(?:ero)?\b|number|nr\b|no\b|nummer|#)"
_STRONG = re.compile(rf"{_NUMBER}[\s.:º°]*(?:de |della |da |of )?(?:la )?{_INVOICE}|{_INVOICE}[\s.:-]*{_NUMBER}")
_STRONG_JOINED = re.compile(r"rechnungsnummer|rechnungs-nr|rechnungsnr")
_WEAK = re.compile(rf"\b{_INVOICE}\b|^\W*{_NUMBER}")
_VALUE = re.compile(r"(?=[\w/.-]*\d)[A-Za-z0-9][\w/.\-]{0,39}")
_TAX_ID_WORDS = re.compile(
    r"\b(nif|cif|n\.i\.f|c\.i\.f|vat|tax id|ust|uid|tva|siren|p\.? ?iva|partita|nipc|contribuinte)"
)
_DUE = re.compile(r"vencimiento|vence|due|fallig|faellig|echeance|scadenza|pagar antes|venciment")
_DATED = re.compile(r"fecha|date|datum|\bdata\b|emision|expedicion|issued")
_NOT_DATED = re.compile(r"vencimiento|vence|due|entrega|delivery|pedido|order|fallig|echeance|scadenza|periodo|period")
_TOTAL = re.compile(r"\btotal\b|a pagar|amount due|gesamtbetrag|gesamt|importe liquido|totale|balance due")
_NOT_TOTAL = re.compile(r"sub-?total|total\s+(?:ht|base|iva|vat|tax|neto|net|impuestos)|base|zwischen")
_COMPANY = re.compile(
    r"\b(?:s\.?\s?l\.?\s?u?\.?|s\.?\s?a\.?\s?u?\.?|s\.?coop\.?|s\.?l\.?p\.?|gmbh|ag|ltd\.?|limited|sarl|sas|s\.?r\.?l\.?"
    r"|s\.?p\.?a\.?|b\.?v\.?|inc\.?|llc|lda\.?|cb)$"
)
_CURRENCIES = (("EUR", "€", "eur"), ("GBP", "£", "gbp"), ("USD", "$", "usd"), ("CHF", "", "chf"))
_MOST_AMOUNTS = 60
_MOST_PAIRS = 8  # of base and tax that are tried of a rate
MOST_RATES = 3
_ROUNDED = Decimal("0.02")  # by how much a tax may differ from its base and rate
_LONGEST_NAME = 8  # words
_MOST_PARTS = 5  # into which a tax id is divided
_NEAR = 0.05  # parts of the page's height: how far below its name a value may stand


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand beside each other; `text` in lower case without accents, `starts` where each word begins."""

    words: tuple[Word, ...]
    text: str
    starts: tuple[int, ...]

    def words_of(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that a part of the text touches."""
        ends = [begin + len(plain(word.text)) for begin, word in zip(self.starts, self.words, strict=True)]
        return tuple(word for word, a, b in zip(self.words, self.starts, ends, strict=True) if a < end and b > start)


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands: `value` is ISO or plain, `text` as it was written, `box` in parts of the page."""

    value: str
    text: str
    page: int
    box: tuple[float, float, float, float]

    @property
    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "text": self.text, "page": self.page, "box": list(self.box)}


@dataclass(frozen=True, slots=True)
class Amount:
    amount: Decimal
    words: tuple[Word, ...]
    label: str


Part = tuple[Amount, Amount, Decimal]  # base, tax, percent


def found_in(
    words: Sequence[Word], *, own_keys: Collection[str], own_name: str, home: str, rates: Iterable[Decimal]
) -> dict[str, Any]:
    """Tax id and name of the supplier, number, dates, currency, base, tax, percent and total, as far as they are found.

    `own_keys` are the tax ids of the business itself (`tax_id_key`), `home` its country (ISO 3166), `rates` the whole
    percents of tax that are likely. Answers JSON: `{"total": {"value": "121.00", "text": …, "page": 1, "box": […]}}`;
    of several rates the second is base_1, tax_1 and percent_1, and so on.
    """
    lines = lines_of(words)
    found: dict[str, Found | None] = {
        "tax_id": _tax_id(lines, own_keys, home),
        "name": _company(lines, own_name),
        "currency": _currency(lines),
        **_dates(lines, month_first=home == "US"),
        **_amounts(lines, tuple(rates)),
    }
    found["number"] = _number(lines)
    return {name: value.as_json for name, value in found.items() if value is not None}


def lines_of(words: Sequence[Word]) -> list[Line]:
    """The words as lines from top to bottom, each from left to right."""
    lines: list[list[Word]] = []
    for page, own in groupby(sorted(words, key=lambda word: word.page), key=lambda word: word.page):
        rows: list[list[Word]] = []
        for word in sorted(own, key=lambda one: one.y + one.height / 2):
            middle = word.y + word.height / 2
            if rows and middle - _middle(rows[-1]) < 0.006:
                rows[-1].append(word)
            else:
                rows.append([word])
        lines += [sorted(row, key=lambda one: one.x) for row in rows]
        del page
    return [_line(row) for row in lines]


def _middle(row: list[Word]) -> float:
    return sum(word.y + word.height / 2 for word in row) / len(row)


def _line(row: list[Word]) -> Line:
    text, starts = "", []
    for word in row:
        text += " " if text else ""
        starts.append(len(text))
        text += plain(word.text)
    return Line(tuple(row), text, tuple(starts))


def _found(value: str, words: Sequence[Word]) -> Found:
    x, y = min(word.x for word in words), min(word.y for word in words)
    right, bottom = max(word.x + word.width for word in words), max(word.y + word.height for word in words)
    box = (round(x, 4), round(y, 4), round(right - x, 4), round(bottom - y, 4))
    return Found(value, " ".join(word.text for word in words)[:200], words[0].page, box)


# --- Who and what --------------------------------------------------------------------------------------------


def _tax_id(lines: list[Line], own_keys: Collection[str], home: str) -> Found | None:
    """The first valid tax id that is not the business's own; one that is named as such before others."""
    unnamed = None
    for place, line in enumerate(lines):
        named = _TAX_ID_WORDS.search(line.text) or (place and _TAX_ID_WORDS.search(lines[place - 1].text))
        if "iban" in line.text:
            continue
        for start in range(len(line.words)):
            for size in range(1, _MOST_PARTS + 1):
                chosen = line.words[start : start + size]
                text = "".join(word.text for word in chosen).split(":")[-1].strip(".,;()")
                key = known_key(text, home) if len(chosen) == size else ""
                if not key or key in own_keys or (not named and text.isdigit()):
                    continue
                if named:
                    return _found(key, chosen)
                unnamed = unnamed or _found(key, chosen)
    return unnamed


def _company(lines: list[Line], own_name: str) -> Found | None:
    """A name that ends as companies' names do, and is not the business's own."""
    own = plain(own_name)
    for line in lines:
        for start, end in _columns(line):
            for size in range(2, min(end - start, _LONGEST_NAME) + 1):
                chosen = line.words[start : start + size]
                text = " ".join(word.text for word in chosen).strip(" ,;:")
                said = plain(text)
                if 4 < len(said) <= 80 and _COMPANY.search(said) and own not in said:
                    return _found(text, chosen)
    return None


def _columns(line: Line) -> list[tuple[int, int]]:
    """Where parts of a line begin and end that wide gaps hold apart."""
    breaks = [
        place
        for place, (before, word) in enumerate(zip(line.words, line.words[1:], strict=False), start=1)
        if word.x - before.x - before.width > 0.03
    ]
    edges = [0, *breaks, len(line.words)]
    return list(pairwise(edges))


def _currency(lines: list[Line]) -> Found | None:
    """The currency that is written most often."""
    best: tuple[int, Found] | None = None
    for code, sign, name in _CURRENCIES:
        said = [
            word
            for line in lines
            for word in line.words
            if (sign and sign in word.text) or word.text.lower().strip(".,:()") == name
        ]
        if said and (best is None or len(said) > best[0]):
            best = (len(said), _found(code, said[:1]))
    return best[1] if best else None


def _number(lines: list[Line]) -> Found | None:
    """What stands beside or below "Invoice no."; else below or beside the word "Invoice" alone."""
    for pattern in (_STRONG_JOINED, _STRONG, _WEAK):
        for place, line in enumerate(lines):
            for match in pattern.finditer(line.text):
                beside = [word for word, at in zip(line.words, line.starts, strict=True) if at >= match.end() - 1]
                label = line.words_of(match.start(), match.end())
                below = [word for word in _below(lines[place + 1 :], label) if label]
                for word in (*label[-1:], *beside[:3], *below):
                    if (word not in label or match.end() - match.start() < len(plain(word.text))) and (
                        text := _as_number(word.text, after_label=word in label)
                    ):
                        return _found(text, (word,))
    return None


def _as_number(text: str, *, after_label: bool) -> str:
    """The number of an invoice that a word is, or "": a date, an amount or a word without digits is none."""
    value = text.split(":")[-1] if after_label else text
    value = value.strip(".,:;#()")
    if not _VALUE.fullmatch(value) or dates_in(value) or amounts_in(value) or value.endswith("%"):
        return ""
    return "" if after_label and ":" not in text else value


def _below(lines: list[Line], label: Sequence[Word]) -> list[Word]:
    """The words close below others, the nearest line first."""
    if not label:
        return []
    left, right = label[0].x, label[-1].x + label[-1].width
    bottom = max(word.y + word.height for word in label)
    return [
        word
        for line in lines
        for word in line.words
        if word.page == label[0].page
        and 0 <= word.y - bottom + 0.005 < _NEAR
        and word.x < right + 0.01
        and word.x + word.width > left - 0.01
    ]


# --- Dates and amounts ---------------------------------------------------------------------------------------


def _dates(lines: list[Line], *, month_first: bool) -> dict[str, Found | None]:
    days: list[tuple[str, date, tuple[Word, ...]]] = []
    for place, line in enumerate(lines):
        for start, end, day in dates_in(line.text, month_first=month_first):
            chosen = line.words_of(start, end)
            if chosen:
                days.append((_label(lines, place, start, chosen, lambda text: bool(_DATED.search(text) or _DUE.search(
                    text))), day, chosen))  # fmt: skip
    due = next((one for one in days if _DUE.search(one[0])), None)
    others = [one for one in days if not _NOT_DATED.search(one[0])]
    issued = next((one for one in others if _DATED.search(one[0])), None) or next(iter(others), None)
    return {
        "issued_on": _found(issued[1].isoformat(), issued[2]) if issued else None,
        "due_on": _found(due[1].isoformat(), due[2]) if due and (not issued or due[1] >= issued[1]) else None,
    }


def _label(lines: list[Line], place: int, start: int, chosen: Sequence[Word], names: Callable[[str], bool]) -> str:
    """The words that name a value: those before it on its line, else those above it."""
    before = lines[place].text[:start].strip()
    last = re.split(r"\d", before)[-1].strip() or before
    if any(one.isalpha() for one in last) and names(last):
        return last
    left, right = chosen[0].x, chosen[-1].x + chosen[-1].width
    for line in reversed(lines[max(0, place - 4) : place]):
        over = [
            plain(word.text)
            for word in line.words
            if word.page == chosen[0].page and word.x < right and word.x + word.width > left
            and 0 <= chosen[0].y - word.y < 2 * _NEAR
        ]  # fmt: skip
        if any(one.isalpha() for text in over for one in text):
            above = " ".join(over)
            return above if names(above) or not last else last
    return last


def _amounts(lines: list[Line], rates: tuple[Decimal, ...]) -> dict[str, Found | None]:
    amounts = []
    for place, line in enumerate(lines):
        for start, end, amount in amounts_in(line.text):
            chosen = line.words_of(start, end)
            if chosen and amount > 0:
                label = _label(lines, place, start, chosen, lambda text: bool(_TOTAL.search(text)))
                amounts.append(Amount(amount, chosen, label))
    named = [one for one in amounts if _TOTAL.search(one.label) and not _NOT_TOTAL.search(one.label)]
    totals = sorted(named, key=lambda one: -one.amount) or sorted(amounts, key=lambda one: -one.amount)[:3]
    pairs = _pairs(amounts, rates)
    for total in totals[:10]:
        parts = _parts(total.amount, pairs)
        if parts:
            found: dict[str, Found | None] = {"total": _found(str(total.amount), total.words)}
            for number, (base, tax, percent) in enumerate(sorted(parts, key=lambda part: -part[0].amount)):
                place_in_form = f"_{number}" if number else ""
                found[f"base{place_in_form}"] = _found(str(base.amount), base.words)
                found[f"tax{place_in_form}"] = _found(str(tax.amount), tax.words)
                found[f"percent{place_in_form}"] = _found(str(percent), tax.words)
            return found
    return {"total": _found(str(totals[0].amount), totals[0].words) if totals else None}


def _pairs(amounts: list[Amount], rates: tuple[Decimal, ...]) -> dict[Decimal, list[Part]]:
    """By rate, the amounts of which one is the tax on the other: the largest base first, the lowest on the page."""
    by_amount = {one.amount: one for one in amounts[-_MOST_AMOUNTS:]}
    bases = sorted(by_amount.values(), key=lambda one: -one.amount)
    return {
        rate: [
            (base, tax, rate)
            for base in bases
            for tax in by_amount.values()
            if tax.amount <= base.amount and abs(base.amount * rate / 100 - tax.amount) <= _ROUNDED
        ][:_MOST_PAIRS]
        for rate in dict.fromkeys(rates)
        if rate
    }


def _parts(total: Decimal, pairs: Mapping[Decimal, Sequence[Part]]) -> tuple[Part, ...]:
    """The parts of one rate or of several, each once, that make the total; as few as possible, () if none do."""
    for size in range(1, min(len(pairs), MOST_RATES) + 1):
        for chosen in combinations(pairs, size):
            for parts in product(*(pairs[rate] for rate in chosen)):
                bases, taxes = [base.amount for base, _, _ in parts], [tax.amount for _, tax, _ in parts]
                if sum(bases) + sum(taxes) == total and not {*bases} & {*taxes}:
                    return parts
    return ()
