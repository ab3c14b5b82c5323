"""Saying that a bank line was the payout of a gateway: which money it was, and what the gateway kept."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.formatting import format_money
from advisory_portal.core.history import record
from bookkeeping import rules
from bookkeeping.actions.postings import post_reconciliation
from bookkeeping.actions.reconciliations import (
    NotReconcilable,
    PartsDoNotFit,
    Rest,
    enter_rest,
    locked_line,
    require_open_on,
    set_reconciled,
)
from bookkeeping.models import BankLine, GatewayMoney, Reconciliation
from documents.rules import GATEWAY_METHODS

MOST_PAID_OUT = 5_000


@transaction.atomic
def reconcile_payout(
    *,
    actor: Actor,
    line: BankLine,
    method: str,
    money: Sequence[UUID],
    key: UUID,
    rest: Rest | None = None,
    reasons: Sequence[Sequence[str]] = (),
    rate: Decimal | None = None,
) -> list[Reconciliation]:
    """Say that what is left of a line is a gateway's payout of this money (ids of GatewayMoney).

    What the gateway kept is the difference, exactly the fees where all are known and what may be one where not; with
    an account for the rest known fees count alone, and the account takes the difference. `key` is of the form that was
    sent: repeating it changes nothing. `rate` is for accounts in another currency than the books. Raises
    NotReconcilable, PartsDoNotFit, BooksClosed, NoRate, NotPostable, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    current = locked_line(actor, line)
    ids = [uuid5(key, name) for name in ("payout", "rest")]
    if known := list(Reconciliation.objects.filter(organisation_id=actor.place.id, pk__in=ids)):
        return known
    if current.left == 0:
        raise NotReconcilable(_("Somebody has reconciled this line meanwhile."))
    require_open_on(actor.place.id, current.booked_on)
    rows = _held(actor, current, method, money)
    fees, net = _fees_and_net(current, rows, has_rest=rest is not None)
    said = [list(one) for one in reasons]
    payout = Reconciliation(pk=ids[0], line=current, gateway=method, fees=fees, amount=net, reason=said)
    made = [_paid_out(actor, payout, rows)]
    post_reconciliation(actor=actor, reconciliation=payout, rate=rate)
    if rest is not None and current.left != net:
        made.append(enter_rest(actor, current, ids[1], rest, current.left - net, reasons, rate))
    set_reconciled(actor, current, sum((one.amount for one in made), Decimal(0)))
    record(actor, "bookkeeping.bankline.matched", about=current)
    line.refresh_from_db()
    return made


def _fees_and_net(line: BankLine, rows: Sequence[GatewayMoney], *, has_rest: bool) -> tuple[Decimal, Decimal]:
    fees = _fees(line, rows, has_rest=has_rest)
    net = sum((row.amount for row in rows), Decimal(0)) - fees
    if net == 0:
        raise PartsDoNotFit(_("What you chose comes to nothing. Choose what this payout was made of."))
    return fees, net


def _paid_out(actor: Actor, payout: Reconciliation, rows: Sequence[GatewayMoney]) -> Reconciliation:
    """Save the payout, and that this money came by it."""
    payout.organisation_id, payout.made_by_name = payout.line.organisation_id, actor.name
    payout.save(force_insert=True)
    GatewayMoney.objects.filter(pk__in=[row.pk for row in rows]).update(paid_out=payout)
    return payout


def _held(actor: Actor, line: BankLine, method: str, money: Sequence[UUID]) -> list[GatewayMoney]:
    """The rows, locked in one order for everybody, if the gateway still holds all of them."""
    if method not in GATEWAY_METHODS or not money or len(set(money)) > MOST_PAID_OUT:
        raise PartsDoNotFit(_("Choose the payments that were paid out, at most %(limit)s.") % {"limit": MOST_PAID_OUT})
    wanted = GatewayMoney.objects.visible_to(actor).filter(
        pk__in=set(money), method=method, currency=line.account.currency
    )
    rows = list(wanted.held().select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if len(rows) < len(set(money)):
        raise NotReconcilable(_("Some of these payments were paid out with another line meanwhile. Look again."))
    return rows


def _fees(line: BankLine, rows: Sequence[GatewayMoney], *, has_rest: bool) -> Decimal:
    held = [rules.Held(row.pk, row.amount, row.fee, row.received_on) for row in rows]
    try:
        return rules.fees_of(held, line.left, has_rest=has_rest)
    except rules.FeesDoNotFit as error:
        words = _("What you chose comes to %(net)s without its fees, and the line is %(left)s. Choose other payments, "
                  "or an account for the difference.")  # fmt: skip
        amounts = {
            "net": format_money(error.net, line.account.currency),
            "left": format_money(line.left, line.account.currency),
        }
        raise PartsDoNotFit(words % amounts) from None
