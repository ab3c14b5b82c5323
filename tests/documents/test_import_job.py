"""Imports as jobs: a report per file, archives unpacked, nothing stored of what was refused, whoever dies meanwhile."""

import struct
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from advisory_portal.core.access import Forbidden, system_actor
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.core.models.base import MOST_ATTEMPTS
from advisory_portal.formats.samples import cii_invoice, ubl_invoice
from documents import tasks
from documents.actions import start_import
from documents.models import Contact, Document
from documents.rows import import_rows
from documents.tasks import import_files
from tests.documents.builders import kept_bytes, with_levels, zipped
from tests.factories import OrganisationFactory
from tests.threads import together

GOOD = ubl_invoice()


@pytest.fixture
def bring(dan_here, django_capture_on_commit_callbacks):
    """Upload files, work the job off, and give its items in order."""

    def run(*uploads, direction="sales"):
        with django_capture_on_commit_callbacks(execute=True):
            job = start_import(actor=dan_here, direction=direction, uploads=uploads)
        while True:
            with django_capture_on_commit_callbacks(execute=True):
                if not import_files():
                    break
        return list(job.items.order_by("position"))

    return run


def outcomes(items):
    return [(item.name, item.outcome) for item in items]


@pytest.mark.django_db
def test_a_job_begins_with_its_files_stored_and_waiting(dan_here, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        job = start_import(actor=dan_here, direction="purchases", uploads=[("a.xml", GOOD), ("b.zip", zipped())])
    assert len(callbacks) == 1
    items = list(job.items.order_by("position"))
    assert [(item.name, item.outcome, item.kind, item.file.content_type) for item in items] == [
        ("a.xml", "waiting", "documents.import", "application/xml"),
        ("b.zip", "waiting", "documents.import", "application/zip"),
    ]
    assert (job.total, job.done, job.parameters) == (2, 0, {"direction": "purchases"})
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.after, entry.subject_id) == ("documents.import.started", {"files": 2}, job.pk)
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_each_file_gets_its_outcome_and_only_documents_keep_theirs(bring):
    items = bring(("a.xml", GOOD), ("same.xml", GOOD), ("b.xml", cii_invoice(number="F-2")), ("bad.xml", b"<a/>"))
    assert outcomes(items) == [
        ("a.xml", "created"),
        ("same.xml", "duplicate"),
        ("b.xml", "created"),
        ("bad.xml", "refused"),
    ]
    first = Document.objects.get(number="F-2026-0001")
    assert items[0].detail == {
        "document": str(first.pk),
        "number": "F-2026-0001",
        "contact": "Étoile Électrique SARL",
        "issued_on": "2026-03-02",
        "currency": "EUR",
        "payable": "34.10",
        "is_possible_version": False,
    }
    assert items[1].detail == items[0].detail
    assert items[3].detail["code"] == "wrong_root"
    assert [item.file for item in items] == [first.original, None, Document.objects.get(number="F-2").original, None]
    assert StoredFile.objects.count() == 2
    assert kept_bytes() == sorted([GOOD, cii_invoice(number="F-2")])
    job = Job.objects.get()
    assert (job.total, job.done, job.percent, job.finished_at is not None) == (4, 4, 100, True)


@pytest.mark.django_db
def test_the_report_says_what_became_of_each_file(bring, dan_here):
    items = bring(
        ("a.xml", GOOD),
        ("v.xml", ubl_invoice(payable="1")),
        ("bad.xml", b"<a/>"),
        ("z.zip", zipped(("in.xml", GOOD))),
    )
    rows = import_rows([*items, JobItem(name="later.xml")], slug="delta")
    a, version, bad, archive, inner, later = rows
    assert a.text == "F-2026-0001 · Étoile Électrique SARL · 2 Mar 2026 · €34.10"
    assert a.href == f"/o/delta/documents/{items[0].detail['document']}/"
    assert version.text.endswith("€1.00 · possible version of another")
    assert bad.text == 'Line 1: This is a "a" file, not a UBL invoice or credit note or a CII invoice.'
    assert (bad.href, bad.outcome_label) == ("", "Refused")
    assert (archive.name, archive.text, archive.outcome_label) == ("z.zip", "1 file", "Unpacked")
    assert (inner.name, inner.outcome_label) == ("z.zip › in.xml", "Duplicate")
    assert (later.text, later.outcome, later.href) == ("", "waiting", "")


