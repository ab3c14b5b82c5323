"""Changes of an organisation's own data."""

import re
from dataclasses import asdict

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from partners.actions.locks import lock_organisation
from partners.models import Organisation
from partners.rules.values import OrganisationDetails

COLOUR = re.compile("#[0-9a-fA-F]{6}")


@transaction.atomic
def change_organisation(*, actor: Actor, organisation: Organisation, details: OrganisationDetails) -> None:
    """Write new data; the address in links stays. Repeating it does nothing. Raises Forbidden."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    row = lock_organisation(organisation.pk)
    new = asdict(details) | {"profession": details.profession if row.kind == Organisation.Kind.FIRM else ""}
    changed = {field: value for field, value in new.items() if getattr(row, field) != value}
    if not changed:
        return
    before = {field: getattr(row, field) for field in changed}
    for field, value in changed.items():
        setattr(row, field, value)
    row.save(update_fields=list(changed))
    record(actor, "partners.organisation.changed", about=row, before=before, after=changed)


@transaction.atomic
def change_accent(*, actor: Actor, accent: str) -> None:
    """Give the actor's organisation a colour, `#rrggbb`, for its portal and documents. Repeating it does nothing.

    Raises Forbidden, ValueError for what is no such colour.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    if COLOUR.fullmatch(accent) is None:
        raise ValueError("A colour looks like #1f4e79.")
    row = lock_organisation(actor.place.id)
    if row.accent == accent:
        return
    before, row.accent = row.accent, accent
    row.save(update_fields=["accent"])
    record(actor, "partners.organisation.changed", about=row, before={"accent": before}, after={"accent": accent})
