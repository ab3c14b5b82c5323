from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff
from partners.models import Organisation


class Words(models.QuerySet["Word"]):
    def visible_to(self, actor: Actor) -> Self:
        return for_staff(self, actor)


class Word(PortalModel):
    """A word of a business's products, plain, by which what is typed wrong is set right. A trigger writes them.

    It stays when the last product with it goes: it then leads to nothing, as what was typed did.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    word = models.CharField(max_length=60)

    objects = Words.as_manager()

    class Meta:
        indexes = [GinIndex("organisation", OpClass("word", name="gin_trgm_ops"), name="word_alike")]
        constraints = [models.UniqueConstraint(fields=["organisation", "word"], name="word_once")]

    def __str__(self) -> str:
        return self.word
