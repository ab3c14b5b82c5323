"""A cart as its contact sees it: lines, what has changed, what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import active_language, format_number, money_formatter
from catalog.models.cart_items import CartItem
from catalog.models.contents import order_content, totals_of
from catalog.models.shopping import Shopper
from catalog.rows.shop import Addresses, offered_price, unit_text
from catalog.rules import Change
from documents.rules import Totals, line_net
from documents.words import tax_label


class CartRow(NamedTuple):
    """A line. `quantity` is as it was typed or is, `change` words of what has changed, `error` why it was refused."""

    id: str
    name: str
    label: str
    sku: str
    href: str
    picture: str
    quantity: str
    price: str
    unit: str
    net: str
    change: str
    is_bad: bool
    error: str


@dataclass(frozen=True, slots=True)
class CartShown:
    """What stands below the lines. `missing` says how far the cart is from the business's minimum, "" for not."""

    rows: list[CartRow]
    net: str
    taxes: list[tuple[str, str]]
    total: str
    missing: str
    changes: str


def cart_shown(
    shopper: Shopper,
    items: Sequence[CartItem],
    where: Addresses,
    *,
    day: date,
    typed: tuple[str, str, str] | None = None,
) -> CartShown:
    """The cart with its totals, exactly as its order will have them. `typed` is (line, text, error) of a refusal."""
    language = active_language()
    money = money_formatter(language, shopper.currency)
    totals = totals_of(order_content(shopper, items, day))
    changed = sum(item.change is not None for item in items)
    words = ngettext(
        "One line has changed since you put it in.", "%(num)s lines have changed since you put them in.", changed
    )
    lacking = shopper.minimum - totals.lines_net
    return CartShown(
        rows=[_row(shopper, item, where, language, typed) for item in items],
        net=money(totals.tax_exclusive),
        taxes=_taxes(totals, language, shopper.currency),
        total=money(totals.payable),
        missing=_("%(amount)s more without tax, and you can order.") % {"amount": money(lacking)}
        if lacking > 0
        else "",
        changes=words % {"num": changed} if changed else "",
    )


def _row(
    shopper: Shopper, item: CartItem, where: Addresses, language: str, typed: tuple[str, str, str] | None
) -> CartRow:
    offer, money = item.offer, money_formatter(language, shopper.currency)
    pk = str(item.id)
    own = typed if typed is not None and typed[0] == pk else None
    net = line_net(item.quantity, item.price, Decimal(0), shopper.currency) if item.price is not None else None
    return CartRow(
        id=pk,
        name=item.name,
        label=offer.label,
        sku=offer.sku,
        href=f"{where.product(offer.product_id)}?variant={offer.id}" if item.is_offered else "",
        picture=where.picture(item.cover) if item.is_offered else "",
        quantity=own[1] if own else format_number(item.quantity, language),
        price=offered_price(shopper, item.price, item.tax, language),
        unit=unit_text(item.unit),
        net=money(net) if net is not None else "–",
        change=change_text(shopper, item, language),
        is_bad=item.change in (Change.GONE, Change.UNPRICED, Change.FAULTY, Change.SHORT),
        error=own[2] if own else "",
    )


def change_text(shopper: Shopper, item: CartItem, language: str) -> str:
    """What has changed of a line and what becomes of it, "" for nothing."""
    change, becomes = item.change, item.becomes
    if change is None:
        return ""
    if change in (Change.GONE, Change.UNPRICED):
        return _("This is not offered any more. It will be taken out.")
    number = {"number": format_number(becomes, language)}
    if change is Change.FAULTY:
        return _("It is sold in other quantities now. It becomes %(number)s.") % number
    if change is Change.SHORT:
        if not becomes:
            return _("This is out of stock now. It will be taken out.")
        return _("Not so many are left. It becomes %(number)s.") % number
    if change is Change.WAITS:
        return _("Not all of it is in stock any more. The rest is delivered later.")
    before = offered_price(shopper, item.seen.price, item.tax, language)
    if change is Change.REPRICED or item.seen.price is None:
        return _("The price is new.")
    words = _("The price has gone up, it was %(price)s.") if change is Change.DEARER else None
    return (words or _("The price has gone down, it was %(price)s.")) % {"price": before}


def _taxes(totals: Totals, language: str, currency: str) -> list[tuple[str, str]]:
    """The taxes by rate, and what is withheld."""
    money, rows = money_formatter(language, currency), []
    for group in totals.groups:
        percent = format_number(group.percent or 0, language)
        if group.kind == "surcharge":
            rows.append((_("Equivalence surcharge %(percent)s %%") % {"percent": percent}, money(group.tax)))
        elif group.kind == "withholding":
            rows.append((_("Withholding %(percent)s %%") % {"percent": percent}, money(-group.tax)))
        else:
            rows.append((tax_label(group.category, group.percent), money(group.tax)))
    return rows
