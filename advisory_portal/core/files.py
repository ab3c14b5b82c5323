"""Keeping and serving private files."""

import hashlib
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import StoredFile
from advisory_portal.core.text import clean_line

PIECE = 256 * 1024


def store_file(*, organisation_id: UUID, name: str, content: bytes, content_type: str) -> StoredFile:
    """Keep the bytes under an unguessable key. A rolled back transaction leaves at most an orphan, never a row.

    `name` is a label only: nothing of it enters the key.
    """
    file_id = uuid7()
    key = default_storage.save(f"{organisation_id}/{file_id}", ContentFile(content))
    return StoredFile.objects.create(
        id=file_id,
        organisation_id=organisation_id,
        name=clean_line(name)[-200:] or "file",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=key,
    )


def store_stream(*, organisation_id: UUID, name: str, stream: IO[bytes], content_type: str) -> StoredFile:
    """Like `store_file`, for what is too big for memory: an open file, read from its beginning piece by piece."""
    file_id, digest, size = uuid7(), hashlib.sha256(), 0
    stream.seek(0)
    while piece := stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
    stream.seek(0)
    return StoredFile.objects.create(
        id=file_id,
        organisation_id=organisation_id,
        name=clean_line(name)[-200:] or "file",
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        key=default_storage.save(f"{organisation_id}/{file_id}", File(stream)),
    )


def copy_file(file: StoredFile, to: IO[bytes]) -> None:
    """Write a stored file's bytes into an open one, piece by piece. Raises FileNotFoundError."""
    with default_storage.open(file.key) as stored:
        for piece in stored.chunks(PIECE):
            to.write(piece)


def read_file(file: StoredFile) -> bytes:
    """The bytes that were stored. Raises FileNotFoundError if the storage lost them."""
    with default_storage.open(file.key) as stored:
        return bytes(stored.read())


def discard_file(file: StoredFile) -> None:
    """Forget a file: its row now, its bytes once the transaction has committed."""
    key = file.key
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(key))


def file_response(content: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """A private download: never cached by others, never sniffed, never run as a page of ours."""
    response = HttpResponse(content, content_type=content_type)
    disposition = content_disposition_header(as_attachment=not inline, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def stored_response(file: StoredFile) -> FileResponse:
    """A private download of a stored file, sent piece by piece. Raises FileNotFoundError."""
    response = FileResponse(
        default_storage.open(file.key), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
