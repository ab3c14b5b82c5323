"""The shape of what people send to the documents' pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.formatting import active_language
from advisory_portal.core.text import clean_line
from documents.models import Contact, Document
from documents.models.contact import Contacts
from documents.models.document import Documents
from partners.rules.countries import country_names

DEFAULT_ORDER = "-issued_on"
ORDERS = {"number", "issued_on", "contact_key", "payable"}


def _order(text: str, allowed: set[str], default: str) -> str:
    return text if text.lstrip("-") in allowed and not text.startswith("--") else default


@dataclass(frozen=True)
class DocumentFilter:
    """What the address of a list asks for; what it cannot mean counts as nothing."""

    words: str
    state: str
    review: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> DocumentFilter:
        state = query.get("state", "")
        default = "due_on" if state == "overdue" else DEFAULT_ORDER
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            state=state if state in {*Document.State.values, "overdue"} else "",
            review="open" if query.get("review") == "open" else "",
            order=_order(query.get("sort", ""), ORDERS | ({"due_on"} if state == "overdue" else set()), default),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.state or self.review)

    def apply(self, documents: Documents, today: date) -> Documents:
        found = documents.matching(self.words)
        if self.review:
            found = found.unreviewed()
        if self.state == "overdue":
            return found.overdue(today)
        return found.filter(state=self.state) if self.state else found


@dataclass(frozen=True)
class ContactFilter:
    words: str
    kind: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> ContactFilter:
        kind = query.get("kind", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            kind=kind if kind in Contact.Kind.values else "",
            order=_order(query.get("sort", ""), {"sort_key"}, "sort_key"),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.kind)

    def apply(self, contacts: Contacts) -> Contacts:
        found = contacts.matching(self.words)
        return found.filter(kind=self.kind) if self.kind else found


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


class LineField(forms.CharField):
    """One line: line breaks and control characters, which no page sends, become spaces or nothing."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def countries() -> list[tuple[str, str]]:
    """Every country in the reader's language; a contact may have none."""
    return [("", str(_("Not known"))), *country_names(active_language())]


class ContactForm(forms.ModelForm[Contact]):
    kind = forms.ChoiceField(label=_("Kind"), choices=Contact.Kind.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of documents and mails to this contact.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)

    class Meta:
        model = Contact
        fields = (
            "kind", "name", "tax_id", "email", "phone", "language", "street", "postcode", "city", "region", "country",
        )  # fmt: skip
        field_classes = dict.fromkeys(("name", "tax_id", "phone", "street", "postcode", "city", "region"), LineField)
