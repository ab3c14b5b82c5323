"""Payouts of gateways on the page of a bank line: what it may have paid out, and what each gateway holds."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_date, format_money, money_formatter
from bookkeeping.models import GatewayMoney
from bookkeeping.rows.banking import reason_texts
from bookkeeping.rules import Payout
from bookkeeping.rules.payouts import LABELS


class PayoutRow(NamedTuple):
    """A payout that a line may be; `money` are the ids to send, `sent` the codes of the reasons."""

    gateway: str
    title: str
    about: str
    amount: str
    fees: str
    money: list[str]
    reasons: list[str]
    sent: list[str]


class HeldRow(NamedTuple):
    """Money that a gateway holds, to tick."""

    id: str
    title: str
    href: str
    who: str
    day: str
    amount: str
    fee: str
    is_chosen: bool


def payout_rows(found: Iterable[Payout], currency: str) -> list[PayoutRow]:
    """Payouts as rows. Makes no query."""
    rows = []
    for one in found:
        label = LABELS[one.method]
        codes = ([("gateway", label)] if one.is_named else []) + [("fees" if one.is_exact else "guessed", "")]
        count = len(one.ids)
        payments = ngettext("%(count)s payment", "%(count)s payments", count) % {"count": count}
        days = " – ".join(dict.fromkeys(format_date(day) for day in (one.first, one.last)))
        rows.append(
            PayoutRow(
                gateway=one.method,
                title=_("Payout of %(gateway)s") % {"gateway": label},
                about=f"{payments} · {days}",
                amount=format_money(one.gross, currency),
                fees=_("less %(fees)s fees") % {"fees": format_money(one.fees, currency)},
                money=[str(pk) for pk in one.ids],
                reasons=reason_texts(codes),
                sent=[code for code, _value in codes],
            )
        )
    return rows


def held_rows(rows: Iterable[GatewayMoney], *, slug: str, currency: str, chosen: Collection[UUID]) -> list[HeldRow]:
    """What a gateway holds as rows; documents must be fetched."""
    money = money_formatter(active_language(), currency)
    found = []
    for row in rows:
        document = row.settlement.document
        kind = str(document.get_kind_display()) if row.amount > 0 else _("Given back on %(number)s")
        found.append(
            HeldRow(
                id=str(row.pk),
                title=f"{kind} {document.number}" if row.amount > 0 else kind % {"number": document.number},
                href=reverse("documents:document", args=[slug, document.pk]),
                who=document.contact_name,
                day=format_date(row.received_on),
                amount=money(row.amount),
                fee="" if row.fee is None else money(row.fee),
                is_chosen=row.pk in chosen,
            )
        )
    return found
