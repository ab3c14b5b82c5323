"""Saying what bank lines were, one after the other or many at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.models import Job
from advisory_portal.core.paging import capped_count
from bookkeeping import actions
from bookkeeping.actions import Pick, Rest
from bookkeeping.forms import ReconcileForm
from bookkeeping.models import BankLine, BankRule, Reconciliation
from bookkeeping.models.bank_overview import next_open_line
from bookkeeping.models.matching import (
    candidates_by_key,
    candidates_for,
    ledger_accounts,
    movement_of,
    past_choices,
    rules_of,
    said_by,
    searched,
    sure_suggestions,
)
from bookkeeping.models.payouts import held_by_gateway
from bookkeeping.rows.banking import bank_line_rows, found_rows, part_rows, suggestion_rows
from bookkeeping.rows.payouts import payout_rows
from bookkeeping.rules import Matcher, payouts_for
from bookkeeping.rules.statements import RECONCILE
from documents.models import Document

SURE_LINES = 500
MOST_SURE = 200


def _line(actor: Actor, line_id: UUID) -> BankLine:
    rows = BankLine.objects.visible_to(actor).select_related("account", "statement")
    return get_object_or_404(rows, pk=line_id)


@access(Section.BANKING)
def bank_line(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    """A line: what it was said to be, what it may be, and a search."""
    actor = request.actor
    line = _line(actor, line_id)
    form = ReconcileForm(actor=actor, line=line)
    return render(request, "bookkeeping/bank_line.html", _context(request, line, form))


def _context(request: WorkspaceRequest, line: BankLine, form: ReconcileForm) -> dict[str, Any]:
    actor, currency, slug = request.actor, line.account.currency, request.actor.place.slug
    rows = Reconciliation.objects.visible_to(actor).standing().filter(line=line).order_by("id")
    parts = list(rows.select_related("document", "account"))
    named = [one.document_id for one in parts if one.document_id]
    seen = frozenset(Document.objects.visible_to(actor).filter(pk__in=named).values_list("pk", flat=True))
    may_manage = actor.may(Section.BANKING, Level.MANAGE)
    asks = may_manage and line.left != 0
    following = next_open_line(actor, line)
    return {
        "line": line,
        "row": bank_line_rows([line], slug=slug)[0],
        "left": abs(line.left),
        "parts": part_rows(parts, slug=slug, currency=currency, visible=seen),
        "form": form,
        "asks": asks,
        "may_manage": may_manage,
        "payouts": _payouts(actor, line) if asks else [],
        "suggestions": _suggestions(actor, line) if asks else [],
        "found": _found(request, line, form) if asks else [],
        "words": request.GET.get("q", "")[:100],
        "asks_rate": currency != actor.place.currency,
        "next": following,
        "open": capped_count(BankLine.objects.visible_to(actor).open()),
    }


def _payouts(actor: Actor, line: BankLine) -> list[Any]:
    """What gateways hold that comes to the line, and whether there is something to tick by hand."""
    return payout_rows(payouts_for(held_by_gateway(actor, line), line.left, said_by(line)), line.account.currency)


def _suggestions(actor: Actor, line: BankLine) -> list[Any]:
    past = past_choices(actor)
    rules = rules_of(BankRule.objects.visible_to(actor).order_by("id"))
    candidates = candidates_for(actor, line, past)
    found = Matcher(candidates, past=past, rules=rules).suggest(movement_of(line))
    accounts = ledger_accounts(actor, [key for one in found for key in one.keys])
    return suggestion_rows(found, {one.key: one for one in candidates}, accounts, line.account.currency)


def _found(request: WorkspaceRequest, line: BankLine, form: ReconcileForm | None = None) -> list[Any]:
    """What was ticked before, as it is open now, and what the search finds."""
    words = request.GET.get("q", "").replace("\x00", "")[:100]
    chosen = [key for key, _seen in form.picks] if form is not None else []
    ticked = list(candidates_by_key(request.actor, chosen).values()) if chosen else []
    candidates, kinds = searched(request.actor, line.account.currency, words)
    found = ticked + [one for one in candidates if one.key not in chosen]
    return found_rows(found, kinds, currency=line.account.currency, is_out=line.amount < 0, chosen=chosen)


@access(Section.BANKING)
def bank_line_search(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    """Open documents and payments that contain what is typed, to tick."""
    line = _line(request.actor, line_id)
    if not is_htmx(request):
        return redirect("bookkeeping:bank_line", request.actor.place.slug, line.pk)
    return render(request, "bookkeeping/_bank_found.html", {"found": _found(request, line)})


@access(Section.BANKING, Level.MANAGE)
@require_POST
def reconcile(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    """Say what a line was, and go on with the next one."""
    actor = request.actor
    line = _line(actor, line_id)
    form = ReconcileForm(request.POST, actor=actor)
    if not submit(form, lambda: _act(actor, line, form)):
        line.refresh_from_db()
        return form_again(request, "bookkeeping/bank_line.html", _context(request, line, form))
    following = line if line.left else next_open_line(actor, line)
    if following is None:
        messages.success(request, _("Every bank line is reconciled."))
        return redirect("bookkeeping:bank_lines", actor.place.slug)
    return redirect("bookkeeping:bank_line", actor.place.slug, following.pk)


def _act(actor: Actor, line: BankLine, form: ReconcileForm) -> None:
    said = form.cleaned_data
    account = said["account"]
    rest = Rest(account, said["contact"], said["note"]) if account else None
    is_income = line.left > 0
    with transaction.atomic():
        actions.reconcile_line(
            actor=actor,
            line=line,
            picks=[Pick.of(key, seen) for key, seen in form.picks],
            rest=rest,
            key=said["key"],
            reasons=form.reasons,
            rate=said["rate"],
        )
        if said["always"] and account:
            actions.keep_bank_rule(
                actor=actor, words=said["words"], account=account, contact=said["contact"], is_income=is_income
            )


@access(Section.BANKING, Level.MANAGE)
@require_POST
def undo_reconciliation(request: WorkspaceRequest, line_id: UUID, reconciliation_id: UUID) -> HttpResponse:
    actor = request.actor
    rows = Reconciliation.objects.visible_to(actor).filter(line_id=line_id)
    made = get_object_or_404(rows, pk=reconciliation_id)
    if actions.undo_reconciliation(actor=actor, reconciliation=made, now=timezone.now()):
        messages.success(request, _("Taken back. The line is open again."))
    return redirect("bookkeeping:bank_line", actor.place.slug, line_id)


# --- Many at once --------------------------------------------------------------------------------------------


@access(Section.BANKING)
def bank_suggestions(request: WorkspaceRequest) -> HttpResponse:
    """Lines whose suggestion is sure, to confirm at once."""
    actor = request.actor
    sure = sure_suggestions(actor, SURE_LINES)[:MOST_SURE]
    accounts = ledger_accounts(actor, [key for _line, one in sure for key in one.keys])
    known = candidates_by_key(actor, [key for _line, one in sure for key in one.keys])
    rows = []
    for line, one in sure:
        (row,) = bank_line_rows([line], slug=actor.place.slug)
        found = suggestion_rows([one], known, accounts, line.account.currency)
        if found:
            rows.append((line.pk, " ".join(one.keys), row, found[0]))
    context = {
        "rows": rows,
        "open": capped_count(BankLine.objects.visible_to(actor).open()),
        "may_manage": actor.may(Section.BANKING, Level.MANAGE),
    }
    return render(request, "bookkeeping/bank_suggestions.html", context)


@access(Section.BANKING, Level.MANAGE)
@require_POST
def confirm_suggestions(request: WorkspaceRequest) -> HttpResponse:
    """Confirm those that were ticked, or all that are sure."""
    actor = request.actor
    if "all" in request.POST:
        job = actions.confirm_all(actor=actor, now=timezone.now())
    else:
        job = actions.confirm_suggestions(actor=actor, chosen=_ticked(request), now=timezone.now())
    if job.finished_at:
        counts = job.items.by_outcome()
        done = counts.get("done", 0)
        messages.success(request, ngettext("%(count)s line is reconciled.", "%(count)s lines are reconciled.", done)
                         % {"count": done})  # fmt: skip
    return redirect("bookkeeping:reconcile_job", actor.place.slug, job.pk)


def _ticked(request: WorkspaceRequest) -> dict[UUID, list[str]]:
    """The lines that were ticked, with the keys that stood beside them."""
    chosen: dict[UUID, list[str]] = {}
    for text in request.POST.getlist("choice")[:MOST_SURE]:
        line, *keys = text.split(" ")
        try:
            chosen[UUID(line)] = [f"{kind}:{UUID(pk)}" for kind, _colon, pk in (key.partition(":") for key in keys)]
        except ValueError:
            continue
    return chosen


@access(Section.BANKING)
def reconcile_job(request: WorkspaceRequest, reconcile_job_id: UUID) -> HttpResponse:
    """What became of each line of many."""
    actor = request.actor
    job = get_object_or_404(Job.objects.visible_to(actor).of_kind(RECONCILE), pk=reconcile_job_id)
    refused = job.items.filter(outcome="refused").order_by("position")[:MOST_SURE]
    context = {"job": job, "counts": job.items.by_outcome(), "refused": refused}
    template = "bookkeeping/_bank_job.html" if is_htmx(request) else "bookkeeping/bank_job.html"
    return render(request, template, context)
