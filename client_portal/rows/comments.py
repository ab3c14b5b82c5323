"""Rows of a document's thread of comments, for either side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.formatting import format_moment
from client_portal.models import Comment, CommentAttachment
from documents.models import Document


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    size: str
    href: str


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment. `mine` are those of the reader's side; `iso` is the moment for machines."""

    id: UUID
    who: str
    text: str
    moment: str
    iso: str
    mine: bool
    files: list[FileRow]


@dataclass(frozen=True, slots=True)
class Thread:
    """What a page shows of a document's comments. `last` names the newest, "" where there is none."""

    comments: list[CommentRow]
    last: str
    is_unread: bool
    is_staff: bool
    may_write: bool
    address: str
    news_address: str
    read_address: str


def thread_of(
    actor: Actor, document: Document, comments: Iterable[Comment], *, is_unread: bool, may_write: bool
) -> Thread:
    """The thread as the actor's side reads it; `comments` oldest first, with their files. Makes no query."""
    is_staff = actor.kind != ActorKind.CONTACT
    side = Comment.Side.BUSINESS if is_staff else Comment.Side.CONTACT
    prefix = "staff_" if is_staff else ""
    place, time_zone = actor.place, actor.place.time_zone

    def address(name: str, *more: UUID) -> str:
        return reverse(f"client_portal:{prefix}{name}", args=[place.slug, document.pk, *more])

    rows = [
        CommentRow(
            id=one.pk,
            who=_who(one, side, place.name),
            text=one.text,
            moment=format_moment(one.created_at, time_zone),
            iso=one.created_at.isoformat(),
            mine=one.side == side,
            files=[_file_row(file, address("comment_file", file.pk)) for file in one.attachments.all()],
        )
        for one in comments
    ]
    return Thread(
        comments=rows,
        last=str(rows[-1].id) if rows else "",
        is_unread=is_unread,
        is_staff=is_staff,
        may_write=may_write,
        address=address("comments"),
        news_address=address("comment_news"),
        read_address=address("read_comments"),
    )


def _who(comment: Comment, reader: Comment.Side, business: str) -> str:
    """Contacts read whom of the business they hear from; their own side is theirs."""
    if reader == Comment.Side.CONTACT and comment.side == Comment.Side.BUSINESS:
        return _("%(person)s, %(business)s") % {"person": comment.author_name, "business": business}
    return comment.author_name


def _file_row(attachment: CommentAttachment, href: str) -> FileRow:
    size = attachment.file.size
    words = f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(size // 1024, 1)} kB"
    return FileRow(name=attachment.file.name, size=words, href=href)
