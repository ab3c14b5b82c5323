"""The hand-over export: what the access opens and no more, and only while it stands."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.files import read_file
from advisory_portal.core.models import HistoryEntry, Job, JobItem, StoredFile
from advisory_portal.core.models.base import MOST_ATTEMPTS
from collaborations import actions
from collaborations.models import Client, Grant
from collaborations.tasks import hand_over
from tests.collaborations.factories_conversations import collaborating, owner_of, write
from tests.collaborations.factories_grants import granted, looked_after
from tests.collaborations.factories_pending import add_item
from tests.factories import ContactFactory, RoleFactory, drafted_document, issued_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def collaboration(acme, delta, alice, dan):
    return collaborating(delta, acme)


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def books(delta, erin):
    """Documents of sales and purchases, one of them a draft, and an entry of the journal."""
    issued_document(erin)
    issued_document(erin, note="The second")
    drafted_document(erin, note="A draft")
    issued_document(ContactFactory(organisation=delta, kind="supplier", name="Gear / works"), kind="bill")
    return add_item(delta, "journal", timezone.now().date())


def access(collaboration, **levels):
    return granted(collaboration, RoleFactory(organisation=collaboration.business, levels=levels))


def start(actor, collaboration):
    return actions.start_handover(actor=actor, client=collaboration.client, now=timezone.now())


def packed(job):
    hand_over()
    hand_over()
    job.refresh_from_db()
    return ZipFile(BytesIO(read_file(job.result))) if job.result else None


def test_archive_holds_documents_ledger_and_conversation(alice_here, collaboration, books):
    write(alice_here, collaboration.conversation, "See the sheet.", files=[("sheet.txt", b"figures")])
    access(collaboration, sales=1, purchases=1, journal=1)
    job = start(alice_here, collaboration)
    archive = packed(job)
    names = sorted(archive.namelist())
    assert [name for name in names if not name.endswith(".pdf")] == [
        "Conversation.txt", "Conversation/sheet.txt", "Documents.csv", "Ledger.csv",
    ]  # fmt: skip
    pdfs = [name for name in names if name.endswith(".pdf")]
    assert len(pdfs) == 3 and all(archive.read(name).startswith(b"%PDF") for name in pdfs)
    assert any("Gear - works" in name for name in pdfs)
    assert archive.read("Conversation/sheet.txt") == b"figures"
    assert "See the sheet." in archive.read("Conversation.txt").decode()
    assert "By hand" in archive.read("Ledger.csv").decode()
    assert (job.finished_at is not None, job.percent, job.organisation_id) == (True, 100, alice_here.place.id)


def test_archive_holds_what_the_access_opens_and_no_more(alice_here, collaboration, books):
    access(collaboration, purchases=1)
    archive = packed(start(alice_here, collaboration))
    assert "Ledger.csv" not in archive.namelist()
    assert [name.split("/")[1] for name in archive.namelist() if name.endswith(".pdf")] == ["Bill"]
    assert "Erin" not in archive.read("Documents.csv").decode()


def test_without_access_there_is_no_export(alice_here, collaboration):
    with pytest.raises(actions.NoAccess):
        start(alice_here, collaboration)
    assert not Job.objects.exists()


def test_access_taken_away_meanwhile_stops_the_export(alice_here, collaboration, books):
    grant = access(collaboration, sales=2)
    job = start(alice_here, collaboration)
    actions.remove_access(actor=owner_of(collaboration.business), grant=grant, now=timezone.now())
    assert packed(job) is None
    assert set(job.items.values_list("outcome", flat=True)) == {"refused"}


def test_manager_removed_meanwhile_gets_no_archive(bob, acme, actor_of, collaboration, books):
    access(collaboration, sales=2)
    assignment = looked_after(collaboration.client, bob)
    job = start(actor_of(bob, acme), collaboration)
    assignment.delete()
    assert packed(job) is None


def test_two_presses_begin_one_export(alice_here, collaboration):
    access(collaboration, sales=1)
    assert start(alice_here, collaboration) == start(alice_here, collaboration)
    assert Job.objects.count() == 1


def test_both_logs_tell_of_the_export(alice_here, collaboration, acme, delta):
    access(collaboration, sales=1)
    job = start(alice_here, collaboration)
    packed(job)
    actions.download_handover(actor=alice_here, job=job, now=timezone.now())
    told = HistoryEntry.objects.filter(what__startswith="collaborations.handover").order_by("id")
    assert list(told.values_list("organisation_id", "what", "firm_name")) == [
        (acme.pk, "collaborations.handover.started", ""),
        (delta.pk, "collaborations.handover.started", "Acme Advisers"),
        (acme.pk, "collaborations.handover.downloaded", ""),
        (delta.pk, "collaborations.handover.downloaded", "Acme Advisers"),
    ]


def test_export_that_failed_every_try_ends(alice_here, collaboration):
    access(collaboration, sales=1)
    job = start(alice_here, collaboration)
    JobItem.objects.update(attempts=MOST_ATTEMPTS)
    hand_over()
    job.refresh_from_db()
    assert (job.finished_at is not None, job.result) == (True, None)


def address(name, *args):
    return reverse(f"collaborations:{name}", args=["acme", *args])


def test_export_is_begun_watched_and_downloaded(client_of, alice, collaboration, books):
    grant = access(collaboration, sales=1)
    here, client = client_of(alice), address("client", collaboration.client.pk)
    assert "Hand-over exports" not in here.get(client).content.decode()
    page = here.post(address("start_handover", collaboration.client.pk))["Location"]
    assert "Packing" in here.get(page).content.decode()
    assert here.get(page + "file/").status_code == 404
    packed(Job.objects.get())
    assert "The archive is ready." in here.get(page, headers={"HX-Request": "true"}).content.decode()
    answer = here.get(page + "file/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert ZipFile(BytesIO(answer.getvalue())).namelist()
    assert page in here.get(client).content.decode(), "found again on the client's page"
    Grant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now(), end="removed", revoked_by_name="Dan")
    assert here.get(page + "file/").status_code == 302, "the access is gone, and with it the archive"


def test_export_is_of_those_who_see_the_client(client_of, alice_here, bob, carol, dan, collaboration):
    access(collaboration, sales=1)
    job = start(alice_here, collaboration)
    packed(job)
    for user, slug, status in ((bob, "acme", 404), (carol, "acme", 404), (carol, "rival", 404), (dan, "delta", 403)):
        for name in ("handover", "handover_file"):
            path = address(name, job.pk).replace("/acme/", f"/{slug}/")
            assert client_of(user).get(path).status_code == status, (user, path)
    assert Client.objects.count() == 1


def test_archive_is_deleted_after_thirty_days(client_of, alice, alice_here, collaboration):
    access(collaboration, sales=1)
    job = start(alice_here, collaboration)
    packed(job)
    job.refresh_from_db()
    file, finished = job.result, job.finished_at
    assert actions.drop_old_handovers(now=finished + timedelta(days=30, seconds=-1)) == 0
    assert actions.drop_old_handovers(now=finished + timedelta(days=30)) == 1
    assert actions.drop_old_handovers(now=finished + timedelta(days=31)) == 0
    job.refresh_from_db()
    assert job.result is None
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    page = client_of(alice).get(address("handover", job.pk)).content.decode()
    assert "This archive was deleted" in page
    assert client_of(alice).get(address("handover_file", job.pk)).status_code == 404


def test_the_sweep_deletes_old_archives(alice_here, collaboration):
    access(collaboration, sales=1)
    job = start(alice_here, collaboration)
    packed(job)
    Job.objects.update(finished_at=timezone.now() - timedelta(days=31))
    hand_over()
    job.refresh_from_db()
    assert job.result is None
