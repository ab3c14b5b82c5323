"""Going into a client's account."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from collaborations.actions.sides import record_across
from collaborations.models import Client, Grant


class NoAccess(Refused):
    """The client gives the firm no access now."""


@transaction.atomic
def enter_client(*, actor: Actor, client: Client, now: datetime) -> Grant:
    """Note in both logs that the person goes into the client's account; gives the grant to go in by.

    Every entry is noted. Raises NoAccess, and DoesNotExist for a client that the person does not see.
    Source: PRODUCT R9.
    """
    client = Client.objects.visible_to(actor).get(pk=client.pk)
    grants = Grant.objects.visible_to(actor).active(now).filter(collaboration__client=client)
    grant = grants.select_related("firm", "business", "role").first()
    if grant is None:
        raise NoAccess(_("%(client)s gives you no access to its account now.") % {"client": client.name})
    record(actor, "collaborations.grant.entered", about=grant, after={"role": grant.role.label})
    record_across(actor, "collaborations.grant.entered", about=grant, after={"role": grant.role.label})
    return grant
