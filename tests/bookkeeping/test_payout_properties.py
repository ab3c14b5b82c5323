"""Whatever gateways bring, give back and pay out: the books balance, and their accounts hold what they hold."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from bookkeeping import actions
from bookkeeping.models import GatewayMoney, JournalLine, PostingRule, Reconciliation
from bookkeeping.models.reports import sums_of_accounts
from bookkeeping.rows.reports import Writer, trial_balance
from documents.actions import settle
from documents.models import Document
from tests.bookkeeping.factories_banking import bank_line
from tests.bookkeeping.test_journal_properties import Year

pytestmark = pytest.mark.django_db
METHODS = ("stripe", "paypal")


class YearOfGateways(Year):
    """Somebody whose customers pay by gateways, beside all else that happens."""

    def acts(self):
        return (self.document, self.take, self.take, self.pay_out, self.pay_out, self.undo_payout, self.post, self.pay,
                self.reverse, self.unreview)  # fmt: skip

    def take(self):
        """Money by a gateway for an invoice or order, or back of it; its fee known or not."""
        rows = Document.objects.filter(kind__in=("invoice", "sales_order"), currency="EUR")
        document = self.some(rows.exclude(state__in=("void", "draft")))
        if document is None:
            return False
        amount = round(document.payable * self.chance.choice((Decimal(1), Decimal("0.4"), Decimal("-0.2"))), 2)
        fee = self.chance.choice((round(abs(amount) * Decimal("0.02"), 2), None))
        return bool(amount) and settle(
            actor=self.actor, document=document, amount=amount, received_on=self.day, fee=fee,
            method=self.chance.choice(METHODS), source_key=f"gateway:{self.step}",
        )  # fmt: skip

    def pay_out(self):
        """A bank line pays out some of what a gateway holds, less what it keeps of that."""
        first = self.some(GatewayMoney.objects.held())
        if first is None:
            return False
        held = GatewayMoney.objects.held().filter(method=first.method).in_order()
        rows = list(held[: self.chance.randint(1, 5)])
        left = sum(row.amount - (Decimal("0.30") if row.fee is None else row.fee) for row in rows)
        if not left:
            return False
        line = bank_line(self.actor, f"{left:.2f}", f"Payout {self.step}", self.day)
        return actions.reconcile_payout(
            actor=self.actor, line=line, method=first.method, money=[row.pk for row in rows], key=uuid4()
        )

    def undo_payout(self):
        made = self.some(Reconciliation.objects.standing().exclude(gateway=""))
        return made is not None and actions.undo_reconciliation(
            actor=self.actor, reconciliation=made, now=timezone.now()
        )


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_gateways_accounts_hold_what_they_hold(dan_here, delta, chart, seed):
    done = YearOfGateways(dan_here, delta, chart, seed).go(70)
    assert done["take"] and done["pay_out"] and done["post"]
    for row in GatewayMoney.objects.select_related("settlement__document").order_by("pk"):
        actions.post_settlement(actor=dan_here, settlement=row.settlement)
    for one in Reconciliation.objects.standing().exclude(gateway="").order_by("pk"):
        actions.post_reconciliation(actor=dan_here, reconciliation=one)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every entry balances
    for method in METHODS:
        account = PostingRule.objects.get(part=f"clearing_{method}", contact=None).account
        lines = JournalLine.objects.filter(account=account).aggregate(debit=Sum("debit"), credit=Sum("credit"))
        held = GatewayMoney.objects.held().filter(method=method).aggregate(sum=Sum("amount"))["sum"]
        assert (lines["debit"] or 0) - (lines["credit"] or 0) == (held or 0)
    sums = sums_of_accounts(delta.pk, date(2025, 12, 1), date(2026, 12, 1))
    _rows, total = trial_balance(sums, Writer(slug="delta", currency="EUR", query=""))
    assert (total.amounts[0], total.amounts[3], total.amounts[1] - total.amounts[2]) == (0, 0, 0)
