"""Another key for the secrets that accounts keep."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.secrets import Unreadable, reseal
from client_portal.models import GatewayAccount


@transaction.atomic
def reseal_secrets(*, actor: Actor, after: UUID | None, most: int) -> tuple[Sequence[UUID], Sequence[GatewayAccount]]:
    """Encrypt the secrets of up to `most` accounts behind `after` with the newest key: who was done, who cannot be.

    The order is that of ids; nobody done and nobody failed means that all are through. What cannot be read stays as
    it is. Repeating it does no harm. Raises Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    rows = GatewayAccount.objects.order_by("id").select_for_update(of=("self",), no_key=True)
    done: list[UUID] = []
    unreadable: list[GatewayAccount] = []
    for account in rows.filter(pk__gt=after)[:most] if after else rows[:most]:
        try:
            account.secrets = reseal(account.secrets)
            account.hook_secrets = reseal(account.hook_secrets) if account.hook_secrets else ""
        except Unreadable:
            unreadable.append(account)
            continue
        account.save(update_fields=["secrets", "hook_secrets"])
        done.append(account.pk)
    return done, unreadable
