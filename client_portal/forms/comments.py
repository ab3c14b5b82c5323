"""What somebody says on a document."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.ids import uuid7
from client_portal.models import Comment, CommentAttachment


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleans to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in files]


class CommentForm(forms.Form):
    """A comment with files. `key` is the same however often the button is pressed."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=Comment.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Write a comment")}),
    )
    uploads = FilesField(label=_("Files"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def values(self) -> dict[str, Any]:
        """What `write_comment` takes of a valid form; of a file over the limit a byte more, enough to refuse it."""
        uploads = self.cleaned_data["uploads"][: CommentAttachment.MOST + 1]
        contents = [(one.name or "", one.read(CommentAttachment.LARGEST + 1)) for one in uploads]
        return {"text": self.cleaned_data["text"], "key": self.cleaned_data["key"], "files": contents}
