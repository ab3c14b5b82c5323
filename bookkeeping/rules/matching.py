"""What a bank line may be: open documents and earlier payments, ranked by how well they fit, with reasons as data.

All amounts are signed as a bank line: positive is money that comes in.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from advisory_portal.core.text import plain

Reason = tuple[str, str]  # a key of words.REASONS, and what its sentence names

# Amount and number together outweigh everything that lacks one of them.
AMOUNT, NUMBER, DIGITS, NAME, PAST, DATE = 50, 45, 20, 10, 8, 5
SUM_OF_NUMBERS, SUM_OF_CONTACT, RULE, PAST_ACCOUNT = 90, 52, 70, 58
LEAD = 8  # by which a confident suggestion is ahead of the next
SHOWN = 6
NEAREST = 60  # of equal amounts, or of one contact, so many nearest in time are looked at
COMMON = 200  # a word of more candidates than this says nothing
WINDOW = 6
MOST_IN_GROUP = 50
_TOKENS = re.compile(r"[a-z]+|[0-9]+")
_FORMS = frozenset(
    "sociedad limitada anonima unipersonal slu sau gmbh ltd inc llc sarl sas bvba and the los las del".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a line may be: an open document ("document:<id>") or a payment recorded before ("payment:<id>").

    `day` is the due date, or the day of the payment; `contact` its id.
    """

    key: str
    open: Decimal
    number: str
    name: str
    contact: str
    day: date


@dataclass(frozen=True, slots=True)
class Movement:
    """What is left of a bank line. `text` is all that the line says, `party` is `party_of` the other side."""

    key: str
    open: Decimal
    booked_on: date
    text: str
    party: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Candidates that a line may be, together; or an account ("account:<id>"), by a rule or as chosen before."""

    keys: tuple[str, ...]
    score: int
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _value in self.reasons)


@dataclass(frozen=True, slots=True)
class Rule:
    """Lines with all the words go to an account; `is_income` None means either way."""

    key: str
    name: str
    words: str
    is_income: bool | None


@dataclass(frozen=True, slots=True)
class Past:
    """What was chosen for each other party before, by `party_of`: contacts, and the last ledger account."""

    contacts: Mapping[str, frozenset[str]]
    accounts: Mapping[str, str]


NO_PAST = Past({}, {})


def party_of(account: str, name: str, text: str) -> str:
    """By what the other side of a line is known again: its account, else its name, else the words of the text."""
    if account:
        return f"a:{account}"
    words = " ".join(one for one in tokens(name or text) if one.isalpha())
    return f"n:{words[:80]}" if words else ""


def tokens(text: str) -> list[str]:
    """Words and numbers of a text, small and without accents; letters and digits that touch are two."""
    return _TOKENS.findall(plain(text))


def rule_fits(rule: Rule, text: str, amount: Decimal) -> bool:
    """Whether a line's text holds every word of the rule, and its money goes the rule's way."""
    said = plain(text)
    words = plain(rule.words).split()
    is_way = rule.is_income is None or rule.is_income == (amount > 0)
    return is_way and bool(words) and all(word in said for word in words)


def name_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others."""
    return frozenset(one for one in tokens(name) if len(one) > 2 and one.isalpha() and one not in _FORMS)


