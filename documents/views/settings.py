"""Settings > Documents: general, numbers, taxes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from documents import actions, fiscal
from documents.forms.settings import GeneralForm, SeriesForm, TaxForm, UsualTaxForm
from documents.models import DocumentSettings, Kind, Series, TaxRate
from documents.rows.settings import kind_labels, own_tax_rows, series_groups, tax_rows
from documents.sources import tax_choices

MOST_KEY = DocumentSettings._meta.get_field("default_tax").max_length or 0


def _may_change(request: WorkspaceRequest) -> bool:
    return request.actor.may(Section.SETTINGS, Level.MANAGE)


@access(Section.SETTINGS)
def settings_general(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    kept, regimes = actions.settings_of(actor.place.id), fiscal.regimes_of(actor.place.country)
    form = GeneralForm(request.POST or None, kept=kept, regimes=regimes, read_only=not _may_change(request))
    if submit(form, lambda: actions.save_settings(actor=actor, changes=form.changes)):
        messages.success(request, _("Saved."))
        return redirect("documents:settings_general", actor.place.slug)
    context = {
        "form": form,
        "may_change": _may_change(request),
        "reports": bool(kept.fiscal_regime),
        "is_sending": fiscal.is_sending(kept.fiscal_regime),
    }
    return (form_again if form.is_bound else render)(request, "documents/settings_general.html", context)


@access(Section.SETTINGS)
@require_GET
def settings_numbers(request: WorkspaceRequest) -> HttpResponse:
    rows = Series.objects.visible_to(request.actor).with_use().order_by("-is_default", "prefix")
    context = {"groups": series_groups(rows, request.actor.today()), "may_change": _may_change(request)}
    return render(request, "documents/settings_numbers.html", context)


@access(Section.SETTINGS, Level.MANAGE)
def new_series(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = SeriesForm(request.POST or None, kinds=kind_labels(), initial={"kind": request.GET.get("kind", "invoice")})

    def add() -> None:
        actions.add_series(actor=actor, kind=Kind(form.cleaned_data["kind"]), today=actor.today(), **form.values)

    if submit(form, add):
        messages.success(request, _("Series added."))
        return redirect("documents:settings_numbers", actor.place.slug)
    context = {"form": form, "series": None, "is_used": False}
    return (form_again if form.is_bound else render)(request, "documents/settings_series.html", context)


@access(Section.SETTINGS, Level.MANAGE)
def edit_series(request: WorkspaceRequest, series_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Series.objects.visible_to(actor).in_use().with_use(), pk=series_id)
    initial = SeriesForm.initial_of(found, found.last_number_in(actor.today()) + 1)
    form = SeriesForm(request.POST or None, kinds=kind_labels(found.kind), is_used=found.is_used, initial=initial)

    def change() -> None:
        actions.change_series(actor=actor, series=found, today=actor.today(), **form.values)

    if submit(form, change):
        messages.success(request, _("Saved."))
        return redirect("documents:settings_numbers", actor.place.slug)
    context = {"form": form, "series": found, "is_used": found.is_used}
    return (form_again if form.is_bound else render)(request, "documents/settings_series.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def use_series(request: WorkspaceRequest, series_id: UUID) -> HttpResponse:
    found = get_object_or_404(Series.objects.visible_to(request.actor).in_use(), pk=series_id)
    actions.use_series(actor=request.actor, series=found)
    return redirect("documents:settings_numbers", request.actor.place.slug)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def retire_series(request: WorkspaceRequest, series_id: UUID) -> HttpResponse:
    found = get_object_or_404(Series.objects.visible_to(request.actor), pk=series_id)
    actions.retire_series(actor=request.actor, series=found, now=timezone.now())
    return redirect("documents:settings_numbers", request.actor.place.slug)


@access(Section.SETTINGS)
def settings_taxes(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    kept = actions.settings_of(actor.place.id)
    choices = tax_choices(actor, with_surcharge=False, used=filter(None, [kept.default_tax]))
    choices = [(key, label) for key, label in choices if len(key) <= MOST_KEY]
    form = UsualTaxForm(request.POST or None, kept=kept, taxes=choices, read_only=not _may_change(request))
    if submit(form, lambda: actions.save_settings(actor=actor, changes=form.changes)):
        messages.success(request, _("Saved."))
        return redirect("documents:settings_taxes", actor.place.slug)
    context = {
        "form": form,
        "rows": tax_rows(actor.place.country),
        "own": own_tax_rows(TaxRate.objects.visible_to(actor).in_use().order_by("name")),
        "may_change": _may_change(request),
    }
    return (form_again if form.is_bound else render)(request, "documents/settings_taxes.html", context)


@access(Section.SETTINGS, Level.MANAGE)
def new_tax(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = TaxForm(request.POST or None, has_surcharge=actor.place.country == "ES")
    if submit(form, lambda: actions.add_tax(actor=actor, **form.values)):
        messages.success(request, _("Tax added."))
        return redirect("documents:settings_taxes", actor.place.slug)
    return (form_again if form.is_bound else render)(request, "documents/settings_tax.html", {"form": form})


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def retire_tax(request: WorkspaceRequest, tax_id: UUID) -> HttpResponse:
    found = get_object_or_404(TaxRate.objects.visible_to(request.actor), pk=tax_id)
    actions.retire_tax(actor=request.actor, rate=found, now=timezone.now())
    return redirect("documents:settings_taxes", request.actor.place.slug)
