"""Rows of the threads that a side has not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import Truncator

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.formatting import format_moment
from client_portal.models import Comment

EXCERPT = 140  # characters


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A document with the newest comment on it that the reader's side has not read; `href` leads to the thread."""

    href: str
    title: str
    contact: str
    who: str
    text: str
    moment: str
    iso: str


def unread_rows(actor: Actor, newest: Iterable[Comment]) -> list[UnreadRow]:
    """Of each thread its newest comment, with its document at hand. Makes no query."""
    view = "client_portal:document" if actor.kind == ActorKind.CONTACT else "documents:document"
    return [
        UnreadRow(
            href=reverse(view, args=[actor.place.slug, one.document_id]) + "#comments",
            title=f"{one.document.get_kind_display()} {one.document.number}",
            contact=one.document.contact_name,
            who=one.author_name,
            text=Truncator(" ".join(one.text.split())).chars(EXCERPT),
            moment=format_moment(one.created_at, actor.place.time_zone),
            iso=one.created_at.isoformat(),
        )
        for one in newest
    ]
