from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.models import DueRow, PortalModel, StoredFile
from advisory_portal.core.models.base import DueRows, due_index
from collaborations.models.base import Side, leads, side_of
from partners.models import Organisation, User


def _conversations(rows: Any, actor: Actor, path: str) -> Any:
    """Rows of conversations that the actor reads; `path` leads to the conversation, ending in `__`, or is ""."""
    side = side_of(actor)
    if side == Side.BUSINESS and actor.may(Section.TEAM, Level.VIEW):
        return rows.filter(**{f"{path}business_id": actor.organisation_id})
    if side != Side.FIRM:
        return rows.none()
    own = rows.filter(**{f"{path}firm_id": actor.organisation_id})
    if leads(actor):
        return own
    managed = f"{path}collaborations__client__managers__member__"
    return own.filter(**{f"{managed}user_id": actor.user_id, f"{managed}retired_at": None}).distinct()


class Conversations(models.QuerySet["Conversation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Businesses: for those who may view the team. Firms: all for those who lead, of their clients for managers."""
        found: Self = _conversations(self, actor, "")
        return found

    def with_parties(self) -> Self:
        """With both organisations."""
        return self.select_related("firm", "business")

    def with_unread(self, actor: Actor) -> Self:
        """Each with `unread`: how many messages of the other side the person has not seen."""
        side = side_of(actor)
        if side is None or actor.user_id is None:
            return self.none()
        mark = ReadMark.objects.filter(conversation=OuterRef("pk"), user_id=actor.user_id, side=side)
        seen = Coalesce(Subquery(mark.values("seen")[:1]), 0)
        return self.annotate(unread=Greatest(F(f"{side.other}_count") - seen, 0))

    def unread_by(self, actor: Actor) -> Self:
        """Those with messages of the other side that the person has not seen."""
        return self.with_unread(actor).filter(unread__gt=0)

    def with_readers(self, actor: Actor) -> Self:
        """Each with `read_by`: names of the other side's people who have seen all that the actor's side wrote."""
        side = side_of(actor)
        if side is None:
            return self.none()
        marks = ReadMark.objects.filter(conversation=OuterRef("pk"), side=side.other, seen__gt=0)
        seen_all = marks.filter(seen__gte=OuterRef(f"{side}_count")).order_by("seen_at")
        return self.annotate(read_by=ArraySubquery(seen_all.values("user__name")))

    def with_state(self) -> Self:
        """Each with `state`, that of its newest collaboration (None: nobody has asked yet), and `last_kind`, that of
        its newest message.
        """
        newest = Conversation.objects.filter(pk=OuterRef("pk")).order_by("-collaborations__id")
        last = Message.objects.filter(conversation=OuterRef("pk")).order_by("-number")
        return self.annotate(
            state=Subquery(newest.values("collaborations__state")[:1]), last_kind=Subquery(last.values("kind")[:1])
        )

    def put_away(self, side: Side) -> Self:
        """Those that the side has archived."""
        return self.filter(**{f"{side}_archived_at__isnull": False})

    def in_use(self, side: Side) -> Self:
        """Those that the side has not archived."""
        return self.filter(**{f"{side}_archived_at": None})

    def blocked(self) -> Self:
        return self.filter(blocked_at__isnull=False)

    def unblocked(self) -> Self:
        return self.filter(blocked_at=None)


class Conversation(PortalModel):
    """All that one firm and one business say to each other, in one thread for ever.

    `firm_count` and `business_count` are how many messages each side has written, so that what a person has not read
    is a subtraction (`ReadMark.seen`). Each side archives for itself; a new message brings it back. Blocked by the
    firm: the business can neither write nor ask.
    """

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    firm_count = models.PositiveIntegerField(default=0)
    business_count = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField()
    last_text = models.CharField(max_length=200, blank=True)
    firm_archived_at = models.DateTimeField(null=True)
    business_archived_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    blocked_by_name = models.CharField(max_length=200, blank=True)
    access_requested_at = models.DateTimeField(null=True)

    objects = Conversations.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(fields=["firm", "-last_message_at", "id"], name="conversation_of_firm"),
            models.Index(fields=["business", "-last_message_at", "id"], name="conversation_of_business"),
        ]
        constraints = [models.UniqueConstraint(fields=["firm", "business"], name="one_conversation")]

    def __str__(self) -> str:
        return f"{self.firm} – {self.business}"

    def party(self, side: Side) -> Organisation:
        """The organisation on that side."""
        return self.firm if side == Side.FIRM else self.business

    def count_of(self, side: Side) -> int:
        """How many messages the side has written."""
        return self.firm_count if side == Side.FIRM else self.business_count


class Messages(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        found: Self = _conversations(self, actor, "conversation__")
        return found


class Message(PortalModel):
    """A message, or an event of the collaboration told in the thread. Append-only (a trigger keeps it so).

    `number` counts all messages of the conversation from 1. Events have no text of their own but what the person
    added; `detail` holds names as they were (`{"role": …, "until": "2027-01-31"}`). `key` comes from the form, so
    that one sent twice is written once.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Message")
        REQUESTED = "requested", _("Asked to collaborate")
        WITHDRAWN = "withdrawn", _("Request withdrawn")
        ACCEPTED = "accepted", _("Collaboration accepted")
        DECLINED = "declined", _("Request declined")
        ENDED = "ended", _("Collaboration ended")
        STEPS = "steps", _("How to grant access")
        ACCESS_REQUESTED = "access_requested", _("Access asked for")
        GRANTED = "granted", _("Access granted")
        GRANT_CHANGED = "grant_changed", _("Access changed")
        GRANT_REMOVED = "grant_removed", _("Access removed")

    LONGEST = 5_000

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.TEXT)
    side = models.CharField(max_length=10, choices=Side)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200)
    text = models.TextField(max_length=LONGEST, blank=True)
    detail = models.JSONField(default=dict)
    key = models.UUIDField(null=True)

    objects = Messages.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_number_once"),
            models.UniqueConstraint(fields=["conversation", "key"], name="message_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60] or self.kind


class MessageAttachments(models.QuerySet["MessageAttachment"]):
    def visible_to(self, actor: Actor) -> Self:
        found: Self = _conversations(self, actor, "message__conversation__")
        return found


class MessageAttachment(PortalModel):
    """A file sent with a message. The file belongs to the organisation that sent it; both sides read it."""

    LARGEST = 17 * 1024 * 1024  # bytes
    MOST = 10  # of one message

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    objects = MessageAttachments.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file)


class ReadMarks(models.QuerySet["ReadMark"]):
    def visible_to(self, actor: Actor) -> Self:
        """The person's own."""
        return self.filter(user_id=actor.user_id) if actor.user_id else self.none()


class ReadMark(PortalModel):
    """How many of the other side's messages a person has seen. Who belongs to both sides has a mark on each."""

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    seen = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField()

    objects = ReadMarks.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user", "side"], name="one_read_mark")]

    def __str__(self) -> str:
        return str(self.seen)


class MessageNotice(DueRow, PortalModel):
    """The mail that a side is to get about new messages: due ten minutes after the first, and one for all of them.

    `first_number` is the first message it tells of. While one is due no second begins.
    """

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notices")
    side = models.CharField(max_length=10, choices=Side)
    first_number = models.PositiveIntegerField()

    objects = DueRows["MessageNotice"].as_manager()

    class Meta:
        indexes = [due_index("message_notice_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "side"], name="one_notice_due", condition=Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.first_number}"
