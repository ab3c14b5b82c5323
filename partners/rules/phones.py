"""Telephone numbers, written in one way."""

import phonenumbers


class BadPhone(ValueError):
    """The text is no telephone number."""


def clean_phone(text: str, country: str = "") -> str:
    """The number in international form: "912 345 678" in ES becomes "+34 912 34 56 78".

    `country` (ISO 3166) is where a number without + is dialled; without one it must begin with +. Raises BadPhone.
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        raise BadPhone(text) from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise BadPhone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
