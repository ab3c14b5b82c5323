"""Periods whose books are closed."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_date
from documents.actions.settings import settings_of
from documents.models import DocumentSettings


class PeriodClosed(Refused):
    """The date lies in a period that the business has closed."""


def require_open(
    organisation_id: UUID, day: date, *, field: str | None = None, settings: DocumentSettings | None = None
) -> None:
    """Raises PeriodClosed if the business has closed its books up to the day or later.

    `settings` are those of the business, where the caller has them.
    """
    closed_until = (settings or settings_of(organisation_id)).closed_until
    if closed_until is not None and day <= closed_until:
        words = _("The books are closed up to %(date)s. Choose a later date, or open them in the settings.")
        raise PeriodClosed(words % {"date": format_date(closed_until)}, field=field)
