"""Items of a job over reviewed documents as rows."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from advisory_portal.core.models import JobItem

_HOLE = UUID(int=0)


class PostingRow(NamedTuple):
    """What was to be entered, where it leads (the entry, or the form that asks for what it lacks), its outcome."""

    name: str
    href: str
    outcome: str
    outcome_label: str
    text: str


def posting_rows(items: Iterable[JobItem], *, slug: str) -> list[PostingRow]:
    """Makes no query."""
    entry, document = (reverse(f"bookkeeping:{name}", args=[slug, _HOLE]) for name in ("entry", "post_document"))
    labels = dict(JobItem.Outcome.choices)
    rows = []
    for item in items:
        detail = item.detail
        href = ""
        if "made" in detail or "entry" in detail:
            href = entry.replace(str(_HOLE), detail.get("made") or detail["entry"])
        elif "document" in detail and item.outcome == JobItem.Outcome.REFUSED:
            href = document.replace(str(_HOLE), detail["document"])
        elif "settlement" in detail and "of" in detail and item.outcome == JobItem.Outcome.REFUSED:
            href = reverse("bookkeeping:post_settlement", args=[slug, detail["of"], detail["settlement"]])
        rows.append(PostingRow(item.name, href, item.outcome, str(labels[JobItem.Outcome(item.outcome)]), item.reason))
    return rows
