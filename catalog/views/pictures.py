"""The pictures of a product: added, described, put in order, removed; and shown."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response, read_file
from advisory_portal.core.http import form_again, submit
from catalog import actions
from catalog.forms.fields import ids_of, split_act
from catalog.forms.pictures import AddPicturesForm
from catalog.models import Picture, Product
from catalog.rows.products import picture_rows
from catalog.words import PICTURE_FAULTS
from partners.rules.pictures import CONTENT_TYPE

KEPT_SECONDS = 7 * 24 * 3600  # a picture never changes under its address


def pictures_context(actor: Actor, product: Product) -> dict[str, object]:
    """The card of a product's pictures; it asks again while one is being made."""
    rows = list(Picture.objects.visible_to(actor).filter(product=product).order_by("position", "pk"))
    faults = {code: str(text) for code, text in PICTURE_FAULTS.items()}
    return {
        "product": product,
        "pictures": picture_rows(rows, faults, slug=actor.place.slug),
        "is_making": any(one.due_at is not None for one in rows),
        "pictures_form": AddPicturesForm(),
        "may_manage": actor.may(Section.CATALOG, Level.MANAGE),
    }


def _product(actor: Actor, product_id: UUID) -> Product:
    return get_object_or_404(Product.objects.visible_to(actor), pk=product_id)


@access(Section.CATALOG)
def product_pictures(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """The card alone, for a page that waits; with its page around it for whoever comes by the address."""
    context = pictures_context(request.actor, _product(request.actor, product_id))
    return render(request, _template(request), context)


def _template(request: WorkspaceRequest) -> str:
    return "catalog/_pictures.html" if request.headers.get("HX-Request") == "true" else "catalog/pictures.html"


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def add_pictures(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    actor, found = request.actor, _product(request.actor, product_id)
    form = AddPicturesForm(request.POST, request.FILES)

    def add() -> None:
        uploads = [(one.name, one.read()) for one in form.cleaned_data["pictures"]]
        actions.add_pictures(actor=actor, product=found, uploads=uploads, now=timezone.now())

    if submit(form, add):
        return redirect("catalog:product", actor.place.slug, found.pk)
    context = pictures_context(actor, found) | {"pictures_form": form}
    return form_again(request, "catalog/pictures.html", context)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def order_pictures(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Keep the order and the descriptions as the card has them, and do what its button says."""
    actor, found = request.actor, _product(request.actor, product_id)
    own = {one.pk: one for one in Picture.objects.visible_to(actor).filter(product=found)}
    ids = [pk for pk in ids_of(request.POST, "picture") if pk in own]
    act, row = split_act(request.POST.get("do", ""))
    if act in ("up", "down") and row < len(ids):
        ids.insert(max(row + (-1 if act == "up" else 1), 0), ids.pop(row))
    for pk in ids:
        alt = request.POST.get(f"alt_{pk}", own[pk].alt)[:200]
        if alt != own[pk].alt:
            actions.describe_picture(actor=actor, picture=own[pk], alt=alt)
    actions.order_pictures(actor=actor, product=found, ids=ids)
    if act == "remove" and row < len(ids):
        actions.remove_picture(actor=actor, picture=own[ids[row]])
    if _template(request) == "catalog/_pictures.html":
        return render(request, "catalog/_pictures.html", pictures_context(actor, found))
    return redirect("catalog:product", actor.place.slug, found.pk)


@access(Section.CATALOG)
def picture(request: WorkspaceRequest, picture_id: UUID, size: str) -> HttpResponse:
    rows = Picture.objects.visible_to(request.actor).select_related("large", "small")
    found = get_object_or_404(rows, pk=picture_id)
    file = found.small if size == "small" else found.large
    if file is None:
        raise Http404(_("This picture is not ready."))
    response = file_response(read_file(file), name=file.name, content_type=CONTENT_TYPE, inline=True)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    return response
