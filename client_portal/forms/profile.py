"""What contacts choose for themselves in the profile menu."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import locale_of
from client_portal.words import MAIL_KINDS


class LanguageForm(forms.Form):
    """The language of the portal and its mails, each under its own name."""

    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(code, (locale_of(code).language_name or code).capitalize()) for code, _name in settings.LANGUAGES]
        self.fields["language"].choices = names  # type: ignore[attr-defined]  # of a ChoiceField


class MailsForm(forms.Form):
    """Which kinds of mail the contact wants; a box that is not ticked mutes its kind."""

    wanted = forms.MultipleChoiceField(
        label=_("Mail me when"), required=False, choices=list(MAIL_KINDS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict | None = None, *, muted: Collection[str]) -> None:
        super().__init__(data, initial={"wanted": [kind for kind in MAIL_KINDS if kind not in muted]})

    @property
    def muted(self) -> list[str]:
        """The kinds that were left unticked, of a valid form."""
        return [kind for kind in MAIL_KINDS if kind not in self.cleaned_data["wanted"]]
