"""`manage.py verify_fiscal_records [slug …]`: recompute every hash of the chains of fiscal records."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents import fiscal
from documents.models import DocumentSettings
from partners.models import Organisation


class Command(BaseCommand):
    help = "Check the chains of fiscal records of businesses, by the name in their address; of all, if none is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="slug")

    def handle(self, *args: Any, slugs: list[str], **options: Any) -> None:
        chosen = Organisation.objects.filter(slug__in=slugs) if slugs else _with_records()
        broken = 0
        for organisation in chosen.order_by("slug"):
            faults = fiscal.verify_chain(organisation.pk)
            broken += bool(faults)
            self.stdout.write(f"{organisation.slug}: {'holds' if not faults else f'{len(faults)} faults'}")
            for fault in faults:
                self.stdout.write(f"  position {fault.position}: {fault.kind}")
        if broken:
            raise CommandError(f"{broken} chains do not hold.")


def _with_records() -> Any:
    reporting = DocumentSettings.objects.exclude(fiscal_regime="").values("organisation_id")
    return Organisation.objects.filter(pk__in=reporting)
