"""Two bank accounts of the demo's business, each with a statement: some lines reconciled, some suggested, some open."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.formats.bank import read_head
from advisory_portal.formats.tables import write_csv
from bookkeeping import actions
from bookkeeping.models import BankAccount, LedgerAccount
from bookkeeping.models.matching import document_candidates, open_documents, sure_suggestions, unclaimed_payments
from bookkeeping.rules import sign_of
from documents.actions import settle
from documents.models import Document

MAIN, CARDS = "ES9121000418450200051332", "ES7921000813610123456789"
Row = tuple[date, Decimal, str, str]  # day, amount, text, other party


def fill_banking(owner: Actor) -> None:
    """The statements of the last weeks, a rule, and half of what is sure confirmed."""
    actions.ensure_chart(actor=owner)
    today = owner.today()
    main = actions.add_bank_account(actor=owner, name="Banco del Puerto", iban=MAIN, currency="EUR")
    cards = actions.add_bank_account(actor=owner, name="Savings", iban=CARDS, currency="EUR")
    charges = LedgerAccount.objects.get(organisation_id=owner.place.id, code="626")
    actions.keep_bank_rule(actor=owner, words="comision", account=charges, is_income=False)
    bring_statement(owner, main, _movements(owner, today), Decimal("18450.20"))
    quiet = [
        (today - timedelta(days=20), Decimal("3000.00"), "TRASPASO DESDE CUENTA CORRIENTE", ""),
        (today - timedelta(days=2), Decimal("14.21"), "LIQUIDACION INTERESES", ""),
    ]
    bring_statement(owner, cards, quiet, Decimal("12000.00"))
    sure = sure_suggestions(owner, 200)
    if half := sure[: max(len(sure) // 2, 1)]:
        chosen = {line.pk: one.keys for line, one in half}
        actions.confirm_suggestions(actor=owner, chosen=chosen, now=timezone.now())


def _movements(owner: Actor, today: date) -> list[Row]:
    """What customers paid and suppliers got, some with the number in the text and some without; and what banks do."""
    open_ones = open_documents(owner, "EUR").order_by("issued_on", "id")
    rows: list[Row] = []
    for at, one in enumerate(document_candidates(open_ones.filter(kind__in=("invoice", "bill")))[:14]):
        day = min(max(one.day, today - timedelta(days=40)), today - timedelta(days=1 + at % 6))
        words = ("TRANSF. PAGO FRA {number}", "TRANSFERENCIA RECIBIDA {number} GRACIAS", "TRANSFERENCIA A SU FAVOR")
        text = words[at % 3] if one.open > 0 else ("RECIBO {number}", "ADEUDO A SU CARGO", "PAGO {number}")[at % 3]
        rows.append((day, one.open, text.format(number=one.number), one.name if at % 2 else one.name.split(",")[0]))
    for paid in unclaimed_payments(owner, "EUR").select_related("document").order_by("-received_on", "-id")[:3]:
        amount = paid.amount * sign_of(paid.document.kind)
        rows.append((min(paid.received_on, today), amount, "TRANSFERENCIA RECIBIDA", _name(paid.document)))
    rows += _payouts(owner, today)
    rows += [
        (today - timedelta(days=9), Decimal("-12.40"), "COMISION MANTENIMIENTO CUENTA", ""),
        (today - timedelta(days=6), Decimal("-3.15"), "COMISION TRANSFERENCIA SEPA", ""),
        (
            today - timedelta(days=5),
            Decimal("-640.00"),
            "RECIBO ALQUILER LOCAL CARRER DEL TALLER",
            "Fincas Taller, S. L.",
        ),
        (today - timedelta(days=3), Decimal("-318.87"), "TGSS REGIMEN GENERAL SEGURIDAD SOCIAL", ""),
        (today - timedelta(days=2), Decimal("250.00"), "BIZUM SIN CONCEPTO", "M. Ferrer"),
    ]
    return sorted(rows, key=lambda row: row[0])


def _payouts(owner: Actor, today: date) -> list[Row]:
    """What customers paid by card a few days ago; the bank line pays out the first two days, the rest is still held."""
    invoices = open_documents(owner, "EUR").filter(kind="invoice", issued_on__lte=today - timedelta(days=9))
    invoices = invoices.order_by("-issued_on", "-id")[:4]
    net = Decimal(0)
    for at, invoice in enumerate(invoices):
        amount, day = invoice.outstanding, today - timedelta(days=8 - at)
        fee = round(amount * Decimal("0.015") + Decimal("0.25"), 2)
        key = f"demo:card:{invoice.pk}"
        settle(actor=owner, document=invoice, amount=amount, received_on=day, method="stripe", source_key=key, fee=fee)
        if at < 2:
            net += amount - fee
    return [(today - timedelta(days=4), net, "STRIPE PAYMENTS EUROPE LIMITED", "Stripe")] if net else []


def _name(document: Document) -> str:
    return document.contact_name


def bring_statement(owner: Actor, account: BankAccount, rows: Sequence[Row], opening: Decimal) -> None:
    """Bring the rows as the CSV that a bank would give, and say what its columns are."""
    table, balance = [["Fecha", "Concepto", "Beneficiario", "Importe", "Saldo"]], opening
    for day, amount, text, name in rows:
        balance += amount
        table.append([day.strftime("%d/%m/%Y"), text, name, _figure(amount), _figure(balance)])
    content = b"".join(write_csv(table))
    now = timezone.now()
    job = actions.take_statements(actor=owner, uploads=[("movimientos.csv", content)], account=account, now=now)
    item = job.items.select_related("file", "job").get()
    mapping = read_head(content).guess
    if item.detail.get("waits") and mapping is not None:
        actions.choose_columns(actor=owner, item=item, mapping=mapping, now=now)
        item.refresh_from_db()
    actions.run_statement_item(item=item, now=now)


def _figure(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
