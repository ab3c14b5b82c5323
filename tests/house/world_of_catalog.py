"""What a business sells, for the world of the house's tests."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog import actions
from catalog.models import Product, Variant
from catalog.rules import ProductContent, VariantContent
from catalog.tasks import make_pictures, work_off_lists
from documents.models import Contact
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
        **_prices_and_lists(home, product),
    }


def _prices_and_lists(home: Any, product: Product) -> dict[str, Any]:
    """A price list that the contact has, some stock, a list that waits to be imported, and an export."""
    actor, variant = home.actor, Variant.objects.get(product=product)
    prices = actions.save_price_list(actor=actor, price_list=None, name="Resellers", currency="EUR")
    actions.fill_price_list(actor=actor, price_list=prices, percent=Decimal(10))
    contact = Contact.objects.get(pk=home.parts["contact_id"])
    actions.save_terms(actor=actor, contact=contact, is_on=True, price_list=prices)
    actions.move_stock(actor=actor, variant=variant, reason="purchase", quantity=Decimal(9))
    brought = actions.take_product_list(actor=actor, name="products.csv", content=b"SKU,Name\nCUP,Cup\n")
    ordered = actions.take_order_list(actor=actor, name="orders.csv", content=b"Order,SKU\nA-1,CUP\n")
    taken = actions.start_product_export(actor=actor, asked={}, file_format="csv")
    work_off_lists()
    return {
        "price_list_id": prices.pk,
        "variant_id": variant.pk,
        "product_import_id": brought.pk,
        "order_import_id": ordered.pk,
        "product_export_id": taken.pk,
    }
