"""The cart in the portal: filled, changed, agreed to, ordered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, portal
from advisory_portal.core.formatting import active_language, locale_of
from advisory_portal.core.http import form_again, is_htmx, safe_referer, submit
from advisory_portal.core.ids import uuid7
from catalog import actions
from catalog.forms.shop import AddForm, CheckoutForm, PadForm, QuantityForm, shown_address
from catalog.models import CartLine, Order, Variant
from catalog.models.cart_items import items_of, print_of
from catalog.rows.cart import cart_shown
from catalog.rows.shop import Addresses
from catalog.views.shop import shopper_here
from documents.models import Contact
from documents.sheets import address_lines


def _cart_context(request: WorkspaceRequest, typed: tuple[str, str, str] | None = None) -> dict[str, Any]:
    actor, shopper = request.actor, shopper_here(request)
    items, where = items_of(shopper, language=active_language()), Addresses.of_portal(actor.place.slug)
    return {
        "business": actor.place,
        "shopper": shopper,
        "where": where,
        "items": items,
        "cart": cart_shown(shopper, items, where, day=actor.today(), typed=typed),
        "shown": print_of(items),
        "lines": len(items),
    }


def _answer(request: WorkspaceRequest, typed: tuple[str, str, str] | None = None) -> HttpResponse:
    """The cart's fragment for htmx; without it back to the cart, or the cart with what was wrong."""
    slug = request.actor.place.slug
    if typed is None and not is_htmx(request):
        return redirect("catalog:cart", slug)
    context = _cart_context(request, typed)
    if not is_htmx(request):
        return form_again(request, "catalog/cart.html", context)
    return render(request, "catalog/_cart_news.html", context, status=422 if typed else 200)


@portal
@require_GET
def cart(request: WorkspaceRequest) -> HttpResponse:
    return render(request, "catalog/cart.html", _cart_context(request))


@portal
@require_POST
def add_to_cart(request: WorkspaceRequest, variant_id: UUID) -> HttpResponse:
    variant = get_object_or_404(Variant.objects.visible_to(request.actor).select_related("product"), pk=variant_id)
    form = AddForm(request.POST, variant=variant)
    if not submit(form, lambda: _add(request, form, variant)):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _added(request, words, is_done=False)
    return _added(
        request, _("%(name)s is in your cart.") % {"name": variant.product.name_in(active_language())}, is_done=True
    )


def _add(request: WorkspaceRequest, form: AddForm, variant: Variant) -> None:
    quantity = form.cleaned_data["quantity"]
    actions.add_to_cart(actor=request.actor, variant=variant, quantity=quantity, key=form.click)


def _added(request: WorkspaceRequest, words: str, *, is_done: bool) -> HttpResponse:
    if not is_htmx(request):
        (messages.success if is_done else messages.error)(request, words)
        return redirect(safe_referer(request))
    context = {
        "business": request.actor.place,
        "words": words,
        "is_done": is_done,
        "shopper": shopper_here(request),
        "click": uuid7(),
    }
    return render(request, "catalog/_added.html", context, status=200 if is_done else 422)


def _own_line(request: WorkspaceRequest, cart_line_id: UUID) -> CartLine:
    return get_object_or_404(CartLine.objects.visible_to(request.actor), pk=cart_line_id)


@portal
@require_POST
def set_quantity(request: WorkspaceRequest, cart_line_id: UUID) -> HttpResponse:
    line, form = _own_line(request, cart_line_id), QuantityForm(request.POST)
    actor = request.actor
    if submit(form, lambda: actions.set_quantity(actor=actor, line=line, quantity=form.cleaned_data["quantity"])):
        return _answer(request)
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return _answer(request, (str(cart_line_id), request.POST.get("quantity", "")[:60], words))


@portal
@require_POST
def remove_line(request: WorkspaceRequest, cart_line_id: UUID) -> HttpResponse:
    actions.remove_from_cart(actor=request.actor, line=_own_line(request, cart_line_id))
    return _answer(request)


@portal
@require_POST
def empty_cart(request: WorkspaceRequest) -> HttpResponse:
    actions.empty_cart(actor=request.actor)
    return _answer(request)


@portal
@require_POST
def accept_changes(request: WorkspaceRequest) -> HttpResponse:
    actions.accept_changes(actor=request.actor, shown=request.POST.get("shown", ""))
    return _answer(request)


@portal
def quick_order(request: WorkspaceRequest) -> HttpResponse:
    """Many products at once, by SKU; what is wrong stays in the pad with its reason."""
    shopper, actor = shopper_here(request), request.actor
    form, wrong = PadForm(request.POST or None), []
    if request.method == "POST" and submit(form, lambda: wrong.append(_fill(request, form))):
        result = wrong[0]
        if result.added:
            words = ngettext("One line is in your cart.", "%(num)s lines are in your cart.", result.added)
            messages.success(request, words % {"num": result.added})
        if not result.wrong:
            return redirect("catalog:cart", actor.place.slug)
        left = PadForm(initial={"lines": "\n".join(one.text for one in result.wrong), "key": form.click})
        context = {"business": actor.place, "form": left, "wrong": result.wrong, "shopper": shopper}
        return form_again(request, "catalog/quick_order.html", context)
    context = {"business": actor.place, "form": form, "wrong": [], "shopper": shopper}
    return render(request, "catalog/quick_order.html", context, status=422 if form.errors else 200)


def _fill(request: WorkspaceRequest, form: PadForm) -> actions.PadResult:
    return actions.add_lines(actor=request.actor, text=form.cleaned_data["lines"], key=form.click)


# --- Checkout ------------------------------------------------------------------------------------------------


@portal
def checkout(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    contacts = Contact.objects.visible_to(actor).select_related("organisation")  # it is on the order's document
    contact = get_object_or_404(contacts, pk=actor.contact_id)
    known_address = ", ".join(address_lines(shown_address(contact), locale_of(active_language())))
    data = request.POST if request.method == "POST" else None
    form = CheckoutForm(data, known_address=known_address, today=actor.today())
    placed: list[Order] = []
    if submit(form, lambda: placed.append(_place(request, contact, form))):
        return redirect("catalog:order", actor.place.slug, placed[0].pk)
    context = _cart_context(request)
    if not context["lines"] or (context["cart"].changes and not form.is_bound):
        return redirect("catalog:cart", actor.place.slug)
    if not form.is_bound:
        key = context["items"][0].cart_key
        form.initial = {"key": key, "shown": context["shown"], "country": contact.country}
    context["form"] = form
    return render(request, "catalog/checkout.html", context, status=422 if form.errors else 200)


def _place(request: WorkspaceRequest, contact: Contact, form: CheckoutForm) -> Order:
    return actions.place_order(
        actor=request.actor,
        contact=contact,
        key=form.cleaned_data["key"],
        shown=form.cleaned_data["shown"],
        wishes=form.wishes,
        now=timezone.now(),
    )
