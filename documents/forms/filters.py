"""What the address of a list asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from documents.models import Contact
from documents.models.contact import Contacts


@dataclass(frozen=True)
class ContactFilter:
    """What the address of the contacts' list asks for; what it cannot mean counts as nothing."""

    words: str
    kind: str
    country: str
    review: str
    without: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> ContactFilter:
        kind, country = query.get("kind", ""), query.get("country", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            kind=kind if kind in Contact.Kind.values else "",
            country=country if re.fullmatch("[A-Z]{2}", country) else "",
            review="open" if query.get("review") == "open" else "",
            without="email" if query.get("without") == "email" else "",
            order=sort if (sort := query.get("sort", "")) in ("sort_key", "-sort_key") else "sort_key",
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.kind or self.country or self.review or self.without)

    @property
    def as_values(self) -> dict[str, str]:
        """The filter as an address says it, without what is not asked for."""
        asked = {"q": self.words, "kind": self.kind, "country": self.country, "review": self.review}
        return {name: value for name, value in (asked | {"without": self.without}).items() if value}

    def apply(self, contacts: Contacts, now: datetime) -> Contacts:
        return contacts.narrowed(self.as_values, now)
