"""What a line may be: the reasons, the order, and how amounts are divided."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookkeeping.rules.matching import (
    Candidate,
    DoesNotFit,
    Matcher,
    Movement,
    Past,
    Rule,
    divided,
    is_confident,
    party_of,
    suggest_all,
)

DAY = date(2026, 3, 10)


def candidate(key, amount="121", number="F-2026-0001", name="Café Erin, S. L.", contact="c1", day=DAY):
    return Candidate(f"document:{key}", Decimal(amount), number, name, contact, day)


def movement(text="Transfer", amount="121", key="l1", day=DAY, party=""):
    return Movement(key, Decimal(amount), day, text, party)


def keys(found):
    return [one.keys for one in found]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("F-2026-0012", "TRANSF. PAGO FRA F-2026-0012 GRACIAS"),
        ("F-2026-0012", "pago f20260012"),
        ("F-2026-0012", "Factura F 2026/0012"),
        ("Ñ/2026/7", "FRA N 2026 7"),
        ("20260012", "FRA. 2026 0012"),
    ],
)
def test_number_is_found_however_it_is_written(number, text):
    matcher = Matcher([candidate("a", "500", number), candidate("b", "121", "X-1", contact="c2", name="Other")])
    found = matcher.suggest(movement(text))
    assert ("number", number) in next(one for one in found if one.keys == ("document:a",)).reasons


def test_number_within_a_longer_one_is_another_number():
    matcher = Matcher([candidate("a", "500", "F-2026-001")])
    assert matcher.suggest(movement("F-2026-0012")) == []


def test_digits_alone_weigh_less_than_the_whole_number():
    matcher = Matcher([candidate("digits", number="A-2026-0012"), candidate("whole", number="20260012")])
    found = matcher.suggest(movement("Pago 2026 0012"))
    assert keys(found)[:2] == [("document:whole",), ("document:digits",)]


def test_name_is_found_without_legal_form_case_and_accents():
    matcher = Matcher([candidate("a", "999", name="Café Erín, S. L.")])
    (found,) = matcher.suggest(movement("TRANSFERENCIA DE CAFE ERIN SL"))
    assert found.codes == {"name", "date"}


def test_money_that_goes_out_is_no_invoice():
    assert Matcher([candidate("a")]).suggest(movement("F-2026-0001", "-121")) == []


def test_equal_amounts_are_ranked_by_their_days():
    days = [DAY - timedelta(days=20), DAY - timedelta(days=2), DAY - timedelta(days=300)]
    matcher = Matcher(candidate(str(at), day=day, name="") for at, day in enumerate(days))
    assert keys(matcher.suggest(movement(""))) == [("document:1",), ("document:0",), ("document:2",)]


def test_past_choices_lead_to_the_contact():
    party = party_of("", "NORTHGATE 0081", "")
    past = Past({party: frozenset({"c2"})}, {})
    rows = [candidate("a", name="One"), candidate("b", contact="c2", name="Two", number="Z-99")]
    found = Matcher(rows, past=past).suggest(movement("Northgate 0092", party=party_of("", "Northgate 0092", "")))
    assert (keys(found)[0], "past" in found[0].codes) == (("document:b",), True)


def test_several_documents_named_in_the_text_are_one_suggestion():
    rows = [candidate("a", "100", "F-2026-0001"), candidate("b", "21", "F-2026-0002", contact="c2", name="Other")]
    best = Matcher(rows).suggest(movement("F-2026-0001 y F-2026-0002"))[0]
    assert (best.keys, best.reasons[0]) == (("document:a", "document:b"), ("sum", "2"))


def test_oldest_documents_of_a_contact_are_one_suggestion():
    rows = [candidate(str(at), "40", f"F-{at:04}", day=DAY - timedelta(days=30 - at)) for at in range(4)]
    found = Matcher(rows).suggest(movement("CAFE ERIN", "120"))
    assert ("document:0", "document:1", "document:2") in keys(found)


def test_rule_and_past_account_are_suggested():
    party = party_of("", "", "COMISION DE MANTENIMIENTO 12")
    rule = Rule("account:626", "Charges", "comisión", False)
    line = movement("COMISION DE MANTENIMIENTO 13", "-9", party=party)
    found = Matcher([], past=Past({}, {party: "account:669"}), rules=[rule]).suggest(line)
    assert keys(found) == [("account:626",), ("account:669",)]
    assert Matcher([], rules=[rule]).suggest(movement("COMISION", "9")) == []


def test_confident_is_what_no_other_comes_near():
    rows = [candidate("a"), candidate("b", number="F-2026-0002")]
    sure, unsure = movement("F-2026-0001 Café Erin"), movement("Café Erin")
    assert is_confident(Matcher(rows).suggest(sure))
    assert not is_confident(Matcher(rows).suggest(unsure))
    assert not is_confident(Matcher([candidate("a", name="Other")]).suggest(movement("nothing")))  # the amount alone


def test_a_document_is_offered_to_one_line_only():
    lines = [movement("F-2026-0001", key="later", day=DAY + timedelta(days=1)), movement("F-2026-0001", key="first")]
    assert suggest_all(lines, Matcher([candidate("a")])).keys() == {"first"}


AMOUNTS = st.decimals(min_value=1, max_value=300, places=0)
NUMBERS = st.integers(min_value=1, max_value=9999).map(lambda number: f"F-2026-{number:04}")
NAMES = st.sampled_from(["Café Erin, S. L.", "Velo Étoile SARL", "Northgate Couriers Ltd", "Hotel Marítim", ""])


@given(
    rows=st.lists(st.tuples(AMOUNTS, NUMBERS, NAMES, st.integers(0, 400)), max_size=30, unique_by=lambda row: row[1]),
    chosen=st.tuples(AMOUNTS, st.integers(0, 400)),
    said=st.tuples(NAMES, NAMES, NUMBERS),
)
def test_equal_amount_and_number_in_the_text_come_first(rows, chosen, said):
    amount, age = chosen
    number = "K-2026-0000"
    others = [
        candidate(str(at), value, other, name, contact=name, day=DAY - timedelta(days=days))
        for at, (value, other, name, days) in enumerate(rows)
    ]
    wanted = candidate("wanted", amount, number, "Nobody that is named", "c9", DAY - timedelta(days=age))
    past = Past({"p": frozenset({name for _value, _number, name, _days in rows})}, {"p": "account:1"})
    text = " ".join((said[0], number, said[1]))
    rule = Rule("account:2", "All", "2026", None)
    found = Matcher([*others, wanted], past=past, rules=[rule]).suggest(movement(text, amount, party="p"))
    assert found[0].keys == ("document:wanted",)
    assert all(first.score >= second.score for first, second in pairwise(found))


@given(left=AMOUNTS, opens=st.lists(AMOUNTS, min_size=1, max_size=5), sign=st.sampled_from([1, -1]))
def test_parts_never_exceed_the_line(left, opens, sign):
    left, opens = left * sign, [one * sign for one in opens]
    try:
        amounts, rest = divided(left, opens, has_rest=False, is_whole=False)
    except DoesNotFit as error:
        assert len(opens) > 1
        assert error.amount == (sum(opens) - left) * sign > 0
    else:
        assert rest == 0
        assert abs(sum(amounts)) <= abs(left)
    amounts, rest = divided(left, opens, has_rest=True, is_whole=False)
    assert sum(amounts) + rest == left


def test_parts_of_the_other_way_do_not_fit():
    for opens in ([Decimal(-5)], [Decimal(5), Decimal(-5)]):
        with pytest.raises(DoesNotFit):
            divided(Decimal(10), opens, has_rest=False, is_whole=False)
    with pytest.raises(DoesNotFit):
        divided(Decimal(10), [Decimal(12)], has_rest=False, is_whole=True)  # a payment that stands is not divided
