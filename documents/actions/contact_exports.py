"""Taking contacts away as CSV or XLSX, in a shape that the import reads back to the same."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.tables import write_csv, write_workbook
from advisory_portal.formats.workbook import CONTENT_TYPE
from documents.models import Contact
from documents.models.contact import Contacts
from documents.rules.contact_columns import COLUMNS
from documents.words import CONTACT_COLUMNS
from partners.models import Organisation

CONTACT_EXPORT = "documents.contact_export"
MOST_AT_ONCE = 5_000  # more than these are a job
AT_ONCE_FROM_DATABASE = 2_000
Format = Literal["csv", "xlsx"]
CONTENT_TYPES: Mapping[Format, str] = {"csv": "text/csv; charset=utf-8", "xlsx": CONTENT_TYPE}


@transaction.atomic
def export_contacts(*, actor: Actor, contacts: Contacts, file_format: Format) -> bytes:
    """The contacts as a file, in the language of the moment; who took it is kept. Raises Forbidden."""
    actor.require(Section.CONTACTS, Level.VIEW)
    record(actor, "documents.contact_export.made", about=_place(actor), after={"format": file_format})
    return _file(contacts, file_format)


@transaction.atomic
def start_contact_export(*, actor: Actor, asked: Mapping[str, str], file_format: Format) -> Job:
    """Begin to write the contacts that a filter asks for (`Contacts.narrowed`) into a file. Raises Forbidden."""
    actor.require(Section.CONTACTS, Level.VIEW)
    parameters = {"asked": dict(asked), "format": file_format, "language": translation.get_language()}
    job = start_job(actor=actor, kind=CONTACT_EXPORT, parameters=parameters)
    add_items(job, [JobItem(name=file_format)])
    nudge("documents.import_contacts")
    return job


@transaction.atomic
def run_contact_export_item(*, item: JobItem) -> None:
    """Write the file of an export and keep it as the job's result. Called by the sweep."""
    job, actor = item.job, actor_of(item.job)
    file_format: Format = job.parameters["format"]
    contacts = Contact.objects.visible_to(actor).narrowed(job.parameters["asked"], timezone.now())
    with translation.override(job.parameters["language"]):
        content, name = _file(contacts, file_format), f"{_('Contacts')}.{file_format}"
    job.result = store_file(
        organisation_id=job.organisation_id, name=name, content=content, content_type=CONTENT_TYPES[file_format]
    )
    job.save(update_fields=["result"])
    finish_item(item, JobItem.Outcome.DONE)


@transaction.atomic
def give_up_contact_export_item(*, item: JobItem) -> None:
    """End an export whose every try failed, without a file."""
    finish_item(item, JobItem.Outcome.REFUSED)


@transaction.atomic
def download_contact_export(*, actor: Actor, job: Job) -> bytes:
    """The bytes of a finished export; who took them is kept. Raises Forbidden, LookupError before it is finished."""
    actor.require(Section.CONTACTS, Level.VIEW)
    if job.result is None:
        raise LookupError(job.pk)
    record(actor, "documents.contact_export.made", about=job, after={"format": job.parameters["format"]})
    return read_file(job.result)


def _place(actor: Actor) -> Organisation:
    return Organisation.objects.get(pk=actor.place.id)


def _file(contacts: Contacts, file_format: Format) -> bytes:
    rows = _rows(contacts.order_by("sort_key", "id").iterator(AT_ONCE_FROM_DATABASE))
    return b"".join(write_csv(rows)) if file_format == "csv" else write_workbook(rows, title=_("Contacts"))


def _rows(contacts: Iterable[Contact]) -> Iterator[list[str]]:
    yield [str(CONTACT_COLUMNS[column]) for column in COLUMNS]
    kinds = {str(value): str(label) for value, label in Contact.Kind.choices}
    flags = {True: _("Yes"), False: _("No")}
    for contact in contacts:
        yield [_cell(contact, column, kinds, flags) for column in COLUMNS]


def _cell(contact: Contact, column: str, kinds: Mapping[str, str], flags: Mapping[bool, str]) -> str:
    if column.startswith("delivery_"):
        part: str = contact.delivery.get(column.removeprefix("delivery_"), "")
        return part
    value = getattr(contact, column)
    if column == "kind":
        return kinds[value]
    if isinstance(value, bool):
        return flags[value]
    if column == "withholding_percent":
        return f"{value.normalize():f}" if value else ""
    return "" if value is None else str(value)
