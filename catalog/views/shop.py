"""The catalog in the portal: its categories, search, a product; and the same to read by the shared link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from advisory_portal.core.access import Workspace, WorkspaceRequest, portal, public
from advisory_portal.core.files import file_response, read_file
from advisory_portal.core.formatting import active_language
from advisory_portal.core.ids import hash_token, uuid7
from catalog.forms.shop import asked_of
from catalog.models import Picture
from catalog.models.finding import corrected, search
from catalog.models.offers import offers_of
from catalog.models.reading import sheet_of
from catalog.models.shelf import Asked, Shelf, shelf_of
from catalog.models.shopping import Shopper, shared_shopper, shopper_of
from catalog.models.tree import branches_of, way_to
from catalog.rows.product_page import asked_variant, chosen_offer, chosen_row, picture_rows, variant_rows
from catalog.rows.shop import Addresses, cards_of, child_rows, tree_rows

KEPT_SECONDS = 24 * 3600  # a picture never changes under its address


def shopper_here(request: WorkspaceRequest) -> Shopper:
    """The contact as a shopper, also for the frame around the page. Raises Http404 where its catalog is off."""
    shopper = shopper_of(request.actor)
    if shopper is None:
        raise Http404
    request.shopper = shopper  # type: ignore[attr-defined]  # read by advisory_portal.portal_navigation
    return shopper


@portal
@require_GET
def shop(request: WorkspaceRequest) -> HttpResponse:
    shopper = shopper_here(request)
    return _shelf_page(request, shopper, Addresses.of_portal(shopper.place.slug), None)


@portal
@require_GET
def shop_category(request: WorkspaceRequest, category_id: UUID) -> HttpResponse:
    shopper = shopper_here(request)
    return _shelf_page(request, shopper, Addresses.of_portal(shopper.place.slug), category_id)


@portal
@require_GET
def shop_product(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    shopper = shopper_here(request)
    return _product_page(request, shopper, Addresses.of_portal(shopper.place.slug), product_id)


@portal
@require_GET
def shop_picture(request: WorkspaceRequest, picture_id: UUID, size: str) -> HttpResponse:
    """A picture of a product that is offered to the contact."""
    pictures = Picture.objects.visible_to(request.actor).select_related("large", "small")
    return _picture(get_object_or_404(pictures, pk=picture_id), size)


# --- By the shared link --------------------------------------------------------------------------------------


def _shared(business: str, token: str) -> tuple[Shopper, Addresses]:
    shopper = shared_shopper(business, hash_token(token))
    if shopper is None:
        raise Http404
    return shopper, Addresses.of_link(business, token)


@public
@require_GET
def shared(request: HttpRequest, business: str, token: str) -> HttpResponse:
    return _unlisted(_shelf_page(request, *_shared(business, token), None))


@public
@require_GET
def shared_category(request: HttpRequest, business: str, token: str, category_id: UUID) -> HttpResponse:
    return _unlisted(_shelf_page(request, *_shared(business, token), category_id))


@public
@require_GET
def shared_product(request: HttpRequest, business: str, token: str, product_id: UUID) -> HttpResponse:
    return _unlisted(_product_page(request, *_shared(business, token), product_id))


@public
@require_GET
def shared_picture(request: HttpRequest, business: str, token: str, picture_id: UUID, size: str) -> HttpResponse:
    shopper, _where = _shared(business, token)
    pictures = Picture.objects.in_public(shopper.place.id).select_related("large", "small")
    return _picture(get_object_or_404(pictures, pk=picture_id), size)


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Not for search engines, and its address for nobody else."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


# --- What the pages show -------------------------------------------------------------------------------------


def _shelf_page(request: HttpRequest, shopper: Shopper, where: Addresses, category_id: UUID | None) -> HttpResponse:
    asked = asked_of(request.GET, language=active_language(), category_id=category_id)
    branches = [] if asked.words else branches_of(shopper, category_id, language=asked.language)
    way = way_to(branches, category_id) if category_id and branches else []
    if category_id and not way and not asked.words:
        raise Http404
    shelf, instead = _found(shopper, asked) if asked.words else (shelf_of(shopper, asked), "")
    offers = offers_of(shopper, [row.id for row in shelf.rows])
    context = {
        **_around(shopper, where),
        "asked": asked,
        "instead": instead,
        "title": way[-1].name if way else "",
        "way": [(where.category(one.id), one.name) for one in way[:-1]],
        "tree": tree_rows(branches, category_id, where),
        "children": child_rows(branches, category_id, where),
        "cards": cards_of(shopper, shelf.rows, offers, where),
        "shelf": shelf,
        "here": where.category(category_id) if category_id else where.home,
    }
    return render(request, "catalog/shop.html", context)


def _found(shopper: Shopper, asked: Asked) -> tuple[Shelf, str]:
    """What a search finds; where nothing has the words, with the most similar ones, which are named then."""
    found = search(shopper, asked)
    if found.rows or asked.found:
        return found, ""
    better = corrected(shopper, asked.words)
    if not better:
        return found, ""
    again = search(shopper, Asked(asked.language, asked.category_id, better, in_stock=asked.in_stock))
    return again, better if again.rows else ""


def _product_page(request: HttpRequest, shopper: Shopper, where: Addresses, product_id: UUID) -> HttpResponse:
    sheet = sheet_of(shopper, product_id, language=active_language())
    offers = offers_of(shopper, [product_id, *(one.id for one in sheet.related)]) if sheet else {}
    own = offers.get(product_id)
    if sheet is None or not own:
        raise Http404
    chosen = chosen_offer(own, asked_variant(request.GET.get("variant", ""))) or own[0]
    context = {
        **_around(shopper, where),
        "sheet": sheet,
        "href": where.product(product_id),
        "way": [(where.category(pk), name) for pk, name in sheet.way],
        "pictures": picture_rows(sheet, where),
        "variants": variant_rows(shopper, own, chosen, shopper.tax_of(sheet.tax), where.product(product_id)),
        "chosen": chosen_row(shopper, chosen, sheet),
        "related": cards_of(shopper, sheet.related, offers, where),
    }
    return render(request, "catalog/shop_product.html", context)


def _around(shopper: Shopper, where: Addresses) -> dict[str, Any]:
    """What every page of the catalog has."""
    business: Workspace = shopper.place
    return {"business": business, "shopper": shopper, "where": where, "click": uuid7()}


def _picture(picture: Picture, size: str) -> HttpResponse:
    file = {"small": picture.small, "large": picture.large}.get(size)
    if file is None:
        raise Http404
    response = file_response(read_file(file), name=file.name, content_type=file.content_type, inline=True)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    return response
