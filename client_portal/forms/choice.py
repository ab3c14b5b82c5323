from uuid import UUID

from django import forms
from django.http import QueryDict

from client_portal.rules import MOST_PACKED


class DocumentChoiceForm(forms.Form):
    """The documents that are ticked in a list."""

    @property
    def ids(self) -> list[UUID]:
        """What was ticked, and one more than may be; what is no id counts as nothing."""
        data = self.data
        assert isinstance(data, QueryDict)
        found = []
        for text in data.getlist("ids")[: MOST_PACKED + 1]:
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return found