def encrypted(archive):
    """The archive with its first member marked as protected by a password."""
    marked = bytearray(archive)
    central = marked.index(b"PK\x01\x02")
    for at in (6, central + 8):
        struct.pack_into("<H", marked, at, 1)
    return bytes(marked)


@pytest.mark.django_db
def test_an_archive_becomes_its_files_and_is_not_kept(bring):
    inside = zipped(("deep.xml", GOOD))
    archive = zipped(
        ("folder/a.xml", GOOD),
        ("bad.xml", b"<a/>"),
        ("same.xml", GOOD),
        ("inner.zip", inside),
        ("bomb.xml", b"<a>" + b" " * 3_000_000),
        ("__MACOSX/a.xml", b"x"),
        (".hidden", b"x"),
    )
    items = bring(("all.zip", archive))
    assert outcomes(items) == [
        ("all.zip", "unpacked"),
        ("all.zip › a.xml", "created"),
        ("all.zip › bad.xml", "refused"),
        ("all.zip › same.xml", "duplicate"),
        ("all.zip › inner.zip", "refused"),
        ("all.zip › bomb.xml", "refused"),
    ]
    assert [item.detail.get("code") for item in items[2:]] == ["wrong_root", None, "member_nested", "member_bomb"]
    assert [row.text for row in import_rows(items[4:], slug="delta")] == [
        "inner.zip is an archive inside the archive. Unpack it first.",
        "bomb.xml is packed so tightly that it looks like an attack.",
    ]
    assert (items[0].detail, Job.objects.get().done, Job.objects.get().total) == ({"files": 5}, 6, 6)
    assert (StoredFile.objects.count(), kept_bytes()) == (1, [GOOD])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("archive", "code"),
    [
        (zipped(), "archive_empty"),
        (zipped(("a.xml", GOOD))[:-30], "archive_broken"),
        (zipped(*((f"{number}.xml", b"") for number in range(1_001))), "archive_too_many"),
    ],
)
def test_an_archive_that_is_no_good_is_refused_as_a_whole(bring, archive, code):
    (item,) = bring(("x.zip", archive))
    assert (item.outcome, item.detail["code"], item.file) == ("refused", code, None)
    assert (StoredFile.objects.count(), kept_bytes(), Job.objects.get().finished_at is None) == (0, [], False)


@pytest.mark.django_db
def test_a_protected_member_is_refused_and_the_others_come_in(bring):
    items = bring(("x.zip", encrypted(zipped(("a.xml", GOOD), ("b.xml", ubl_invoice(number="B"))))))
    assert [(item.outcome, item.detail.get("code")) for item in items] == [
        ("unpacked", None),
        ("refused", "member_encrypted"),
        ("created", None),
    ]
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused_at_once_and_never_stored(bring, dan_here, settings):
    settings.MAX_UPLOAD_BYTES = 2 * 1024**2
    job = start_import(actor=dan_here, direction="sales", uploads=[("big.xml", b"x" * (2 * 1024**2 + 1))])
    item = job.items.get()
    job.refresh_from_db()
    assert (item.outcome, item.file, item.due_at, job.finished_at is None) == ("refused", None, None, False)
    assert import_rows([item], slug="delta")[0].text == "The file is larger than 2 MB."
    assert kept_bytes() == []
    assert outcomes(bring(("big.xml", b"x" * (2 * 1024**2 + 1)), ("a.xml", GOOD))) == [
        ("big.xml", "refused"),
        ("a.xml", "created"),
    ]


@pytest.mark.django_db
def test_a_long_name_keeps_its_end(bring):
    (item,) = bring(("x" * 400 + ".xml", GOOD))
    assert item.name == ("x" * 400 + ".xml")[-300:]
    assert item.file.name == item.name[-200:]


@pytest.mark.django_db
def test_purchases_come_in_as_bills(bring):
    bring(("a.xml", GOOD), direction="purchases")
    assert Document.objects.get().kind == "bill"


