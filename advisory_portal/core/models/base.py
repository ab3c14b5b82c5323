from __future__ import annotations

from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

from advisory_portal.core.ids import uuid7

MOST_ATTEMPTS = 8
Row = TypeVar("Row", bound=models.Model, covariant=True)


class PortalModel(models.Model):
    """A row with a time-ordered id and the moment it was written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class DueRows(models.QuerySet[Row]):
    """Rows that a sweep works on."""

    def due(self, now: datetime) -> Self:
        """Rows whose time has come and that have not failed too often. Rows done have no `due_at`."""
        return self.filter(due_at__lte=now, attempts__lt=MOST_ATTEMPTS)

    def given_up(self) -> Self:
        """Rows that failed every try: a person has to look."""
        return self.filter(due_at__isnull=False, attempts__gte=MOST_ATTEMPTS)


class DueRow(models.Model):
    """What a table needs to be a queue. `due_at` is None when nothing is left to do."""

    due_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


def due_index(name: str) -> models.Index:
    """The partial index of a queue: its size follows what waits, not what was ever stored."""
    return models.Index(fields=["due_at"], name=name, condition=models.Q(due_at__isnull=False))


JSON = dict[str, Any]
