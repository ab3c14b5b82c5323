"""The text of a SEPA payment code. Source: EPC069-12."""

from decimal import Decimal

import pytest

from documents.rules.epc import epc_payload

IBAN = "ES9121000418450200051332"


def payload(**values):
    usual = {"name": "Delta SL", "iban": IBAN, "bic": "CAIXESBBXXX", "amount": Decimal("1234.5"), "remittance": "F-1"}
    return epc_payload(**usual | values)


def test_every_row_is_in_its_place():
    assert payload().split("\n") == [
        *("BCD", "002", "1", "SCT", "CAIXESBBXXX", "Delta SL", IBAN, "EUR1234.50", "", "", "F-1"),
    ]


def test_the_bank_may_be_left_out_and_an_iban_be_grouped():
    rows = payload(bic="", iban="ES91 2100 0418 4502 0005 1332").split("\n")
    assert (rows[4], rows[6]) == ("", IBAN)


def test_nothing_follows_the_last_row_that_says_something():
    assert payload(remittance="").endswith("EUR1234.50")


def test_row_breaks_cannot_be_smuggled_in():
    assert payload(name="Delta\nEvil", remittance="F-1\nEUR9").count("\n") == payload().count("\n")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000"])
def test_amounts_that_cannot_be_transferred_give_no_code(amount):
    assert payload(amount=Decimal(amount)) is None


@pytest.mark.parametrize("amount", ["0.01", "999999999.99"])
def test_the_least_and_the_most_are_taken(amount):
    assert f"EUR{amount}" in payload(amount=Decimal(amount))


@pytest.mark.parametrize("iban", ["", "ES00", "ES9121000418450200051333", "IBAN1"])
def test_a_wrong_account_gives_no_code(iban):
    assert payload(iban=iban) is None


def test_nobody_is_paid_without_a_name():
    assert payload(name=" ") is None


def test_long_names_and_texts_are_cut_to_the_standard():
    rows = payload(name="N" * 80, remittance="R" * 200).split("\n")
    assert (len(rows[5]), len(rows[10])) == (70, 140)


def test_never_more_bytes_than_the_standard_takes():
    made = payload(name="合" * 80, remittance="計" * 200)
    assert len(made.encode()) <= 331
    assert made.split("\n")[5] == "合" * 70
