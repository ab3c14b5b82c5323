"""camt.053: figures, batches, balances and pages of statements in every version that banks send."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from advisory_portal.formats.bank import Statement, StatementLine, read_statement
from advisory_portal.formats.errors import FormatError
from tests.formats.bank_samples import (
    IBAN,
    camt,
    camt_balance,
    camt_entry,
    camt_money,
    camt_statement,
    line,
    many_lines,
    statement,
)

DAY = date(2026, 1, 15)
FULL = line(
    DAY,
    "121.00",
    "Factura F-2026-0001 & más",
    value_on=date(2026, 1, 16),
    counterparty_name="Étoile Électrique SARL",
    counterparty_account="FR7630006000011234567890189",
    reference="RF18539007547034",
    code="PMNT/RCDT/ESCT",
    bank_id="2026011500001",
)


def refusal(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as refused:
        read_statement(data)
    assert str(refused.value)
    return refused.value


def batch(transactions: str, amount: str, *, more: str = "") -> list[StatementLine]:
    """The lines of a statement with one entry of these transactions."""
    entry = camt_entry(line(DAY, amount, bank_id="B1"), details=transactions, more=more)
    return entries(entry, amount)


def entries(entry: str, total: str) -> list[StatementLine]:
    empty = statement([], opening="100.00")
    body = camt_statement(replace(empty, closing=Decimal("100.00") + Decimal(total)))
    return list(read_statement(camt(body=body.replace("</Stmt>", f"{entry}</Stmt>")))[0].lines)


def transaction(amount: str, end_to_end: str = "E", more: str = "") -> str:
    return f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{camt_money(Decimal(amount))}{more}</TxDtls>"


@pytest.mark.parametrize("version", range(2, 9))
def test_statement_is_read_as_written_in_every_version(version: int) -> None:
    written = statement([FULL, line(DAY, "-21.5", "Fee", bank_id="2026011500002")])
    assert read_statement(camt(written, version=version)) == [written]


def test_several_statements_of_several_accounts() -> None:
    other = replace(
        statement([line(DAY, "-0.01", bank_id="X")], opening="-5.00"),
        account_iban="FR7630006000011234567890189",
        account_number="FR7630006000011234567890189",
        currency="USD",
        number="8",
    )
    assert read_statement(camt(statement([FULL]), other)) == [statement([FULL]), other]


def test_batch_that_adds_up_is_split_and_ids_stay_unique() -> None:
    first, second = batch(transaction("60.00", "E1") + transaction("40.00", "E2"), "100.00")
    assert (first.amount, first.reference, first.bank_id) == (Decimal("60.00"), "E1", "B1/1")
    assert (second.amount, second.reference, second.bank_id) == (Decimal("40.00"), "E2", "B1/2")


def test_batch_with_a_return_in_it_is_split_by_signs() -> None:
    amounts = [one.amount for one in batch(transaction("60.00") + transaction("-10.00"), "50.00")]
    assert amounts == [Decimal("60.00"), Decimal("-10.00")]


def test_batch_of_version_02_has_its_amounts_in_the_details() -> None:
    parts = "".join(
        f'<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'
        for amount in ("1.10", "2.20")
    )
    assert [one.amount for one in batch(parts, "-3.30")] == [Decimal("-1.10"), Decimal("-2.20")]


@pytest.mark.parametrize(
    "parts",
    [
        transaction("60.00") + transaction("39.99"),
        "<TxDtls/><TxDtls/>",
        transaction("60.00") + transaction("40.00").replace("EUR", "USD"),
        "<Btch><NbOfTxs>12</NbOfTxs></Btch>",
    ],
)
def test_batch_that_does_not_add_up_stays_one_line(parts: str) -> None:
    assert [(one.amount, one.bank_id) for one in batch(parts, "100.00")] == [(Decimal("100.00"), "B1")]


@pytest.mark.parametrize(
    "charges",
    [
        '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>',
        '<Chrgs><Amt Ccy="EUR">3.00</Amt></Chrgs>',
    ],
)
def test_charges_taken_out_of_a_batch_are_a_line_of_their_own(charges: str) -> None:
    found = batch(transaction("60.00") + transaction("40.00"), "97.00", more=charges)
    assert [(one.amount, one.bank_id) for one in found] == [
        (Decimal("60.00"), "B1/1"),
        (Decimal("40.00"), "B1/2"),
        (Decimal("-3.00"), "B1/0"),
    ]


def test_gross_transaction_of_an_entry_does_not_replace_its_amount() -> None:
    assert [one.amount for one in batch(transaction("100.00"), "97.00")] == [Decimal("97.00")]


def test_reversal_keeps_its_sign_and_names_the_party_of_what_it_undoes() -> None:
    parties = "<RltdPties><Dbtr><Nm>Own</Nm></Dbtr><Cdtr><Nm>Supplier</Nm></Cdtr></RltdPties>"
    (found,) = batch(f"<TxDtls>{parties}</TxDtls>", "10.00", more="<RvslInd>true</RvslInd>")
    assert (found.amount, found.counterparty_name) == (Decimal("10.00"), "Supplier")


def test_structured_remittance_gives_reference_and_document_numbers() -> None:
    structured = (
        "<RmtInf><Strd><RfrdDocInf><Nb>F-77</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf>"
        "<AddtlRmtInf>January</AddtlRmtInf></Strd></RmtInf>"
    )
    (found,) = batch(transaction("10.00", "E1", structured), "10.00")
    assert (found.reference, found.text) == ("RF18539007547034", "F-77 January")


def test_missing_optional_parts() -> None:
    parts = "<ValDt><Dt>2026-01-03</Dt></ValDt><AddtlNtryInf>Interest</AddtlNtryInf>"
    bare = f"<Ntry>{camt_money(Decimal('5.00'))}{parts}</Ntry>"
    (found,) = entries(bare, "5.00")
    assert found == line(date(2026, 1, 3), "5.00", "Interest", value_on=date(2026, 1, 3))


@pytest.mark.parametrize("status", ["PDNG", "INFO", "<Cd>PDNG</Cd>"])
def test_what_is_not_booked_is_left_out(status: str) -> None:
    entry = camt_entry(line(DAY, "10.00")).replace("<Sts>BOOK</Sts>", f"<Sts>{status}</Sts>")
    assert entries(entry, "0.00") == []


def test_pages_have_interim_balances() -> None:
    first = (camt_balance("OPBD", Decimal(100), DAY), camt_balance("ITBD", Decimal(110), DAY), "10.00")
    second = (camt_balance("ITBD", Decimal(110), DAY), camt_balance("CLBD", Decimal(90), DAY), "-20.00")
    third = (camt_balance("ITBD", Decimal(1), DAY), camt_balance("ITBD", Decimal(3), DAY), "2.00")
    body = "".join(
        f"<Stmt><Id>P</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{a}{b}{camt_entry(line(DAY, amount))}</Stmt>"
        for a, b, amount in (first, second, third)
    )
    found = [(one.opening, one.closing) for one in read_statement(camt(body=body))]
    assert found == [(100, 110), (110, 90), (1, 3)]


def test_previous_closing_balance_opens_and_available_ones_are_ignored() -> None:
    data = camt(statement([FULL])).replace(b"OPBD", b"PRCD")
    data = data.replace(b"<Bal>", camt_balance("CLAV", Decimal(9), DAY).encode() + b"<Bal>", 1)
    assert read_statement(data) == [statement([FULL])]


def test_statement_of_no_lines() -> None:
    empty = statement([])
    assert read_statement(camt(empty)) == [empty]


def test_mis_balanced_statement_is_refused_with_both_figures() -> None:
    error = refusal(camt(replace(statement([FULL]), closing=Decimal("221.01"))))
    assert (error.code, error.line) == ("statement_unbalanced", 5)
    assert (error.params["opening"], error.params["reached"], error.params["closing"]) == ("100.00", "221.00", "221.01")
    assert "221.00" in str(error) and "221.01" in str(error)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (camt(statement([FULL]), message="camt.052"), "camt_other"),
        (camt(statement([FULL]), message="camt.054"), "camt_other"),
        (camt(statement([FULL]), message="pain.001"), "wrong_statement"),
        (camt(statement([FULL]), version=1), "camt_version"),
        (camt(statement([FULL]), version=9), "camt_version"),
        (b"<Invoice/>", "wrong_statement"),
        (b"<Stmt/>", "wrong_statement"),
        (camt(body="<Stmt><x><Ntry/></x></Stmt>"), "wrong_statement"),
        (camt(body="<Other/>"), "missing"),
        (camt(statement([FULL]))[:-40], "not_xml"),
        (camt(statement([FULL]))[:900], "not_xml"),
        (camt(statement([FULL])).replace(b"121.00", b"121,00"), "statement_amount"),
        (camt(statement([FULL])).replace(b"121.00", b"1e9"), "statement_amount"),
        (camt(statement([FULL])).replace(b"121.00", b"12345678901234"), "statement_amount"),
        (camt(statement([FULL])).replace(b"121.00", b"1.0001"), "statement_amount"),
        (camt(statement([FULL])).replace(b"121.00", b"-121.00"), "statement_amount"),
        (camt(statement([FULL])).replace(b'Ccy="EUR">121', b'Ccy="USD">121'), "statement_currency"),
        (camt(statement([FULL])).replace(b'Ccy="EUR">121', b'Ccy="E">121'), "bad_currency"),
        (camt(statement([FULL])).replace(b"CRDT</CdtDbtInd><Sts>", b"CR</CdtDbtInd><Sts>"), "missing"),
        (camt(statement([FULL])).replace(b"<BookgDt><Dt>2026-01-15", b"<BookgDt><Dt>2026-02-30"), "bad_date"),
        (camt(statement([FULL])).replace("más".encode(), b"m\xe1s"), "bad_encoding"),
    ],
)
def test_bad_file_is_refused_by_name(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_refusal_points_at_the_line_of_the_file() -> None:
    data = camt(statement([FULL, line(DAY, "7.77")])).replace(b"7.77<", b"7.77x<")
    assert refusal(data).line == data[: data.index(b"7.77x")].count(b"\n") + 1


def test_billion_laughs_is_refused_before_it_is_parsed() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE Document [<!ENTITY l0 "lol">{entities}]>\n<Document'
    data = camt(statement([FULL])).replace(b"<Document", doctype.encode()).replace(b"Factura", b"&l9;")
    assert refusal(data).code == "doctype"


def test_markup_that_is_no_statement_is_not_held_in_memory() -> None:
    noise = b"<a/>" * 1_100_000
    assert refusal(camt(statement([FULL])).replace(b"<Stmt>", noise + b"<Stmt>")).code == "too_complex"


def test_statement_that_arrives_in_many_pieces_is_whole() -> None:
    """Entries are forgotten while later ones are being parsed: none may be lost or read twice."""
    pending = camt_entry(line(DAY, "1.00")).replace("BOOK", "PDNG")
    lines = [replace(one, bank_id=f"B{index}") for index, one in enumerate(many_lines(3_000))]
    written = statement(lines)
    data = camt(written, written).replace(b"\n<Ntry>", f"\n{pending * 3}<Ntry>".encode(), 2)
    assert read_statement(data) == [written, written]


def test_document_in_an_envelope_with_prefixes() -> None:
    data = camt(statement([FULL])).decode().split("\n", 1)[1]
    body = data.replace("<", "<d:").replace("<d:/", "</d:").replace("xmlns=", "xmlns:d=")
    found: Statement = read_statement(f"<Envelope><Header/>{body}</Envelope>".encode())[0]
    assert found == statement([FULL])
