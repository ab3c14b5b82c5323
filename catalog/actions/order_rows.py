"""What rows of a list of orders do: as many statements for a hundred orders as for one. Used by the import alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from advisory_portal.core.access import Actor, system_actor
from advisory_portal.core.ids import uuid7_of
from advisory_portal.core.lists.jobs import Error
from catalog.models import Order, OrderLine, Variant
from catalog.models.choices import taxes_to_choose, usual_tax_key
from catalog.rules import sku_key
from catalog.rules.cells import ReadRow
from catalog.rules.order_columns import OF_ORDERS
from documents import actions as documents
from documents import rules
from documents.models import Contact, Document, Kind
from partners.models import Organisation

AT_ONCE = 1_000  # rows of a statement
Who = tuple[str, str, str]  # name, tax id and e-mail of a customer, as far as they are said


@dataclass(slots=True)
class _Placed:
    """An order as its rows say it. `values` are of the whole order, by column."""

    number: str
    rows: list[ReadRow] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Error] = field(default_factory=list)

    def say(self, row: ReadRow, column: str, code: str, text: object = "") -> None:
        self.errors.append([row.number, column, code, str(text)[:100]])


def take_orders(actor: Actor, rows: Sequence[ReadRow], *, now: datetime) -> tuple[dict[str, int], list[Error]]:
    """Keep the orders of these rows; one with a wrong row is left out whole.

    Returns how many orders were created, were there already as the rows say them, and were refused, and what is wrong
    in which row. A row without a number is counted as an order.
    """
    # As other imports do: two lists at once with the same order make one.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    nameless = [row for row in rows if "number" not in row.values]
    orders = list(_orders(row for row in rows if "number" in row.values))
    today = now.astimezone(ZoneInfo(actor.place.time_zone)).date()
    desk = _Desk(actor, rows, {_who(order.values) for order in orders}, today)
    wanted = [(order, brought) for order in orders if (brought := desk.brought(order)) is not None]
    new = _unknown(actor, wanted)
    _keep(actor, desk, new)
    refused = sum(bool(order.errors) for order in orders)
    counts = {"created": len(new), "known": len(orders) - len(new) - refused, "refused": refused + len(nameless)}
    errors = [[row.number, *error] for row in nameless for error in row.errors]
    errors += [error for order in orders for error in order.errors]
    return counts, sorted(errors, key=lambda error: error[0])


def checked(actor: Actor, rows: Sequence[ReadRow]) -> list[ReadRow]:
    """The rows, each with what is wrong with what it names: its SKU, its customer and its tax."""
    desk = _Desk(actor, rows, {_who(row.values) for row in rows}, actor.today())
    for row in rows:
        row.errors += desk.wrong_names(row)
        if wrong := desk.wrong_customer(row.values):
            row.errors.append(wrong)
    return list(rows)


def _orders(rows: Iterable[ReadRow]) -> Iterable[_Placed]:
    """The rows of each order; what is said once of an order holds for all of its rows."""
    found: dict[str, _Placed] = {}
    for row in rows:
        order = found.setdefault(row.values["number"], _Placed(row.values["number"]))
        order.rows.append(row)
        for column in OF_ORDERS:
            if column not in row.values:
                continue
            said = order.values.setdefault(column, row.values[column])
            if said != row.values[column]:
                order.say(row, column, "differs", row.values[column])
    return found.values()


class _Desk:
    """What is known while rows are read: variants, contacts, taxes."""

    def __init__(self, actor: Actor, rows: Sequence[ReadRow], who: Iterable[Who], today: date) -> None:
        self.actor, self.today = actor, today
        keys = {sku_key(row.values["sku"]) for row in rows if "sku" in row.values}
        found = Variant.objects.filter(organisation_id=actor.place.id, sku_key__in=keys).select_related("product")
        self.variants = {one.sku_key: one for one in found}
        named = sorted(who)
        contacts = documents.contacts_meant(actor=actor, named=named)
        self.contacts = dict(zip(named, contacts, strict=True))
        self.taxes = {tax.percent: tax for _name, tax in reversed(taxes_to_choose(actor))}
        self.usual_tax = usual_tax_key(actor)

    def wrong_names(self, row: ReadRow) -> list[tuple[str, str, str]]:
        """What is wrong with the SKU and the tax of a row."""
        wrong = []
        if "sku" in row.values and sku_key(row.values["sku"]) not in self.variants:
            wrong.append(("sku", "no_product", row.values["sku"]))
        if "tax" in row.values and row.values["tax"] not in self.taxes:
            wrong.append(("tax", "tax", str(row.values["tax"])))
        return wrong

    def wrong_customer(self, values: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """What is wrong with the customer that a row or an order names; naming none is no fault of a row."""
        name = next(filter(None, _who(values)), "")
        return ("customer", "no_contact", name) if name and self.contacts[_who(values)] is None else None

    def brought(self, order: _Placed) -> documents.BroughtOrder | None:
        """The order as it is to be kept; None where something is wrong, which is added to its errors."""
        self._look(order)
        contact = self.contacts.get(_who(order.values))
        if order.errors or contact is None:
            return None
        try:
            return documents.BroughtOrder.of(order.number, self._content(order, contact))
        except documents.DoesNotFit:
            order.say(order.rows[0], "number", "too_large", order.number)
            return None

    def _look(self, order: _Placed) -> None:
        first = order.rows[0]
        if all(("quantity", "negative") in [error[:2] for error in row.errors] for row in order.rows):
            order.errors = [[first.number, "number", "cancelled", order.number]]
            return
        for row in order.rows:
            for error in (*row.errors, *self.wrong_names(row)):
                order.say(row, *error)
        if wrong := self.wrong_customer(order.values):
            order.say(first, *wrong)
        said = {column for _number, column, _code, _text in order.errors}
        if not any(_who(order.values)) and not said & {"customer", "tax_id", "email"}:
            order.say(first, "customer", "missing")
        if "date" not in order.values and "date" not in said:
            order.say(first, "date", "missing")
        if order.values.get("date", self.today) > self.today:
            order.say(first, "date", "future", order.values["date"])
        if len(order.rows) > documents.MOST_ORDER_LINES:
            order.say(first, "number", "too_many_lines", order.number)

    def _content(self, order: _Placed, contact: Contact) -> rules.Content:
        values = order.values
        return rules.Content(
            contact_id=contact.pk,
            currency=values.get("currency", self.actor.place.currency),
            issued_on=values["date"],
            lines=tuple(self._line(row.values) for row in order.rows),
            language=contact.language,
            order_reference=values.get("reference", ""),
        )

    def _line(self, values: Mapping[str, Any]) -> rules.LineContent:
        variant = self.variants[sku_key(values["sku"])]
        product, label = variant.product, variant.label
        tax = self.taxes[values["tax"]] if "tax" in values else rules.tax_of_key(product.tax or self.usual_tax)
        return rules.LineContent(
            name=values.get("name") or (f"{product.name} – {label}" if label else product.name),
            quantity=values["quantity"],
            unit_price=values["price"],
            tax=tax,
            unit=product.unit,
            item_number=variant.sku,
        )


def _who(values: Mapping[str, Any]) -> Who:
    return values.get("customer", ""), values.get("tax_id", ""), values.get("email", "")


Wanted = tuple[_Placed, documents.BroughtOrder]


def _unknown(actor: Actor, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Those that are not there yet; a number that stands for another order is told in the errors of its order."""
    own = Document.objects.filter(organisation_id=actor.place.id, kind=Kind.SALES_ORDER)
    found = own.filter(number__in=[order.number for order, _brought in wanted])
    there: dict[str, set[tuple[Any, ...]]] = {}
    for number, *told in found.values_list("number", "is_imported", "contact_id", "issued_on", "currency", "payable"):
        there.setdefault(number, set()).add(tuple(told))
    new = []
    for order, brought in wanted:
        content = brought.content
        said = (True, content.contact_id, content.issued_on, content.currency, brought.totals.payable)
        if order.number not in there:
            new.append((order, brought))
        elif said not in there[order.number]:
            order.say(order.rows[0], "number", "number_taken", order.number)
    return new


