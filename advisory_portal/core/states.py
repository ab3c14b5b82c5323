"""The only hand that changes a `state`."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import entry_of, record
from advisory_portal.core.models import HistoryEntry


class IllegalMove(Refused):
    """The state has no such arrow."""


def move(row: Any, to: str, *, actor: Actor, also: Sequence[str] = ()) -> bool:
    """Move `row.state` to `to`, recording who did it; the row stays locked until commit.

    True if moved now, False if it already stood there. The arrows are `row.MOVES`, or `row.moves()` where they
    depend on the row. `also` names fields whose values are saved with the state, if it moves. A table with
    `HAS_OWN_LOG` keeps its log itself. Raises IllegalMove if there is no such arrow, TransactionManagementError
    outside a transaction.
    """
    model = cast("type[models.Model]", type(row))
    locked, stored = _locked(model), model._base_manager.filter(pk=row.pk)
    values = {"state": to} | {name: getattr(row, name) for name in also}
    before: str = row.state
    if to not in _arrows(row, before) or not stored.filter(state=before).update(**values):
        before = locked.values_list("state", flat=True).get(pk=row.pk)  # the row in hand is not the one that is stored
        if before == to:
            row.state = to
            return False
        _require_arrow(row, before, to)
        stored.update(**values)
    row.state = to
    if not getattr(model, "HAS_OWN_LOG", False):
        record(actor, f"{model._meta.label_lower}.{to}", about=row, before={"state": before}, after={"state": to})
    return True


def move_all(rows: Sequence[Any], to: str, *, actor: Actor) -> None:
    """Move rows of one table as `move` moves one, in three statements; those that stand there already stay.

    Raises IllegalMove if one has no such arrow; then none is moved.
    """
    if not rows:
        return
    model = cast("type[models.Model]", type(rows[0]))
    found = _locked(model).filter(pk__in=[row.pk for row in rows]).order_by("pk")
    states: dict[object, str] = dict(found.values_list("pk", "state"))
    moving = [row for row in rows if states[row.pk] != to]
    for row in moving:
        _require_arrow(row, states[row.pk], to)
    model._base_manager.filter(pk__in=[row.pk for row in moving]).update(state=to)
    for row in rows:
        row.state = to
    what = f"{model._meta.label_lower}.{to}"
    HistoryEntry.objects.bulk_create(
        entry_of(actor, what, about=row, before={"state": states[row.pk]}, after={"state": to}) for row in moving
    )


def _locked(model: type[models.Model]) -> "models.QuerySet[Any]":
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("move() needs a transaction around it")
    return model._base_manager.select_for_update(of=("self",), no_key=True)


def _arrows(row: Any, before: str) -> Collection[str]:
    """The states that the row may move to from one."""
    moves = row.moves() if hasattr(row, "moves") else row.MOVES
    return cast("Collection[str]", moves.get(before, ()))


def _require_arrow(row: Any, before: str, to: str) -> None:
    if to not in _arrows(row, before):
        labels = dict(row._meta.get_field("state").flatchoices)
        raise IllegalMove(
            _("This is “%(before)s” now; it cannot become “%(after)s”.")
            % {"before": labels.get(before, before), "after": labels.get(to, to)}
        )
