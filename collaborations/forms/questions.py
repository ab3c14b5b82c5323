"""Questions to a client, and its answers."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.ids import uuid7
from collaborations.models import Question, QuestionReply


class QuestionForm(forms.Form):
    """A question, or a further one. `key` makes one that is sent twice one question."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Question"), required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": Question.LONGEST})
    )

    @classmethod
    def fresh(cls, name: str) -> Self:
        """An empty one with a new key; `name` keeps its ids apart from those of others on the page."""
        return cls(initial={"key": uuid7()}, auto_id=f"id_{name}_%s")

    def values(self) -> dict[str, Any]:
        """What the actions take of a valid form."""
        key: UUID = self.cleaned_data["key"]
        return {"text": self.cleaned_data["text"], "key": key}


class AnswerForm(QuestionForm):
    """An answer in words, or a file."""

    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Your answer")

    def values(self) -> dict[str, Any]:
        """As above; of a file over the limit a byte more than it, which is enough to refuse it."""
        file = self.cleaned_data["file"]
        return super().values() | {"files": [(file.name or "", file.read(QuestionReply.LARGEST + 1))] if file else []}
