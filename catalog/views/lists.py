"""Lists of products and of orders that come."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.lists import pages
from advisory_portal.core.lists.forms import ColumnsForm
from catalog import actions
from catalog.forms.imports import OrderListForm, ProductListForm
from catalog.rows.imports import cell_text
from catalog.words import CELL_ERRORS, COLUMN_NAMES, ORDER_COLUMN_NAMES

PRODUCTS = pages.ListPages(
    kind=actions.PRODUCT_LIST,
    title=_("Import products"),
    explained=_("A product that is there is changed: its SKU says which. Empty cells change nothing."),
    active="products",
    back=_("Products"),
    steps={
        "upload": "catalog:import_products",
        "columns": "catalog:product_import_columns",
        "preview": "catalog:product_import_preview",
        "start": "catalog:start_product_import",
        "job": "catalog:product_import",
        "report": "catalog:product_import_report",
        "back": "catalog:products",
    },
    upload=ProductListForm,
    names=COLUMN_NAMES,
    wrong=CELL_ERRORS,
    tiles={
        "created": pgettext_lazy("rows of a list", "Created"),
        "updated": _("Updated"),
        "refused": _("Not imported"),
    },
    read=actions.read_rows,
    text=cell_text,
)
ORDERS = pages.ListPages(
    kind=actions.ORDER_LIST,
    title=_("Import orders"),
    explained=_(
        "Orders that were placed elsewhere come in as delivered, under the numbers they have. The stock stays as it "
        "is, nothing of them is paid online, and nobody is told. An order that is there already is left as it is."
    ),
    active="orders",
    back=_("Orders"),
    steps={
        "upload": "catalog:import_orders",
        "columns": "catalog:order_import_columns",
        "preview": "catalog:order_import_preview",
        "start": "catalog:start_order_import",
        "job": "catalog:order_import",
        "report": "catalog:order_import_report",
        "back": "catalog:staff_orders",
    },
    upload=OrderListForm,
    names=ORDER_COLUMN_NAMES,
    wrong=CELL_ERRORS,
    tiles={
        "created": pgettext_lazy("rows of a list", "Created"),
        "known": _("There already"),
        "refused": _("Not imported"),
    },
    read=actions.read_order_rows,
    text=cell_text,
)


@access(Section.CATALOG, Level.MANAGE)
def import_products(request: WorkspaceRequest) -> HttpResponse:
    return pages.upload_page(request, PRODUCTS, actions.take_product_list)


@access(Section.CATALOG, Level.MANAGE)
def product_import_columns(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return pages.columns_page(request, PRODUCTS, product_import_id, ColumnsForm, actions.choose_product_columns)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def product_import_preview(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return pages.preview_page(request, PRODUCTS, product_import_id)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def start_product_import(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    job = pages.own_list(request, PRODUCTS, product_import_id)
    actions.start_product_import(actor=request.actor, job=job, now=timezone.now())
    return pages.to_step(request, PRODUCTS, "job", job)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def product_import(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return pages.job_page(request, PRODUCTS, product_import_id)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def product_import_report(request: WorkspaceRequest, product_import_id: UUID) -> HttpResponse:
    return pages.report_file(request, PRODUCTS, product_import_id)


@access(Section.CATALOG, Level.MANAGE)
def import_orders(request: WorkspaceRequest) -> HttpResponse:
    return pages.upload_page(request, ORDERS, actions.take_order_list)


@access(Section.CATALOG, Level.MANAGE)
def order_import_columns(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return pages.columns_page(request, ORDERS, order_import_id, ColumnsForm, actions.choose_order_columns)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def order_import_preview(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return pages.preview_page(request, ORDERS, order_import_id)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def start_order_import(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    job = pages.own_list(request, ORDERS, order_import_id)
    actions.start_order_import(actor=request.actor, job=job, now=timezone.now())
    return pages.to_step(request, ORDERS, "job", job)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def order_import(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return pages.job_page(request, ORDERS, order_import_id)


@access(Section.CATALOG, Level.MANAGE)
@require_GET
def order_import_report(request: WorkspaceRequest, order_import_id: UUID) -> HttpResponse:
    return pages.report_file(request, ORDERS, order_import_id)
