"""Catalog > Price lists, and the prices of one contact."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import keyset_page
from catalog import actions
from catalog.forms.prices import FillForm, PriceListForm, TiersForm
from catalog.models import ContactTerms, PriceList, Variant
from catalog.models.listing import tiers_by_variant, variants_to_price
from catalog.rows.prices import price_rows, variant_name
from catalog.rows.products import unit_price
from documents.models import Contact

PAGE_SIZE = 50


@access(Section.CATALOG)
def price_lists(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    counted = (
        PriceList.objects.visible_to(actor)
        .to_give()
        .annotate(contacts=Count("terms", filter=Q(terms__is_on=True), distinct=True))
    )
    context = {"lists": list(counted), "may_manage": actor.may(Section.CATALOG, Level.MANAGE)}
    return render(request, "catalog/price_lists.html", context)


@access(Section.CATALOG, Level.MANAGE)
def new_price_list(request: WorkspaceRequest) -> HttpResponse:
    return _list_form(request, PriceListForm(request.POST or None, currency=request.actor.place.currency), None)


@access(Section.CATALOG, Level.MANAGE)
def edit_price_list(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    found = _list(request.actor, price_list_id)
    return _list_form(request, PriceListForm(request.POST or None, currency=found.currency, price_list=found), found)


def _list(actor: Actor, price_list_id: UUID) -> PriceList:
    return get_object_or_404(PriceList.objects.visible_to(actor).to_give(), pk=price_list_id)


def _list_form(request: WorkspaceRequest, form: PriceListForm, found: PriceList | None) -> HttpResponse:
    actor = request.actor
    kept: list[PriceList] = []

    def save() -> None:
        kept.append(actions.save_price_list(actor=actor, price_list=found, **form.cleaned_data))

    if submit(form, save):
        return redirect("catalog:price_list", actor.place.slug, kept[0].pk)
    context = {"form": form, "price_list": found}
    return (form_again if form.is_bound else render)(request, "catalog/price_list_form.html", context)


@access(Section.CATALOG)
def price_list(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _list(actor, price_list_id)
    slug = actor.place.slug
    context = _prices(
        request, found, found.currency, lambda pk: reverse("catalog:list_price", args=[slug, found.pk, pk])
    )
    fill = FillForm() if found.currency == actor.place.currency else None
    return render(request, "catalog/price_list.html", context | {"price_list": found, "fill": fill})


def _prices(
    request: WorkspaceRequest, shown: PriceList | None, currency: str, href: Callable[[UUID], str]
) -> dict[str, object]:
    """A page of variants with their prices on a list: those that have one, or all."""
    actor, words = request.actor, request.GET.get("q", "").replace("\x00", "")[:100]
    every = request.GET.get("show") == "all" or bool(words)
    page = keyset_page(
        variants_to_price(actor, shown, words, all_of_them=every),
        order="sku_key",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    tiers = tiers_by_variant(shown, [one.pk for one in page.rows])
    rows = price_rows(page.rows, tiers, href, currency=actor.place.currency, list_currency=currency)
    return {
        "page": page,
        "rows": rows,
        "words": words,
        "every": every,
        "currency": currency,
        "may_manage": actor.may(Section.CATALOG, Level.MANAGE),
    }


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def fill_price_list(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    actor, form = request.actor, FillForm(request.POST)
    found = _list(actor, price_list_id)
    made: list[int] = []

    def fill() -> None:
        percent = form.cleaned_data["percent"]
        made.append(actions.fill_price_list(actor=actor, price_list=found, percent=percent))

    if submit(form, fill):
        text = ngettext("%(number)s price added.", "%(number)s prices added.", made[0]) % {"number": made[0]}
        messages.success(request, text)
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("catalog:price_list", actor.place.slug, found.pk)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def retire_price_list(request: WorkspaceRequest, price_list_id: UUID) -> HttpResponse:
    actor = request.actor
    actions.retire_price_list(actor=actor, price_list=_list(actor, price_list_id), now=timezone.now())
    return redirect("catalog:price_lists", actor.place.slug)


@access(Section.CATALOG, Level.MANAGE)
def list_price(request: WorkspaceRequest, price_list_id: UUID, variant_id: UUID) -> HttpResponse:
    """The prices of one variant on a list."""
    actor = request.actor
    found = _list(actor, price_list_id)
    variant = _variant(actor, variant_id)
    back = reverse("catalog:price_list", args=[actor.place.slug, found.pk])
    tiers = tiers_by_variant(found, [variant.pk]).get(variant.pk, [])
    form = TiersForm(request.POST or None, tiers=tiers, currency=found.currency)

    def save() -> None:
        actions.set_prices(actor=actor, price_list=found, variant=variant, tiers=form.tiers)

    return _tiers(request, form, variant, save, back=back, currency=found.currency, whose=found.name)


def _variant(actor: Actor, variant_id: UUID) -> Variant:
    return get_object_or_404(Variant.objects.visible_to(actor).in_use().select_related("product"), pk=variant_id)


def _tiers(
    request: WorkspaceRequest,
    form: TiersForm,
    variant: Variant,
    save: Callable[[], None],
    *,
    back: str,
    currency: str,
    whose: str,
) -> HttpResponse:
    if submit(form, save):
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {
        "form": form,
        "name": variant_name(variant),
        "sku": variant.sku,
        "list_price": unit_price(variant.list_price, request.actor.place.currency),
        "back": back,
        "currency": currency,
        "whose": whose,
    }
    return (form_again if form.is_bound else render)(request, "catalog/tiers.html", context)


@access(Section.CATALOG)
def own_prices(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    own, currency = _own_list(actor, contact)
    slug = actor.place.slug
    context = _prices(request, own, currency, lambda pk: reverse("catalog:own_price", args=[slug, contact.pk, pk]))
    return render(request, "catalog/own_prices.html", context | {"contact": contact})


def _own_list(actor: Actor, contact: Contact) -> tuple[PriceList | None, str]:
    """The contact's own list, where it has one in the currency that it buys in, and that currency."""
    rows = ContactTerms.objects.visible_to(actor).select_related("price_list", "own_list")
    terms = rows.filter(contact=contact).first()
    currency = terms.price_list.currency if terms and terms.price_list else actor.place.currency
    own = terms.own_list if terms else None
    return (own if own is not None and own.currency == currency else None), currency


@access(Section.CATALOG, Level.MANAGE)
def own_price(request: WorkspaceRequest, contact_id: UUID, variant_id: UUID) -> HttpResponse:
    """The prices of one variant for one contact."""
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    variant = _variant(actor, variant_id)
    own, currency = _own_list(actor, contact)
    back = reverse("catalog:own_prices", args=[actor.place.slug, contact.pk])
    tiers = tiers_by_variant(own, [variant.pk]).get(variant.pk, [])
    form = TiersForm(request.POST or None, tiers=tiers, currency=currency)

    def save() -> None:
        actions.set_own_prices(actor=actor, contact=contact, variant=variant, tiers=form.tiers)

    return _tiers(request, form, variant, save, back=back, currency=currency, whose=contact.name)
