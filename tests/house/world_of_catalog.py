"""What a business sells, for the world of the house's tests."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog import actions
from catalog.rules import ProductContent, VariantContent
from catalog.tasks import make_pictures
from tests.catalog.factories_staff import png


def add_catalog(home: Any) -> None:
    """A category with a product in it that has a picture."""
    actor, now = home.actor, timezone.now()
    category = actions.save_category(actor=actor, category=None, name="Kitchen", parent=None, translations={})
    content = ProductContent("Mug", (VariantContent("MUG", Decimal(10)),), category_id=category.pk)
    product = actions.save_product(actor=actor, product=None, content=content, revision=0, now=now)
    (picture,) = actions.add_pictures(actor=actor, product=product, uploads=[("mug.png", png())], now=now)
    make_pictures()
    home.parts |= {
        "category_id": category.pk,
        "product_id": product.pk,
        "picture_id": picture.pk,
        "size": "small",
    }
