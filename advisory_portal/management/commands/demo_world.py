"""Builds the demo world; a second call adds only what is not there."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from advisory_portal.core.access import Actor
from advisory_portal.demo.banking import fill_banking
from advisory_portal.demo.books import fill_journal
from advisory_portal.demo.business import fill_business, send_first_link
from advisory_portal.demo.catalog import fill_catalog
from advisory_portal.demo.clients import fill_clients
from advisory_portal.demo.firms import fill_programme
from advisory_portal.demo.inbox import fill_inbox
from advisory_portal.demo.payments import fill_payments
from advisory_portal.demo.people import LOG_INS, PASSWORD, RITA, invite_somebody, make_people
from advisory_portal.demo.portal import fill_portal
from advisory_portal.demo.questions import fill_questions
from advisory_portal.demo.taxes import fill_taxes
from bookkeeping.models import BankAccount, FilingCalendar, InboxFile, JournalEntry
from catalog.models import Product
from client_portal.models import GatewayAccount
from collaborations.models import Client, Question
from partners.models import Member, Organisation, ProgrammeApplication
from partners.sources import actor_of_member


class Command(BaseCommand):
    help = "Build the demo world, or print its log-ins."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print-logins", action="store_true", help="only print addresses and log-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo world is built only where DEMO is on: everybody knows its password.")
        if options["print_logins"]:
            return self.print_logins()
        with translation.override("en"):
            with transaction.atomic():
                self.build()
            if settings.PAYMENTS_SANDBOX_URL and not GatewayAccount.objects.exists():
                fill_payments(_owner("delta"))  # calls the sandbox: never inside a transaction
        return None

    def build(self) -> None:
        """What is not there yet: a demo that an earlier version began gets what has come since."""
        is_new = not Organisation.objects.filter(slug="delta").exists()
        if is_new:
            make_people()
            invite_somebody(_owner("acme"))
        if not ProgrammeApplication.objects.exists():
            fill_programme(_owner("acme"))
        if is_new:
            fill_business(_owner("delta"))
            fill_portal(_owner("delta"))
            send_first_link(_owner("delta"))
        if not JournalEntry.objects.exists():
            fill_journal(_owner("delta"))
        if not BankAccount.objects.exists():
            fill_banking(_owner("delta"))
        if not InboxFile.objects.exists():
            fill_inbox(_owner("delta"))
        if not FilingCalendar.objects.exists():
            fill_taxes(_owner("delta"))
        if not Product.objects.exists():
            fill_catalog(_owner("delta"))
        if not Client.objects.exists():
            fill_clients(_owner("acme"))
        if not Question.objects.exists():
            fill_questions(_owner("acme"), _owner("delta"))

    def print_logins(self) -> None:
        site = settings.SITE_URL
        self.stdout.write(f"Log in at {site}/accounts/login/ – everybody's password: {PASSWORD}\n")
        for row in LOG_INS:
            self.stdout.write(f"  {row.email:<24} {row.who}")
        totp = Authenticator.objects.get(user__email=RITA, type=Authenticator.Type.TOTP)
        secret = get_adapter().decrypt(totp.data["secret"])
        self.stdout.write(f"\nThe operator's second factor (TOTP secret): {secret}")
        self.stdout.write(f"A customer's mailed link: open the newest mail at {site}/demo/mail/")


def _owner(slug: str) -> Actor:
    owners = Member.objects.effective().owners().filter(organisation__slug=slug)
    return actor_of_member(owners.with_rights().earliest("created_at"))
