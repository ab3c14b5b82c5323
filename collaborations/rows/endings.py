"""What a business is told before it ends a collaboration: what is lost, and what is still open."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory_portal.core.formatting import format_number
from collaborations.kpis import KPIS, Waiting
from collaborations.models import Collaboration, Grant


def lost_with(collaboration: Collaboration, access: Grant | None) -> list[tuple[str, str]]:
    """What ends: an icon and a sentence each. `collaboration` with its firm, `access` with its role."""
    firm = collaboration.firm.name
    lost = []
    if access is not None:
        words = _("Everybody at %(firm)s loses the access to your account at once (%(role)s).")
        lost.append(("key-round", words % {"firm": firm, "role": access.role.label}))
    else:
        lost.append(("key-round", _("%(firm)s has no access to your account now.") % {"firm": firm}))
    lost.append(("messages-square", _("The conversation stays, and both of you can still read and write.")))
    lost.append(("handshake", _("You may ask again at any time; access is then granted anew.")))
    return lost


def still_open(waiting: Mapping[str, Waiting], questions: int) -> list[tuple[str, str]]:
    """The pending work that the firm could do, by what waits, and its open questions: label and number."""
    found = [(str(KPIS[code].label), format_number(one.number)) for code, one in waiting.items() if one.number]
    if questions:
        label = ngettext("Question that is not settled", "Questions that are not settled", questions)
        found.append((label, format_number(questions)))
    return found
