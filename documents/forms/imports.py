"""Files to import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Level, Section


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploads at once; cleans to a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list) else [data]
        if not files or files == [None]:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        # An empty or overlong file is a refused file of the report, not an error of the form.
        return [file for file in files if isinstance(file, UploadedFile)]


class ImportForm(forms.Form):
    """Files to import, and whose invoices they are."""

    direction = forms.ChoiceField(label=_("These are"), widget=forms.RadioSelect)
    uploads = ManyFilesField(
        label=_("Files"),
        error_messages={"required": _("Choose at least one file.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("sales", _("Our sales: invoices to customers"), Section.SALES),
            ("purchases", _("Our purchases: invoices from suppliers"), Section.PURCHASES),
        ]
        allowed = [(value, label) for value, label, section in choices if actor.may(section, Level.MANAGE)]
        field = self.fields["direction"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = allowed
        field.initial = allowed[0][0] if allowed else ""
        self.directions = allowed
        help_text = gettext("UBL 2.1 or CII files (XML), or a ZIP of them; %(limit)s MB each at most.")
        self.fields["uploads"].help_text = help_text % {"limit": settings.MAX_UPLOAD_BYTES // 1024**2}

    def import_values(self) -> dict[str, Any]:
        """What `actions.start_import` takes of a valid form: the direction, and each file's name with its bytes.

        Of a file over the limit one byte more than the limit is read, which is enough to refuse it.
        """
        uploads = [(file.name or "", file.read(settings.MAX_UPLOAD_BYTES + 1)) for file in self.cleaned_data["uploads"]]
        return {"direction": self.cleaned_data["direction"], "uploads": uploads}
