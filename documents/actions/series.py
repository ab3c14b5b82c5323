"""Series of numbers: added, changed while that harms no number, retired."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from documents.models import Document, Kind, Series, SeriesCounter
from documents.rules.series import collides, is_prefix
from partners.models import Organisation


class BadPrefix(Refused):
    """The prefix has other characters, or another series could give the same numbers."""


class SeriesInUse(Refused):
    """Numbers of the series have been given, or it is the one that new documents use."""


@transaction.atomic
def add_series(
    *, actor: Actor, kind: Kind, prefix: str, digits: int, is_yearly: bool, next_number: int, today: date
) -> Series:
    """Add a series; the first one of a kind is used unless another is chosen. Raises Forbidden, BadPrefix.

    `next_number` is what it counts first, above 1 where a business comes from elsewhere.
    """
    _lock(actor)
    _check_prefix(actor, kind, prefix)
    is_first = not Series.objects.visible_to(actor).in_use().filter(kind=kind, is_default=True).exists()
    series = Series.objects.create(
        organisation_id=actor.place.id,
        kind=kind,
        prefix=prefix,
        digits=digits,
        is_yearly=is_yearly,
        is_default=is_first,
    )
    _count_from(series, next_number, today)
    record(actor, "documents.series.added", about=series)
    return series


@transaction.atomic
def change_series(
    *, actor: Actor, series: Series, prefix: str, digits: int, is_yearly: bool, next_number: int, today: date
) -> None:
    """Change a series; once it has given a number only its digits. Repeating it does nothing.

    Raises Forbidden, BadPrefix, SeriesInUse.
    """
    _lock(actor)
    series = Series.objects.visible_to(actor).get(pk=series.pk)
    was = (series.prefix, series.is_yearly)
    is_used = Document.objects.filter(series=series).exists()
    if is_used and (prefix, is_yearly) != was:
        raise SeriesInUse(_("This series has given numbers. Add a new one instead."), field="begins")
    if is_used and next_number != series.last_number_in(today) + 1:
        raise SeriesInUse(_("This series has given numbers; they go on without a gap."), field="next_number")
    if prefix != series.prefix:
        _check_prefix(actor, Kind(series.kind), prefix, besides=series)
    series.prefix, series.digits, series.is_yearly = prefix, digits, is_yearly
    series.save(update_fields=["prefix", "digits", "is_yearly"])
    if not is_used:
        _count_from(series, next_number, today)
    record(actor, "documents.series.changed", about=series)


@transaction.atomic
def use_series(*, actor: Actor, series: Series) -> None:
    """Make it the series that new documents of its kind use. Repeating it does nothing.

    Raises Forbidden, and DoesNotExist for a retired series.
    """
    _lock(actor)
    series = Series.objects.visible_to(actor).in_use().get(pk=series.pk)
    if series.is_default:
        return
    Series.objects.visible_to(actor).filter(kind=series.kind, is_default=True).update(is_default=False)
    series.is_default = True
    series.save(update_fields=["is_default"])
    record(actor, "documents.series.used", about=series)


@transaction.atomic
def retire_series(*, actor: Actor, series: Series, now: datetime) -> None:
    """No new document takes its number from it; those given stay. Repeating it does nothing.

    Raises Forbidden, SeriesInUse for the one that new documents use.
    """
    _lock(actor)
    series = Series.objects.visible_to(actor).get(pk=series.pk)
    if series.retired_at:
        return
    if series.is_default:
        raise SeriesInUse(_("New documents use this series. Let them use another one first."))
    series.retired_at = now
    series.save(update_fields=["retired_at"])
    record(actor, "documents.series.retired", about=series)


def _lock(actor: Actor) -> None:
    actor.require(Section.SETTINGS, Level.MANAGE)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)


def _check_prefix(actor: Actor, kind: Kind, prefix: str, besides: Series | None = None) -> None:
    if not is_prefix(prefix):
        words = _("Use letters without accents, digits and - / . _ and end with a letter or a sign.")
        raise BadPrefix(words, field="begins")
    others = Series.objects.visible_to(actor).filter(kind=kind)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if collides(prefix, others.values_list("prefix", flat=True)):
        raise BadPrefix(_("Another series could give the same numbers. Choose another prefix."), field="begins")


def _count_from(series: Series, next_number: int, today: date) -> None:
    year = today.year if series.is_yearly else 0
    SeriesCounter.objects.filter(series=series).exclude(year=year).delete()
    SeriesCounter.objects.update_or_create(
        series=series,
        year=year,
        defaults={"last_number": next_number - 1, "organisation_id": series.organisation_id},
    )
