"""Several documents at once, for who keeps them."""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from client_portal.rules import MOST_PACKED, unused_name
from documents import sheets
from documents.actions import shown_pdf
from documents.models import Document


class NothingChosen(Refused):
    """None of the documents is there for the contact, or they are too many."""


@transaction.atomic
def pack_documents(*, actor: Actor, kind: str, documents: Sequence[UUID]) -> bytes:
    """The PDFs of the contact's documents of one kind as a ZIP file.

    Ids of others are passed over. Nothing is kept. Raises NothingChosen, also over MOST_PACKED, which a page shows.
    """
    if len(documents) > MOST_PACKED:
        raise NothingChosen(_("At most %(most)s documents at once.") % {"most": MOST_PACKED})
    found = Document.objects.visible_to(actor).of_kind(kind).filter(pk__in=documents).select_related("pdf")
    chosen = list(found.order_by("issued_on", "id"))
    if not chosen:
        raise NothingChosen(_("Choose at least one document."))
    stream, names = BytesIO(), set[str]()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for document in chosen:
            name = unused_name(f"{sheets.file_name(document)}.pdf", names)
            names.add(name)
            archive.writestr(name, shown_pdf(document))
    return stream.getvalue()
