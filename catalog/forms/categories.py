"""What a person types of a category."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Workspace
from catalog.forms.fields import LineField
from catalog.forms.products import other_languages
from catalog.models import Category


class CategoryForm(forms.Form):
    name = LineField(label=_("Name"), max_length=120)
    parent = forms.ChoiceField(label=_("Inside"), required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        place: Workspace,
        parents: Sequence[tuple[str, str]],
        category: Category | None = None,
        inside: str = "",
    ) -> None:
        known = {"name": category.name, "parent": str(category.parent_id or "")} if category else {"parent": inside}
        super().__init__(data, initial=known)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = parents
        self.languages = other_languages(place)
        for code, label in self.languages:
            self.fields[f"name_{code}"] = LineField(
                label=_("Name in %(language)s") % {"language": label},
                max_length=120,
                required=False,
                initial=category.translations.get(code, {}).get("name", "") if category else "",
            )

    @property
    def translations(self) -> dict[str, str]:
        """The names in other languages, of a valid form."""
        return {code: self.cleaned_data[f"name_{code}"] for code, _label in self.languages}
