"""Tax returns: their list, one with its figures, what is filed, and the calendar feed."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import active_language, format_money
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.paging import capped_count, keyset_page
from bookkeeping import actions
from bookkeeping.forms.taxes import NOBODY, AssignForm, FiledForm, FilingFilter, FilingNoteForm
from bookkeeping.models import FilingCalendar, TaxFiling
from bookkeeping.models.filing_figures import ANNUAL_OPERATIONS, FilingFigures, figures_of
from bookkeeping.models.tax_figures import (
    documents_of_figure,
    documents_of_operations,
    operator_documents,
    withheld_documents,
)
from bookkeeping.models.taxes import tax_team
from bookkeeping.rows.tables import FORMATS
from bookkeeping.rows.taxes import (
    EURO,
    Opener,
    difference_rows,
    filing_rows,
    left_rows,
    operation_cells,
    operation_heads,
    part_rows,
    party_rows,
    period_label,
    shown_state,
    total_rows,
    vat_rows,
    wait_words,
)
from bookkeeping.rules.annual_operations import KEYS_OF_347
from bookkeeping.rules.filings import differences, pack_of
from bookkeeping.rules.vat_return import BASE_BOXES, DEDUCTIBLE_BASES, DEDUCTIBLE_BOXES, DUE_BOXES, OTHER_BOXES, REASONS
from bookkeeping.views.exports import table_response
from bookkeeping.words import LEFT_OUT
from documents.rules import section_of

PAGE_SIZE = 50
MOST_ASSIGNED = 200
LATEST = 10
_KINDS = ("invoice", "credit_note", "bill", "supplier_credit_note")


def _may_manage(actor: Actor) -> bool:
    return actor.may(Section.TAXES, Level.MANAGE)


def _filing(actor: Actor, filing_id: UUID) -> TaxFiling:
    return get_object_or_404(TaxFiling.objects.visible_to(actor).select_related("assigned_to__user"), pk=filing_id)


@access(Section.TAXES)
def taxes(request: WorkspaceRequest) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    pack = pack_of(actor.place.country)
    asked = FilingFilter.of(request.GET, pack)
    everything = TaxFiling.objects.visible_to(actor)
    filings = asked.apply(everything, today)
    page = keyset_page(
        filings.select_related("assigned_to__user"),
        order="-due_on" if asked.state in (TaxFiling.State.FILED, TaxFiling.State.NOT_NEEDED, "all") else "due_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    team = tax_team(actor)
    context = {
        "asked": asked,
        "page": page,
        "rows": filing_rows(page.rows, pack=pack, slug=actor.place.slug, today=today),
        "count": capped_count(filings),
        "overdue": capped_count(everything.overdue(today)),
        "has_pack": bool(pack),
        "is_set_up": FilingCalendar.objects.visible_to(actor).exists(),
        "forms": [(code, f"{code} {form.name(active_language())}") for code, form in pack.items()],
        "states": [("overdue", _("Overdue")), *TaxFiling.State.choices, ("all", _("All of them"))],
        "people": [(NOBODY, _("Nobody")), *((str(one.pk), str(one)) for one in team)],
        "team": team,
        "may_manage": _may_manage(actor),
    }
    return render(request, "bookkeeping/taxes.html", context)


@access(Section.TAXES)
def filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    actor, today = request.actor, request.actor.today()
    found = _filing(actor, filing_id)
    figures = figures_of(found, actor.place.country)
    if figures.sort == ANNUAL_OPERATIONS and request.GET.get("format") in FORMATS:
        name = f"{found.form}-{found.period}"
        return table_response(request, name, operation_heads(), operation_cells(figures.operations))
    form = pack_of(actor.place.country).get(found.form)
    state, state_label = shown_state(found, today)
    context = {
        "filing": found,
        "name": form.name(active_language()) if form else "",
        "period": period_label(found.period),
        "state": state,
        "state_label": state_label,
        "wait": wait_words(found, today),
        "has_ended": found.ends_on < today,
        "may_manage": _may_manage(actor),
        "assign_form": AssignForm(team=tax_team(actor), initial={"member": found.assigned_to_id}),
        "note_form": FilingNoteForm(initial={"note": found.note}),
        "history": HistoryEntry.objects.visible_to(actor)
        .about("bookkeeping.taxfiling", found.pk)
        .order_by("-id")[:LATEST],
        **_figures_context(found, figures, actor),
    }
    return render(request, "bookkeeping/filing.html", context)


def _figures_context(filing: TaxFiling, figures: FilingFigures, actor: Actor) -> dict[str, object]:
    opened = Opener(filing, actor.place.slug)
    return {
        "sort": figures.sort,
        "vat": vat_rows(figures.vat, opened) if figures.vat else {},
        "totals": total_rows(figures.vat) if figures.vat else {},
        "result": figures.vat.result if figures.vat else Decimal(0),
        "left_out": left_rows(figures, opened),
        "parties": party_rows(figures, opened),
        "withheld": format_money(figures.total, EURO),
        "differences": difference_rows(differences(filing.figures, figures.amounts())),
    }


# --- The documents behind a figure ---------------------------------------------------------------------------


@access(Section.TAXES)
def filing_documents(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    """The documents of a box (`box`), a reason (`left`, `currency`), a party (`key`, `party`) or a percentage."""
    actor = request.actor
    found = _filing(actor, filing_id)
    if not request.GET:
        return _back(request, found)
    title, currency, documents = _behind(found, request)
    page = keyset_page(
        documents.select_related("contact"),
        order="-issued_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    may_open = frozenset(kind for kind in _KINDS if actor.may(Section(section_of(kind)), Level.VIEW))
    context = {
        "filing": found,
        "title": title,
        "period": period_label(found.period),
        "page": page,
        "rows": part_rows(page.rows, slug=actor.place.slug, currency=currency, may_open=may_open),
        "count": capped_count(documents),
        "sums": _sums(documents, currency),
    }
    return render(request, "bookkeeping/filing_documents.html", context)


def _sums(documents: QuerySet[Any], currency: str) -> tuple[str, str]:
    """Base and tax of all of them."""
    found = documents.order_by().aggregate(all_base=Sum("base"), all_tax=Sum("tax"))
    base, tax = found["all_base"] or Decimal(0), found["all_tax"] or Decimal(0)
    return format_money(base, currency), format_money(tax, currency)


def _behind(filing: TaxFiling, request: WorkspaceRequest) -> tuple[str, str, QuerySet[Any]]:
    """What the address asks for in words, in which currency, and its documents. Raises Http404."""
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("box", "left", "key", "party", "percent")}
    box, left, key, party = (asked[name] for name in ("box", "left", "key", "party"))
    period = (filing.organisation_id, filing.starts_on, filing.ends_on)
    if box in (*BASE_BOXES, *DUE_BOXES, *DEDUCTIBLE_BASES, *DEDUCTIBLE_BOXES, *OTHER_BOXES):
        return _("Box %(number)s") % {"number": box}, EURO, documents_of_figure(*period, box=box)
    if left in REASONS:
        currency = request.GET.get("currency", "").replace("\x00", "")[:3] or EURO
        documents = documents_of_figure(*period, reason=left).filter(currency=currency)
        return str(LEFT_OUT[left][0]), currency, documents
    if party and filing.form == "347" and key in KEYS_OF_347.values():
        return _of_party(key, documents_of_operations(*period, key=key, party=party))
    if party and key in tuple("ESAI"):
        return _of_party(key, operator_documents(*period, key=key, party=party))
    if asked["percent"]:
        documents = withheld_documents(*period, percent=_percent(asked["percent"]))
        return f"{asked['percent'][:9]} %", EURO, documents
    raise Http404


def _of_party(key: str, documents: QuerySet[Any]) -> tuple[str, str, QuerySet[Any]]:
    name = documents.order_by("-issued_on").values_list("contact__name", flat=True).first()
    if name is None:
        raise Http404
    return f"{key} · {name}", EURO, documents


def _percent(text: str) -> Decimal:
    try:
        percent = Decimal(text)
    except InvalidOperation:
        raise Http404 from None
    if not percent.is_finite() or not 0 <= percent < 1000:
        raise Http404
    return percent


# --- Acts ----------------------------------------------------------------------------------------------------


@access(Section.TAXES, Level.MANAGE)
@require_POST
def prepare_filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    found = _filing(request.actor, filing_id)
    actions.prepare_filing(actor=request.actor, filing=found)
    return _back(request, found)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def skip_filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    found = _filing(request.actor, filing_id)
    actions.skip_filing(actor=request.actor, filing=found)
    return _back(request, found)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def reopen_filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    found = _filing(request.actor, filing_id)
    actions.reopen_filing(actor=request.actor, filing=found)
    return _back(request, found)


@access(Section.TAXES, Level.MANAGE)
def file_filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    actor, found = request.actor, _filing(request.actor, filing_id)
    today = actor.today()
    form = FiledForm(request.POST or None, initial={"filed_on": today.isoformat()})

    def keep() -> None:
        said = form.cleaned_data
        actions.file_filing(
            actor=actor, filing=found, filed_on=said["filed_on"], reference=said["reference"], today=today
        )

    if submit(form, keep):
        messages.success(request, _("Noted as filed."))
        return _back(request, found)
    context = {"filing": found, "form": form, "period": period_label(found.period)}
    return (form_again if form.is_bound else render)(request, "bookkeeping/filing_filed.html", context)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def assign_filing(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    actor, found = request.actor, _filing(request.actor, filing_id)
    form = AssignForm(request.POST, team=tax_team(actor))
    if submit(form, lambda: actions.assign_filings(actor=actor, filings=[found], member=form.cleaned_data["member"])):
        messages.success(request, _("Assigned."))
    else:
        messages.error(request, _("Choose somebody of the team who may work on taxes."))
    return _back(request, found)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def assign_filings(request: WorkspaceRequest) -> HttpResponse:
    """Give the chosen returns to somebody."""
    actor = request.actor
    form = AssignForm(request.POST, team=tax_team(actor))
    wanted = [one for text in request.POST.getlist("ids")[:MOST_ASSIGNED] if (one := _uuid(text))]
    chosen = list(TaxFiling.objects.visible_to(actor).filter(pk__in=wanted))
    if submit(form, lambda: actions.assign_filings(actor=actor, filings=chosen, member=form.cleaned_data["member"])):
        words = ngettext("%(num)s return assigned.", "%(num)s returns assigned.", len(chosen))
        messages.success(request, words % {"num": len(chosen)})
    else:
        messages.error(request, _("Choose somebody of the team who may work on taxes."))
    return redirect("bookkeeping:taxes", actor.place.slug)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def write_filing_note(request: WorkspaceRequest, filing_id: UUID) -> HttpResponse:
    actor, found = request.actor, _filing(request.actor, filing_id)
    form = FilingNoteForm(request.POST)
    if submit(form, lambda: actions.write_filing_note(actor=actor, filing=found, note=form.cleaned_data["note"])):
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("A note has at most 2,000 characters."))
    return _back(request, found)


def _back(request: WorkspaceRequest, filing: TaxFiling) -> HttpResponse:
    return redirect("bookkeeping:filing", request.actor.place.slug, filing.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
