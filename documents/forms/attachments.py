"""Files kept with a document."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.forms.imports import ManyFilesField
from documents.models import Attachment


class AttachmentsForm(forms.Form):
    """Files to keep with a document."""

    uploads = ManyFilesField(label=_("Files"), error_messages={"required": _("Choose at least one file.")})

    @property
    def contents(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each file; of one over the limit a byte more than it, which is enough to refuse it."""
        return [(file.name or "", file.read(Attachment.LARGEST + 1)) for file in self.cleaned_data["uploads"]]
