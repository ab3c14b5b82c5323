from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section
from advisory_portal.core.models import DueRow, PortalModel, StoredFile
from advisory_portal.core.models.base import DueRows, due_index
from bookkeeping.models.base import in_section
from documents.models import Document
from partners.models import Organisation


class InboxFiles(DueRows["InboxFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """For staff who may view the inbox."""
        return in_section(self, actor, Section.INBOX)

    def pending(self) -> Self:
        """Received and not yet turned into a document, nor put aside."""
        return self.exclude(state=InboxFile.State.DONE)

    def matching(self, words: str) -> Self:
        """Those whose name or sender contains the words."""
        said = words.strip()
        return self.filter(Q(name__icontains=said) | Q(sender__icontains=said)) if said else self


class InboxFile(DueRow, PortalModel):
    """A file that came in and waits to become a document.

    `found` is what was read of it: `{"total": {"value": "121.00", "text": "121,00", "page": 1, "box": [x, y, width,
    height]}, …, "pages": 2}` with boxes in parts of the page (0 to 1); `"einvoice"` is true where the file is or holds
    an electronic invoice, `"aside"` says why a file was put aside. Reading is the queue's work: `due_at` is None once
    it was read. `mail_key` names the part of a mail that it came as, so that no mail comes in twice.
    """

    class State(models.TextChoices):
        NEW = "new", _("New")
        DUPLICATE = "duplicate", _("Duplicate")
        TO_VERIFY = "to_verify", _("To verify")
        ERROR = "error", _("Error")
        DONE = "done", _("Done")

    class Source(models.TextChoices):
        UPLOAD = "upload", _("Uploaded")
        MAIL = "mail", _("By mail")

    MOVES = {
        State.NEW: {State.DUPLICATE, State.TO_VERIFY, State.ERROR, State.DONE},
        State.DUPLICATE: {State.NEW, State.TO_VERIFY, State.DONE},
        State.TO_VERIFY: {State.DONE, State.ERROR},
        State.ERROR: {State.NEW, State.TO_VERIFY, State.DONE},
        State.DONE: {State.TO_VERIFY},
    }

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    source = models.CharField(_("received"), max_length=10, choices=Source, default=Source.UPLOAD)
    sender = models.CharField(_("from"), max_length=254, blank=True)
    received_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    document = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="+")
    found = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    added_by_name = models.CharField(max_length=200, blank=True)
    mail_key = models.CharField(max_length=64, blank=True)

    objects = InboxFiles.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "received_at", "id"], name="inbox_by_date"),
            models.Index(
                fields=["organisation", "received_at", "id"], name="inbox_pending", condition=~Q(state="done")
            ),
            models.Index(fields=["organisation", "sha256"], name="inbox_by_content"),
            due_index("inbox_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "mail_key"], name="mail_once", condition=~Q(mail_key="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_deleted(self) -> bool:
        """Files of documents stay."""
        return self.document_id is None


class InboxAddresses(models.QuerySet["InboxAddress"]):
    def visible_to(self, actor: Actor) -> Self:
        return in_section(self, actor, Section.INBOX)


class InboxAddress(PortalModel):
    """The part before the @ at which a business receives files by mail; a new one replaces one that leaked."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="+")
    local_part = models.CharField(max_length=60, unique=True)

    objects = InboxAddresses.as_manager()

    def __str__(self) -> str:
        return self.local_part
