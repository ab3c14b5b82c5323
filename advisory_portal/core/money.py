"""Money: the only place where amounts are rounded, checked against a currency, and turned to minor units."""

from decimal import ROUND_HALF_UP, Decimal

# ISO 4217, active codes of ordinary currencies whose smallest unit has at most three decimals.
_TWO = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN "
    "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG".split()
)
_ZERO = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())

CURRENCIES = tuple(sorted(_TWO | _ZERO | _THREE))
_LARGEST = Decimal(10) ** 17


def exponent(currency: str) -> int:
    """Decimals of the currency's smallest unit: 0, 2 or 3. Raises ValueError for an unknown code. Source: ISO 4217."""
    if currency in _TWO:
        return 2
    if currency in _ZERO:
        return 0
    if currency in _THREE:
        return 3
    raise ValueError(f"{currency!r} is not a currency code known here")


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole smallest units of the currency, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether a NUMERIC(20,3) column holds the amount and the currency has units that small."""
    return amount.is_finite() and abs(amount) < _LARGEST and amount == round_money(amount, currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in smallest units, as gateways want it. Raises ValueError if it is finer than those."""
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than the currency's smallest unit")
    return int(scaled)


def from_minor(units: int, currency: str) -> Decimal:
    """The amount of so many smallest units."""
    return Decimal(units).scaleb(-exponent(currency))
