"""The demo's catalog: sixty products that look different, in two languages, with prices and stock."""

from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from advisory_portal.demo.catalog import fill_catalog
from advisory_portal.demo.catalog_art import ARTS, draw_product
from catalog.models import Category, ContactTerms, Picture, PriceList, Product, StockLevel
from documents.models import Contact
from tests.factories import ContactFactory


@pytest.mark.parametrize("art", sorted(ARTS))
def test_pictures_are_drawn_alike_each_time_and_differ_by_view(art):
    first = draw_product(art, "#2a9d8f")
    assert first == draw_product(art, "#2a9d8f")
    assert first != draw_product(art, "#2a9d8f", 1)
    assert Image.open(BytesIO(first)).size == (800, 800)


@pytest.mark.django_db
def test_sixty_products_are_ready_to_be_browsed(dan_here, delta):
    for number in range(6):
        ContactFactory(organisation=delta, kind=Contact.Kind.CUSTOMER, name=f"Customer {number}")
    fill_catalog(dan_here)
    products = Product.objects.all()
    assert (products.count(), len(set(products.values_list("name", flat=True)))) == (60, 60)
    assert all(one.translations["es"].keys() == {"name", "description"} for one in products)
    assert all(one.description and one.category_id for one in products)
    assert set(Picture.objects.values_list("product", flat=True)) == set(products.values_list("pk", flat=True))
    assert Picture.objects.due(timezone.now()).count() == Picture.objects.count()
    assert Category.objects.filter(parent=None).count() == 5
    assert StockLevel.objects.low().exists()
    assert PriceList.objects.to_give().count() == 2
    assert ContactTerms.objects.filter(is_on=True).count() == 4
