"""Catalog > Categories: the tree."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from catalog import actions
from catalog.forms.categories import CategoryForm
from catalog.models import Category
from catalog.models.choices import tree_of
from catalog.rows.categories import category_rows
from catalog.rows.products import category_choices


@access(Section.CATALOG)
def categories(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    tree = tree_of(actor)
    counted = Category.objects.visible_to(actor).annotate(number=Count("products", filter=Q(products__retired_at=None)))
    numbers = dict(counted.values_list("pk", "number"))
    may_manage = actor.may(Section.CATALOG, Level.MANAGE)
    form = CategoryForm(None, place=actor.place, parents=_parents(tree), inside=request.GET.get("inside", ""))
    context = {"rows": category_rows(tree, numbers, slug=actor.place.slug), "form": form, "may_manage": may_manage}
    return render(request, "catalog/categories.html", context)


def _parents(tree: list[Category], without: Category | None = None) -> list[tuple[str, str]]:
    """What a category may stand in: everything but itself and what is in it."""
    fitting = [one for one in tree if without is None or not one.path.startswith(without.path)]
    return category_choices(fitting, empty=_("The top of the tree"))


@access(Section.CATALOG, Level.MANAGE)
def new_category(request: WorkspaceRequest) -> HttpResponse:
    tree = tree_of(request.actor)
    form = CategoryForm(
        request.POST or None,
        place=request.actor.place,
        parents=_parents(tree),
        inside=request.GET.get("inside", ""),
    )
    return _form(request, form, tree, None)


@access(Section.CATALOG, Level.MANAGE)
def category(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    found = get_object_or_404(Category.objects.visible_to(request.actor), pk=category_id)
    tree = tree_of(request.actor)
    form = CategoryForm(request.POST or None, place=request.actor.place, parents=_parents(tree, found), category=found)
    return _form(request, form, tree, found)


def _form(request: WorkspaceRequest, form: CategoryForm, tree: list[Category], found: Category | None) -> HttpResponse:
    actor = request.actor

    def save() -> None:
        parents = {str(one.pk): one for one in tree}
        actions.save_category(
            actor=actor,
            category=found,
            name=form.cleaned_data["name"],
            parent=parents.get(form.cleaned_data["parent"]),
            translations=form.translations,
        )

    if submit(form, save):
        messages.success(request, _("Saved."))
        return redirect("catalog:categories", actor.place.slug)
    context = {"form": form, "category": found}
    return (form_again if form.is_bound else render)(request, "catalog/category.html", context)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def move_category(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    found = get_object_or_404(Category.objects.visible_to(request.actor), pk=category_id)
    step = {"up": -1, "down": 1}.get(request.POST.get("do", ""), 0)
    actions.move_category(actor=request.actor, category=found, step=step)
    return redirect("catalog:categories", request.actor.place.slug)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def delete_category(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    found = get_object_or_404(Category.objects.visible_to(request.actor), pk=category_id)
    actions.delete_category(actor=request.actor, category=found)
    messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
    return redirect("catalog:categories", request.actor.place.slug)
