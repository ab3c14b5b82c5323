"""What the staff's pages of the catalog begin with."""

from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from PIL import Image

from catalog import actions
from catalog.rules import ProductContent, VariantContent


def content(*skus, **values):
    """A product as it is typed, one variant of 10.00 for each SKU."""
    variants = tuple(VariantContent(sku, Decimal(10)) for sku in skus or ("SKU",))
    return ProductContent(**{"name": "Mug", "variants": variants} | values)


def saved(actor, *skus, **values):
    """A product that the actor saved."""
    return actions.save_product(
        actor=actor, product=None, content=content(*skus, **values), revision=0, now=timezone.now()
    )


def png(width=200, height=100, colour="red"):
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()


def typed(**values):
    """The editor's fields as a browser sends them."""
    fields = {
        "name": "Mug", "category": "", "description": "", "kind": "product", "visibility": "everybody", "tax": "",
        "unit": "C62", "is_tracked": "on", "related": "", "revision": "0", "do": "save", "variant_sku": ["MUG"],
        "variant_options": [""], "variant_price": ["12.50"], "variant_minimum": ["1"], "variant_multiple": [""],
        "variant_barcode": [""],
    }  # fmt: skip
    return fields | values
