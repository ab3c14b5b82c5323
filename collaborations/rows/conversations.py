"""The list of conversations, of either side: filters, rows, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.formatting import format_ago, format_moment
from advisory_portal.core.paging import capped_count, keyset_page
from collaborations.models import Conversation, Message, Side
from collaborations.models.conversation import Conversations
from collaborations.words.events import STATES

PAGE_SIZE = 50
_HOLE = UUID(int=0)
FILTERS: dict[str, Promise] = {
    "": _("All"),
    "asked": _("Asked for"),
    "active": _("Active"),
    "archived": _("Archived"),
    "blocked": _("Blocked"),
}


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the list: the other side, the last words, how many of theirs are unread ("" for none)."""

    href: str
    name: str
    initial: str
    last: str
    unread: str
    look: str
    state: Promise
    is_blocked: bool
    ago: str
    moment: str
    iso: str


def list_context(actor: Actor, asked: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """What the list of conversations shows. Three queries, however many there are."""
    side = Side(actor.place.kind)
    shown = asked.get("show", "") if asked.get("show", "") in FILTERS else ""
    words = asked.get("q", "").strip()
    mine = Conversation.objects.visible_to(actor)
    rows = _filtered(mine, side, shown)
    if words:
        rows = rows.filter(**{f"{side.other}__name__icontains": words})
    page = keyset_page(
        rows.with_parties().with_unread(actor).with_state(),
        order="-last_message_at",
        size=PAGE_SIZE,
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )
    return {
        "side": side,
        "shown": shown,
        "words": words,
        "page": page,
        "rows": conversation_rows(page.rows, actor=actor, side=side, now=now),
        "filters": [(label, f"?show={key}" if key else "?", key == shown, None) for key, label in _offered(side)],
        "waiting": capped_count(_filtered(mine, side, "asked")),
        "is_empty": not page.rows and not mine.exists(),
    }


def _offered(side: Side) -> Iterable[tuple[str, Promise]]:
    """Blocking is the firm's."""
    return [(key, label) for key, label in FILTERS.items() if side == Side.FIRM or key != "blocked"]


def _filtered(rows: Conversations, side: Side, shown: str) -> Conversations:
    if shown == "blocked":
        return rows.blocked()
    if side == Side.FIRM:
        rows = rows.unblocked()
    if shown == "archived":
        return rows.put_away(side)
    if shown == "asked":
        return rows.filter(collaborations__state="pending")
    if shown == "active":
        return rows.filter(collaborations__state="active")
    return rows.in_use(side)


def conversation_rows(
    conversations: Iterable[Any], *, actor: Actor, side: Side, now: datetime
) -> list[ConversationRow]:
    """Conversations, fetched with parties, unread and state, as rows. Makes no query."""
    view = "request" if side == Side.FIRM else "advisory_conversation"
    address = reverse(f"collaborations:{view}", args=[actor.place.slug, _HOLE])
    return [
        ConversationRow(
            href=address.replace(str(_HOLE), str(one.pk)),
            name=one.party(side.other).name,
            initial=one.party(side.other).name[:1].upper(),
            last=one.last_text or (str(Message.Kind(one.last_kind).label) if one.last_kind else ""),
            unread=_capped(one.unread),
            look=STATES[one.state or ""][0],
            state=STATES[one.state or ""][1],
            is_blocked=one.blocked_at is not None,
            ago=format_ago(one.last_message_at, now),
            moment=format_moment(one.last_message_at, actor.place.time_zone),
            iso=one.last_message_at.isoformat(),
        )
        for one in conversations
    ]


def _capped(number: int) -> str:
    return "99+" if number > 99 else str(number or "")
