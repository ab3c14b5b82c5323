"""Pictures of products: kept as they were uploaded, made small by a sweep."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import nudge
from catalog.models import Picture, Product
from catalog.rules.pictures import MOST_PICTURES, check_picture, sizes_of
from catalog.words import PICTURE_FAULTS
from partners.rules.pictures import CONTENT_TYPE, BadPicture


class PictureRefused(Refused):
    """The upload is no picture that is taken, or the product has enough of them."""


@transaction.atomic
def add_pictures(
    *, actor: Actor, product: Product, uploads: Sequence[tuple[str, bytes]], now: datetime
) -> list[Picture]:
    """Keep pictures, (name, content) each, behind those that a product has; their sizes are made soon after.

    All of them or none. Raises Forbidden, PictureRefused.
    """
    there = _locked(actor, product)
    if len(there) + len(uploads) > MOST_PICTURES:
        raise PictureRefused(_("A product has at most %(most)s pictures.") % {"most": MOST_PICTURES}, field="pictures")
    first = there[-1].position + 1 if there else 0
    added = []
    for position, (name, content) in enumerate(uploads, start=first):
        try:
            kind = check_picture(content)
        except BadPicture as bad:
            raise PictureRefused(f"{name}: {PICTURE_FAULTS[bad.fault.value]}", field="pictures") from None
        kept = store_file(organisation_id=actor.place.id, name=name, content=content, content_type=kind)
        added.append(Picture(product=product, original=kept, position=position, due_at=now))
    for picture in added:
        picture.organisation_id = actor.place.id
    Picture.objects.bulk_create(added)
    record(actor, "catalog.product.pictured", about=product, after={"pictures": len(added)})
    nudge("catalog.make_pictures")
    return added


@transaction.atomic
def describe_picture(*, actor: Actor, picture: Picture, alt: str) -> None:
    """Keep what the picture shows, for people who do not see it. Raises Forbidden."""
    actor.require(Section.CATALOG, Level.MANAGE)
    Picture.objects.filter(pk=picture.pk).update(alt=alt)


@transaction.atomic
def order_pictures(*, actor: Actor, product: Product, ids: Sequence[UUID]) -> None:
    """Put a product's pictures in this order; those that are not named stand behind. Raises Forbidden."""
    there = {picture.pk: picture for picture in _locked(actor, product)}
    named = [there.pop(pk) for pk in dict.fromkeys(ids) if pk in there]
    for position, picture in enumerate([*named, *there.values()]):
        picture.position = position
    Picture.objects.bulk_update([*named, *there.values()], ["position"])
    choose_cover(product.pk)


@transaction.atomic
def remove_picture(*, actor: Actor, picture: Picture) -> None:
    """Remove a picture with its files. Repeating it does nothing. Raises Forbidden."""
    product = picture.product
    found = next((one for one in _locked(actor, product) if one.pk == picture.pk), None)
    if found is None:
        return
    files = [file for file in (found.original, found.large, found.small) if file is not None]
    found.delete()
    for file in files:
        discard_file(file)
    choose_cover(product.pk)
    record(actor, "catalog.product.unpictured", about=product)


@transaction.atomic
def make_sizes(*, picture: Picture) -> None:
    """Make what is shown of a picture. One that cannot be read stays without, and says so."""
    picture.due_at = None
    try:
        large, small, (width, height) = sizes_of(read_file(picture.original))
    except BadPicture as bad:
        picture.last_error = bad.fault.value
    else:
        name = f"{picture.original.name.rpartition('.')[0] or picture.original.name}.webp"
        picture.large, picture.small = (
            store_file(organisation_id=picture.organisation_id, name=name, content=content, content_type=CONTENT_TYPE)
            for content in (large, small)
        )
        picture.width, picture.height = width, height
    picture.save(update_fields=["due_at", "last_error", "large", "small", "width", "height"])
    choose_cover(picture.product_id)


def choose_cover(product_id: UUID) -> None:
    """Let the first picture that is ready stand for the product in lists."""
    ready = Picture.objects.filter(product_id=product_id).exclude(small=None).order_by("position", "pk")
    Product.objects.filter(pk=product_id).update(cover=ready.values_list("pk", flat=True).first())


def _locked(actor: Actor, product: Product) -> list[Picture]:
    """The product's pictures in order, locked: before its row, as the sweep that makes them small does."""
    actor.require(Section.CATALOG, Level.MANAGE)
    rows = Picture.objects.filter(product=product).select_related("original", "large", "small")
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    return sorted(found, key=lambda picture: (picture.position, picture.pk))
