"""What is written in a thread, and what is said with a request or an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.ids import uuid7
from collaborations.models import Collaboration, Message, MessageAttachment


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleans to a list. Empty and overlong ones are for the action to refuse by their names."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        return [file for file in data or [] if isinstance(file, UploadedFile)]


class MessageForm(forms.Form):
    """A message with files. `key` makes one that is sent twice one message."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": Message.LONGEST}),
    )
    uploads = FilesField(label=_("Files"), required=False)

    @classmethod
    def fresh(cls) -> MessageForm:
        """An empty one with a new key."""
        return cls(initial={"key": uuid7()})

    def values(self) -> dict[str, Any]:
        """What `write_message` takes; of a file over the limit a byte more than it, which is enough to refuse it."""
        key: UUID = self.cleaned_data["key"]
        files = [(file.name or "", file.read(MessageAttachment.LARGEST + 1)) for file in self.cleaned_data["uploads"]]
        return {"text": self.cleaned_data["text"], "files": files, "key": key}


class FirstMessageForm(MessageForm):
    """A message that begins a conversation says something."""

    text = forms.CharField(
        label=_("Message"), strip=False, widget=forms.Textarea(attrs={"rows": 7, "maxlength": Message.LONGEST})
    )


class RequestForm(forms.Form):
    """A few words with the request to collaborate."""

    text = forms.CharField(
        label=_("What should the firm do for you?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": Message.LONGEST}),
    )


class ReasonForm(forms.Form):
    """Why a request is declined or a collaboration ends; the other side reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": Collaboration.LONGEST_REASON}),
    )
