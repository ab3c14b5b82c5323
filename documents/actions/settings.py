"""The settings of a business's documents."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, Section
from advisory_portal.core.history import record
from documents import fiscal
from documents.models import DocumentSettings
from partners.models import Organisation


def settings_of(organisation_id: UUID) -> DocumentSettings:
    """The business's settings, or the defaults, unsaved, where it has not chosen any. One query."""
    found = DocumentSettings.objects.filter(organisation_id=organisation_id).first()
    return found or DocumentSettings(organisation_id=organisation_id)


@transaction.atomic
def save_settings(*, actor: Actor, changes: Mapping[str, Any]) -> DocumentSettings:
    """Keep these columns of the business's settings; repeating it does nothing.

    Books are opened again (`closed_until` earlier than it was, or none) by owners and administrators only. Raises
    Forbidden, NotReportable.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    business = Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    kept = settings_of(business.pk)
    was = {name: getattr(kept, name) for name in changes if getattr(kept, name) != changes[name]}
    if not was:
        return kept
    if "closed_until" in was and _opens(was["closed_until"], changes["closed_until"]):
        _require_leader(actor)
    if was.get("fiscal_regime") is not None and changes["fiscal_regime"]:
        reason = fiscal.why_not(changes["fiscal_regime"], country=business.country, tax_id=business.tax_id)
        if reason:
            raise fiscal.NotReportable(reason, field="fiscal_regime")
    for name in was:
        setattr(kept, name, changes[name])
    kept.save()
    new = {name: changes[name] for name in was}
    record(actor, "documents.documentsettings.changed", about=kept, before=_plain(was), after=_plain(new))
    return kept


def _opens(before: date | None, after: date | None) -> bool:
    return before is not None and (after is None or after < before)


def _require_leader(actor: Actor) -> None:
    if actor.kind != ActorKind.SYSTEM and actor.role not in ("owner", "administrator"):
        raise Forbidden(_("Only owners and administrators open closed books again."))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: rows by their id, days as text."""
    return {
        name: str(value.pk)
        if isinstance(value, models.Model)
        else value
        if value is None or isinstance(value, bool | int | str | list)
        else str(value)
        for name, value in values.items()
    }
