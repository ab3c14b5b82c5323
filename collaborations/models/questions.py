from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel, StoredFile
from bookkeeping.models import BankLine, InboxFile
from collaborations.models.base import Side, side_of
from collaborations.models.clients import Client
from documents.models import Document
from partners.models import Organisation


class Questions(models.QuerySet["Question"]):
    def visible_to(self, actor: Actor) -> Self:
        """Within the client's account, for members and the firm alike: those on items that they may view. In the
        firm's own workspace: its clients', as far as the person sees the client.
        """
        if actor.organisation_id is None or actor.kind == ActorKind.CONTACT:
            return self.none()
        if side_of(actor) == Side.FIRM:
            return self.filter(firm_id=actor.organisation_id, client__in=Client.objects.visible_to(actor))
        open_sections = [section for section in Section.values if actor.may(Section(section), Level.VIEW)]
        found = self.filter(business_id=actor.organisation_id, section__in=open_sections)
        return found.filter(firm_id=actor.firm_id) if actor.kind == ActorKind.GRANT else found

    def waiting(self) -> Self:
        """Those that the client has not answered yet, as long as the firm works for it."""
        return self.filter(state=Question.State.OPEN, client__ended_at=None)

    def answered(self) -> Self:
        """Those whose answer the firm has not settled yet, as long as it works for the client."""
        return self.filter(state=Question.State.ANSWERED, client__ended_at=None)

    def settled(self) -> Self:
        return self.filter(state=Question.State.SETTLED)

    def on_item(self, *, document: UUID | None = None, bank_line: UUID | None = None, file: UUID | None = None) -> Self:
        """Those about one document, bank line or received file."""
        return self.filter(document_id=document, bank_line_id=bank_line, inbox_file_id=file)

    def with_replies(self) -> Self:
        """Each with firm, business, client, and its replies with their files."""
        replies = QuestionReply.objects.select_related("file").order_by("id")
        return self.select_related("firm", "business", "client").prefetch_related(Prefetch("replies", replies))


class Question(PortalModel):
    """What a firm asks its client about one document, bank line or received file. `section` is the item's."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the client")
        ANSWERED = "answered", _("Answered")
        SETTLED = "settled", _("Settled")

    MOVES = {
        State.OPEN: {State.ANSWERED, State.SETTLED},
        State.ANSWERED: {State.OPEN, State.SETTLED},
        State.SETTLED: {State.OPEN},
    }
    LONGEST = 2_000

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, related_name="questions")
    document = models.ForeignKey(Document, models.CASCADE, null=True, related_name="+")
    bank_line = models.ForeignKey(BankLine, models.CASCADE, null=True, related_name="+")
    inbox_file = models.ForeignKey(InboxFile, models.CASCADE, null=True, related_name="+")
    section = models.CharField(max_length=20, choices=Section)
    subject = models.CharField(max_length=200)
    text = models.TextField(_("question"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    asked_by_id = models.UUIDField()
    asked_by_name = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    key = models.UUIDField(null=True)

    objects = Questions.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(
                fields=["business", "section", "id"], name="question_of_business", condition=~Q(state="settled")
            ),
            models.Index(fields=["firm", "client", "id"], name="question_of_firm", condition=~Q(state="settled")),
            models.Index(fields=["business", "document"], name="question_on_document"),
            models.Index(fields=["business", "bank_line"], name="question_on_bank_line"),
            models.Index(fields=["business", "inbox_file"], name="question_on_file"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, bank_line=None, inbox_file=None)
                | Q(document=None, bank_line__isnull=False, inbox_file=None)
                | Q(document=None, bank_line=None, inbox_file__isnull=False),
                name="question_on_one_item",
            ),
            models.UniqueConstraint(fields=["client", "key"], name="question_once"),
        ]

    def __str__(self) -> str:
        return self.subject


class QuestionReplies(models.QuerySet["QuestionReply"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(question__in=Question.objects.visible_to(actor))


class QuestionReply(PortalModel):
    """An answer, or a further word, under a question; `file` is what the client sends with it."""

    LARGEST = 17 * 1024 * 1024  # bytes of the file

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    business = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, models.CASCADE, related_name="replies")
    side = models.CharField(max_length=10, choices=Side)
    text = models.TextField(_("answer"), max_length=Question.LONGEST, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    key = models.UUIDField(null=True)

    objects = QuestionReplies.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="reply_once")]

    def __str__(self) -> str:
        return self.text[:60]
