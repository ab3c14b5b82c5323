"""A contact as a person names it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.text import clean_line
from documents.models import Contact


def contact_named(actor: Actor, text: str) -> Contact:
    """The one contact that the actor sees with this name or tax id. Raises ValidationError."""
    wanted = clean_line(text)
    rows = Contact.objects.visible_to(actor)
    found = list(rows.filter(name__iexact=wanted)[:2]) or list(rows.filter(tax_id__iexact=wanted)[:2])
    if not found:
        raise ValidationError(_("No contact has this name."), code="unknown")
    if len(found) > 1:
        raise ValidationError(_("Several have this name: write the tax id."), code="unclear")
    return found[0]
