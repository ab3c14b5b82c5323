"""Importing statements: files, what became of them, and help with columns and accounts."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import read_file
from advisory_portal.core.formatting import format_date, format_number
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import Job, JobItem
from advisory_portal.formats.bank import ColumnMapping, Statement, TableHead, read_head, read_statement
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.tables import write_csv
from bookkeeping import actions
from bookkeeping.forms import BankColumnsForm, StatementsForm, UnknownAccountsForm
from bookkeeping.rows.banking import file_rows
from bookkeeping.rules.statements import STATEMENTS

LATEST_JOBS = 10


@access(Section.BANKING, Level.MANAGE)
def import_statements(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = StatementsForm(request.POST or None, request.FILES or None, actor=actor)
    jobs = Job.objects.visible_to(actor).of_kind(STATEMENTS).order_by("-id")[:LATEST_JOBS]
    taken: list[Job] = []

    def take() -> None:
        account = form.cleaned_data["account"]
        taken.append(actions.take_statements(actor=actor, uploads=form.contents(), account=account, now=timezone.now()))

    if request.method == "POST" and submit(form, take):
        waits = taken[0].items.filter(detail__has_key="waits").order_by("position").first()
        if waits is not None and taken[0].total == 1:
            return redirect("bookkeeping:statement_file", actor.place.slug, taken[0].pk, waits.pk)
        return redirect("bookkeeping:statement_import", actor.place.slug, taken[0].pk)
    context = {"form": form, "jobs": jobs}
    return (form_again if form.is_bound else render)(request, "bookkeeping/bank_import.html", context)


def _job(actor: Actor, statement_import_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(actor).of_kind(STATEMENTS), pk=statement_import_id)


@access(Section.BANKING)
def statement_import(request: WorkspaceRequest, statement_import_id: UUID) -> HttpResponse:
    actor = request.actor
    job = _job(actor, statement_import_id)
    items = list(job.items.order_by("position"))
    context = {
        "job": job,
        "rows": file_rows(items, slug=actor.place.slug),
        "is_working": any(item.due_at is not None for item in items),
        "asks": sum(bool(item.detail.get("waits")) for item in items),
        "may_manage": actor.may(Section.BANKING, Level.MANAGE),
    }
    template = "bookkeeping/_bank_import_job.html" if is_htmx(request) else "bookkeeping/bank_import_job.html"
    return render(request, template, context)


@access(Section.BANKING, Level.MANAGE)
def statement_file(request: WorkspaceRequest, statement_import_id: UUID, statement_file_id: UUID) -> HttpResponse:
    """A file that waits: for what its columns are, or for its account."""
    job = _job(request.actor, statement_import_id)
    item = get_object_or_404(job.items.select_related("file"), pk=statement_file_id)
    waits = item.detail.get("waits")
    if waits == "columns":
        return _columns(request, job, item)
    if waits == "accounts":
        return _accounts(request, job, item)
    return redirect("bookkeeping:statement_import", request.actor.place.slug, job.pk)


def _columns(request: WorkspaceRequest, job: Job, item: JobItem) -> HttpResponse:
    actor = request.actor
    assert item.file is not None
    head = read_head(read_file(item.file))
    form = BankColumnsForm(request.POST if request.method == "POST" else None, head=head)

    def choose() -> None:
        assert form.mapping is not None
        actions.choose_columns(actor=actor, item=item, mapping=form.mapping, now=timezone.now())

    only_looks = request.method == "POST" and "look" in request.POST
    if request.method == "POST" and not only_looks and submit(form, choose):
        return redirect("bookkeeping:statement_import", actor.place.slug, job.pk)
    mapping = form.mapping if form.is_bound and form.is_valid() else head.guess
    lines, refusal = _preview(head, mapping)
    context = {"job": job, "item": item, "form": form, "lines": lines, "refusal": refusal}
    show_again = form.is_bound and not form.is_valid()
    return (form_again if show_again else render)(request, "bookkeeping/bank_columns.html", context)


def _preview(head: TableHead, mapping: ColumnMapping | None) -> tuple[list[dict[str, str]], str]:
    """The first rows as they would be read, or why they cannot be."""
    if mapping is None:
        return [], ""
    content = b"".join(write_csv([list(head.head), *(list(row) for row in head.sample)]))
    try:
        read = read_statement(content, mapping=replace(mapping, head_row=1))
    except FormatError as error:
        return [], refusal_text({"code": error.code, **error.params})
    return _lines(read[0]), ""


def _lines(statement: Statement) -> list[dict[str, str]]:
    return [
        {
            "date": format_date(line.booked_on),
            "who": line.counterparty_name,
            "text": " · ".join(filter(None, (line.text, line.reference))),
            "amount": format_number(line.amount, least=2),
            "balance": "" if line.balance_after is None else format_number(line.balance_after, least=2),
        }
        for line in statement.lines
    ]


def _accounts(request: WorkspaceRequest, job: Job, item: JobItem) -> HttpResponse:
    actor = request.actor
    form = UnknownAccountsForm(
        request.POST if request.method == "POST" else None, actor=actor, unknown=item.detail["unknown"]
    )

    def choose() -> None:
        actions.choose_accounts(actor=actor, item=item, chosen=form.chosen(), now=timezone.now())

    if request.method == "POST" and submit(form, choose):
        return redirect("bookkeeping:statement_import", actor.place.slug, job.pk)
    context = {"job": job, "item": item, "form": form}
    return (form_again if form.is_bound else render)(request, "bookkeeping/bank_unknown.html", context)
