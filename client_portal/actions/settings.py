"""How a business's portal greets and what it asks."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from client_portal.models import PortalSettings
from partners.models import Organisation

LONG = ("welcome", "terms")  # texts of which the log says that they changed, not how


@transaction.atomic
def save_portal_settings(*, actor: Actor, changes: Mapping[str, Any]) -> PortalSettings:
    """Keep these columns of the portal's settings, and `link_hours` of the organisation; repeating it does nothing.

    Links that are out keep the life they were mailed with. Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    business = Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    kept = PortalSettings.objects.filter(organisation=business).first() or PortalSettings(organisation=business)
    rows = {name: business if name == "link_hours" else kept for name in changes}
    was = {name: getattr(row, name) for name, row in rows.items() if getattr(row, name) != changes[name]}
    if not was:
        return kept
    for name in was:
        setattr(rows[name], name, changes[name])
    kept.save()
    if "link_hours" in was:
        business.save(update_fields=["link_hours"])
    before = {name: value for name, value in was.items() if name not in LONG}
    after = {name: changes[name] for name in was if name not in LONG}
    record(actor, "client_portal.portalsettings.changed", about=kept, before=before, after=after)
    return kept
