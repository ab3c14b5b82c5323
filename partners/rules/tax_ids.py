"""Tax ids: checked by the rules of their country, and written in one way."""

import re

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

# One that passes the check of its country, to show what is meant.
EXAMPLES = {
    "AR": "20055361682",
    "AT": "U13585627",
    "AU": "83914571673",
    "BE": "0428759497",
    "BG": "175074752",
    "BR": "16727230000197",
    "CA": "123026635",
    "CH": "CHE107787577IVA",
    "CL": "760864285",
    "CO": "2131234321",
    "CR": "3101999999",
    "CY": "10259033P",
    "CZ": "25123891",
    "DE": "136695976",
    "DK": "13585628",
    "DO": "101850043",
    "EC": "1792060346001",
    "EE": "100594102",
    "ES": "B64717838",
    "FI": "20774740",
    "FR": "23334175221",
    "GB": "980780684",
    "GR": "094259216",
    "GT": "576937K",
    "HR": "33392005961",
    "HU": "12892312",
    "IE": "6433435F",
    "IT": "00743110157",
    "LT": "119511515",
    "LU": "15027442",
    "LV": "40003521600",
    "MT": "11679112",
    "MX": "MAB9307148T4",
    "NL": "004495445B01",
    "NO": "995525828MVA",
    "NZ": "49091850",
    "PE": "20512333797",
    "PL": "8567346215",
    "PT": "501964843",
    "PY": "800280610",
    "RO": "18547290",
    "SE": "123456789701",
    "SI": "50223054",
    "SK": "2022749619",
    "US": "123456789",
    "UY": "211003420017",
    "VE": "V114702834",
}
PREFIXES = {"GR": ("GR", "EL")}
SHORTEST, LONGEST = 3, 30


class BadTaxId(ValueError):
    """The text is no tax id of the country."""


def clean_tax_id(text: str, country: str) -> str:
    """The tax id without spaces, signs and country prefix, in capitals: "es b-64.717.838" becomes "B64717838".

    Checked by the country's own VAT or tax number rules where they are known; elsewhere 3 to 30 letters and
    digits with at least one digit. Raises BadTaxId. Source: PRODUCT 3, registration.
    """
    compact = re.sub(r"[\s.\-/_]", "", text).upper()
    module = get_cc_module(country.lower(), "vat") or get_cc_module(country.lower(), "tin")
    if module is None:
        if not re.fullmatch(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}", compact) or not re.search(r"\d", compact):
            raise BadTaxId(text)
        return compact
    for candidate in _without_prefix(compact, country):
        try:
            return str(module.validate(candidate))
        except ValidationError:
            continue
    raise BadTaxId(text)


def _without_prefix(compact: str, country: str) -> list[str]:
    prefixes = PREFIXES.get(country, (country,))
    shortened = [compact.removeprefix(prefix) for prefix in prefixes if compact.startswith(prefix)]
    return [*shortened, compact]
