"""Saying that a bank line was the payout of a gateway: as suggested, or by ticking what it was made of."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from bookkeeping import actions
from bookkeeping.actions import Rest
from bookkeeping.forms import PayoutForm
from bookkeeping.models import BankLine, GatewayMoney
from bookkeeping.models.bank_overview import next_open_line
from bookkeeping.models.matching import said_by
from bookkeeping.models.payouts import held_by_gateway
from bookkeeping.rows.banking import bank_line_rows
from bookkeeping.rows.payouts import held_rows
from bookkeeping.rules import payouts_for
from bookkeeping.rules.payouts import LABELS, named_gateway

MOST_SHOWN = 300  # of what a gateway holds, the oldest first


def _line(request: WorkspaceRequest, line_id: UUID) -> BankLine:
    rows = BankLine.objects.visible_to(request.actor).select_related("account")
    return get_object_or_404(rows, pk=line_id)


@access(Section.BANKING)
def bank_payout(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    """What each gateway holds, to tick what the line paid out; what is suggested is ticked already."""
    line = _line(request, line_id)
    held = held_by_gateway(request.actor, line)
    wanted = request.GET.get("gateway", "") or named_gateway(said_by(line))
    gateway = wanted if wanted in held else next(iter(held), "")
    suggested = payouts_for({gateway: held[gateway]}, line.left, said_by(line)) if gateway else []
    chosen = frozenset(suggested[0].ids) if suggested else frozenset()
    form = PayoutForm(actor=request.actor, gateway=gateway)
    return render(request, "bookkeeping/bank_payout.html", _context(request, line, form, gateway, list(held), chosen))


def _context(
    request: WorkspaceRequest,
    line: BankLine,
    form: PayoutForm,
    gateway: str,
    gateways: list[str],
    chosen: frozenset[UUID],
) -> dict[str, Any]:
    actor, currency = request.actor, line.account.currency
    rows = GatewayMoney.objects.visible_to(actor).held().filter(method=gateway, currency=currency)
    shown = list(rows.in_order().select_related("settlement__document")[: MOST_SHOWN + 1])
    return {
        "line": line,
        "row": bank_line_rows([line], slug=actor.place.slug)[0],
        "form": form,
        "gateways": [(name, LABELS[name], name == gateway) for name in gateways],
        "gateway_label": LABELS.get(gateway, ""),
        "held": held_rows(shown[:MOST_SHOWN], slug=actor.place.slug, currency=currency, chosen=chosen),
        "has_more": len(shown) > MOST_SHOWN,
        "asks_rate": currency != actor.place.currency,
        "may_manage": actor.may(Section.BANKING, Level.MANAGE) and line.left != 0,
    }


@access(Section.BANKING, Level.MANAGE)
@require_POST
def reconcile_payout(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    """Say what a payout was made of, and go on with the next line."""
    actor, line = request.actor, _line(request, line_id)
    form = PayoutForm(request.POST, actor=actor)
    if not submit(form, lambda: _act(request, line, form)):
        line.refresh_from_db()
        gateway = form.data.get("gateway", "")
        shown = gateway if gateway in LABELS else ""
        context = _context(request, line, form, shown, list(held_by_gateway(actor, line)), frozenset(form.money))
        return form_again(request, "bookkeeping/bank_payout.html", context)
    following = line if line.left else next_open_line(actor, line)
    if following is None:
        messages.success(request, _("Every bank line is reconciled."))
        return redirect("bookkeeping:bank_lines", actor.place.slug)
    return redirect("bookkeeping:bank_line", actor.place.slug, following.pk)


def _act(request: WorkspaceRequest, line: BankLine, form: PayoutForm) -> None:
    said = form.cleaned_data
    actions.reconcile_payout(
        actor=request.actor,
        line=line,
        method=said["gateway"],
        money=form.money,
        key=said["key"],
        rest=Rest(said["account"]) if said["account"] else None,
        reasons=[(code, LABELS[said["gateway"]]) for code in form.reasons],
        rate=said["rate"],
    )
