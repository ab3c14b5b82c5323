"""The same act on many documents: a job whose items are the documents."""

from collections.abc import Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, cast
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import copy_file, discard_file, store_file, store_stream
from advisory_portal.core.formatting import active_language
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem, StoredFile
from documents import rules, sheets
from documents.actions.exports import write_table
from documents.actions.issuing import issue_document
from documents.actions.marks import review_document
from documents.actions.pdfs import FRESH_STATES, pdf_of
from documents.models import Document
from documents.rules.bulk import ARCHIVE, BULK, EXPORT, FORMATS, ISSUE, MOST_SELECTED, PACK, READING, REVIEW, SEND


class NothingSelected(Refused):
    """None of the documents is there for the actor."""


class TooMany(Refused):
    """More documents than a job takes."""


@transaction.atomic
def start_bulk(*, actor: Actor, kind: str, act: str, documents: Sequence[UUID], file_format: str = "csv") -> Job:
    """Begin a job over documents of one kind; ids that the actor does not see are left out.

    `act` is one of BULK. They are worked off by date, so that a series stays in order. `file_format` is that of an
    export. Raises NothingSelected, TooMany (over MOST_SELECTED), Forbidden.
    """
    assert act in BULK, act
    section = Section(rules.section_of(kind))
    actor.require(section, Level.VIEW if act in READING else Level.MANAGE)
    if len(documents) > MOST_SELECTED:
        limit = {"limit": f"{MOST_SELECTED:,}"}
        raise TooMany(_("At most %(limit)s documents at once. Narrow the list with its filters.") % limit)
    seen = Document.objects.visible_to(actor).of_kind(kind).filter(pk__in=documents)
    rows = list(seen.order_by("issued_on", "id").values_list("pk", "number", "contact_name"))
    if not rows:
        raise NothingSelected(_("Choose at least one document."))
    parameters = {"kind": kind, "documents": len(rows), "language": active_language(), "format": file_format}
    job = start_job(actor=actor, kind=act, parameters=parameters)
    if act == EXPORT:
        items = [JobItem(name=_("Table"), detail={"documents": [str(pk) for pk, _number, _name in rows]})]
    else:
        items = [_item(pk, number, name) for pk, number, name in rows]
    if act == PACK:
        items.append(JobItem(name=ARCHIVE))
    add_items(job, items)
    record(actor, "documents.bulk.started", about=job, after={"what": act, "documents": len(rows)})
    if act == SEND:
        nudge("client_portal.send_documents")
    else:
        nudge("documents.work_in_bulk")
    return job


def _item(document_id: UUID, number: str, contact: str) -> JobItem:
    return JobItem(name=f"{number or _('Draft')} · {contact}"[:300], detail={"document": str(document_id)})


@transaction.atomic
def run_bulk_item(*, item: JobItem, now: datetime) -> None:
    """Do one item of a job in bulk, as whoever began it. Called by the sweep.

    A refusal is the item's outcome, with its reason in the language of whoever began the job.
    """
    run = {REVIEW: _review, ISSUE: _issue, PACK: _render, EXPORT: _export}[item.kind]
    actor = actor_of(item.job)
    with translation.override(item.job.parameters["language"]):
        try:
            with transaction.atomic():
                reason = run(actor, item, now)
        except Refused as refused:
            return refuse_item(item=item, reason=refused.message)
    return finish_item(item, JobItem.Outcome.DONE, reason=reason, detail=_kept(item))


@transaction.atomic
def refuse_item(*, item: JobItem, reason: str) -> None:
    """Give an item the outcome "refused"; without a reason one that every try ended in an error."""
    words = reason or _("This did not work, after several tries. Please tell whoever runs this site.")
    finish_item(item, JobItem.Outcome.REFUSED, reason=words, detail=_kept(item))


def _kept(item: JobItem) -> dict[str, Any]:
    return {name: item.detail[name] for name in ("document",) if name in item.detail}


