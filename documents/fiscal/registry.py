"""The regimes there are."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from documents.fiscal.regime import Regime
from documents.fiscal.verifactu import VeriFactu

REGIMES: Mapping[str, Regime] = {regime.code: regime for regime in (VeriFactu(),)}


def regimes_of(country: str) -> list[tuple[str, str]]:
    """Code and name of the regimes that a business of the country may report under."""
    return [(regime.code, regime.label) for regime in REGIMES.values() if regime.country == country]


def is_sending(code: str) -> bool:
    """Whether records of the regime go to its agency: this installation has what that takes."""
    return code in REGIMES and REGIMES[code].is_sending()


def why_not(code: str, *, country: str, tax_id: str) -> str:
    """Why a business of this country with this tax id cannot report under the regime; "" if it can."""
    regime = REGIMES.get(code)
    if regime is None or regime.country != country:
        return _("This is not the law of your country.")
    return regime.why_not(tax_id)
