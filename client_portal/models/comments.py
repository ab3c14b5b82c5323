from __future__ import annotations

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import DueRow, PortalModel, StoredFile
from advisory_portal.core.models.base import DueRows, due_index
from documents.models import Contact, Document
from partners.models import Organisation


class Comments(models.QuerySet["Comment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those on documents that the actor sees. What staff write to each other is `documents.InternalNote`."""
        if actor.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, document__in=Document.objects.visible_to(actor))

    def newest_of(self, documents: Iterable[UUID]) -> list[Comment]:
        """The newest comment on each of the documents, the newest first, with the document. One query."""
        each = self.filter(document__in=list(documents)).select_related("document").order_by("document", "-id")
        return sorted(each.distinct("document"), key=lambda one: one.pk, reverse=True)


class Comment(PortalModel):
    """What business and contact say to each other on a document: both sides always see it. Append-only (a trigger).

    `key` comes from the form, so that one sent twice is written once.
    """

    class Side(models.TextChoices):
        BUSINESS = "business", _("Business")
        CONTACT = "contact", _("Contact")

    LONGEST = 5_000

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="comments")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    text = models.TextField(_("comment"), max_length=LONGEST, blank=True)
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=200)
    key = models.UUIDField(null=True)

    objects = Comments.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(fields=["organisation", "document", "id"], name="comment_on_document"),
            models.Index(fields=["organisation", "contact", "-id"], name="comment_of_contact"),
        ]
        constraints = [models.UniqueConstraint(fields=["document", "key"], name="comment_once")]

    def __str__(self) -> str:
        return self.text[:60]


class CommentAttachments(models.QuerySet["CommentAttachment"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(comment__in=Comment.objects.visible_to(actor))


class CommentAttachment(PortalModel):
    """A file sent with a comment."""

    LARGEST = 17 * 1024 * 1024  # bytes
    MOST = 10  # of one comment

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    objects = CommentAttachments.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file)


class UnreadCommentsRows(models.QuerySet["UnreadComments"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of documents that the actor sees, of the actor's side."""
        if actor.organisation_id is None:
            return self.none()
        side = Comment.Side.CONTACT if actor.kind == ActorKind.CONTACT else Comment.Side.BUSINESS
        return self.filter(
            organisation_id=actor.organisation_id, side=side, document__in=Document.objects.visible_to(actor)
        )


class UnreadComments(PortalModel):
    """That a side has comments of the other on a document that it has not read: there while it has, gone when read.

    So that what is unread is found without looking at what was ever said.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Comment.Side)

    objects = UnreadCommentsRows.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "side", "contact"], name="unread_of_side")]
        constraints = [models.UniqueConstraint(fields=["document", "side"], name="unread_once")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.side}"


class CommentNotice(DueRow, PortalModel):
    """The mail that a side is to get about new comments on a document: due a few minutes after the first, one for all
    of them. While one is due no second begins.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=Comment.Side)
    first = models.ForeignKey(Comment, models.CASCADE, related_name="+")

    objects = DueRows["CommentNotice"].as_manager()

    class Meta:
        indexes = [due_index("comment_notice_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "side"], name="one_comment_notice_due", condition=Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.side}"
