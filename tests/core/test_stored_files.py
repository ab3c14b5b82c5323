"""Private files: kept under keys nobody guesses, forgotten only by a transaction that commits."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.files import discard_file, file_response, read_file, store_file
from advisory_portal.core.models import StoredFile

pytestmark = pytest.mark.django_db


def kept_bytes():
    root = Path(default_storage.location)
    return sorted(path.read_bytes() for path in root.rglob("*") if path.is_file())


def stored(organisation, name="a.xml", content=b"<a/>"):
    return store_file(organisation_id=organisation.pk, name=name, content=content, content_type="application/xml")


def test_file_is_kept_with_its_facts_and_read_again(delta):
    file = stored(delta, name="in\r\nvoice.xml", content=b"\x00\xff")
    assert (file.name, file.size, file.content_type) == ("in voice.xml", 2, "application/xml")
    assert file.sha256 == hashlib.sha256(b"\x00\xff").hexdigest()
    assert (read_file(file), str(file)) == (b"\x00\xff", "in voice.xml")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "\x00", "é" * 300])
def test_nothing_of_the_name_enters_the_key(delta, name):
    file = stored(delta, name=name)
    assert file.key == f"{delta.pk}/{file.pk}"
    assert file.name == ("file" if name == "\x00" else name[-200:])


def test_a_file_the_storage_lost_is_told(delta):
    file = stored(delta)
    default_storage.delete(file.key)
    with pytest.raises(FileNotFoundError):
        read_file(file)


def test_a_discarded_file_goes_with_the_commit(delta, django_capture_on_commit_callbacks):
    file = stored(delta)
    with django_capture_on_commit_callbacks() as callbacks:
        discard_file(file)
    assert not StoredFile.objects.exists()
    assert kept_bytes() == [b"<a/>"]
    for callback in callbacks:
        callback()
    assert kept_bytes() == []


def test_a_discard_that_is_rolled_back_keeps_row_and_bytes(delta, django_capture_on_commit_callbacks):
    file = stored(delta)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(LookupError), transaction.atomic():
        discard_file(file)
        raise LookupError
    assert read_file(StoredFile.objects.get()) == b"<a/>"


def test_files_are_seen_in_their_organisation_alone(delta, rival, dan_here, carol, actor_of):
    file = stored(delta)
    assert list(StoredFile.objects.visible_to(dan_here)) == [file]
    assert not StoredFile.objects.visible_to(actor_of(carol, rival)).exists()
    assert not StoredFile.objects.visible_to(Actor(kind=ActorKind.MEMBER, name="x")).exists()


@pytest.mark.parametrize(
    ("inline", "name", "disposition"),
    [
        (False, "a b.pdf", 'attachment; filename="a b.pdf"'),
        (True, "a.pdf", 'inline; filename="a.pdf"'),
        (False, 'q"\\.pdf', 'attachment; filename="q\\"\\\\.pdf"'),
        (False, "ñ.pdf", "attachment; filename*=utf-8''%C3%B1.pdf"),
        (False, "", "attachment"),
    ],
)
def test_a_download_is_private_and_keeps_its_name(inline, name, disposition):
    response = file_response(b"x", name=name, content_type="application/pdf", inline=inline)
    assert response.content == b"x"
    assert response["Content-Disposition"] == disposition
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
