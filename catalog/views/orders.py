"""A contact's orders: how they stand, what was delivered, cancelled while it may be, ordered once more."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, portal
from advisory_portal.core.formatting import active_language, format_money, locale_of
from advisory_portal.core.ids import uuid7
from advisory_portal.core.paging import keyset_page
from catalog import actions
from catalog.forms.shop import id_of
from catalog.models import Order
from catalog.models.shopping import shopper_of
from catalog.rows.orders import delivery_rows, facts_of, line_rows, order_rows, state_pill, steps_of
from documents.models import Document
from documents.sheets import address_lines

PAGE_SIZE = 25
PAYABLE = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)


@portal
@require_GET
def orders(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if actor.document_ids is not None:
        raise Http404
    page = keyset_page(
        Order.objects.visible_to(actor).select_related("document"),
        order="-id",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    rows = order_rows(page.rows, slug=actor.place.slug, view="catalog:order")
    return render(request, "catalog/orders.html", {"business": actor.place, "page": page, "rows": rows})


def _found(request: WorkspaceRequest, order_id: UUID) -> Order:
    orders = Order.objects.visible_to(request.actor).select_related("document__contact")
    return get_object_or_404(orders, pk=order_id)


@portal
@require_GET
def order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    actor, found = request.actor, _found(request, order_id)
    shopper, document = shopper_of(actor), found.document
    request.shopper = shopper  # type: ignore[attr-defined]  # read by advisory_portal.portal_navigation
    lines, of_document = list(found.lines.all()), list(document.lines.order_by("position"))
    names = {line.position: line.name for line in of_document}
    deliveries = found.deliveries.select_related("document").order_by("id")
    delivery = document.parties.get("delivery") or {}
    pill, label = state_pill(found)
    is_agreed = found.state in (Order.State.CONFIRMED, Order.State.DELIVERED)
    asks_to_pay = is_agreed and document.state in PAYABLE and not document.is_invoiced
    context = {
        "business": actor.place,
        "order": found,
        "document": document,
        "state": pill,
        "state_label": label,
        "steps": steps_of(found),
        "lines": line_rows(lines, of_document, document),
        "facts": facts_of(
            found, document, list(address_lines(delivery.get("address", {}), locale_of(active_language())))
        ),
        "deliveries": delivery_rows(deliveries, names, slug=actor.place.slug, view="client_portal:document"),
        "total": format_money(document.payable, document.currency),
        "net": format_money(document.tax_exclusive, document.currency),
        "tax": format_money(document.tax_total, document.currency),
        "due": format_money(document.outstanding, document.currency) if asks_to_pay else "",
        "pays_now": bool(shopper and shopper.pays_now),
        "may_cancel": bool(shopper and not actor.read_only and found.may_be_cancelled(shopper.cancel_until)),
        "may_order": bool(shopper and not actor.read_only),
        "click": uuid7(),
    }
    return render(request, "catalog/order.html", context)


@portal
@require_POST
def cancel_order(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    found = _found(request, order_id)
    actions.cancel_order(actor=request.actor, order=found, now=timezone.now())
    messages.success(request, _("The order is cancelled."))
    return redirect("catalog:order", request.actor.place.slug, found.pk)


@portal
@require_POST
def order_again(request: WorkspaceRequest, order_id: UUID) -> HttpResponse:
    found = _found(request, order_id)
    key = id_of(request.POST.get("key", "")) or uuid7()
    missed = actions.order_again(actor=request.actor, order=found, key=key)
    if missed:
        words = _("Not in your cart, because it cannot be ordered as it was: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(missed)})
    else:
        messages.success(request, _("All of it is in your cart."))
    return redirect(reverse("catalog:cart", args=[request.actor.place.slug]))
