"""What the demo's business sells: sixty products with pictures, at prices of its own for some of its customers."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.demo.catalog_art import draw_product
from catalog import actions
from catalog.models import Category, Product, Variant
from catalog.rules import ProductContent, Tier, VariantContent
from documents.models import Contact

DATA = Path(__file__).with_name("catalog.toml")
TWO_VIEWS = ("city", "road", "mountain", "electric", "helmet", "jersey")  # what has a second picture
PACKED = {"T-TUBE": Decimal(5), "BOT-6": Decimal(2)}  # SKUs that are sold in multiples
SERVICE = "SERVICE"
RELATED = 4
RESELLERS, CLUBS = 12, 6  # percent off the list price
WITHOUT = 3  # every third contact's catalog stays off


@dataclass(frozen=True, slots=True)
class Article:
    """A line of the table."""

    sku: str
    name: str
    spanish: str
    category: str
    art: str
    colour: str
    price: str
    options: str
    stock: int
    alarm: int

    @property
    def variants(self) -> tuple[VariantContent, ...]:
        """One, or one for each value of its option."""
        name, _colon, values = self.options.partition(": ")
        if not values:
            return (self._variant(self.sku),)
        chosen = enumerate(values.split(", "), start=1)
        return tuple(self._variant(f"{self.sku}-{number}", ((name, value),)) for number, value in chosen)

    def _variant(self, sku: str, options: tuple[tuple[str, str], ...] = ()) -> VariantContent:
        packed = PACKED.get(self.sku, Decimal(0))
        return VariantContent(sku, Decimal(self.price), options, minimum=packed or Decimal(1), multiple=packed)


def fill_catalog(actor: Actor) -> None:
    """Categories, products with pictures and stock, price lists, and the catalog on for most contacts."""
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    categories = _categories(actor, table["categories"])
    articles = [Article(*line) for line in table["products"]]
    made = [_product(actor, one, categories, table["sentences"]) for one in articles]
    _relate(actor, articles, made)
    _price_lists(actor)


def _categories(actor: Actor, lines: list[list[str]]) -> dict[str, Category]:
    made: dict[str, Category] = {}
    for key, name, spanish, inside in lines:
        made[key] = actions.save_category(
            actor=actor, category=None, name=name, parent=made.get(inside), translations={"es": spanish}
        )
    return made


def _product(
    actor: Actor, one: Article, categories: dict[str, Category], sentences: dict[str, dict[str, str]]
) -> Product:
    category, now = categories[one.category], timezone.now()
    top = category.parent or category
    said = next(texts for key, texts in sentences.items() if categories[key] == top)
    content = ProductContent(
        name=one.name,
        variants=one.variants,
        category_id=category.pk,
        description=said["en"],
        kind=Product.Kind.SERVICE if one.sku == SERVICE else Product.Kind.PRODUCT,
        unit="C62",
        translations={"es": {"name": one.spanish, "description": said["es"]}},
    )
    product = actions.save_product(actor=actor, product=None, content=content, revision=0, now=now)
    views = (0, 1) if one.art in TWO_VIEWS else (0,)
    uploads = [(f"{one.sku.lower()}-{view}.jpg", draw_product(one.art, one.colour, view)) for view in views]
    pictures = actions.add_pictures(actor=actor, product=product, uploads=uploads, now=now)
    for picture in pictures:
        actions.describe_picture(actor=actor, picture=picture, alt=one.name)
    if one.sku != SERVICE:
        _stock(actor, product, one)
    return product


def _stock(actor: Actor, product: Product, one: Article) -> None:
    variants = list(Variant.objects.filter(product=product).order_by("position"))
    for number, variant in enumerate(variants):
        quantity = one.stock // len(variants) + (1 if number < one.stock % len(variants) else 0)
        if quantity:
            actions.move_stock(actor=actor, variant=variant, reason="purchase", quantity=Decimal(quantity))
        actions.set_alarm(actor=actor, variant=variant, alarm_at=Decimal(max(one.alarm // len(variants), 1)))


def _relate(actor: Actor, articles: list[Article], made: list[Product]) -> None:
    """Each product leads to the next ones of its category."""
    for at, one in enumerate(articles):
        same = [made[other].pk for other, two in enumerate(articles) if two.category == one.category and other != at]
        made[at].related = same[:RELATED]
    Product.objects.bulk_update(made, ["related"])


def _price_lists(actor: Actor) -> None:
    """Resellers pay less, and less again for many; clubs a little less; Northgate buys in pounds, tubes alone."""
    lists = {}
    for name, percent in (("Resellers", RESELLERS), ("Clubs", CLUBS)):
        lists[name] = actions.save_price_list(actor=actor, price_list=None, name=name, currency="EUR")
        actions.fill_price_list(actor=actor, price_list=lists[name], percent=Decimal(percent))
    for variant in Variant.objects.filter(organisation_id=actor.place.id, sku__startswith="T-"):
        price = variant.list_price
        tiers = [Tier(Decimal(quantity), round(price * rest, 2)) for quantity, rest in _steps()]
        actions.set_prices(actor=actor, price_list=lists["Resellers"], variant=variant, tiers=tiers)
    contacts = Contact.objects.visible_to(actor).present().exclude(kind=Contact.Kind.SUPPLIER).order_by("created_at")
    for number, contact in enumerate(contacts):
        terms: Any = (lists["Resellers"], None, lists["Clubs"])[number % 3]
        is_on = number == 0 or number % WITHOUT != 1
        actions.save_terms(actor=actor, contact=contact, is_on=is_on, price_list=terms)


def _steps() -> list[tuple[int, Decimal]]:
    """From which quantity on which part of the list price is paid."""
    return [(0, Decimal("0.88")), (10, Decimal("0.82")), (50, Decimal("0.75"))]
