"""Rows of the catalog for tests."""

import factory

from advisory_portal.core.ids import uuid7
from advisory_portal.core.text import plain, sort_key
from catalog.models import CatalogSettings, Category, ContactTerms, Price, PriceList, Product, StockLevel, Variant
from catalog.rules import sku_key
from tests.factories import ContactFactory, OrganisationFactory


class CatalogSettingsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CatalogSettings

    organisation = factory.SubFactory(OrganisationFactory)


class CategoryFactory(factory.django.DjangoModelFactory):
    """At the top of the tree unless `parent` is given."""

    class Meta:
        model = Category

    id = factory.LazyFunction(uuid7)
    organisation = factory.SubFactory(OrganisationFactory)
    parent = None
    name = factory.Sequence(lambda number: f"Category {number}")
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name))
    path = factory.LazyAttribute(lambda row: f"{row.parent.path if row.parent else ''}{row.id.hex[-12:]}/")


class ProductFactory(factory.django.DjangoModelFactory):
    """A product without variants: `VariantFactory` makes one with."""

    class Meta:
        model = Product

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda number: f"Product {number}")
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name))
    search_text = factory.LazyAttribute(lambda row: plain(row.name))


class VariantFactory(factory.django.DjangoModelFactory):
    """A variant at 10.00, of a product of its own unless one is given; `search_text` of the product has its SKU."""

    class Meta:
        model = Variant

    organisation = factory.SubFactory(OrganisationFactory)
    product = factory.SubFactory(ProductFactory, organisation=factory.SelfAttribute("..organisation"))
    sku = factory.Sequence(lambda number: f"SKU-{number}")
    sku_key = factory.LazyAttribute(lambda row: sku_key(row.sku))
    list_price = 10

    @classmethod
    def _create(cls, model_class, *args, **fields):
        variant = super()._create(model_class, *args, **fields)
        variant.product.search_text = f"{variant.product.search_text} {plain(variant.sku)}"
        variant.product.save(update_fields=["search_text"])
        return variant


class StockLevelFactory(factory.django.DjangoModelFactory):
    """Ten in stock."""

    class Meta:
        model = StockLevel

    organisation = factory.SubFactory(OrganisationFactory)
    variant = factory.SubFactory(VariantFactory, organisation=factory.SelfAttribute("..organisation"))
    on_hand = 10


class PriceListFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriceList

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda number: f"Price list {number}")
    currency = "EUR"


class PriceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Price

    organisation = factory.SelfAttribute("variant.organisation")
    price_list = factory.SubFactory(PriceListFactory, organisation=factory.SelfAttribute("..variant.organisation"))
    variant = factory.SubFactory(VariantFactory)
    price = 8


class ContactTermsFactory(factory.django.DjangoModelFactory):
    """The catalog is on, at list prices."""

    class Meta:
        model = ContactTerms

    organisation = factory.SelfAttribute("contact.organisation")
    contact = factory.SubFactory(ContactFactory)
    is_on = True
