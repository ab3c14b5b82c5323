"""What is chosen in a list, what is to be done with it, and under which name a list is kept."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.text import clean_line
from documents.forms.document_filter import DocumentFilter
from documents.rules import bulk

ACTS = {"review": bulk.REVIEW, "issue": bulk.ISSUE, "send": bulk.SEND, "pdf": bulk.PACK}
EXPORTS = {"csv": "csv", "xlsx": "xlsx"}


class BulkForm(forms.Form):
    """The ids that are ticked, or all that the list's query finds."""

    act = forms.ChoiceField(choices=[(name, name) for name in (*ACTS, *EXPORTS)])
    everything = forms.BooleanField(required=False)
    query = forms.CharField(required=False, max_length=1_000)

    @property
    def ids(self) -> list[UUID]:
        """What was ticked; what is no id counts as nothing."""
        data = self.data
        assert isinstance(data, QueryDict)
        found = []
        for text in data.getlist("ids")[: bulk.MOST_SELECTED + 1]:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found

    @property
    def filter(self) -> DocumentFilter:
        """The list that was looked at."""
        return DocumentFilter.of(QueryDict(self.cleaned_data["query"]))

    def job_values(self) -> dict[str, Any]:
        """What `actions.start_bulk` takes of a valid form besides the documents."""
        act = self.cleaned_data["act"]
        if act in EXPORTS:
            return {"act": bulk.EXPORT, "file_format": EXPORTS[act]}
        return {"act": ACTS[act]}


class FilterNameForm(forms.Form):
    """A name for the list as it is filtered now."""

    name = forms.CharField(label=_("Name"), max_length=60)
    query = forms.CharField(required=False, max_length=1_000, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean_query(self) -> str:
        """The query as the list itself writes it, so that nothing else is kept."""
        query = DocumentFilter.of(QueryDict(self.cleaned_data["query"])).query
        if len(query) > 500:
            raise forms.ValidationError(_("This filter is too long to keep."))
        return query