@pytest.mark.django_db
def test_imports_are_begun_by_those_who_manage_their_section(delta):
    for direction, other in (("sales", "purchases"), ("purchases", "sales")):
        actor = with_levels(delta, **{other: 2, direction: 1})
        with pytest.raises(Forbidden):
            start_import(actor=actor, direction=direction, uploads=[("a.xml", GOOD)])
    assert (Job.objects.count(), kept_bytes()) == (0, [])


@pytest.mark.django_db
def test_a_file_that_fails_by_a_fault_of_ours_waits_and_the_others_go_on(bring, dan_here):
    job = start_import(
        actor=dan_here, direction="sales", uploads=[("lost.xml", GOOD), ("b.xml", ubl_invoice(number="B"))]
    )
    lost = job.items.get(position=0)
    default_storage.delete(lost.file.key)
    assert import_files() == 1
    lost.refresh_from_db()
    assert (lost.outcome, lost.attempts, lost.last_error.split(":")[0]) == ("waiting", 1, "FileNotFoundError")
    assert timedelta(0) < lost.due_at - timezone.now() <= timedelta(minutes=1)
    job.refresh_from_db()
    assert (job.done, job.total, job.finished_at) == (1, 2, None)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_half_way_leaves_the_file_to_the_next():
    actor = system_actor(OrganisationFactory().workspace)
    start_import(actor=actor, direction="sales", uploads=[("a.xml", GOOD), ("b.xml", ubl_invoice(number="B"))])
    item = JobItem.objects.order_by("position").first()
    with pytest.raises(SystemExit), transaction.atomic():
        JobItem.objects.select_for_update().get(pk=item.pk)
        tasks.actions.run_import_item(item=item)
        assert Document.objects.count() == 1
        raise SystemExit  # the process ends before the commit
    assert (Document.objects.count(), Contact.objects.count(), Job.objects.get().done) == (0, 0, 0)
    assert import_files() == 2
    assert (Document.objects.count(), Contact.objects.count(), Job.objects.get().done) == (2, 1, 2)
    assert sorted(kept_bytes()) == sorted([GOOD, ubl_invoice(number="B")])


@pytest.mark.django_db(transaction=True)
def test_four_workers_do_each_file_once_and_the_job_ends():
    actor = system_actor(OrganisationFactory().workspace)
    files = [(f"{number}.xml", ubl_invoice(number=str(number % 8))) for number in range(16)]
    job = start_import(actor=actor, direction="sales", uploads=[("x.zip", zipped(*files[8:])), *files[:8]])
    # Whoever begins after the archive was unpacked finds its files at once, else the next four find them.
    assert sum(together([import_files] * 4) + together([import_files] * 4)) == 17
    job.refresh_from_db()
    assert (job.total, job.done, job.finished_at is not None) == (17, 17, True)
    assert job.items.by_outcome() == {"created": 8, "duplicate": 8, "unpacked": 1}
    assert (Document.objects.count(), Contact.objects.count()) == (8, 1)
    assert len(kept_bytes()) == StoredFile.objects.count() == 8


@pytest.mark.django_db
def test_a_sweep_that_left_files_wakes_the_next_one(dan_here, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tasks, "BATCH", 2)
    uploads = [(f"{number}.xml", ubl_invoice(number=str(number))) for number in range(3)]
    start_import(actor=dan_here, direction="sales", uploads=uploads)
    nudges = []
    for _ in range(3):
        with django_capture_on_commit_callbacks() as callbacks:
            done = import_files()
        nudges.append((done, len(callbacks)))
    assert nudges == [(2, 1), (1, 0), (0, 0)]


@pytest.mark.django_db
def test_a_file_that_failed_every_try_is_refused_and_its_job_ends(dan_here, delta):
    job = start_import(actor=dan_here, direction="sales", uploads=[("lost.xml", GOOD)])
    item = job.items.get()
    default_storage.delete(item.file.key)  # the storage lost the bytes
    JobItem.objects.filter(pk=item.pk).update(attempts=MOST_ATTEMPTS)
    import_files()
    item.refresh_from_db()
    job.refresh_from_db()
    assert (item.outcome, item.due_at, item.file, job.done) == ("refused", None, None, 1)
    assert job.finished_at is not None
    assert not StoredFile.objects.exists()
    (row,) = import_rows([item], slug=delta.slug)
    assert row.text == ("This file could not be processed, after several tries. Please tell whoever runs this site.")