class Matcher:
    """Candidates in one currency under indexes by amount, number, name and contact."""

    def __init__(self, candidates: Iterable[Candidate], *, past: Past = NO_PAST, rules: Sequence[Rule] = ()) -> None:
        self.past, self.rules = past, rules
        self.candidates = sorted(candidates, key=lambda one: (one.day, one.key))
        self._names = [name_words(one.name) for one in self.candidates]
        self._days = [one.day for one in self.candidates]
        self._amounts: dict[Decimal, list[int]] = defaultdict(list)
        self._numbers: dict[str, list[int]] = defaultdict(list)
        self._digits: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        self._contacts: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(self.candidates):
            self._amounts[one.open].append(at)
            self._contacts[one.contact].append(at)
            parts = tokens(one.number)
            whole, digits = "".join(parts), "".join(part for part in parts if part.isdigit())
            if len(whole) > 2 and digits and (whole != digits or len(digits) > 3):
                self._numbers[whole].append(at)
            if len(digits) > 3 and digits != whole:
                self._digits[digits].append(at)
            for word in self._names[at]:
                self._words[word].append(at)

    def suggest(self, line: Movement, *, most: int = SHOWN) -> list[Suggestion]:
        """What the line may be, the best first."""
        said = tokens(line.text)
        words = frozenset(said)
        numbers, digits = self._numbered(said)
        contacts = self.past.contacts.get(line.party, frozenset())
        near = set(numbers) | set(digits) | set(self._nearest(self._amounts.get(line.open, []), line.booked_on))
        for word in words:
            if len(found := self._words.get(word, [])) <= COMMON:
                near.update(found)
        for contact in contacts:
            near.update(self._nearest(self._contacts.get(contact, []), line.booked_on))
        singles = [self._score(at, line, words, numbers, digits, contacts) for at in near]
        fitting = [one for one in singles if one is not None]
        fitting += self._groups(line, words, numbers, near, contacts)
        fitting += self._accounts(line)
        return sorted(fitting, key=lambda one: (-one.score, one.keys))[:most]

    def _numbered(self, said: Sequence[str]) -> tuple[dict[int, str], dict[int, str]]:
        """Candidates whose number stands in the text: whole, and by its digits alone."""
        whole: dict[int, str] = {}
        digits: dict[int, str] = {}
        for start in range(len(said)):
            joined, is_number = "", True
            for part in said[start : start + WINDOW]:
                joined += part
                is_number = is_number and part.isdigit()
                for at in self._numbers.get(joined, ()):
                    whole[at] = self.candidates[at].number
                if is_number:
                    for at in self._digits.get(joined, ()):
                        digits[at] = self.candidates[at].number
        return whole, digits

    def _nearest(self, places: Sequence[int], day: date) -> Sequence[int]:
        """Of places in order of their days, those nearest to a day."""
        if len(places) <= NEAREST:
            return places
        middle = bisect_left(places, day, key=lambda at: self._days[at])
        start = min(max(middle - NEAREST // 2, 0), len(places) - NEAREST)
        return places[start : start + NEAREST]

    def _score(
        self,
        at: int,
        line: Movement,
        words: frozenset[str],
        numbers: Mapping[int, str],
        digits: Mapping[int, str],
        contacts: frozenset[str],
    ) -> Suggestion | None:
        one = self.candidates[at]
        if (one.open > 0) != (line.open > 0):
            return None
        score, reasons = 0, list[Reason]()
        if one.open == line.open:
            score, reasons = AMOUNT, [("amount", "")]
        if at in numbers:
            score, reasons = score + NUMBER, [*reasons, ("number", one.number)]
        elif at in digits:
            score, reasons = score + DIGITS, [*reasons, ("number", one.number)]
        share = self._share(at, words)
        if share >= 0.5:
            score, reasons = score + int(NAME * share), [*reasons, ("name", one.name)]
        if one.contact in contacts:
            score, reasons = score + PAST, [*reasons, ("past", one.name)]
        if not reasons or (one.key.startswith("payment:") and one.open != line.open):
            return None
        days = abs((line.booked_on - one.day).days)
        if days <= 31:
            score += DATE if days <= 3 else 3 if days <= 10 else 1
            if days <= 10:
                reasons.append(("date", str(days)))
        return Suggestion((one.key,), score, tuple(reasons))

    def _share(self, at: int, words: frozenset[str]) -> float:
        names = self._names[at]
        return len(names & words) / len(names) if names else 0.0

    def _groups(
        self,
        line: Movement,
        words: frozenset[str],
        numbers: Mapping[int, str],
        near: Iterable[int],
        past: frozenset[str],
    ) -> list[Suggestion]:
        """Several documents that add up to the line: all that its text names, or one contact's, the oldest first."""
        found = []
        named = sorted(numbers)
        if 1 < len(named) <= MOST_IN_GROUP and sum(self.candidates[at].open for at in named) == line.open:
            reasons = [("sum", str(len(named))), *(("number", numbers[at]) for at in named[:3])]
            found.append(Suggestion(tuple(self.candidates[at].key for at in named), SUM_OF_NUMBERS, tuple(reasons)))
        alike = {self.candidates[at].contact: at for at in near if self._share(at, words) >= 0.5}
        for contact in sorted({*alike, *(past & set(self._contacts))}):
            keys = self._first_to_fit(contact, line.open)
            if keys and not any(keys == one.keys for one in found):
                at = self._contacts[contact][0]
                why = ("name" if contact in alike else "past", self.candidates[at].name)
                score = SUM_OF_CONTACT + (NAME if contact in alike else 0)
                found.append(Suggestion(keys, score, (("sum", str(len(keys))), why)))
        return found

    def _first_to_fit(self, contact: str, wanted: Decimal) -> tuple[str, ...]:
        """The contact's oldest open documents that add up to the amount; () if none do."""
        total, keys = Decimal(0), list[str]()
        for at in self._contacts[contact][:MOST_IN_GROUP]:
            one = self.candidates[at]
            if one.key.startswith("document:"):
                total += one.open
                keys.append(one.key)
                if total == wanted and len(keys) > 1:
                    return tuple(keys)
        return ()

    def _accounts(self, line: Movement) -> list[Suggestion]:
        found = [
            Suggestion((rule.key,), RULE, (("rule", rule.name),))
            for rule in self.rules
            if rule_fits(rule, line.text, line.open)
        ]
        before = self.past.accounts.get(line.party)
        if before and not any(before in one.keys for one in found):
            found.append(Suggestion((before,), PAST_ACCOUNT, (("past", ""),)))
        return found


def is_confident(found: Sequence[Suggestion]) -> bool:
    """Whether the first of ranked suggestions may be offered for a click on many: it fits by amount and by another
    reason, or by a rule, and no other comes near.
    """
    if not found:
        return False
    best = found[0]
    is_sure = "rule" in best.codes or (
        bool(best.codes & {"amount", "sum"}) and bool(best.codes & {"number", "name", "past"})
    )
    return is_sure and (len(found) == 1 or best.score - found[1].score >= LEAD)


def suggest_all(lines: Iterable[Movement], matcher: Matcher) -> dict[str, Suggestion]:
    """The confident suggestions of many lines by the lines' keys; each candidate for one line only, the best first."""
    ranked = []
    for line in lines:
        found = matcher.suggest(line, most=2)
        if is_confident(found):
            ranked.append((-found[0].score, line.booked_on, line.key, found[0]))
    taken: set[str] = set()
    chosen = {}
    for _score, _day, key, best in sorted(ranked, key=lambda row: row[:3]):
        keys = {one for one in best.keys if not one.startswith("account:")}
        if not keys & taken:
            taken |= keys
            chosen[key] = best
    return chosen


class DoesNotFit(ValueError):
    """What was chosen is `amount` more than the line, or goes the other way."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(str(amount))
        self.amount = amount


def divided(
    left: Decimal, opens: Sequence[Decimal], *, has_rest: bool, is_whole: bool
) -> tuple[list[Decimal], Decimal]:
    """How the rest of a line is divided among what was chosen, and what goes to an account.

    With an account everything chosen is taken whole and the account takes the difference, either way. Without one, a
    single document takes as much as the line has (not where `is_whole`); several must fit. Raises DoesNotFit.
    """
    total = sum(opens, Decimal(0))
    if has_rest:
        return list(opens), left - total
    over = (total - left) if left > 0 else (left - total)
    if (total > 0) != (left > 0) or total == 0:
        raise DoesNotFit(abs(total))
    if over > 0:
        if len(opens) > 1 or is_whole:
            raise DoesNotFit(over)
        return [left], Decimal(0)
    return list(opens), Decimal(0)
