"""What the database itself promises of the catalog."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from catalog.models import Category, Placement, Product, StockLevel, StockMovement
from tests.catalog.factories_catalog import CategoryFactory, ProductFactory, StockLevelFactory, VariantFactory

pytestmark = pytest.mark.django_db


def placed(product):
    rows = Placement.objects.filter(product=product).order_by("category__path")
    return [(row.category.name, row.sort_key) for row in rows.select_related("category")]


@pytest.fixture
def tree(delta):
    top = CategoryFactory(organisation=delta, name="Garden")
    middle = CategoryFactory(organisation=delta, name="Tools", parent=top)
    return top, middle, CategoryFactory(organisation=delta, name="Spades", parent=middle)


def test_product_is_placed_in_its_category_and_all_above(delta, tree):
    product = ProductFactory(organisation=delta, name="Spade", category=tree[2])
    assert placed(product) == [("Garden", "spade"), ("Tools", "spade"), ("Spades", "spade")]


def test_placement_follows_name_category_and_retiring(delta, tree):
    product = ProductFactory(organisation=delta, name="Spade", category=tree[2])
    Product.objects.filter(pk=product.pk).update(sort_key="big spade", category=tree[1])
    assert placed(product) == [("Garden", "big spade"), ("Tools", "big spade")]
    Product.objects.filter(pk=product.pk).update(category=None)
    assert placed(product) == []
    Product.objects.filter(pk=product.pk).update(category=tree[0])
    assert placed(product) == [("Garden", "big spade")]
    Product.objects.filter(pk=product.pk).update(retired_at=product.created_at)
    assert placed(product) == []


def test_placement_follows_a_category_that_moves(delta, tree):
    product = ProductFactory(organisation=delta, name="Spade", category=tree[2])
    Category.objects.filter(pk=tree[2].pk).update(parent=tree[0], path=f"{tree[0].path}{tree[2].path[-13:]}")
    assert placed(product) == [("Garden", "spade"), ("Spades", "spade")]


def test_more_cannot_be_held_than_there_is(delta):
    level = StockLevelFactory(organisation=delta, on_hand=3, held=3)
    with pytest.raises(IntegrityError, match="stock_not_oversold"), transaction.atomic():
        StockLevel.objects.filter(pk=level.pk).update(held=Decimal("3.00000001"))
    StockLevel.objects.filter(pk=level.pk).update(held=4, may_owe=True)
    assert StockLevel.objects.get(pk=level.pk).free == -1


def test_movements_stay(delta):
    variant = VariantFactory(organisation=delta)
    row = StockMovement.objects.create(
        organisation=delta, variant=variant, reason="purchase", quantity=2, after=2, by_name="Dan"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMovement.objects.filter(pk=row.pk).update(quantity=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_sku_is_one_whatever_its_case(delta):
    VariantFactory(organisation=delta, sku="AB 1")
    with pytest.raises(IntegrityError, match="sku_once"), transaction.atomic():
        VariantFactory(organisation=delta, sku="ab1")
