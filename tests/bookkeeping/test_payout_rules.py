"""Which money a line pays out: consecutive by day, exact where fees are known, within reason where not."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bookkeeping.rules import FeesDoNotFit, Held, fees_of, payout_parts, payouts_for
from bookkeeping.rules.payouts import named_gateway

DAY = date(2026, 3, 2)


def held(*rows):
    """Money of (amount, fee, days after the first)."""
    return [
        Held(UUID(int=at), Decimal(amount), None if fee is None else Decimal(fee), DAY + timedelta(days=after))
        for at, (amount, fee, after) in enumerate(rows)
    ]


def numbers(payout):
    return [pk.int for pk in payout.ids]


def found(rows, left, text="STRIPE PAYMENTS", method="stripe"):
    return payouts_for({method: rows}, Decimal(left), text)


def test_a_run_that_comes_to_the_line_is_found_to_the_cent():
    rows = held(("50", "1", 0), ("100", "2", 1), ("30", "1", 1), ("70", "1.5", 2))
    (one,) = found(rows, "127")
    assert (numbers(one), one.gross, one.fees, one.is_exact, one.is_named) == (*([1, 2], Decimal(130), 3, True, True),)
    assert (one.first, one.last) == (DAY + timedelta(days=1), DAY + timedelta(days=1))
    assert found(rows, "127.01") == []


def test_whole_days_come_before_days_cut_in_two_and_the_oldest_first():
    rows = held(("10", "0", 0), ("10", "0", 1), ("10", "0", 1), ("10", "0", 2), ("10", "0", 2))
    assert numbers(found(rows, "20")[0]) == [1, 2]
    assert numbers(found(rows, "10")[0]) == [0]
    assert numbers(found(held(("5", "0", 0), ("7", "0", 0)), "7")[0]) == [1]


def test_what_was_given_back_is_part_of_the_run():
    rows = held(("100", "2", 0), ("-40", "0", 1), ("60", "1", 2))
    assert numbers(found(rows, "117")[0]) == [0, 1, 2]
    assert numbers(found(held(("-40", "0", 0)), "-40")[0]) == [0]


def test_unknown_fees_are_guessed_only_where_the_text_names_the_gateway():
    rows = held(("100", None, 0), ("100", None, 1))
    (one,) = found(rows, "96.20")
    assert (numbers(one), one.fees, one.is_exact) == ([0], Decimal("3.80"), False)
    assert numbers(found(rows, "193")[0]) == [0, 1]
    assert found(rows, "96.20", "TRANSFER") == []
    assert found(rows, "80") == [], "nobody keeps a fifth"
    assert found(rows, "200.01") == [], "nobody pays out more than it holds"


def test_a_run_of_known_fees_does_not_reach_over_unknown_ones():
    rows = held(("50", "1", 0), ("50", None, 1), ("50", "1", 2))
    assert found(rows, "98", "TRANSFER") == []
    assert numbers(found(rows, "49", "TRANSFER")[0]) == [0]


def test_the_gateway_that_the_text_names_alone_counts():
    both = {"stripe": held(("50", "1", 0)), "paypal": held(("50", "1", 0))}
    assert [one.method for one in payouts_for(both, Decimal(49), "PAYPAL EUROPE")] == ["paypal"]
    assert [one.method for one in payouts_for(both, Decimal(49), "Transfer")] == ["paypal", "stripe"]
    assert payouts_for({"stripe": both["stripe"]}, Decimal(49), "PAYPAL EUROPE") == []


@pytest.mark.parametrize(
    ("text", "method"),
    [("Stripe Technology Europe", "stripe"), ("PayPal (Europe) S.à r.l.", "paypal"), ("SQ *DELTA", "square"),
     ("SQUAREUP EUROPE", "square"), ("Transfer of Erin", "")],
)  # fmt: skip
def test_banks_name_gateways_in_their_own_ways(text, method):
    assert named_gateway(text) == method


def test_fees_are_the_difference_as_far_as_they_may_be():
    known, unknown = held(("100", "2", 0)), held(("100", "2", 0), ("100", None, 0))
    assert fees_of(known, Decimal(98), has_rest=False) == 2
    assert fees_of(unknown, Decimal(195), has_rest=False) == 5
    assert fees_of(unknown, Decimal(900), has_rest=True) == 2
    for rows, left in ((known, 97), (known, 99), (unknown, 180), (unknown, 199)):
        with pytest.raises(FeesDoNotFit):
            fees_of(rows, Decimal(left), has_rest=False)


def test_parts_of_a_payout_balance():
    parts = payout_parts("stripe", net=Decimal(98), fees=Decimal(2), cleared=Decimal(100))
    assert [(one.part, one.amount) for one in parts] == [
        ("bank", 98), ("gateway_fees", 2), ("clearing_stripe", -100),
    ]  # fmt: skip
    lost = payout_parts("paypal", net=Decimal(90), fees=Decimal(2), cleared=Decimal(95))
    assert [(one.part, one.amount) for one in lost][-1] == ("exchange_loss", 3)
    assert sum(one.amount for one in lost) == 0


def test_thousands_are_looked_through_at_once():
    rows = held(*[("10.01", "0.31", at // 40) for at in range(2_000)])
    assert len(found(rows, str(Decimal("9.70") * 40))[0].ids) == 40
    assert found(rows, "9.71") == []
