from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from partners.models.listing_search import as_expressions, where_words_stand
from partners.models.organisation import Organisation
from partners.models.profile import ProfileVersion
from partners.rules.listings import Search


def codes() -> ArrayField[list[str], list[str]]:
    """A list of codes, or of what people typed."""
    return ArrayField(models.CharField(max_length=80), default=list)


class Listings(models.QuerySet["Listing"]):
    def visible_to(self, actor: Actor) -> Self:
        """What the marketplace shows to everybody who stands in an organisation: all that is published."""
        return self if actor.organisation_id else self.none()

    def in_directory(self) -> Self:
        """What anybody finds on the web: firms may stay out of the public directory."""
        return self.filter(in_directory=True)

    def with_pictures(self) -> Self:
        return self.select_related("version__logo", "version__logo_small", "version__cover", "version__cover_small")

    def for_cards(self) -> models.QuerySet[Listing, tuple[str, dict[str, Any], UUID | None]]:
        """Of each its address, its profile's content and the id of its small logo."""
        return self.values_list("slug", "version__content", "version__logo_small_id")

    def matching(self, search: Search, *, is_public: bool) -> Self:
        """Those that have all the words and what was chosen of the facets; `is_public`: in the directory."""
        return self.filter(*as_expressions(search, is_public=is_public))

    def best_first(self, search: Search) -> Self:
        """By the published formula: where the words stand, then points, then the lot. Source: PRODUCT 3."""
        by_words = [where_words_stand(search)] if search.words else []
        return self.order_by(*by_words, "-rank_score", "pk")


class Listing(PortalModel):
    """A published profile as marketplace and directory search it. Written when a version is approved, gone while
    its firm is suspended.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="listing")
    version = models.ForeignKey(ProfileVersion, models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=200)
    tagline = models.CharField(max_length=160)
    profession = models.CharField(max_length=20)
    services = codes()
    specialities = codes()
    industries = codes()
    languages = codes()
    city = models.CharField(max_length=100)
    city_key = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    works_remotely = models.BooleanField(default=False)
    accepting_clients = models.BooleanField(default=True)
    in_directory = models.BooleanField(default=True)
    # The words of the name; of name, offer and place; of everything.
    names = SearchVectorField(null=True)
    heads = SearchVectorField(null=True)
    search = SearchVectorField(null=True)
    facets = SearchVectorField(null=True)
    rank_score = models.IntegerField(default=0)
    published_at = models.DateTimeField()

    objects = Listings.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        indexes = [
            GinIndex(fields=["search"], name="listing_search"),
            GinIndex(fields=["facets"], name="listing_facets"),
            models.Index(fields=["-rank_score", "id"], name="listing_best_first"),
        ]

    def __str__(self) -> str:
        return self.display_name


class ListingWord(PortalModel):
    """A word that some published profile has used, for telling what somebody meant who mistyped it."""

    word = models.CharField(max_length=40, unique=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="listing_word_alike")]

    def __str__(self) -> str:
        return self.word
