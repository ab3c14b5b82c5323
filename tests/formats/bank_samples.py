"""Bank files made from a statement, one writer per format: what a reader gives back must be that statement."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from advisory_portal.formats.bank import Statement, StatementLine
from advisory_portal.formats.bank.norma43 import CURRENCIES

IBAN = "ES9121000418450200051332"
N43_ACCOUNT = "210004180200051332"
NUMBERS = {letters: number for number, letters in CURRENCIES.items()}


def line(day: date, amount: str, text: str = "", **more: object) -> StatementLine:
    return replace(StatementLine(booked_on=day, value_on=None, amount=Decimal(amount), text=text), **more)  # type: ignore[arg-type]


def statement(
    lines: Sequence[StatementLine], *, opening: str = "100.00", account_format: str = "camt053", number: str = "7"
) -> Statement:
    """A statement of EUR whose lines lead from its opening to its closing balance."""
    first = Decimal(opening)
    return Statement(
        format=account_format,
        account_iban=IBAN,
        account_number=N43_ACCOUNT if account_format == "norma43" else IBAN,
        currency="EUR",
        opening=first,
        closing=first + sum((one.amount for one in lines), Decimal(0)),
        starts_on=lines[0].booked_on if lines else date(2026, 1, 1),
        ends_on=lines[-1].booked_on if lines else date(2026, 1, 31),
        number=number,
        lines=tuple(lines),
    )


def many_lines(count: int) -> list[StatementLine]:
    """Movements of a busy account, 250 a day."""
    return [
        line(
            date(2026, 1, 1) + timedelta(days=index // 250),
            f"{(index % 977) * (1 if index % 3 else -1)}.{index % 100:02d}" if index % 977 else "1.00",
            f"Invoice {index:06d} of the customer",
            value_on=date(2026, 1, 1) + timedelta(days=index // 250),
            reference=f"R{index:010d}",
        )
        for index in range(count)
    ]


# --- camt.053 ------------------------------------------------------------------------------------------------


def camt(*statements: Statement, version: int = 2, message: str = "camt.053", body: str = "") -> bytes:
    """A camt.053 document; `body` stands in for the statements where it is given."""
    inner = body or "\n".join(camt_statement(one, version=version) for one in statements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}.001.{version:02d}">\n<BkToCstmrStmt>\n'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-02-01T06:00:00</CreDtTm></GrpHdr>\n"
        f"{inner}\n</BkToCstmrStmt>\n</Document>\n"
    ).encode()


def camt_statement(one: Statement, *, version: int = 2) -> str:
    balances = "".join(
        camt_balance(kind, amount, day, one.currency)
        for kind, amount, day in (("OPBD", one.opening, one.starts_on), ("CLBD", one.closing, one.ends_on))
        if amount is not None
    )
    entries = "\n".join(camt_entry(entry, one.currency, version=version) for entry in one.lines)
    return (
        f"<Stmt><Id>S</Id><ElctrncSeqNb>{one.number}</ElctrncSeqNb><CreDtTm>2026-02-01T06:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{one.starts_on}T00:00:00</FrDtTm><ToDtTm>{one.ends_on}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{one.account_iban}</IBAN></Id><Ccy>{one.currency}</Ccy></Acct>\n{balances}\n{entries}</Stmt>"
    )


def camt_balance(kind: str, amount: Decimal, day: date | None, currency: str = "EUR") -> str:
    type_of = f"<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{type_of}{camt_money(amount, currency)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def camt_money(amount: Decimal, currency: str = "EUR") -> str:
    sign = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{currency}">{abs(amount):f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def camt_entry(
    one: StatementLine, currency: str = "EUR", *, version: int = 2, details: str = "", more: str = ""
) -> str:
    """An entry with one transaction that says all of the line; `details` replaces it, `more` follows the amount."""
    role = "Dbtr" if one.amount > 0 else "Cdtr"
    name = f"<Nm>{escape(one.counterparty_name)}</Nm>"
    party = f"<{role}>{f'<Pty>{name}</Pty>' if version >= 8 else name}</{role}>" if one.counterparty_name else ""
    if one.counterparty_account:
        party += f"<{role}Acct><Id><Othr><Id>{escape(one.counterparty_account)}</Id></Othr></Id></{role}Acct>"
    transaction = (
        f"<TxDtls><Refs><EndToEndId>{escape(one.reference) or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties>{party}</RltdPties><RmtInf><Ustrd>{escape(one.text)}</Ustrd></RmtInf></TxDtls>"
    )
    kind = "".join(
        f"<{tag}>{word}</{tag}>" for tag, word in zip(("Cd", "Fm", "Sf"), one.code.split("/"), strict=False) if word
    )
    domain = kind.replace("<Fm>", "<Fmly><Cd>").replace("</Fm>", "</Cd>").replace("Sf>", "SubFmlyCd>") + (
        "</Fmly>" if "<Fm>" in kind else ""
    )
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= 8 else "<Sts>BOOK</Sts>"
    value = f"<ValDt><Dt>{one.value_on}</Dt></ValDt>" if one.value_on else ""
    return (
        f"<Ntry>{camt_money(one.amount, currency)}{more}{status}<BookgDt><Dt>{one.booked_on}</Dt></BookgDt>{value}"
        + (f"<AcctSvcrRef>{escape(one.bank_id)}</AcctSvcrRef>" if one.bank_id else "")
        + (f"<BkTxCd><Domn>{domain}</Domn></BkTxCd>" if one.code else "")
        + f"<NtryDtls>{details or transaction}</NtryDtls></Ntry>"
    )


# --- Norma 43 ------------------------------------------------------------------------------------------------


def n43(*statements: Statement, end: str = "\r\n", encoding: str = "cp1252") -> bytes:
    records = [record for one in statements for record in n43_records(one)]
    records.append(f"88{'9' * 18}{len(records):06d}".ljust(80))
    return "".join(f"{one}{end}" for one in records).encode(encoding)


def n43_records(one: Statement) -> list[str]:
    opening, closing = one.opening or Decimal(0), one.closing or Decimal(0)
    number, currency = one.account_number, NUMBERS[one.currency]
    records = [f"11{number}{one.starts_on:%y%m%d}{one.ends_on:%y%m%d}{n43_signed(opening)}{currency}3OWNER".ljust(80)]
    for entry in one.lines:
        kind, _, own = (entry.code or "04/161").partition("/")
        value_on = entry.value_on or entry.booked_on
        records.append(
            f"22    0418{entry.booked_on:%y%m%d}{value_on:%y%m%d}{kind}{own}{n43_signed(entry.amount)}"
            f"{0:010d}{0:012d}{entry.reference:<16}"
        )
        for index, start in enumerate(range(0, len(entry.text), 76), start=1):
            records.append(f"23{index:02d}{entry.text[start : start + 76]:<76}")
    debits = [-entry.amount for entry in one.lines if entry.amount < 0]
    credits = [entry.amount for entry in one.lines if entry.amount >= 0]
    sums = f"{len(debits):05d}{n43_cents(sum(debits))}{len(credits):05d}{n43_cents(sum(credits))}"
    records.append(f"33{number}{sums}{n43_signed(closing)}{currency}".ljust(80))
    return records


def n43_signed(amount: Decimal) -> str:
    return f"{1 if amount < 0 else 2}{n43_cents(abs(amount))}"


def n43_cents(amount: Decimal | int) -> str:
    return f"{int(amount * 100):014d}"


# --- OFX -----------------------------------------------------------------------------------------------------


def ofx(*statements: Statement, version: int = 1, card: bool = False) -> bytes:
    """SGML without closing tags for version 1, XML for 2."""
    sgml = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
        "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
    )
    messages = "CREDITCARDMSGSRSV1" if card else "BANKMSGSRSV1"
    inner = "".join(_ofx_statement(one, version, card) for one in statements)
    body = f"<OFX>{_status(version)}<{messages}>{inner}</{messages}></OFX>"
    return f"{xml if version == 2 else sgml}{body}".encode("utf-8" if version == 2 else "cp1252")


def _leaf(name: str, value: object, version: int) -> str:
    text = escape(str(value))
    return f"<{name}>{text}</{name}>\n" if version == 2 else f"<{name}>{text}\n"


def _status(version: int) -> str:
    code = _leaf("CODE", 0, version) + _leaf("SEVERITY", "INFO", version)
    signed = (
        f"<STATUS>{code}</STATUS>" + _leaf("DTSERVER", "20260201060000", version) + _leaf("LANGUAGE", "ENG", version)
    )
    return f"<SIGNONMSGSRSV1><SONRS>{signed}</SONRS></SIGNONMSGSRSV1>"


def _ofx_statement(one: Statement, version: int, card: bool) -> str:
    kind, origin = ("CCSTMTRS", "CCACCTFROM") if card else ("STMTRS", "BANKACCTFROM")
    bank = "" if card else _leaf("BANKID", "2100", version)
    account = bank + _leaf("ACCTID", one.account_number, version)
    account += "" if card else _leaf("ACCTTYPE", "CHECKING", version)
    balance = _leaf("BALAMT", one.closing, version) + _leaf("DTASOF", f"{one.ends_on:%Y%m%d}", version)
    period = _leaf("DTSTART", f"{one.starts_on:%Y%m%d}", version)
    period += _leaf("DTEND", f"{one.ends_on:%Y%m%d}235959[+1:CET]", version)
    status = _leaf("CODE", 0, version) + _leaf("SEVERITY", "INFO", version)
    return (
        f"<{kind[:-2]}TRNRS>{_leaf('TRNUID', 1, version)}<STATUS>{status}</STATUS>"
        f"<{kind}>{_leaf('CURDEF', one.currency, version)}<{origin}>{account}</{origin}>"
        f"<BANKTRANLIST>{period}{''.join(_ofx_line(entry, version) for entry in one.lines)}</BANKTRANLIST>"
        f"<LEDGERBAL>{balance}</LEDGERBAL></{kind}></{kind[:-2]}TRNRS>"
    )


def _ofx_line(one: StatementLine, version: int) -> str:
    leaves = [("TRNTYPE", one.code or "OTHER"), ("DTPOSTED", f"{one.booked_on:%Y%m%d}120000.000[+1:CET]")]
    if one.value_on:
        leaves.append(("DTAVAIL", f"{one.value_on:%Y%m%d}"))
    leaves += [("TRNAMT", f"{one.amount:f}"), ("FITID", one.bank_id)]
    named = (("REFNUM", one.reference), ("NAME", one.counterparty_name), ("MEMO", one.text))
    leaves += [(name, value) for name, value in named if value]
    return f"<STMTTRN>{''.join(_leaf(name, value, version) for name, value in leaves)}</STMTTRN>\n"


# --- tables --------------------------------------------------------------------------------------------------


def table(one: Statement, *, delimiter: str = ";", mark: str = ",", newest_first: bool = False) -> bytes:
    """A Spanish bank's CSV: the account above, then date, value date, concept, amount, balance, currency."""
    balance = one.opening or Decimal(0)
    rows = []
    for entry in one.lines:
        balance += entry.amount
        cells = (
            f"{entry.booked_on:%d/%m/%Y}",
            f"{entry.value_on or entry.booked_on:%d/%m/%Y}",
            '"{}"'.format(entry.text.replace('"', '""')),
            table_figure(entry.amount, mark),
            table_figure(balance, mark),
            one.currency,
        )
        rows.append(delimiter.join(f'"{cell}"' if delimiter in cell and cell[0] != '"' else cell for cell in cells))
    head = delimiter.join(("Fecha operación", "Fecha valor", "Concepto", "Importe", "Saldo", "Divisa"))
    above = [f"Cuenta:{delimiter}{one.account_iban}", f"Titular:{delimiter}Delta", ""]
    return "\r\n".join([*above, head, *(rows[::-1] if newest_first else rows), ""]).encode()


def table_figure(amount: Decimal, mark: str) -> str:
    return f"{amount:,f}".replace(",", " ").replace(".", mark).replace(" ", "." if mark == "," else ",")
