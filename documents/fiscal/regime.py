"""What a regime is, and which there are."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.translation import gettext as _


class Regime(Protocol):
    """The law of one country. `country` is its ISO code, `code` what the settings and the records keep."""

    code: str
    label: str
    country: str


REGIMES: Mapping[str, Regime] = {}


def why_not(code: str, *, country: str, tax_id: str) -> str:
    """Why a business of this country with this tax id cannot report under the regime; "" if it can."""
    regime = REGIMES.get(code)
    if regime is None or regime.country != country:
        return _("This is not the law of your country.")
    return ""
