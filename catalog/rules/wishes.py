"""What somebody says of an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a contact says of an order. `address` has parts as in `DELIVERY_PARTS`, empty for the contact's own."""

    address: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    wanted_on: date | None = None
    notes: str = ""
