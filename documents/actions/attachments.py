"""Files kept with a document: contracts, photographs, delivery slips."""

import hashlib
import mimetypes
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from documents.models import Attachment, Document


class NotAttachable(Refused):
    """A file is empty or too large, or the document has enough of them."""


@transaction.atomic
def add_attachments(*, actor: Actor, document: Document, uploads: Sequence[tuple[str, bytes]]) -> list[Attachment]:
    """Keep files (name and bytes) with a document; the contact does not see them yet. Answers the new ones.

    A file whose bytes the document has already is passed over, so that repeating adds nothing. All are kept or none.
    Raises NotAttachable, Forbidden.
    """
    actor.require(document.section, Level.MANAGE)
    Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    there = set(document.attachments.values_list("file__sha256", flat=True))
    added = []
    for name, content in uploads:
        if not content:
            raise NotAttachable(_("%(name)s is empty.") % {"name": name}, field="uploads")
        if len(content) > Attachment.LARGEST:
            words = _("%(name)s is larger than %(limit)s MB.") % {"name": name, "limit": Attachment.LARGEST // 1024**2}
            raise NotAttachable(words, field="uploads")
        digest = hashlib.sha256(content).hexdigest()
        if digest in there:
            continue
        there.add(digest)
        if len(there) > Attachment.MOST:
            words = _("A document has %(most)s files at most.") % {"most": Attachment.MOST}
            raise NotAttachable(words, field="uploads")
        added.append(_attach(actor, document, name, content))
    return added


def _attach(actor: Actor, document: Document, name: str, content: bytes) -> Attachment:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = store_file(organisation_id=document.organisation_id, name=name, content=content, content_type=kind)
    attachment = Attachment.objects.create(
        organisation_id=document.organisation_id, document=document, file=file, added_by_name=actor.name
    )
    record(actor, "documents.attachment.added", about=document, after={"name": file.name})
    return attachment


@transaction.atomic
def share_attachment(*, actor: Actor, attachment: Attachment, is_shared: bool) -> None:
    """Let the contact download the file, or no longer. Repeating it does nothing. Raises Forbidden."""
    actor.require(attachment.document.section, Level.MANAGE)
    other = Attachment.objects.filter(pk=attachment.pk, is_shared=not is_shared)
    if other.update(is_shared=is_shared):
        document, name = attachment.document, {"name": attachment.file.name}
        if is_shared:
            record(actor, "documents.attachment.shared", about=document, after=name)
        else:
            record(actor, "documents.attachment.unshared", about=document, after=name)
    attachment.is_shared = is_shared


@transaction.atomic
def remove_attachment(*, actor: Actor, attachment: Attachment) -> None:
    """Forget a file that the contact does not see; its name stays in the history. Raises NotAttachable, Forbidden."""
    actor.require(attachment.document.section, Level.MANAGE)
    current = Attachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk).first()
    if current is None:
        return
    if current.is_shared:
        raise NotAttachable(_("The contact sees this file. Stop sharing it before you remove it."))
    record(actor, "documents.attachment.removed", about=attachment.document, before={"name": attachment.file.name})
    current.delete()
    discard_file(attachment.file)


@transaction.atomic
def download_attachment(*, actor: Actor, attachment: Attachment) -> bytes:
    """The bytes of the file; who took them is kept. The caller has found it with `visible_to`."""
    record(actor, "documents.attachment.downloaded", about=attachment.document, after={"name": attachment.file.name})
    return read_file(attachment.file)
