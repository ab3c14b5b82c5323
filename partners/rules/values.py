"""What people give of themselves and their organisations, as forms hand it to actions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be. The address in lower case, the password as typed, the phone in international form."""

    name: str
    email: str
    password: str
    language: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be. `tax_id` as `clean_tax_id` writes it; `profession` is "" for a business."""

    kind: str
    name: str
    tax_id: str
    country: str
    legal_form: str
    team_size: str
    profession: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What an organisation's staff may change. `time_zone` is an IANA name, `currency` ISO 4217."""

    name: str
    tax_id: str
    country: str
    legal_form: str
    team_size: str
    profession: str
    phone: str
    email: str
    street: str
    postcode: str
    city: str
    language: str
    time_zone: str
    currency: str
