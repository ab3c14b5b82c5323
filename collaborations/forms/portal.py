"""What the address of *My portal* asks for; what it cannot mean counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from collaborations.kpis import KPIS, MESSAGES
from collaborations.models.portal import NOBODY, ORDERS, OUTSIDE

ACCESS = ("given", "ending", "missing", OUTSIDE)
NEXT = "next"  # what to work on next comes first
ANY = "any"  # any pending work
QUESTIONS = "questions"
COUNTED = (*KPIS, MESSAGES, QUESTIONS)  # columns that begin with the largest
BY_ROWS = ("managers", "access", NEXT, *COUNTED)  # orders that need what waits in every client
PAGE_SIZE = 50


@dataclass(frozen=True)
class PortalFilter:
    """`order` is a column, from the largest with "-" before it, or NEXT; `page` counts from 1; `is_whole` shows all
    on one page.
    """

    words: str = ""
    manager: str = ""
    tag: str = ""
    access: str = ""
    kpi: str = ""
    order: str = "name"
    page: int = 1
    is_whole: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> PortalFilter:
        manager, kpi, access = query.get("manager", ""), query.get("kpi", ""), query.get("access", "")
        sort, page = query.get("sort", ""), query.get("page", "")
        return cls(
            words=_text(query.get("q", ""), 100),
            manager=manager if manager == NOBODY or _is_id(manager) else "",
            tag=_text(query.get("tag", ""), 30),
            access=access if access in ACCESS else "",
            kpi=kpi if kpi in (ANY, *COUNTED) else "",
            order=sort if sort == NEXT or sort.removeprefix("-") in (*ORDERS, *BY_ROWS[:2], *COUNTED) else "name",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 5 and int(page) else 1,
            is_whole=query.get("size") == "all",
        )

    @property
    def is_active(self) -> bool:
        return bool(self.words.strip() or self.manager or self.tag or self.access or self.kpi)

    @property
    def column(self) -> str:
        """What the order goes by."""
        return self.order.removeprefix("-")

    @property
    def is_by_count(self) -> bool:
        return self.column in COUNTED

    @property
    def stored_order(self) -> str:
        """The order as far as the database knows it."""
        return self.order if self.column in ORDERS else "name"

    @property
    def compared(self) -> tuple[str, ...]:
        """The KPIs whose counts the filter and the order compare."""
        if self.column == NEXT or self.kpi == ANY:
            return tuple(KPIS)
        return tuple(code for code in KPIS if code in (self.kpi, self.column))

    @property
    def needs_all(self) -> bool:
        """Must what waits in every client be known to find the page?"""
        return bool(self.kpi) or self.column in BY_ROWS

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters that the database applies, as `models.portal.narrowed` reads them."""
        return {"q": self.words.strip(), "manager": self.manager, "tag": self.tag, "access": self.access}

    @property
    def filters(self) -> str:
        """What is filtered by, as an address says it."""
        asked = self.narrowing | {"kpi": self.kpi}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def query(self) -> str:
        """Filters and order as an address says them, without pages: equal for equal lists."""
        order = "" if self.order == "name" else urlencode({"sort": self.order})
        return "&".join(part for part in (self.filters, order) if part)


def _text(said: str, longest: int) -> str:
    return said.replace("\x00", "").encode(errors="ignore").decode()[:longest]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
