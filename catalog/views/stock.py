"""Catalog > Stock."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count, keyset_page
from catalog import actions
from catalog.forms.stock import AlarmForm, MovementForm
from catalog.models import StockMovement, Variant
from catalog.models.listing import stocked_variants
from catalog.rows.prices import movement_rows, stock_rows, variant_name

PAGE_SIZE = 50
MOVEMENTS_SHOWN = 25


@access(Section.CATALOG)
def stock(request: WorkspaceRequest) -> HttpResponse:
    actor, words = request.actor, request.GET.get("q", "").replace("\x00", "")[:100]
    show = show if (show := request.GET.get("show", "")) in ("low", "out") else ""
    found = stocked_variants(actor, words, show)
    page = keyset_page(
        found,
        order="sku_key",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "page": page,
        "rows": stock_rows(page.rows, slug=actor.place.slug),
        "count": capped_count(found),
        "words": words,
        "show": show,
    }
    return render(request, "catalog/stock.html", context)


def _variant(actor: Actor, variant_id: UUID) -> Variant:
    return get_object_or_404(Variant.objects.visible_to(actor).select_related("product", "stock"), pk=variant_id)


@access(Section.CATALOG)
def variant_stock(request: WorkspaceRequest, variant_id: UUID) -> HttpResponse:
    variant = _variant(request.actor, variant_id)
    return render(request, "catalog/variant_stock.html", _context(request, variant))


def _context(
    request: WorkspaceRequest,
    variant: Variant,
    *,
    movement: MovementForm | None = None,
    alarm: AlarmForm | None = None,
) -> dict[str, object]:
    actor = request.actor
    level = getattr(variant, "stock", None)
    page = keyset_page(
        StockMovement.objects.visible_to(actor).filter(variant=variant),
        order="-id",
        size=MOVEMENTS_SHOWN,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    (row,) = stock_rows([variant], slug=actor.place.slug)
    return {
        "variant": variant,
        "name": variant_name(variant),
        "row": row,
        "page": page,
        "movements": movement_rows(page.rows, actor.place.time_zone),
        "movement_form": movement or MovementForm(initial={"key": uuid4()}),
        "alarm_form": alarm or AlarmForm(initial={"alarm_at": level.alarm_at if level else None}),
        "may_manage": actor.may(Section.CATALOG, Level.MANAGE) and variant.product.is_tracked,
    }


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def move_stock(request: WorkspaceRequest, variant_id: UUID) -> HttpResponse:
    actor, variant, form = request.actor, _variant(request.actor, variant_id), MovementForm(request.POST)

    def move() -> None:
        given = form.cleaned_data
        actions.move_stock(
            actor=actor,
            variant=variant,
            reason=given["reason"],
            quantity=given["quantity"],
            note=given["note"],
            key=str(given["key"]),
        )

    if submit(form, move):
        messages.success(request, _("The stock is changed."))
        return redirect("catalog:variant_stock", actor.place.slug, variant.pk)
    return form_again(request, "catalog/variant_stock.html", _context(request, variant, movement=form))


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def set_alarm(request: WorkspaceRequest, variant_id: UUID) -> HttpResponse:
    actor, variant, form = request.actor, _variant(request.actor, variant_id), AlarmForm(request.POST)

    def change() -> None:
        actions.set_alarm(actor=actor, variant=variant, alarm_at=form.cleaned_data["alarm_at"])

    if submit(form, change):
        messages.success(request, _("Saved."))
        return redirect("catalog:variant_stock", actor.place.slug, variant.pk)
    return form_again(request, "catalog/variant_stock.html", _context(request, variant, alarm=form))
