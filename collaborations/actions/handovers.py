"""The hand-over export: what a firm takes along of a client's account, as far as it has access, in one ZIP.

The archive holds a table of the documents and their PDFs, the ledger, and the conversation. It is a job: pieces that
have their PDFs made, and the archive last. Access is asked for again at each of them and at the download, because the
client may take it away at any moment.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.files import copy_file, discard_file, store_stream
from advisory_portal.core.formatting import active_language
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem, StoredFile
from advisory_portal.formats.tables import write_csv
from bookkeeping.models import JournalLine
from collaborations.actions.entering import NoAccess
from collaborations.actions.sides import record_across
from collaborations.models import Client, Grant, Message, MessageAttachment
from collaborations.sources import actor_by
from documents.actions import pdf_of
from documents.models import Document, Kind
from documents.words import state_label

HANDOVER = "collaborations.handover"
HANDOVER_ARCHIVE = "archive"  # the name of the item that packs
DOCUMENTS_AN_ITEM = 20
KEPT = timedelta(days=30)


@transaction.atomic
def start_handover(*, actor: Actor, client: Client, now: datetime) -> Job:
    """Begin a hand-over export of a client's account. One that is under way for the person is given back.

    The job belongs to the firm; the client's log tells of it. Raises NoAccess, and DoesNotExist for a client that
    the person does not see. Source: issue 6, 4.
    """
    client = Client.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).get(pk=client.pk)
    grant = _grant_of(actor, client, now)
    inside = actor_by(grant, actor, now)
    if inside is None:
        raise _no_access(client)
    mine = Job.objects.visible_to(actor).of_kind(HANDOVER).filter(started_by_id=actor.user_id, finished_at=None)
    if under_way := mine.filter(parameters__client=str(client.pk)).first():
        return under_way
    parameters = {"client": str(client.pk), "name": grant.business.name, "language": active_language()}
    job = start_job(actor=actor, kind=HANDOVER, parameters=parameters)
    seen = Document.objects.visible_to(inside).exclude(state=Document.State.DRAFT).order_by("issued_on", "id")
    ids = seen.values_list("pk", flat=True).iterator(chunk_size=2_000)
    add_items(job, [*_pieces(ids), JobItem(name=HANDOVER_ARCHIVE)])
    record(actor, "collaborations.handover.started", about=client)
    record_across(actor, "collaborations.handover.started", about=grant.collaboration)
    nudge("collaborations.hand_over")
    return job


def _pieces(ids: Iterator[UUID]) -> Iterator[JobItem]:
    number = 0
    while chunk := [str(pk) for pk in islice(ids, DOCUMENTS_AN_ITEM)]:
        yield JobItem(name=f"{number + 1}–{number + len(chunk)}", detail={"documents": chunk})
        number += len(chunk)


@transaction.atomic
def run_handover_item(*, item: JobItem, now: datetime) -> None:
    """Do one piece of a hand-over: have the PDFs of some documents made, or pack the archive. Called by the sweep.

    Without access any more it is refused, and nothing is packed.
    """
    job = item.job
    with translation.override(job.parameters["language"]):
        inside = _inside(job, now)
        if inside is None:
            refuse_handover_item(item=item, reason=_("The client took the access away before the export was done."))
            return
        if item.name == HANDOVER_ARCHIVE:
            _pack(job, inside)
        else:
            for document in _documents(inside, item):
                pdf_of(document)
    finish_item(item, JobItem.Outcome.DONE, detail=item.detail)


@transaction.atomic
def refuse_handover_item(*, item: JobItem, reason: str) -> None:
    """End a piece that cannot be done; without a reason one whose every try ended in an error."""
    words = reason or _("This did not work, after several tries. Please tell whoever runs this site.")
    finish_item(item, JobItem.Outcome.REFUSED, reason=words, detail=item.detail)


@transaction.atomic
def download_handover(*, actor: Actor, job: Job, now: datetime) -> StoredFile:
    """The archive of a finished hand-over, while the access stands; both logs tell who took it.

    Raises NoAccess once the access is over, LookupError while there is no archive.
    """
    client = Client.objects.visible_to(actor).get(pk=job.parameters["client"])
    grant = _grant_of(actor, client, now)
    if job.result is None:
        raise LookupError("This job has no archive.")
    record(actor, "collaborations.handover.downloaded", about=client)
    record_across(actor, "collaborations.handover.downloaded", about=grant.collaboration)
    return job.result


@transaction.atomic
def drop_old_handovers(*, now: datetime, limit: int = 100) -> int:
    """Delete archives KEPT after they were packed; returns how many. They are copies: a new one can be packed.

    Called by the sweep; repeating it, or two at once, deletes none twice.
    """
    old = Job.objects.of_kind(HANDOVER).filter(finished_at__lte=now - KEPT).exclude(result=None).order_by("id")
    jobs = list(old.select_related("result").select_for_update(of=("self",), skip_locked=True)[:limit])
    for job in jobs:
        file, job.result = cast("StoredFile", job.result), None
        job.save(update_fields=["result"])
        discard_file(file)
    return len(jobs)


def _grant_of(actor: Actor, client: Client, now: datetime) -> Grant:
    grants = Grant.objects.visible_to(actor).active(now).filter(collaboration__client=client)
    grant = grants.select_related("business", "collaboration__conversation", "collaboration__firm").first()
    if grant is None:
        raise _no_access(client)
    return grant


def _no_access(client: Client) -> NoAccess:
    return NoAccess(_("%(client)s gives you no access to its account now.") % {"client": client.name})


def _inside(job: Job, now: datetime) -> Actor | None:
    """Whoever began the job as they stand in the client's account now, or None where they do not."""
    actor = actor_of(job)
    grants = Grant.objects.filter(firm_id=job.organisation_id, collaboration__client_id=job.parameters["client"])
    grant = grants.active(now).select_related("business").first()
    return actor_by(grant, actor, now) if grant else None


