"""How a business's documents look: layout, logo, colour, footer, and the account they name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, store_file
from advisory_portal.core.models import StoredFile
from documents import pdf, sheets
from documents.actions.pdfs import look_of
from documents.actions.settings import save_settings, settings_of
from documents.models import DocumentSettings
from partners.actions import change_accent
from partners.models import Organisation

MOST_LOGO_BYTES = 10 * 1024 * 1024


class LogoRefused(Refused):
    """The upload is no picture that we print."""


@transaction.atomic
def save_look(
    *,
    actor: Actor,
    changes: Mapping[str, Any],
    accent: str,
    logo: bytes | None = None,
    without_logo: bool = False,
) -> DocumentSettings:
    """Keep these columns of the settings, the colour, and a new logo (or none). PDFs that were made stay as they are.

    The logo is written anew as PNG. Repeating it does nothing but for the logo, which replaces the one before. Raises
    LogoRefused, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    change_accent(actor=actor, accent=accent)
    before = settings_of(actor.place.id).logo
    columns = dict(changes)
    if logo is not None:
        columns["logo"] = _stored(actor, logo)
    elif without_logo:
        columns["logo"] = None
    kept = save_settings(actor=actor, changes=columns)
    if before is not None and kept.logo != before:
        discard_file(before)
    return kept


def _stored(actor: Actor, content: bytes) -> StoredFile:
    if len(content) > MOST_LOGO_BYTES:
        raise LogoRefused(_("The logo is over 10 MB. Choose a smaller file."), field="logo")
    try:
        picture = pdf.clean_logo(content)
    except ValueError:
        words = _("This is not a picture that we can print. Choose a PNG, JPEG or WebP file.")
        raise LogoRefused(words, field="logo") from None
    return store_file(organisation_id=actor.place.id, name="logo.png", content=picture, content_type="image/png")


@transaction.atomic
def sample_pdf(*, actor: Actor, layout: str, now: datetime) -> bytes:
    """A made-up invoice of the business in one of the layouts, as PDF. Writes nothing. Raises Forbidden."""
    return pdf.render_pdf(_sample(actor, layout, now))


@transaction.atomic
def sample_picture(*, actor: Actor, layout: str, width: int, now: datetime) -> bytes:
    """The same as a PNG of so many pixels' width. Writes nothing. Raises Forbidden."""
    return pdf.render_picture(_sample(actor, layout, now), width=width)


def _sample(actor: Actor, layout: str, now: datetime) -> pdf.Sheet:
    actor.require(Section.SETTINGS, Level.VIEW)
    kept = settings_of(actor.place.id)
    business = Organisation.objects.get(pk=actor.place.id)
    look = replace(look_of(kept, accent=business.accent), layout=cast(pdf.Layout, layout))
    names = ("street", "postcode", "city", "region", "country")
    return sheets.sample_sheet(
        look,
        name=business.name,
        tax_id=business.tax_id,
        address={name: value for name in names if (value := getattr(business, name, ""))},
        iban=kept.iban,
        language=business.language,
        today=now,
    )
