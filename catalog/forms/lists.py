"""What the addresses of the lists ask for; what they cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from catalog.models import Product

ORDERS = ("sort_key", "-sort_key", "-id")
SHOWN = (*Product.Visibility.values, "retired")


@dataclass(frozen=True)
class ProductFilter:
    """What the address of the list of products asks for."""

    words: str
    category: str
    show: str
    kind: str
    order: str

    @classmethod
    def of(cls, query: QueryDict) -> ProductFilter:
        show, kind, sort = (query.get(name, "") for name in ("show", "kind", "sort"))
        return cls(
            words=query.get("q", "").replace("\x00", "").strip()[:100],
            category=_id(query.get("category", "")),
            show=show if show in SHOWN else "",
            kind=kind if kind in Product.Kind.values else "",
            order=sort if sort in ORDERS else "sort_key",
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words or self.category or self.show or self.kind)

    @property
    def as_values(self) -> dict[str, str]:
        """The filter as an address says it, without what is not asked for."""
        asked = {"q": self.words, "category": self.category, "show": self.show, "kind": self.kind}
        return {name: value for name, value in asked.items() if value}


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
