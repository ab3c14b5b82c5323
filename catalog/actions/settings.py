"""How the catalog shows and sells."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from catalog.models import CatalogSettings, StockLevel
from partners.models import Organisation


def settings_of(organisation_id: UUID) -> CatalogSettings:
    """The business's settings of the catalog, or the defaults, unsaved, where it has not chosen any. One query."""
    found = CatalogSettings.objects.filter(organisation_id=organisation_id).first()
    return found or CatalogSettings(organisation_id=organisation_id)


@transaction.atomic
def save_catalog_settings(*, actor: Actor, changes: Mapping[str, Any]) -> CatalogSettings:
    """Keep these columns of the catalog's settings; repeating it does nothing.

    What is owed already when back-orders are turned off stays owed. Raises Forbidden.
    """
    kept = _locked(actor)
    was = {name: getattr(kept, name) for name in changes if getattr(kept, name) != changes[name]}
    if not was:
        return kept
    for name in was:
        setattr(kept, name, changes[name])
    kept.save()
    if "allows_backorders" in was:
        levels = StockLevel.objects.filter(organisation_id=actor.place.id)
        if kept.allows_backorders:
            levels.update(may_owe=True)
        else:
            levels.filter(held__lte=F("on_hand")).update(may_owe=False)
    new = {name: changes[name] for name in was}
    record(actor, "catalog.catalogsettings.changed", about=kept, before=_plain(was), after=_plain(new))
    return kept


@transaction.atomic
def share_catalog(*, actor: Actor) -> str:
    """Make a new shared link to the catalog; returns its token, which is not stored. One before it is dead.

    Raises Forbidden.
    """
    kept, token = _locked(actor), new_token()
    kept.is_shared, kept.share_hash = True, hash_token(token)
    kept.save()
    record(actor, "catalog.catalogsettings.shared", about=kept)
    return token


@transaction.atomic
def stop_sharing(*, actor: Actor) -> None:
    """Let the shared link lead nowhere. Repeating it does nothing. Raises Forbidden."""
    kept = _locked(actor)
    if not kept.is_shared:
        return
    kept.is_shared, kept.share_hash = False, ""
    kept.save()
    record(actor, "catalog.catalogsettings.unshared", about=kept)


def _locked(actor: Actor) -> CatalogSettings:
    actor.require(Section.SETTINGS, Level.MANAGE)
    business = Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    return settings_of(business.pk)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON of the log."""
    return {name: [str(one) for one in value] if isinstance(value, list) else value for name, value in values.items()}
