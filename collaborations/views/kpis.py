"""The cogwheel of My portal, its columns, and its views: each person's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import WorkspaceRequest, firm, utc_now
from advisory_portal.core.http import form_again, is_htmx, submit
from collaborations import actions
from collaborations.forms.kpis import KpiForm, ViewNameForm
from collaborations.forms.portal import PortalFilter
from collaborations.models import Client, KpiPreference, SavedView
from collaborations.rows.portal import COLUMNS


def _portal(request: WorkspaceRequest, query: str = "") -> HttpResponse:
    response = redirect("collaborations:my_portal", request.actor.place.slug)
    response["Location"] += f"?{query}" if query else ""
    return response


# --- The cogwheel --------------------------------------------------------------------------------------------


@firm()
def kpi_notifications(request: WorkspaceRequest) -> HttpResponse:
    """Of which activities the person wants to be told."""
    actor, now = request.actor, utc_now()
    chosen = KpiPreference.objects.visible_to(actor).filter(client=None).first()
    form = KpiForm(request.POST if request.method == "POST" else None, chosen=chosen, of_client=False)
    if request.method == "POST" and submit(
        form,
        lambda: actions.choose_kpis(
            actor=actor,
            kpis=form.cleaned_data["kpis"],
            thresholds=form.thresholds,
            rhythm=form.cleaned_data["rhythm"],
            now=now,
        ),
    ):
        messages.success(request, _("Saved."))
        return _portal(request)
    return _dialog(request, form, None)


@firm()
def client_notifications(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    """The same for one client, or as for all."""
    actor = request.actor
    client = get_object_or_404(Client.objects.visible_to(actor).select_related("business"), pk=client_id)
    own = KpiPreference.objects.visible_to(actor)
    chosen = own.filter(client=client).first() or own.filter(client=None).first()
    form = KpiForm(request.POST if request.method == "POST" else None, chosen=chosen, of_client=True)
    if request.method == "POST" and submit(form, lambda: _keep(request, client, form)):
        messages.success(request, _("Saved."))
        return _portal(request)
    return _dialog(request, form, client)


def _keep(request: WorkspaceRequest, client: Client, form: KpiForm) -> None:
    if form.cleaned_data["own"]:
        kpis, thresholds = form.cleaned_data["kpis"], form.thresholds
        actions.choose_kpis_of_client(actor=request.actor, client=client, kpis=kpis, thresholds=thresholds)
    else:
        actions.forget_kpis_of_client(actor=request.actor, client=client)


def _dialog(request: WorkspaceRequest, form: KpiForm, client: Client | None) -> HttpResponse:
    name = (client.business.name if client.business else client.name) if client else ""
    context: dict[str, Any] = {"form": form, "client": client, "client_name": name}
    if is_htmx(request):
        return render(request, "collaborations/_kpi_form.html", context)
    return (form_again if form.errors else render)(request, "collaborations/kpi_notifications.html", context)


# --- Columns and views ---------------------------------------------------------------------------------------


@firm()
@require_POST
def choose_columns(request: WorkspaceRequest) -> HttpResponse:
    columns = [code for code in COLUMNS if code in request.POST.getlist("columns")]
    actions.choose_columns(actor=request.actor, columns=columns, now=utc_now())
    return _portal(request, PortalFilter.of(request.GET).query)


@firm()
def saved_views(request: WorkspaceRequest) -> HttpResponse:
    """The person's views; POST saves another."""
    actor = request.actor
    form = ViewNameForm(request.POST or None, initial={"query": PortalFilter.of(request.GET).query})
    if request.method == "POST" and submit(form, lambda: actions.save_view(actor=actor, **form.cleaned_data)):
        return _portal(request, form.cleaned_data["query"])
    return _views_page(request, form)


@firm()
@require_POST
def rename_view(request: WorkspaceRequest, view_id: UUID) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.actor), pk=view_id)
    form = ViewNameForm(request.POST)
    if submit(form, lambda: actions.rename_view(actor=request.actor, view=view, name=form.cleaned_data["name"])):
        return redirect("collaborations:saved_views", request.actor.place.slug)
    return _views_page(request, form)


@firm()
@require_POST
def delete_view(request: WorkspaceRequest, view_id: UUID) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.actor), pk=view_id)
    actions.delete_view(actor=request.actor, view=view)
    return redirect("collaborations:saved_views", request.actor.place.slug)


def _views_page(request: WorkspaceRequest, form: ViewNameForm) -> HttpResponse:
    views = SavedView.objects.visible_to(request.actor).order_by("name")
    answer = form_again if form.errors else render
    return answer(request, "collaborations/saved_views.html", {"form": form, "views": views})
