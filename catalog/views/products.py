"""Catalog > Products: the list and the editor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count, keyset_page
from catalog import actions
from catalog.forms.fields import ids_of
from catalog.forms.lists import ProductFilter
from catalog.forms.products import ProductChoices, ProductForm
from catalog.forms.variants import act_on_variants
from catalog.models import Product, Variant
from catalog.models.choices import taxes_to_choose, tree_of, usual_tax_key
from catalog.models.finding import corrected_in
from catalog.models.product import Products
from catalog.rows.products import category_choices, product_rows, tax_choices
from catalog.views.pictures import pictures_context
from documents.words import UNIT_NAMES

PAGE_SIZE = 50


@access(Section.CATALOG)
def products(request: WorkspaceRequest) -> HttpResponse:
    actor, asked = request.actor, ProductFilter.of(request.GET)
    categories = tree_of(actor)
    found, better = _found(actor, asked)
    page = keyset_page(
        found,
        order=asked.order,
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    variants = Variant.objects.visible_to(actor).in_use().filter(product__in=page.rows).select_related("stock")
    context = {
        "asked": asked,
        "better": better,
        "page": page,
        "rows": product_rows(page.rows, variants, categories, slug=actor.place.slug, currency=actor.place.currency),
        "count": capped_count(found),
        "categories": category_choices(categories, empty="")[1:],
        "kinds": Product.Kind.choices,
        "shown": [*Product.Visibility.choices, ("retired", _("Withdrawn"))],
        "visibilities": Product.Visibility.choices,
    }
    return render(request, "catalog/products.html", context)


def _found(actor: Actor, asked: ProductFilter) -> tuple[Products, str]:
    """What the filter asks for; where nothing has its words, what has those most like them, and which these are."""
    own = Product.objects.visible_to(actor)
    found = own.narrowed(asked.as_values)
    if not asked.words or found.exists():
        return found, ""
    better = corrected_in(actor.place.id, asked.words)
    return (own.narrowed(asked.as_values | {"q": better}), better) if better else (found, "")


@access(Section.CATALOG, Level.MANAGE)
def new_product(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ProductForm(request.POST or None, place=actor.place, choices=_choices(actor))
    return _edit(request, form, None)


@access(Section.CATALOG)
def product(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Product.objects.visible_to(actor), pk=product_id)
    may_manage = actor.may(Section.CATALOG, Level.MANAGE)
    if request.method == "POST":
        actor.require(Section.CATALOG, Level.MANAGE)
    form = ProductForm(
        request.POST or None,
        place=actor.place,
        choices=_choices(actor, found.tax),
        product=found,
        variants=list(Variant.objects.visible_to(actor).in_use().filter(product=found)),
        related=_related(actor, found),
        read_only=not may_manage,
    )
    return _edit(request, form, found)


def _choices(actor: Actor, tax: str = "") -> ProductChoices:
    return ProductChoices(
        categories=category_choices(tree_of(actor), empty=_("No category")),
        taxes=tax_choices(taxes_to_choose(actor), usual_tax_key(actor), tax),
        units=[(code, str(label)) for code, label in UNIT_NAMES.items()],
    )


def _related(actor: Actor, found: Product) -> str:
    """The SKUs of the related products, in their order."""
    rows = Variant.objects.visible_to(actor).in_use().filter(product__in=found.related).order_by("product", "-position")
    skus = {variant.product_id: variant.sku for variant in rows}
    return ", ".join(skus[one] for one in found.related if one in skus)


def _edit(request: WorkspaceRequest, form: ProductForm, found: Product | None) -> HttpResponse:
    """The editor: a button that changes the variants shows them changed; saving leads back to the product."""
    actor, act = request.actor, request.POST.get("do", "save")
    context = {"form": form, "product": found, **_around(actor, found)}
    if request.method == "POST" and act != "save":
        return render(request, "catalog/product.html", context | {"form": form.unread(act_on_variants(form.rows, act))})

    def save() -> None:
        kept.append(
            actions.save_product(
                actor=actor,
                product=found,
                content=form.content(_chosen_related(actor, form)),
                revision=form.cleaned_data["revision"] or 0,
                now=timezone.now(),
            )
        )

    kept: list[Product] = []
    if submit(form, save):
        messages.success(request, _("Saved."))
        return redirect("catalog:product", actor.place.slug, kept[0].pk)
    return (form_again if form.is_bound else render)(request, "catalog/product.html", context)


def _chosen_related(actor: Actor, form: ProductForm) -> tuple[UUID, ...]:
    """The products of the SKUs that were typed, in that order; an SKU that nothing has counts as nothing."""
    rows = Variant.objects.visible_to(actor).filter(sku_key__in=form.related_keys)
    found = dict(rows.values_list("sku_key", "product_id"))
    return tuple(dict.fromkeys(found[key] for key in form.related_keys if key in found))


def _around(actor: Actor, found: Product | None) -> dict[str, object]:
    """What stands beside the form."""
    may_manage = actor.may(Section.CATALOG, Level.MANAGE)
    if found is None:
        return {"may_manage": may_manage}
    variants = Variant.objects.visible_to(actor).in_use().filter(product=found).select_related("stock")
    return {"may_manage": may_manage, "stock": list(variants), **pictures_context(actor, found)}


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def retire_product(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Product.objects.visible_to(actor), pk=product_id)
    actions.retire_product(actor=actor, product=found, now=timezone.now())
    messages.success(request, _("%(name)s is withdrawn from the catalog.") % {"name": found.name})
    return redirect("catalog:products", actor.place.slug)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def restore_product(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Product.objects.visible_to(actor), pk=product_id)
    actions.restore_product(actor=actor, product=found)
    messages.success(request, _("%(name)s is in the catalog again.") % {"name": found.name})
    return redirect("catalog:product", actor.place.slug, found.pk)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def show_products(request: WorkspaceRequest) -> HttpResponse:
    actor, visibility = request.actor, request.POST.get("visibility", "")
    if visibility in Product.Visibility.values:
        number = actions.show_products(actor=actor, ids=ids_of(request.POST, "product"), visibility=visibility)
        text = ngettext("%(number)s product changed.", "%(number)s products changed.", number)
        messages.success(request, text % {"number": number})
    asked = ProductFilter.of(request.POST)
    return redirect(reverse("catalog:products", args=[actor.place.slug], query=asked.as_values))
