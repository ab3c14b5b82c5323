"""Secrets that rows keep: encrypted with rotating keys, bound to their row, refused when anything is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Unreadable(Exception):
    """A secret cannot be read: its key is gone, it was altered, or it stands in another row than its own."""


def seal(values: Mapping[str, Any], *, row: str) -> str:
    """The values, encrypted with the newest key. `row` names where they stand, and is checked when they are read."""
    return _keys().encrypt(json.dumps({"row": row, "values": dict(values)}).encode()).decode()


def unseal(sealed: str, *, row: str) -> dict[str, Any]:
    """The values again. Raises Unreadable; it never answers with anything else than what was sealed for this row."""
    try:
        found = json.loads(_keys().decrypt(sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise Unreadable("The secret cannot be read with the keys of this instance.") from error
    if found.get("row") != row:
        raise Unreadable("The secret belongs to another row.")
    values: dict[str, Any] = found["values"]
    return values


def reseal(sealed: str) -> str:
    """The same secret, encrypted with the newest key. Raises Unreadable."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable("The secret cannot be read with the keys of this instance.") from error


def _keys() -> MultiFernet:
    try:
        keys = [Fernet(key) for key in settings.PAYMENTS_KEYS]
    except ValueError as error:
        raise ImproperlyConfigured("PAYMENTS_KEYS holds a key that is no Fernet key.") from error
    if not keys:
        raise ImproperlyConfigured("PAYMENTS_KEYS is empty: there is no key to keep secrets with.")
    return MultiFernet(keys)
