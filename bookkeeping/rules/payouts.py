"""Which money of a gateway a bank line pays out: the run, consecutive by day, that comes to the line's amount.

All amounts are signed as a bank line. A gateway pays out what it holds less its fees.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from advisory_portal.core.text import plain
from bookkeeping.rules.posting import PartLine

# What a bank writes of each gateway.
NAMES: Mapping[str, tuple[str, ...]] = {
    "stripe": ("stripe",),
    "paypal": ("paypal", "pay pal"),
    "square": ("square", "squareup", "sq *"),
}
LABELS = {"stripe": "Stripe", "paypal": "PayPal", "square": "Square"}
# What a gateway keeps at most of a payment whose fee is not known: a share, and an amount for each.
MOST_SHARE, MOST_EACH = Decimal("0.06"), Decimal("0.60")
MOST_DAYS = 45  # that one payout may reach over where its fees are guessed
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Held:
    """Money that a gateway holds. `fee` is what it keeps of it, None where that is not known."""

    id: UUID
    amount: Decimal
    fee: Decimal | None
    day: date

    @property
    def net(self) -> Decimal:
        return self.amount - (self.fee or _ZERO)


@dataclass(frozen=True, slots=True)
class Payout:
    """Money of a gateway that a line may have paid out, in order; `fees` what it kept, known or by the difference."""

    method: str
    ids: tuple[UUID, ...]
    gross: Decimal
    fees: Decimal
    first: date
    last: date
    is_exact: bool
    is_named: bool


class FeesDoNotFit(ValueError):
    """The money comes to `net` where fees are known, which is not the line; or the rest is no fee."""

    def __init__(self, net: Decimal) -> None:
        super().__init__(str(net))
        self.net = net


def named_gateway(text: str) -> str:
    """The gateway that a line's text names, "" for none."""
    said = f" {plain(text)} "
    return next((method for method, names in NAMES.items() if any(name in said for name in names)), "")


def payouts_for(held: Mapping[str, Sequence[Held]], left: Decimal, text: str) -> list[Payout]:
    """What the rest of a line may pay out, the best first: of each gateway at most one, the others only if exact.

    `held` is in order. Where the text names a gateway, that one alone counts.
    """
    named = named_gateway(text)
    found = []
    for method, rows in held.items():
        if named and method != named:
            continue
        run = exact_run(rows, left) or (guessed_run(rows, left) if named else None)
        if run:
            found.append(_payout(method, run, left, is_named=bool(named)))
    return sorted(found, key=lambda one: (not one.is_exact, not one.is_named, one.method))


def exact_run(rows: Sequence[Held], left: Decimal) -> Sequence[Held]:
    """Consecutive money whose fees are all known and whose net is the amount: the oldest such, whole days first."""
    best: tuple[tuple[bool, int, int], Sequence[Held]] | None = None
    for part in _known(rows):
        sums: dict[Decimal, list[int]] = {_ZERO: [0]}
        total = _ZERO
        for at, one in enumerate(part, start=1):
            total += one.net
            for start in sums.get(total - left, ()):
                is_cut = _cuts(part, start) or _cuts(part, at)
                rank = (is_cut, rows.index(part[start]), at - start)
                if best is None or rank < best[0]:
                    best = rank, part[start:at]
            sums.setdefault(total, []).append(at)
    return best[1] if best else ()


def guessed_run(rows: Sequence[Held], left: Decimal) -> Sequence[Held]:
    """Whole days of consecutive money, some of unknown fee, that come to the amount and a fee that may be: the oldest
    days first, of those the run whose fee is the likeliest (nearest to the middle of what is possible).
    """
    days = _days(rows)
    for start in range(len(days)):
        fitting = []
        run: list[Held] = []
        for day in days[start : start + MOST_DAYS]:
            run = [*run, *day]
            least, most = fee_range(run)
            fee = sum((one.amount for one in run), _ZERO) - left
            if least <= fee <= most and any(one.fee is None for one in run):
                fitting.append((abs(fee - (least + most) / 2), len(run), run))
        if fitting:
            return min(fitting, key=lambda one: one[:2])[2]
    return ()


def fee_range(rows: Sequence[Held]) -> tuple[Decimal, Decimal]:
    """The least and the most that a gateway may keep of this money."""
    known = sum((one.fee for one in rows if one.fee is not None), _ZERO)
    unknown = [one for one in rows if one.fee is None]
    share = sum((abs(one.amount) for one in unknown), _ZERO) * MOST_SHARE
    return known, known + share + MOST_EACH * len(unknown)


def fees_of(rows: Sequence[Held], left: Decimal, *, has_rest: bool) -> Decimal:
    """What the gateway kept where this money was paid out with `left` of a line.

    With an account for the rest only known fees count. Raises FeesDoNotFit.
    """
    gross = sum((one.amount for one in rows), _ZERO)
    least, most = fee_range(rows)
    if has_rest:
        return least
    if not least <= gross - left <= most:
        raise FeesDoNotFit(gross - least)
    return gross - left


def payout_parts(method: str, *, net: Decimal, fees: Decimal, cleared: Decimal) -> list[PartLine]:
    """The lines of a payout: the bank gets `net`, the gateway keeps `fees`, its account is cleared of `cleared`.

    In the books' currency `cleared` is net and fees; else the difference is gained or lost in exchange.
    """
    difference = net + fees - cleared
    exchange = PartLine("exchange_gain" if difference > 0 else "exchange_loss", -difference)
    found = [
        PartLine("bank", net),
        PartLine("gateway_fees", fees),
        PartLine(f"clearing_{method}", -cleared),
        exchange,
    ]
    return [line for line in found if line.amount]


def _payout(method: str, run: Sequence[Held], left: Decimal, *, is_named: bool) -> Payout:
    gross = sum((one.amount for one in run), _ZERO)
    is_exact = all(one.fee is not None for one in run)
    ids = tuple(one.id for one in run)
    return Payout(method, ids, gross, gross - left, run[0].day, run[-1].day, is_exact, is_named)


def _known(rows: Sequence[Held]) -> Iterator[Sequence[Held]]:
    """The stretches of money whose fees are all known."""
    part: list[Held] = []
    for one in rows:
        if one.fee is not None:
            part.append(one)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _cuts(rows: Sequence[Held], at: int) -> bool:
    """Whether a run that begins or ends here cuts a day in two."""
    return 0 < at < len(rows) and rows[at - 1].day == rows[at].day


def _days(rows: Sequence[Held]) -> list[list[Held]]:
    days: list[list[Held]] = []
    for one in rows:
        if days and days[-1][0].day == one.day:
            days[-1].append(one)
        else:
            days.append([one])
    return days
