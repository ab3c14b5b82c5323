"""One document with all that its sheet says, for its contact: statements that are written once per process.

The page of a document is what contacts open most, then its PDF; writing such statements anew costs more than running
them.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from advisory_portal.core.access import Actor, ActorKind, Workspace
from advisory_portal.core.models import StoredFile
from advisory_portal.core.statements import Prepared
from documents.models.document import Document
from documents.models.lines import AllowanceCharge, DocumentLine, TaxLine

PARTS: dict[str, type[models.Model]] = {
    "lines": DocumentLine,
    "allowances_charges": AllowanceCharge,
    "taxes": TaxLine,
}
OF_PDF = frozenset({"id", "organisation_id", "kind", "state", "number", "language", "pdf_id"})
_NOWHERE = Workspace(UUID(int=0), "", "", "business", "", "UTC", "en", "")


def document_for_reading(actor: Actor, document_id: UUID) -> Document | None:
    """What `Documents.visible_to(actor).for_reading()` finds for a contact, in four prepared statements, or None."""
    rows = _asked(_document(), actor, document_id)
    if not rows:
        return None
    document: Document = _made(Document, rows)[0]
    kept = {name: _fetched(model, _part(model).rows(document=document_id)) for name, model in PARTS.items()}
    document._prefetched_objects_cache = kept  # type: ignore[attr-defined]  # as prefetch_related keeps them
    return document


def document_with_pdf(actor: Actor, document_id: UUID) -> Document | None:
    """For a contact the document with what its PDF needs, the kept file along, in one prepared statement, or None."""
    rows = _asked(_with_pdf(), actor, document_id)
    if not rows:
        return None
    own, file = rows[0][: len(OF_PDF)], rows[0][len(OF_PDF) :]
    document: Document = Document.from_db("default", _columns_of_pdf(), own)
    if document.pdf_id is not None:
        document.pdf = StoredFile.from_db("default", _columns(StoredFile), file)
    return document


def _asked(statement: Prepared, actor: Actor, document_id: UUID) -> Sequence[tuple[Any, ...]]:
    """The statement's rows about a document of the contact's; none for anybody else, and of documents not opened."""
    if actor.kind != ActorKind.CONTACT or actor.contact_id is None:
        return []
    if actor.document_ids is not None and document_id not in actor.document_ids:
        return []
    return statement.rows(organisation=actor.place.id, contact=actor.contact_id, document=document_id)


def _of_contact(*columns: str) -> Prepared:
    def build(organisation: UUID, contact: UUID, document: UUID) -> "models.QuerySet[Any, Any]":
        anybody = Actor(ActorKind.CONTACT, "", organisation=replace(_NOWHERE, id=organisation), contact_id=contact)
        return Document.objects.visible_to(anybody).filter(pk=document).values_list(*columns)

    return Prepared(build, organisation=UUID, contact=UUID, document=UUID)


@cache
def _document() -> Prepared:
    return _of_contact(*_columns(Document))


@cache
def _with_pdf() -> Prepared:
    return _of_contact(*_columns_of_pdf(), *(f"pdf__{name}" for name in _columns(StoredFile)))


def _columns_of_pdf() -> list[str]:
    """Those of OF_PDF in the order of the model, as `from_db` takes them."""
    return [name for name in _columns(Document) if name in OF_PDF]


@cache
def _part(model: type[models.Model]) -> Prepared:
    rows = model._default_manager.order_by("position")
    return Prepared(lambda document: rows.filter(document_id=document).values_list(*_columns(model)), document=UUID)


@cache
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _json_places(model: type[models.Model]) -> tuple[int, ...]:
    return tuple(
        place for place, field in enumerate(model._meta.concrete_fields) if isinstance(field, models.JSONField)
    )


def _made(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    names, places, made = _columns(model), _json_places(model), []
    for row in rows:
        values = list(row)
        for place in places:
            values[place] = json.loads(values[place])
        made.append(model.from_db("default", names, values))
    return made


def _fetched(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> "models.QuerySet[Any]":
    found: models.QuerySet[Any] = model._default_manager.all()
    found._result_cache = _made(model, rows)
    return found
