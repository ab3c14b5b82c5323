"""`./run import --business SLUG [--as sales|purchases] [--json] PATH…`: the pages' import at the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from advisory_portal.core.access import Actor, system_actor
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import JobItem
from advisory_portal.formats.archive import is_zip, read_archive
from advisory_portal.formats.errors import FormatError
from documents import actions
from partners.models import Organisation


class Command(BaseCommand):
    help = "Import invoices issued elsewhere: UBL 2.1 and CII files, folders of them, ZIP archives."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--business", required=True, metavar="SLUG", help="the business's address")
        parser.add_argument(
            "--as", dest="direction", choices=["sales", "purchases"], default="sales", help="whose invoices they are"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per file")
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        business = Organisation.objects.filter(slug=options["business"], kind="business").first()
        if business is None:
            raise CommandError(f"There is no business with the address {options['business']!r}.")
        actor = system_actor(business.workspace)
        refused = 0
        for name, content in _files(options["paths"]):
            report = _report(actor, name, content, options["direction"])
            refused += report["status"] == JobItem.Outcome.REFUSED
            self.stdout.write(json.dumps(report, ensure_ascii=False) if options["json"] else _sentence(report))
        if refused:
            raise SystemExit(1)


def _files(paths: list[Path]) -> Iterator[tuple[str, bytes | str]]:
    """Each file's name with its bytes, or with the reason why they cannot be had."""
    for path in paths:
        if path.is_dir():
            yield from _files(sorted(child for child in path.iterdir() if not child.name.startswith(".")))
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            yield str(path), error.strerror or str(error)
            continue
        if not is_zip(content):
            yield str(path), content
            continue
        try:
            for member in read_archive(content):
                yield f"{path}/{member.name}", member.data if member.error is None else str(member.error)
        except FormatError as error:
            yield str(path), str(error)


def _report(actor: Actor, name: str, content: bytes | str, direction: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("number", "issued_on", "currency", "lines", "net", "tax", "total", "payable"))
    if isinstance(content, str):
        return {"file": name, "status": "refused", "reason": content, **empty}
    report = actions.import_invoice(actor=actor, content=content, direction=direction)
    if report.refusal is not None:
        return {"file": name, "status": "refused", "reason": refusal_text(report.refusal), **empty}
    invoice = report.invoice
    assert invoice is not None
    return {
        "file": name,
        "status": str(report.outcome),
        "reason": "",
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "currency": invoice.currency,
        "lines": len(invoice.lines),
        "net": str(invoice.tax_exclusive),
        "tax": str(invoice.tax_total),
        "total": str(invoice.tax_inclusive),
        "payable": str(invoice.payable),
    }


def _sentence(report: dict[str, Any]) -> str:
    if report["status"] == JobItem.Outcome.REFUSED:
        return f"refused    {report['file']}: {report['reason']}"
    facts = f"{report['number']} of {report['issued_on']}, {report['lines']} lines, {report['payable']}"
    return f"{report['status']:<10} {report['file']}: {facts} {report['currency']}"