def _documents(inside: Actor, item: JobItem) -> Iterator[Document]:
    seen = Document.objects.visible_to(inside).filter(pk__in=item.detail["documents"])
    yield from seen.exclude(state=Document.State.DRAFT).order_by("issued_on", "id")


# --- The archive ---------------------------------------------------------------------------------------------


def _pack(job: Job, inside: Actor) -> None:
    """Write the archive piece by piece and keep it as the job's result, in the firm."""
    with TemporaryFile() as stream:
        with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
            _pack_documents(archive, inside, job)
            if inside.may(Section.JOURNAL, Level.VIEW):
                with archive.open(f"{_('Ledger')}.csv", "w") as entry:
                    entry.writelines(write_csv(ledger_rows(inside)))
            _pack_conversation(archive, job)
        name = f"{job.parameters['name']}.zip"
        job.result = store_stream(
            organisation_id=job.organisation_id, name=name, stream=stream, content_type="application/zip"
        )
    job.save(update_fields=["result"])


def _pack_documents(archive: ZipFile, inside: Actor, job: Job) -> None:
    """A table of all documents that may be seen, and the PDFs of those that were issued."""
    seen = Document.objects.visible_to(inside)
    if not seen.exists():
        return
    with archive.open(f"{_('Documents')}.csv", "w") as entry:
        entry.writelines(write_csv(document_rows(inside)))
    names: set[str] = set()
    for item in job.items.exclude(name=HANDOVER_ARCHIVE).order_by("position").iterator(chunk_size=50):
        for document in _documents(inside, item):
            content = pdf_of(document)
            kind = str(document.get_kind_display())
            name = _unused(f"{kind}/{_file_part(document.number)} {_file_part(document.contact_name)}", names)
            archive.writestr(ZipInfo(f"{_('Documents')}/{name}.pdf"), content, ZIP_STORED)


