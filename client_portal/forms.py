"""The shape of what people send to the portal's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SendLinkForm(forms.Form):
    """Where a document link goes."""

    email = forms.EmailField(label=_("Send to"), max_length=254)
