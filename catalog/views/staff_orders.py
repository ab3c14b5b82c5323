"""Orders for staff: what waits, one order, confirmed, declined, cancelled, delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import active_language, format_money, locale_of
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import keyset_page
from catalog import actions
from catalog.forms.orders import DeclineForm, DeliveryForm, Left
from catalog.models import Order, OrderLine
from catalog.rows.orders import delivery_rows, facts_of, line_rows, order_rows, state_pill
from documents.sheets import address_lines

PAGE_SIZE = 50
OPEN = (Order.State.PLACED, Order.State.CONFIRMED)


@access(Section.CATALOG)
@require_GET
def staff_orders(request: WorkspaceRequest) -> HttpResponse:
    actor, state = request.actor, request.GET.get("state", "")
    found = Order.objects.visible_to(actor).select_related("document")
    if state in Order.State.values:
        found = found.filter(state=state)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset_page(found, order="-id", size=PAGE_SIZE, **cursors)
    context = {
        "page": page,
        "rows": order_rows(page.rows, slug=actor.place.slug, view="catalog:staff_order"),
        "states": Order.State.choices,
        "state": state if state in Order.State.values else "",
    }
    return render(request, "catalog/staff_orders.html", context)


def _found(request: WorkspaceRequest, order_id: UUID) -> Order:
    orders = Order.objects.visible_to(request.actor).select_related("document__contact")
    return get_object_or_404(orders, pk=order_id)


def _context(request: WorkspaceRequest, order: Order, **forms: Any) -> dict[str, Any]:
    actor, document = request.actor, order.document
    lines, of_document = list(order.lines.all()), list(document.lines.order_by("position"))
    deliveries = order.deliveries.select_related("document").order_by("id")
    names, pill = {line.position: line.name for line in of_document}, state_pill(order)
    address = (document.parties.get("delivery") or {}).get("address", {})
    may_manage = actor.may(Section.CATALOG, Level.MANAGE)
    return {
        "order": order,
        "document": document,
        "state": pill[0],
        "state_label": pill[1],
        "lines": line_rows(lines, of_document, document),
        "facts": facts_of(order, document, list(address_lines(address, locale_of(active_language()))), is_staff=True),
        "may_see_contact": actor.may(Section.CONTACTS, Level.VIEW),
        "deliveries": delivery_rows(deliveries, names, slug=actor.place.slug, view="documents:document"),
        "total": format_money(document.payable, document.currency),
        "net": format_money(document.tax_exclusive, document.currency),
        "tax": format_money(document.tax_total, document.currency),
        "may_manage": may_manage,
        "decline_form": DeclineForm(),
        "delivery_form": DeliveryForm(left=_left(lines, names), initial={"delivered_on": actor.today()})
        if order.state == Order.State.CONFIRMED and may_manage
        else None,
        "is_open": order.state in OPEN,
    } | forms


def _left(lines: Iterable[OrderLine], names: Mapping[int, str]) -> list[Left]:
    return [
        Left(one.position, names.get(one.position, ""), one.quantity - one.delivered)
        for one in lines
        if one.quantity > one.delivered
    ]


@access(Section.CATALOG)
@require_GET
def staff_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    return render(request, "catalog/staff_order.html", _context(request, _found(request, order_id)))


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def confirm_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    order = _found(request, order_id)
    actions.confirm_order(actor=request.actor, order=order, now=timezone.now())
    return _done(request, order, _("The order is confirmed. The customer has been told."))


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def decline_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    order, form = _found(request, order_id), DeclineForm(request.POST)
    done = submit(
        form,
        lambda: actions.decline_order(
            actor=request.actor, order=order, reason=form.cleaned_data["reason"], now=timezone.now()
        ),
    )
    if not done:
        return form_again(request, "catalog/staff_order.html", _context(request, order, decline_form=form))
    return _done(request, order, _("The order is declined. The customer has been told."))


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def withdraw_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    order = _found(request, order_id)
    actions.cancel_order(actor=request.actor, order=order, now=timezone.now())
    return _done(request, order, _("The order is cancelled. The customer has been told."))


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def deliver_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    order = _found(request, order_id)
    names = dict(order.document.lines.values_list("position", "name"))
    form = DeliveryForm(request.POST, left=_left(order.lines.all(), names))
    if not submit(form, lambda: _deliver(request, order, form)):
        return form_again(request, "catalog/staff_order.html", _context(request, order, delivery_form=form))
    return _done(request, order, _("The delivery is kept. The customer has been told."))


def _deliver(request: WorkspaceRequest, order: Order, form: DeliveryForm) -> None:
    actions.deliver_order(
        actor=request.actor,
        order=order,
        quantities=form.quantities,
        delivered_on=form.cleaned_data["delivered_on"],
        tracking=form.cleaned_data["tracking"],
        key=form.cleaned_data["key"],
        now=timezone.now(),
    )


def _done(request: WorkspaceRequest, order: Order, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("catalog:staff_order", request.actor.place.slug, order.pk)
