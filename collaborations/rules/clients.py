"""What a firm says of its clients, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutsideClient:
    """What a firm says of a client without an account here. Lines of text; only the name is needed."""

    name: str
    tax_id: str = ""
    software: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
