"""The only hand that changes a `state`."""

from typing import Any, cast

from django.db import models, transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record


class IllegalMove(Refused):
    """The state has no such arrow."""


def move(row: Any, to: str, *, actor: Actor) -> bool:
    """Move `row.state` to `to`, recording who did it; the row stays locked until commit.

    True if moved now, False if it already stood there. The arrows are `row.MOVES`, or `row.moves()` where they
    depend on the row. Raises IllegalMove if there is no such arrow, TransactionManagementError outside a
    transaction.
    """
    model = cast("type[models.Model]", type(row))
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("move() needs a transaction around it")
    locked = model._base_manager.select_for_update(of=("self",), no_key=True)
    before: str = locked.values_list("state", flat=True).get(pk=row.pk)
    if before == to:
        row.state = to
        return False
    moves = row.moves() if hasattr(row, "moves") else row.MOVES
    if to not in moves.get(before, ()):
        labels = dict(row._meta.get_field("state").flatchoices)
        raise IllegalMove(
            _("This is “%(before)s” now; it cannot become “%(after)s”.")
            % {"before": labels.get(before, before), "after": labels.get(to, to)}
        )
    row.state = to
    row.save(update_fields=["state"])
    record(actor, f"{model._meta.label_lower}.{to}", about=row, before={"state": before}, after={"state": to})
    return True
