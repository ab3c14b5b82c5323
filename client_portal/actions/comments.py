"""What business and contact say to each other on a document: written, read, and mailed to the other side."""

import mimetypes
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from client_portal.actions.links import new_link
from client_portal.actions.people import address_of, contact_at, staff_of
from client_portal.models import Comment, CommentAttachment, CommentNotice, UnreadComments
from client_portal.rules import COMMENT_PAUSE
from documents.models import Document
from documents.rules import PORTAL_KINDS

Side = Comment.Side
OTHER_SIDE = {Side.BUSINESS: Side.CONTACT, Side.CONTACT: Side.BUSINESS}
MOST_MAILED = 20  # comments that one mail repeats
ANCHOR = "#comments"


class NotAComment(Refused):
    """Nothing was written, too much, or a file cannot be sent."""


@transaction.atomic
def write_comment(
    *, actor: Actor, document: Document, text: str, files: Sequence[tuple[str, bytes]], key: UUID, now: datetime
) -> Comment:
    """Add a comment to a document's thread, which both sides see for ever; `files` are names and bytes.

    `key` names what the form sends: sent twice, it is written once. The other side has it unread, and is mailed a few
    minutes after the first of a burst. Who writes has read what was there. Raises NotAComment; Forbidden for anybody
    but its contact and staff who manage such documents. Source: PRODUCT 5, comments.
    """
    side = _side_of(actor, document, Level.MANAGE)
    text = text.replace("\r\n", "\n").strip()
    current = Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document.pk)
    written = Comment.objects.filter(document=current, key=key).first()
    if written is not None:
        return written
    _check(current, text, files)
    comment = Comment.objects.create(
        organisation_id=current.organisation_id,
        document=current,
        contact_id=current.contact_id,
        side=side,
        text=text,
        author_id=actor.user_id or actor.contact_id,
        author_name=actor.name[:200],
        key=key,
        created_at=now,
    )
    for name, content in files:
        _attach(comment, name, content)
    _leave_unread(comment, now)
    record(actor, "client_portal.comment.written", about=current)
    return comment


def _side_of(actor: Actor, document: Document, level: Level) -> Comment.Side:
    """Whose side the actor speaks for. Raises Forbidden."""
    if actor.kind != ActorKind.CONTACT:
        actor.require(document.section, level)
        return Side.BUSINESS
    is_open = actor.document_ids is None or document.pk in actor.document_ids
    if actor.read_only or actor.contact_id != document.contact_id or not is_open:
        raise Forbidden
    return Side.CONTACT


def _check(document: Document, text: str, files: Sequence[tuple[str, bytes]]) -> None:
    if document.kind not in PORTAL_KINDS or document.state == Document.State.DRAFT:
        raise NotAComment(_("The contact does not see this document yet. Issue it first."))
    if not text and not files:
        raise NotAComment(_("Write something first."), field="text")
    if len(text) > Comment.LONGEST:
        raise NotAComment(_("Write %(most)s characters at most.") % {"most": Comment.LONGEST}, field="text")
    if len(files) > CommentAttachment.MOST:
        raise NotAComment(_("Send at most %(most)s files at once.") % {"most": CommentAttachment.MOST}, field="uploads")
    for name, content in files:
        if not content:
            raise NotAComment(_("%(name)s is empty.") % {"name": name}, field="uploads")
        if len(content) > CommentAttachment.LARGEST:
            limit = CommentAttachment.LARGEST // 1024**2
            raise NotAComment(
                _("%(name)s is larger than %(limit)s MB.") % {"name": name, "limit": limit}, field="uploads"
            )


def _attach(comment: Comment, name: str, content: bytes) -> None:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = store_file(organisation_id=comment.organisation_id, name=name, content=content, content_type=kind)
    CommentAttachment.objects.create(organisation_id=comment.organisation_id, comment=comment, file=file)


def _leave_unread(comment: Comment, now: datetime) -> None:
    own = {"organisation_id": comment.organisation_id, "document_id": comment.document_id}
    other = OTHER_SIDE[Side(comment.side)]
    UnreadComments.objects.filter(document_id=comment.document_id, side=comment.side).delete()
    unread = UnreadComments(**own, contact_id=comment.contact_id, side=other)
    UnreadComments.objects.bulk_create([unread], ignore_conflicts=True)
    notice = CommentNotice(**own, side=other, first=comment, due_at=now + COMMENT_PAUSE)
    CommentNotice.objects.bulk_create([notice], ignore_conflicts=True)


@transaction.atomic
def mark_comments_read(*, actor: Actor, document: Document) -> None:
    """Note that the actor's side has read the thread. Repeating it does nothing. Raises Forbidden."""
    side = _side_of(actor, document, Level.VIEW)
    UnreadComments.objects.filter(document_id=document.pk, side=side).delete()


@transaction.atomic
def download_comment_file(*, actor: Actor, attachment: CommentAttachment) -> bytes:
    """The bytes of a file; that staff took them is kept. The caller has found it with `visible_to`."""
    if actor.kind != ActorKind.CONTACT:
        document = attachment.comment.document
        record(actor, "client_portal.comment.downloaded", about=document, after={"name": attachment.file.name})
    return read_file(attachment.file)


@transaction.atomic
def run_comment_notice(*, notice: CommentNotice, now: datetime) -> None:
    """Mail the comments of a burst to the side that has not read them. Called by the sweep.

    Read meanwhile, no mail goes; nor to a contact without an address, or that wants no such mails. A contact's mail
    carries a link of its own, so that it can answer at once.
    """
    rows = Document.objects.select_for_update(of=("self",), no_key=True).select_related("contact", "organisation")
    document = rows.get(pk=notice.document_id)  # whoever writes holds it: no comment slips in behind this mail
    if UnreadComments.objects.filter(document=document, side=notice.side).exists():
        others = Comment.objects.filter(document=document, side=OTHER_SIDE[Side(notice.side)], pk__gte=notice.first_id)
        comments = list(others.order_by("id").prefetch_related("attachments__file")[:MOST_MAILED])
        tell = _tell_staff if notice.side == Side.BUSINESS else _tell_contact
        tell(document, comments, now)
    notice.due_at = None
    notice.save(update_fields=["due_at"])


def _tell_staff(document: Document, comments: list[Comment], now: datetime) -> None:
    business = document.organisation
    notify(
        "client_portal/comment_received",
        to=staff_of(document),
        url=reverse("documents:document", args=[business.slug, document.pk]) + ANCHOR,
        organisation_id=business.pk,
        context={"business": business, "document": document, "comments": comments},
    )


def _tell_contact(document: Document, comments: list[Comment], now: datetime) -> None:
    business, email = document.organisation, address_of(document)
    if not email or not document.contact.wants("client_portal/comments"):
        return
    _link, path = new_link(
        contact=document.contact, document=document, email=email, sender=business.name, now=now, business=business
    )
    notify(
        "client_portal/comments",
        to=[contact_at(document, email)],
        url=path + ANCHOR,
        organisation_id=business.pk,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "document": document, "comments": comments, "hours": business.link_hours},
    )
