"""Who is who on a record: Spanish tax ids, and those of others."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from stdnum.es import nif
from stdnum.eu import vat

from advisory_portal.core.text import clean_line
from documents.fiscal.regime import NotReportable
from documents.rules.taxes import is_in_eu

MOST_NAME = 120
EU_VAT, OFFICIAL_ID = "02", "04"  # IDType of the agency's list L7


def _compact(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


def spanish_id(tax_id: str) -> str:
    """A Spanish tax id as the agency writes it, without ES and signs; "" for anything else."""
    plain = _compact(tax_id).removeprefix("ES")
    return plain if nif.is_valid(plain) else ""


def issuer_of(parties: Mapping[str, Any]) -> dict[str, str]:
    """Name and tax id of the seller. Raises NotReportable without a Spanish one."""
    seller = parties.get("seller", {})
    tax_id = spanish_id(seller.get("tax_id", ""))
    if not tax_id:
        raise NotReportable(_("VeriFactu needs the Spanish tax id of your organisation. Correct it in its settings."))
    return {"name": clean_line(seller.get("name", ""))[:MOST_NAME], "tax_id": tax_id}


def buyer_of(parties: Mapping[str, Any]) -> dict[str, str] | None:
    """Name and tax id of the buyer; None for one without, whose invoice is a simplified one. Raises NotReportable.

    A foreign id has `id_type` of the agency's list L7; one of the EU's VAT carries its own country.
    """
    buyer = parties.get("buyer", {})
    tax_id, country = _compact(buyer.get("tax_id", "")), buyer.get("address", {}).get("country", "")
    if not tax_id:
        return None
    name = clean_line(buyer.get("name", ""))[:MOST_NAME]
    if spanish := spanish_id(tax_id):
        return {"name": name, "tax_id": spanish}
    if country in ("", "ES"):
        words = _("%(tax_id)s is not a Spanish tax id. Correct it, or the country, of the contact.")
        raise NotReportable(words % {"tax_id": buyer["tax_id"]})
    prefixed = _eu_vat(tax_id, country)
    if prefixed:
        return {"name": name, "id_type": EU_VAT, "id": prefixed}
    return {"name": name, "id_type": OFFICIAL_ID, "country": country, "id": tax_id[:20]}


def _eu_vat(tax_id: str, country: str) -> str:
    if not is_in_eu(country):
        return ""
    candidates = (tax_id, f"{'EL' if country == 'GR' else country}{tax_id}")
    return next((candidate for candidate in candidates if vat.is_valid(candidate)), "")
