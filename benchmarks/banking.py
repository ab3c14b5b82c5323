"""What a statement of 50,000 lines and suggestions for 10,000 lines against 10,000 documents cost one worker."""

import os
import random
import time
from datetime import date, timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.utils import timezone

from advisory_portal.core.access import Actor
from benchmarks._world import make_business, owner_of
from bookkeeping import actions
from bookkeeping.models import BankLine
from bookkeeping.models.matching import candidates_for_all, movement_of, past_choices
from bookkeeping.rules.matching import Candidate, Matcher, Movement, suggest_all
from bookkeeping.tasks import import_statements

LINES = 50_000
PAIRS = 10_000
IBAN = "ES9121000418450200051332"
NAMES = "García Martínez López Sánchez Pérez Gómez Ruiz Díaz Moreno Álvarez Romero Navarro Torres Gil Serrano".split()


def statement(number: int) -> bytes:
    """An OFX-like amount of movements as camt.053."""
    chance, day, total = random.Random(1), date(2026, 1, 1), Decimal(0)
    entries = []
    for at in range(number):
        amount = Decimal(chance.randrange(1, 500_000)) / 100
        sign = "CRDT" if at % 3 else "DBIT"
        total += amount if at % 3 else -amount
        when = day + timedelta(days=at // 300)
        text = f"TRANSF {chance.choice(NAMES)} {chance.choice(NAMES)} FRA F-2026-{at:05}"
        entries.append(
            f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>'
            f"<BookgDt><Dt>{when}</Dt></BookgDt><AcctSvcrRef>R{at}</AcctSvcrRef>"
            f"<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    closing, kind = abs(total), "CRDT" if total >= 0 else "DBIT"
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-12-31T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S</Id><CreDtTm>2026-12-31T06:00:00</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_balance('OPBD', Decimal(0), 'CRDT', day)}{_balance('CLBD', closing, kind, when)}{''.join(entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, amount: Decimal, sign: str, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def importing(owner: Actor) -> None:
    actions.add_bank_account(actor=owner, name="Main", iban=IBAN, currency="EUR")
    content = statement(LINES)
    for what in ("new", "known"):
        job = actions.take_statements(actor=owner, uploads=[("s.xml", content)], now=timezone.now())
        started = time.perf_counter()
        import_statements()
        seconds = time.perf_counter() - started
        (item,) = job.items.all()
        print(f"importing {LINES} {what} lines: {seconds:.1f} s ({item.outcome})")


def suggesting(owner: Actor) -> None:
    """Lines that name their invoice, that name the customer, and that have only the amount; many amounts equal."""
    chance, day = random.Random(2), date(2026, 3, 1)
    names = [f"{one} {other}" for one in NAMES for other in NAMES]
    rows = [
        Candidate(
            f"document:{at}",
            Decimal(chance.randrange(1_000, 60_000)) / 10,
            f"F-2026-{at:05}",
            (name := chance.choice(names)),
            name,
            day + timedelta(days=chance.randrange(300)),
        )
        for at in range(PAIRS)
    ]
    lines = []
    for at, one in enumerate(rows):
        text = (f"PAGO FRA {one.number} {one.name}", f"TRANSFERENCIA DE {one.name}", "INGRESO EN CUENTA")[at % 3]
        lines.append(Movement(str(at), one.open, one.day, text, ""))
    started = time.perf_counter()
    found = suggest_all(lines, Matcher(rows))
    right = sum(found[key].keys == (f"document:{key}",) for key in found)
    print(f"suggestions, {PAIRS} lines against {PAIRS} documents: {time.perf_counter() - started:.1f} s "
          f"({len(found)} sure, {right} right)")  # fmt: skip
    started = time.perf_counter()
    same = [Candidate(one.key, Decimal(100), one.number, "Ana", "c", one.day) for one in rows]
    suggest_all([Movement(one.key, Decimal(100), one.booked_on, one.text, "") for one in lines], Matcher(same))
    print(f"the same where all amounts are equal: {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    candidates = candidates_for_all(owner, "EUR", day)
    past = past_choices(owner)
    movements = [
        movement_of(one) for one in BankLine.objects.visible_to(owner).open().select_related("account")[:PAIRS]
    ]
    suggest_all(movements, Matcher(candidates, past=past))
    print(
        f"from the database, {len(movements)} lines, {len(candidates)} documents: {time.perf_counter() - started:.1f} s"
    )


if __name__ == "__main__":
    business = owner_of(make_business(f"banking-{int(time.time())}", PAIRS))
    importing(business)
    suggesting(business)
