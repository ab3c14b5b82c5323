"""Where a firm stands with the programme and with its profile, in one statement."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Subquery

from advisory_portal.core.access import Actor
from advisory_portal.core.statements import Prepared
from partners.models.organisation import Organisation
from partners.models.profile import ProfileVersion
from partners.models.programme import ProgrammeApplication


class Standing(NamedTuple):
    """The application that stands, with its reason, and the open and the published version: states, "" for none."""

    programme: str = ""
    reason: str = ""
    open: str = ""
    published: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.programme == ProgrammeApplication.State.ACCEPTED


def _standing(firm: UUID) -> models.QuerySet[Organisation, Any]:
    application = ProgrammeApplication.objects.filter(organisation=OuterRef("pk")).current()
    versions = ProfileVersion.objects.filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(pk=firm).values_list(
        Subquery(application.values("state")[:1]),
        Subquery(application.values("reason")[:1]),
        Subquery(versions.open().values("state")[:1]),
        Subquery(versions.published().values("state")[:1]),
    )


_STANDING = Prepared(_standing, firm=UUID)


def standing_of(actor: Actor) -> Standing:
    """Where the actor's firm stands. Raises LookupError outside every organisation."""
    row = _STANDING.first(firm=actor.place.id)
    return Standing(*(value or "" for value in row)) if row else Standing()