def document_rows(inside: Actor) -> Iterator[list[str]]:
    """The documents by date, drafts too, with a head; amounts are plain numbers, days ISO."""
    yield [
        _("Kind"), _("Number"), _("Date"), _("Due"), _("Contact"), _("Tax id"), _("State"), _("Currency"),
        _("Total without tax"), _("Tax amount"), _("Total with tax"), _("Amount due"), _("Paid so far"),
    ]  # fmt: skip
    rows = Document.objects.visible_to(inside).order_by("issued_on", "id").values_list(
        "kind", "number", "issued_on", "due_on", "contact_name", "contact__tax_id", "state", "currency",
        "tax_exclusive", "tax_total", "tax_inclusive", "payable", "settled",
    )  # fmt: skip
    for kind, number, day, due, name, tax_id, state, *figures in rows.iterator(chunk_size=2_000):
        words = [str(Kind(kind).label), number, day.isoformat(), due.isoformat() if due else "", name, tax_id]
        yield [*words, state_label(kind, state), *map(str, figures)]


def ledger_rows(inside: Actor) -> Iterator[list[str]]:
    """The lines of the journal by entry, with a head; amounts are plain numbers, days ISO."""
    yield [
        _("Entry"), _("Date"), _("Text"), _("Account"), _("Name of the account"), _("Contact"),
        _("Text of the line"), _("Debit"), _("Credit"),
    ]  # fmt: skip
    lines = JournalLine.objects.visible_to(inside).order_by("dated_on", "entry__number", "position")
    rows = lines.values_list(
        "entry__year", "entry__number", "dated_on", "entry__text", "account__code", "account__name", "contact__name",
        "text", "debit", "credit",
    )  # fmt: skip
    for year, number, day, text, code, name, contact, line, debit, credit in rows.iterator(chunk_size=2_000):
        amounts = [str(amount) if amount else "" for amount in (debit, credit)]
        yield [f"{year}/{number}", day.isoformat(), text, code, name, contact or "", line, *amounts]


def _pack_conversation(archive: ZipFile, job: Job) -> None:
    """All that firm and client said to each other, as text, with the files they sent."""
    actor = actor_of(job)
    client = Client.objects.get(pk=job.parameters["client"])
    own = {"firm_id": job.organisation_id, "business_id": client.business_id}
    with archive.open(f"{_('Conversation')}.txt", "w") as entry:
        messages = Message.objects.filter(**own).order_by("number")
        for message in messages.iterator(chunk_size=500):
            entry.write(_spoken(message, ZoneInfo(actor.place.time_zone)).encode())
    names: set[str] = set()
    files = MessageAttachment.objects.filter(**own).select_related("file").order_by("id")
    for sent in files.iterator(chunk_size=200):
        stem, dot, ending = sent.file.name.rpartition(".")
        name = _unused(_file_part(stem or sent.file.name), names)
        path = f"{_('Conversation')}/{name}{dot}{_file_part(ending) if stem else ''}"
        with archive.open(path, "w") as entry:
            copy_file(sent.file, cast("Any", entry))


def _spoken(message: Message, zone: ZoneInfo) -> str:
    moment = f"{message.created_at.astimezone(zone):%Y-%m-%d %H:%M}"
    what = "" if message.kind == Message.Kind.TEXT else f" [{Message.Kind(message.kind).label}]"
    return f"{moment}  {message.author_name}{what}\n{message.text}\n\n"


def _file_part(text: str) -> str:
    """A text that any system takes as part of a file's name."""
    plain = "".join(one if one.isalnum() or one in " -_.,()" else "-" for one in text)
    return " ".join(plain.split()).strip(". ")[:80] or "-"


def _unused(name: str, names: set[str]) -> str:
    """The name, with a number behind it if another file of the archive has it."""
    chosen, number = name, 1
    while chosen.casefold() in names:
        number += 1
        chosen = f"{name} ({number})"
    names.add(chosen.casefold())
    return chosen
