from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel, StoredFile
from advisory_portal.core.models.base import DueRow, DueRows, due_index
from advisory_portal.core.text import search_words
from catalog.models.base import for_staff, is_contact, price_field, quantity_field
from catalog.models.category import Category
from catalog.models.terms import ContactTerms
from partners.models import Organisation


class Products(models.QuerySet["Product"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff who may view the catalog: all. Contacts for whom it is on: what is offered."""
        if is_contact(actor):
            return ContactTerms.objects.catalog_of(actor, self).offered()
        return for_staff(self, actor)

    def offered(self) -> Self:
        """What contacts may find and order."""
        return self.filter(retired_at=None).exclude(visibility=Product.Visibility.HIDDEN)

    def in_public(self) -> Self:
        """What the shared link shows."""
        return self.filter(retired_at=None, visibility=Product.Visibility.EVERYBODY)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def inside(self, category: Category) -> Self:
        """Those of the category and of all below it."""
        return self.filter(placements__category=category)

    def containing(self, words: str) -> Self:
        """Those whose names, SKUs or barcodes contain the words, whatever their case and accents."""
        return self.filter(search_text__contains=search_words(words)) if words.strip() else self

    def narrowed(self, asked: Mapping[str, str]) -> Self:
        """Those that the staff's list asks for: `q` (words), `category` (an id), `show` and `kind`.

        `show` is a visibility, or "retired"; without it the retired ones are left out.
        """
        show, category = asked.get("show", ""), asked.get("category")
        found = self.containing(asked.get("q", "")).filter(retired_at__isnull=show != "retired")
        if show in Product.Visibility.values:
            found = found.filter(visibility=show)
        if category:
            found = found.filter(placements__category=category)
        return found.filter(kind=asked["kind"]) if asked.get("kind") else found


class Product(PortalModel):
    """Something that a business sells. It is bought by its variants, of which it has at least one. Never deleted.

    `tax` is a key of `documents.rules.taxes`, "" the business's usual tax; `unit` is of UN/ECE Recommendation 20.
    `translations` is {"es": {"name": "…", "description": "…"}}; what is missing shows as it is here. `related` are ids
    of products, in order. `cover` is the first picture that is ready. `search_text` holds all names, SKUs and barcodes,
    plain. Triggers keep `placements`.
    """

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        SERVICE = "service", _("Service")

    class Visibility(models.TextChoices):
        EVERYBODY = "everybody", _("Contacts and the shared link")
        CONTACTS = "contacts", _("Contacts only")
        HIDDEN = "hidden", _("Nobody")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="products", verbose_name=_("category")
    )
    name = models.CharField(_("name"), max_length=300)
    sort_key = models.CharField(max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PRODUCT)
    visibility = models.CharField(_("shown to"), max_length=10, choices=Visibility, default=Visibility.EVERYBODY)
    tax = models.CharField(_("tax"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    is_tracked = models.BooleanField(_("keep its stock"), default=True)
    related = ArrayField(models.UUIDField(), default=list)
    translations = models.JSONField(default=dict)
    cover = models.ForeignKey("Picture", models.SET_NULL, null=True, related_name="+")
    search_text = models.CharField(max_length=4_000)
    retired_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)

    objects = Products.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(
                fields=["organisation", "sort_key", "id"], name="product_by_name", condition=Q(retired_at=None)
            ),
            models.Index(fields=["organisation", "id"], name="product_by_age", condition=Q(retired_at=None)),
            models.Index(
                fields=["organisation", "sort_key", "id"], name="product_retired", condition=~Q(retired_at=None)
            ),
            GinIndex("organisation", OpClass("search_text", name="gin_trgm_ops"), name="product_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name as it is translated, else as the business wrote it first."""
        name: str = self.translations.get(language, {}).get("name") or self.name
        return name


class Placement(PortalModel):
    """A product in its category and in each one above it, so that a page of any category reads one range of an index.

    Triggers on products and categories write these rows; nothing else does.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="placements")
    sort_key = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "category", "sort_key", "product"], name="placement_by_name"),
            models.Index(fields=["organisation", "category", "product"], name="placement_by_age"),
        ]
        constraints = [models.UniqueConstraint(fields=["category", "product"], name="placement_once")]

    def __str__(self) -> str:
        return self.sort_key


class Variants(models.QuerySet["Variant"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those in use of the products that the actor sees; of staff, all."""
        if is_contact(actor):
            return self.in_use().filter(product__in=Product.objects.visible_to(actor))
        return for_staff(self, actor)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def narrowed_by_stock(self, show: str) -> Self:
        """Those that are "low" (at or below their alarm) or "out" (none free); all for anything else."""
        if show == "low":
            return self.filter(stock__on_hand__lte=F("stock__alarm_at") + F("stock__held"))
        if show == "out":
            return self.filter(Q(stock=None) | Q(stock__on_hand__lte=F("stock__held")))
        return self


class Variant(PortalModel):
    """What is put into a cart: one size, colour or packing of a product. Retired, never deleted.

    `sku_key` is the SKU as it is compared (`rules.sku_key`). `options` is a list of pairs, [["Colour", "Red"]], empty
    where there is one variant. `list_price` is without tax in the business's currency. `multiple` 0 means any.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    position = models.PositiveIntegerField(default=0)
    sku = models.CharField("SKU", max_length=60)
    sku_key = models.CharField(max_length=60)
    barcode = models.CharField(_("barcode"), max_length=40, blank=True)
    options = models.JSONField(default=list)
    list_price = price_field(_("list price"))
    minimum = quantity_field(_("minimum"), default=1)
    multiple = quantity_field(_("multiple of"), default=0)
    is_divisible = models.BooleanField(_("sold in parts"), default=False)
    retired_at = models.DateTimeField(null=True)

    objects = Variants.as_manager()

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["organisation", "barcode"], name="variant_by_barcode", condition=~Q(barcode="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sku_key"], name="sku_once"),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="list_price_not_negative"),
            models.CheckConstraint(condition=Q(minimum__gt=0, multiple__gte=0), name="variant_minimum_multiple"),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def label(self) -> str:
        """Its options in one line, "Red, L"; empty where there is one variant."""
        return ", ".join(value for _name, value in self.options)


class Pictures(DueRows["Picture"]):
    def visible_to(self, actor: Actor) -> Self:
        if is_contact(actor):
            return self.filter(product__in=Product.objects.visible_to(actor)).exclude(large=None)
        return for_staff(self, actor)

    def in_public(self, organisation_id: UUID) -> Self:
        """Those that the shared link of the business shows."""
        shown = Product.objects.in_public().filter(organisation_id=organisation_id)
        return self.filter(product__in=shown).exclude(large=None)

    def given_up_before(self, moment: datetime) -> Self:
        """Those that could not be made smaller, uploaded before the moment."""
        return self.given_up().filter(created_at__lt=moment)


class Picture(DueRow, PortalModel):
    """A picture of a product: as it was uploaded, and as two WebP files that a sweep makes of it.

    `width` and `height` are those of `large` in pixels, 0 until it is made.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    original = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    large = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    small = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    alt = models.CharField(_("what it shows"), max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    objects = Pictures.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["organisation", "product", "position"], name="picture_of_product"),
            due_index("picture_due"),
        ]

    def __str__(self) -> str:
        return self.alt
