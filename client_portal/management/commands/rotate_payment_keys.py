"""The operator's door to a new key: `manage.py rotate_payment_keys`, once it stands first in PAYMENTS_KEYS."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from advisory_portal.core.access import system_actor
from client_portal import actions
from client_portal.models import GatewayAccount

AT_ONCE = 100


class Command(BaseCommand):
    help = "Encrypts the secrets of all payment accounts with the first key of PAYMENTS_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        last: UUID | None = None
        done = 0
        unreadable: list[GatewayAccount] = []
        while True:
            sealed, failed = actions.reseal_secrets(actor=system_actor(), after=last, most=AT_ONCE)
            if not sealed and not failed:
                break
            done += len(sealed)
            unreadable += failed
            last = max([*sealed, *(account.pk for account in failed)])
        self.stdout.write(f"{done} accounts are kept with the first key now.")
        if unreadable:
            names = ", ".join(f"{one} ({one.pk})" for one in unreadable)
            raise CommandError(f"These cannot be read with the keys of this instance; connect them anew: {names}")
