"""Money that gateways took for the business: what they still hold, and with which bank line they paid it out."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.models import PortalModel
from bookkeeping.models.banking import BankLine, Reconciliation
from bookkeeping.models.base import in_section
from bookkeeping.rules.payouts import Held
from documents.models import Settlement
from documents.models.document import money_field
from partners.models import Organisation

MOST_HELD = 2_000  # of one gateway, the newest, that a line is compared with


class GatewayMonies(models.QuerySet["GatewayMoney"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.BANKING)

    def held(self) -> Self:
        """What no bank line has paid out yet."""
        return self.filter(paid_out=None)

    def in_order(self) -> Self:
        """As gateways pay out: by day, then as they came."""
        return self.order_by("received_on", "pk")


class GatewayMoney(PortalModel):
    """A settlement that a gateway brought, by its id, signed as a bank line. `paid_out` brought it to the bank.

    A trigger on settlements keeps these rows (`bookkeeping.0009`), so that asking what a gateway holds costs what it
    holds. `fee` is what it keeps, None where that is not known.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    settlement = models.OneToOneField(Settlement, models.CASCADE, related_name="+")
    method = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    received_on = models.DateField()
    amount = money_field()
    fee = money_field(null=True)
    paid_out = models.ForeignKey(Reconciliation, models.PROTECT, null=True, related_name="paid_out")

    objects = GatewayMonies.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "method", "currency", "received_on", "id"],
                name="gateway_money_held",
                condition=Q(paid_out=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"


def held_by_gateway(actor: Actor, line: BankLine) -> dict[str, list[Held]]:
    """What each gateway holds in the line's currency up to its day, in order. One query."""
    rows = GatewayMoney.objects.visible_to(actor).held().filter(currency=line.account.currency)
    newest = rows.filter(received_on__lte=line.booked_on).order_by("-received_on", "-pk")
    found: dict[str, list[Held]] = {}
    columns = newest.values_list("method", "pk", "amount", "fee", "received_on")[:MOST_HELD]
    for method, pk, amount, fee, day in reversed(columns):
        found.setdefault(method, []).append(Held(pk, amount, fee, day))
    return found


def gross_of(rows: list[GatewayMoney]) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))
