"""Rows of jobs over many documents, and of what became of each document."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from advisory_portal.core.formatting import format_moment
from advisory_portal.core.models import Job, JobItem
from documents.words import JOB_WORDS, KIND_WORDS

_HOLE = UUID(int=0)


class JobRow(NamedTuple):
    """A job in the list: what is done with which documents, by whom, since when, how far it is in percent."""

    href: str
    title: str
    about: str
    who: str
    when: str
    percent: int
    is_finished: bool


def job_rows(jobs: Iterable[Job], *, slug: str, time_zone: str) -> list[JobRow]:
    """The jobs as rows. Makes no query."""
    return [
        JobRow(
            href=reverse("documents:job", args=[slug, job.pk]),
            title=str(JOB_WORDS[job.kind]),
            about=_about(job),
            who=job.started_by_name,
            when=format_moment(job.created_at, time_zone),
            percent=job.percent,
            is_finished=job.finished_at is not None,
        )
        for job in jobs
    ]


def _about(job: Job) -> str:
    number = job.parameters["documents"]
    words = ngettext("%(number)s document", "%(number)s documents", number) % {"number": f"{number:,}"}
    return f"{KIND_WORDS[job.parameters['kind']].plural} · {words}"


class ItemRow(NamedTuple):
    """A document in a job's report; `text` says what became of it, or why not."""

    name: str
    href: str
    outcome: str
    outcome_label: str
    text: str


def item_rows(items: Iterable[JobItem], *, slug: str) -> list[ItemRow]:
    """The items as rows. Makes no query."""
    pattern = reverse("documents:document", args=[slug, _HOLE])
    labels = {str(value): str(label) for value, label in JobItem.Outcome.choices}
    return [
        ItemRow(
            name=item.name,
            href=pattern.replace(str(_HOLE), item.detail["document"]) if item.detail.get("document") else "",
            outcome=item.outcome,
            outcome_label=labels[item.outcome],
            text=item.reason,
        )
        for item in items
    ]
