"""What contacts choose for themselves in the profile menu."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import locale_of


class LanguageForm(forms.Form):
    """The language of the portal and its mails, each under its own name."""

    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(code, (locale_of(code).language_name or code).capitalize()) for code, _name in settings.LANGUAGES]
        self.fields["language"].choices = names  # type: ignore[attr-defined]  # of a ChoiceField


class MailsForm(forms.Form):
    """Which kinds of mail the contact wants, of `kinds`; a box that is not ticked mutes its kind."""

    wanted = forms.MultipleChoiceField(label=_("Mail me when"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict | None = None, *, kinds: Mapping[str, Promise], muted: Collection[str]) -> None:
        super().__init__(data, initial={"wanted": [kind for kind in kinds if kind not in muted]})
        self.kinds = kinds
        self.fields["wanted"].choices = list(kinds.items())  # type: ignore[attr-defined]  # of a MultipleChoiceField

    @property
    def muted(self) -> list[str]:
        """The kinds that were left unticked, of a valid form."""
        return [kind for kind in self.kinds if kind not in self.cleaned_data["wanted"]]
