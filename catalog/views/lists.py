"""Lists of products and of orders that come: imports with a preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.formatting import format_number
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import Job
from advisory_portal.formats.tables import Row, write_csv
from catalog import actions
from catalog.forms.imports import ColumnsForm, OrderListForm, ProductListForm
from catalog.rows.imports import all_errors, preview_rows
from catalog.rules.cells import ReadRow
from catalog.words import COLUMN_NAMES, ORDER_COLUMN_NAMES

LATEST_JOBS = 10
SHOWN_ERRORS = 50


class Kind(NamedTuple):
    """What the imports of products and those of orders differ in; `steps` are the names of their addresses."""

    job: str
    title: Promise
    explained: Promise
    active: str
    steps: Mapping[str, str]
    form: type[forms.Form]
    start: Callable[..., None]
    read: Callable[[Job, Sequence[Row]], list[ReadRow]]
    counts: Callable[[Job], dict[str, int]]
    tiles: Mapping[str, Promise]
    columns: Mapping[str, Promise]


PRODUCTS = Kind(
    job=actions.PRODUCT_IMPORT,
    title=gettext_lazy("Import products"),
    explained=gettext_lazy("A product that is there is changed: its SKU says which. Empty cells change nothing."),
    active="products",
    steps={
        "upload": "catalog:import_products",
        "job": "catalog:product_import",
        "report": "catalog:product_import_report",
        "back": "catalog:products",
    },
    form=ProductListForm,
    start=actions.start_product_import,
    read=actions.read_rows,
    counts=actions.import_counts,
    tiles={
        "created": gettext_lazy("Created"),
        "updated": gettext_lazy("Updated"),
        "refused": gettext_lazy("Not imported"),
    },
    columns=COLUMN_NAMES,
)
ORDERS = Kind(
    job=actions.ORDER_IMPORT,
    title=gettext_lazy("Import orders"),
    explained=gettext_lazy(
        "Orders that were placed elsewhere come in as delivered, under the numbers they have. The stock stays as it "
        "is, nothing of them is paid online, and nobody is told. An order that is there already is left as it is."
    ),
    active="orders",
    steps={
        "upload": "catalog:import_orders",
        "job": "catalog:order_import",
        "report": "catalog:order_import_report",
        "back": "catalog:staff_orders",
    },
    form=OrderListForm,
    start=actions.start_order_import,
    read=actions.read_order_rows,
    counts=actions.order_import_counts,
    tiles={
        "created": gettext_lazy("Created"),
        "known": gettext_lazy("There already"),
        "refused": gettext_lazy("Not imported"),
    },
    columns=ORDER_COLUMN_NAMES,
)


@access(Section.CATALOG, Level.MANAGE)
def import_products(request: WorkspaceRequest) -> HttpResponse:
    def take(data: Mapping[str, Any]) -> Job:
        upload, archive = data["upload"], data["pictures"]
        return actions.take_product_list(
            actor=request.actor,
            name=upload.name,
            content=upload.read(),
            archive=archive.read() if archive else b"",
        )

    return _upload(request, PRODUCTS, take)


@access(Section.CATALOG, Level.MANAGE)
def import_orders(request: WorkspaceRequest) -> HttpResponse:
    def take(data: Mapping[str, Any]) -> Job:
        upload = data["upload"]
        return actions.take_order_list(actor=request.actor, name=upload.name, content=upload.read())

    return _upload(request, ORDERS, take)


@access(Section.CATALOG, Level.MANAGE)
def product_import(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return _import(request, PRODUCTS, product_import_id)


@access(Section.CATALOG, Level.MANAGE)
def order_import(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return _import(request, ORDERS, order_import_id)


@access(Section.CATALOG, Level.MANAGE)
def product_import_report(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return _report(request, PRODUCTS, product_import_id)


@access(Section.CATALOG, Level.MANAGE)
def order_import_report(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return _report(request, ORDERS, order_import_id)


def _upload(request: WorkspaceRequest, kind: Kind, take: Callable[[Mapping[str, Any]], Job]) -> HttpResponse:
    actor = request.actor
    form = kind.form(request.POST or None, request.FILES or None)
    taken: list[Job] = []
    if submit(form, lambda: taken.append(take(form.cleaned_data))):
        return redirect(kind.steps["job"], actor.place.slug, taken[0].pk)
    jobs = Job.objects.visible_to(actor).of_kind(kind.job).order_by("-id")[:LATEST_JOBS]
    context = {"kind": kind, "form": form, "jobs": jobs}
    return (form_again if form.is_bound else render)(request, "catalog/import.html", context)


def _found(request: WorkspaceRequest, kind: Kind, job_id: UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.actor).of_kind(kind.job), pk=job_id)


def _import(request: WorkspaceRequest, kind: Kind, job_id: UUID) -> HttpResponse:
    """The preview of an import that has not begun, where its columns are chosen; then how far it is."""
    job = _found(request, kind, job_id)
    if not job.parameters["is_started"]:
        return _preview(request, kind, job)
    refused = job.items.filter(detail__has_key="code").order_by("position").first()
    counts = kind.counts(job)
    context = {
        "kind": kind,
        "job": job,
        "tiles": [(label, format_number(counts[name])) for name, label in kind.tiles.items()],
        "refusal": refusal_text(refused.detail) if refused else "",
        "errors": list(islice(all_errors(job, kind.columns), SHOWN_ERRORS)),
        "most": SHOWN_ERRORS,
    }
    template = "catalog/_import.html" if is_htmx(request) else "catalog/import_job.html"
    return render(request, template, context)


def _preview(request: WorkspaceRequest, kind: Kind, job: Job) -> HttpResponse:
    actor, said = request.actor, job.parameters
    form = ColumnsForm(request.POST or None, head=said["head"], columns=said["columns"], names=kind.columns)

    def start() -> None:
        kind.start(actor=actor, job=job, columns=form.columns, now=timezone.now())

    if request.POST.get("do") != "look" and submit(form, start):
        return redirect(kind.steps["job"], actor.place.slug, job.pk)
    if form.is_bound and form.is_valid():
        job.parameters["columns"] = form.columns
    heads, rows, wrong = preview_rows(kind.read(job, said["rows"]), said["columns"], kind.columns)
    columns = [{"key": "row", "label": _("Row"), "number": True}, *({"key": head, "label": head} for head in heads)]
    context = {"kind": kind, "job": job, "form": form, "heads": columns, "rows": rows, "wrong": wrong}
    return (form_again if form.errors else render)(request, "catalog/import_preview.html", context)


def _report(request: WorkspaceRequest, kind: Kind, job_id: UUID) -> HttpResponse:
    head = [_("Row"), _("Column"), _("Cell"), _("What is wrong")]
    errors = all_errors(_found(request, kind, job_id), kind.columns)
    content = b"".join(write_csv([head, *([str(number), *rest] for number, *rest in errors)]))
    return file_response(content, name=f"{_('Not imported')}.csv", content_type=actions.CONTENT_TYPES["csv"])
