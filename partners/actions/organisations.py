"""Changes of an organisation's own data."""

from dataclasses import asdict

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.history import record
from partners.actions.locks import lock_organisation
from partners.models import Organisation
from partners.rules.values import OrganisationDetails


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