def _document(actor: Actor, item: JobItem) -> Document:
    found = Document.objects.visible_to(actor).filter(pk=item.detail.get("document")).first()
    if found is None:
        raise NothingSelected(_("This document was deleted meanwhile."))
    return found


def _review(actor: Actor, item: JobItem, now: datetime) -> str:
    review_document(actor=actor, document=_document(actor, item), now=now)
    return ""


def _issue(actor: Actor, item: JobItem, now: datetime) -> str:
    document = _document(actor, item)
    if document.state != Document.State.DRAFT:
        return _("It was issued before.")
    issue_document(actor=actor, document=document, now=now)
    return document.number


def _render(actor: Actor, item: JobItem, now: datetime) -> str:
    if "document" not in item.detail:
        return _pack(item)
    document = _document(actor, item)
    item.file = pdf_file(document=document)
    item.save(update_fields=["file"])
    return item.file.name


@transaction.atomic
def pdf_file(*, document: Document) -> StoredFile:
    """The document's PDF as a stored file: the one kept with an issued document, of a draft one made for now."""
    content = pdf_of(document)
    if document.pdf is not None and document.state not in FRESH_STATES:
        return document.pdf
    name = f"{sheets.file_name(document)}.pdf"
    return store_file(
        organisation_id=document.organisation_id, name=name, content=content, content_type="application/pdf"
    )


def _pack(item: JobItem) -> str:
    """Put the job's PDFs into one archive, piece by piece; those that were made for it alone are forgotten."""
    job = item.job
    made = job.items.exclude(file=None).select_related("file").order_by("position")
    with TemporaryFile() as stream, ZipFile(stream, "w", ZIP_STORED) as archive:
        names: set[str] = set()
        for one in made.iterator(chunk_size=200):
            with archive.open(_unused(one.reason, names), "w") as entry:
                copy_file(cast("StoredFile", one.file), entry)
        archive.close()
        _keep_result(job, stream, f"{_('Documents')}.zip", "application/zip")
    for one in made:
        file = cast("StoredFile", one.file)
        one.file = None
        one.save(update_fields=["file"])
        if not Document.objects.filter(pdf=file).exists():
            discard_file(file)
    return _("%(number)s PDFs") % {"number": len(names)}


def _unused(name: str, names: set[str]) -> str:
    """A name of the archive that no other file has: "Invoice F-1.pdf", "Invoice F-1 (2).pdf"."""
    stem, chosen, number = name.removesuffix(".pdf"), name, 1
    while chosen.casefold() in names:
        number += 1
        chosen = f"{stem} ({number}).pdf"
    names.add(chosen.casefold())
    return chosen


def _export(actor: Actor, item: JobItem, now: datetime) -> str:
    job = item.job
    file_format, kind = job.parameters["format"], job.parameters["kind"]
    rows = Document.objects.visible_to(actor).of_kind(kind).filter(pk__in=item.detail["documents"])
    with TemporaryFile() as stream:
        number = write_table(cast("IO[bytes]", stream), rows, file_format)
        name = f"{rules.SLUG_OF_KIND[kind]}-{now:%Y-%m-%d}.{file_format}"
        _keep_result(job, cast("IO[bytes]", stream), name, FORMATS[file_format])
    return _("%(number)s rows") % {"number": number}


def _keep_result(job: Job, stream: Any, name: str, content_type: str) -> None:
    job.result = store_stream(organisation_id=job.organisation_id, name=name, stream=stream, content_type=content_type)
    job.save(update_fields=["result"])


@transaction.atomic
def download_result(*, actor: Actor, job: Job) -> StoredFile:
    """The file that a job made; who took it is kept. Raises Forbidden, LookupError while there is none."""
    actor.require(Section(rules.section_of(job.parameters["kind"])), Level.VIEW)
    if job.result is None:
        raise LookupError("This job has no result.")
    record(actor, "documents.result.downloaded", about=job, after={"name": job.result.name})
    return job.result
