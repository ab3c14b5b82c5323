"""What follows from a country: its name in a language, time zone, currency and language."""

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

# Where most people live, for countries with several time zones. Source: IANA time zone database.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}
# Newer than the library's data: Bulgaria pays in euro since 2026.
NEWER_CURRENCIES = {"BG": "EUR"}
# Spoken by nearly everybody there without being official in the library's data.
SPOKEN = {"MX": ("es",), "CL": ("es",), "AR": ("es",), "UY": ("es",), "US": ("en",), "AU": ("en",)}


@lru_cache(maxsize=1)
def _zones() -> dict[str, list[str]]:
    zones: dict[str, list[str]] = {}
    for zone, country in get_global("zone_territories").items():
        if len(country) == 2 and country not in ("ZZ", "UM", "AQ"):
            zones.setdefault(country, []).append(zone)
    return zones | {"XK": ["Europe/Belgrade"]}


@lru_cache(maxsize=16)
def country_names(language: str) -> tuple[tuple[str, str], ...]:
    """Every country as (ISO 3166 code, name in the language), by name."""
    locale = Locale.parse(language.replace("-", "_"))
    named = [(code, str(locale.territories[code])) for code in _zones()]
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))


def time_zone_of(country: str) -> str:
    """The IANA name of the zone where most of the country lives; UTC for an unknown country."""
    zones = _zones().get(country, [])
    return MAIN_ZONES.get(country) or (zones[0] if len(zones) == 1 else "UTC")


def currency_of(country: str) -> str:
    """ISO 4217 code of what people there pay with; EUR where nothing is known."""
    found = [str(code) for code in get_territory_currencies(country)]
    return NEWER_CURRENCIES.get(country) or (found[0] if found else "EUR")


def language_of(country: str, offered: tuple[str, ...], otherwise: str) -> str:
    """The first language of the country that we offer, else `otherwise`."""
    spoken = SPOKEN.get(country) or get_official_languages(country)
    return next((language for language in spoken if language in offered), otherwise)
