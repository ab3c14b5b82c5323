from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff, is_contact
from catalog.models.terms import ContactTerms
from partners.models import Organisation


class Categories(models.QuerySet["Category"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff who may view the catalog, and contacts for whom it is on."""
        if is_contact(actor):
            return ContactTerms.objects.catalog_of(actor, self)
        return for_staff(self, actor)

    def in_order(self) -> Self:
        """As people see the siblings of one parent: by position, then by name."""
        return self.order_by("position", "sort_key", "pk")

    def under(self, category: Category) -> Self:
        """The category and everything below it."""
        return self.filter(organisation_id=category.organisation_id, path__startswith=category.path)


class Category(PortalModel):
    """A node of a business's tree of categories.

    `path` is the parent's path and the category's own twelve hex digits and "/", so that a subtree is one range of an
    index. `translations` is {"es": {"name": "…"}}; a language that is missing shows `name`.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name=_("inside"))
    name = models.CharField(_("name"), max_length=120)
    sort_key = models.CharField(max_length=120)
    path = models.CharField(max_length=130)
    position = models.PositiveIntegerField(default=0)
    translations = models.JSONField(default=dict)

    objects = Categories.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        indexes = [
            models.Index("organisation", OpClass("path", name="varchar_pattern_ops"), name="category_by_path"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "parent", "sort_key"], name="category_name_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """0 at the top of the tree."""
        return self.path.count("/") - 1
