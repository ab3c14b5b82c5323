"""What the address of a list asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from documents.models import Contact, Document
from documents.models.contact import Contacts
from documents.models.document import Documents

DEFAULT_ORDER = "-issued_on"
ORDERS = {"number", "issued_on", "contact_key", "payable"}


def _order(text: str, allowed: set[str], default: str) -> str:
    return text if text.lstrip("-") in allowed and not text.startswith("--") else default


@dataclass(frozen=True)
class DocumentFilter:
    """What the address of a list asks for; what it cannot mean counts as nothing."""

    words: str
    state: str
    review: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> DocumentFilter:
        state = query.get("state", "")
        default = "due_on" if state == "overdue" else DEFAULT_ORDER
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            state=state if state in {*Document.State.values, "overdue"} else "",
            review="open" if query.get("review") == "open" else "",
            order=_order(query.get("sort", ""), ORDERS | ({"due_on"} if state == "overdue" else set()), default),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.state or self.review)

    def apply(self, documents: Documents, today: date) -> Documents:
        found = documents.matching(self.words)
        if self.review:
            found = found.unreviewed()
        if self.state == "overdue":
            return found.overdue(today)
        return found.filter(state=self.state) if self.state else found


@dataclass(frozen=True)
class ContactFilter:
    words: str
    kind: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> ContactFilter:
        kind = query.get("kind", "")
        return cls(
            words=query.get("q", "").replace("\x00", "")[:100],
            kind=kind if kind in Contact.Kind.values else "",
            order=_order(query.get("sort", ""), {"sort_key"}, "sort_key"),
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.kind)

    def apply(self, contacts: Contacts) -> Contacts:
        found = contacts.matching(self.words)
        return found.filter(kind=self.kind) if self.kind else found
