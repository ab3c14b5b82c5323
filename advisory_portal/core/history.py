"""Writing the activity log."""

from typing import Any

from django.db import models

from advisory_portal.core.access import Actor
from advisory_portal.core.models import HistoryEntry


def record(
    actor: Actor,
    what: str,
    *,
    about: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append to the log what the actor did to a row; call it inside the action's transaction.

    `what` is "<app>.<thing>.<past participle>" and must have words in `advisory_portal.activity`. `before` and
    `after` hold the values that changed, as JSON.
    """
    entry_of(actor, what, about=about, before=before, after=after).save(force_insert=True)


def entry_of(
    actor: Actor,
    what: str,
    *,
    about: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> HistoryEntry:
    """The entry that `record` appends, for those who append many at once."""
    return HistoryEntry(
        organisation_id=getattr(about, "organisation_id", None) or actor.organisation_id,
        what=what,
        actor_kind=actor.kind,
        actor_id=actor.user_id or actor.contact_id,
        actor_name=actor.name,
        firm_id=actor.firm_id,
        firm_name=actor.firm_name,
        grant_id=actor.grant_id,
        subject_kind=about._meta.label_lower,
        subject_id=about.pk,
        subject_name=str(about)[:200],
        before=before or {},
        after=after or {},
    )