def _keep(actor: Actor, desk: _Desk, new: Sequence[Wanted]) -> None:
    """Write the sales orders and, around them, the orders: delivered, without a movement of stock."""
    made = documents.bring_orders(actor=system_actor(actor.place), orders=[brought for _order, brought in new])
    zone, business = ZoneInfo(actor.place.time_zone), actor.place.id
    orders = [_order(one, zone) for one in made]
    Order.objects.bulk_create(orders, batch_size=AT_ONCE)
    lines = [
        _line(business, row, position, desk.variants[sku_key(one.values["sku"])].pk, one.values["quantity"])
        for row, (order, _brought) in zip(orders, new, strict=True)
        for position, one in enumerate(order.rows, start=1)
    ]
    OrderLine.objects.bulk_create(lines, batch_size=AT_ONCE)


def _order(document: Document, zone: ZoneInfo) -> Order:
    """The order around a document; its id is of its day, because orders are listed by their ids."""
    placed_at = datetime.combine(document.issued_on, time(12), zone)
    return Order(
        id=uuid7_of(placed_at),
        organisation_id=document.organisation_id,
        document=document,
        key=uuid5(document.organisation_id, document.number),
        state=Order.State.DELIVERED,
        reference=document.references.get("order_reference", "")[:100],
        placed_by_name=document.contact_name[:200],
        confirmed_at=placed_at,
        closed_at=placed_at,
    )


def _line(business: UUID, order: Order, position: int, variant_id: UUID, quantity: Decimal) -> OrderLine:
    return OrderLine(
        organisation_id=business,
        order=order,
        variant_id=variant_id,
        position=position,
        quantity=quantity,
        delivered=quantity,
    )
