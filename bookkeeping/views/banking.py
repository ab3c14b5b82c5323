"""Bank accounts, their lines, and rules."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count, keyset_page
from bookkeeping import actions
from bookkeeping.forms import BankAccountForm, BankRuleForm, LineFilter
from bookkeeping.models import BankAccount, BankLine, BankRule
from bookkeeping.models.bank_overview import account_states
from bookkeeping.rows.banking import account_rows, bank_line_rows

PAGE_SIZE = 50


def may_manage(actor: Actor) -> bool:
    return actor.may(Section.BANKING, Level.MANAGE)


@access(Section.BANKING)
def banking(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    rows = account_rows(account_states(actor), slug=actor.place.slug, today=actor.today())
    context = {"rows": rows, "may_manage": may_manage(actor)}
    return render(request, "bookkeeping/banking.html", context)


@access(Section.BANKING)
def bank_lines(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    asked = LineFilter.of(request.GET)
    lines = asked.apply(BankLine.objects.visible_to(actor))
    page = keyset_page(
        lines.select_related("account"),
        order="-booked_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "asked": asked,
        "page": page,
        "rows": bank_line_rows(page.rows, slug=actor.place.slug),
        "count": capped_count(lines),
        "open": capped_count(BankLine.objects.visible_to(actor).open()),
        "accounts": [(one.pk, one.name) for one in BankAccount.objects.visible_to(actor).order_by("name")],
        "states": [("open", _("Open")), *BankLine.State.choices],
        "may_manage": may_manage(actor),
    }
    return render(request, "bookkeeping/bank_lines.html", context)


@access(Section.BANKING, Level.MANAGE)
def new_bank_account(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = BankAccountForm(request.POST or None, actor=actor)
    if request.method == "POST" and submit(form, lambda: actions.add_bank_account(actor=actor, **form.cleaned_data)):
        return redirect("bookkeeping:banking", actor.place.slug)
    return (form_again if form.is_bound else render)(request, "bookkeeping/bank_account.html", {"form": form})


def _account(actor: Actor, bank_account_id: UUID) -> BankAccount:
    return get_object_or_404(BankAccount.objects.visible_to(actor), pk=bank_account_id)


@access(Section.BANKING, Level.MANAGE)
def bank_account(request: WorkspaceRequest, bank_account_id: UUID) -> HttpResponse:
    actor = request.actor
    account = _account(actor, bank_account_id)
    form = BankAccountForm(request.POST or None, actor=actor, account=account)
    if request.method == "POST" and submit(
        form, lambda: actions.change_bank_account(actor=actor, account=account, **form.cleaned_data)
    ):
        return redirect("bookkeeping:banking", actor.place.slug)
    context = {"form": form, "account": account}
    return (form_again if form.is_bound else render)(request, "bookkeeping/bank_account.html", context)


@access(Section.BANKING, Level.MANAGE)
@require_POST
def retire_bank_account(request: WorkspaceRequest, bank_account_id: UUID) -> HttpResponse:
    account = _account(request.actor, bank_account_id)
    actions.retire_bank_account(actor=request.actor, account=account, now=timezone.now())
    return redirect("bookkeeping:banking", request.actor.place.slug)


@access(Section.BANKING, Level.MANAGE)
@require_POST
def restore_bank_account(request: WorkspaceRequest, bank_account_id: UUID) -> HttpResponse:
    actions.restore_bank_account(actor=request.actor, account=_account(request.actor, bank_account_id))
    return redirect("bookkeeping:banking", request.actor.place.slug)


# --- Rules ---------------------------------------------------------------------------------------------------


@access(Section.BANKING)
def bank_rules(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    rules = BankRule.objects.visible_to(actor).select_related("account", "contact").order_by("name")
    return render(request, "bookkeeping/bank_rules.html", {"rules": rules, "may_manage": may_manage(actor)})


@access(Section.BANKING, Level.MANAGE)
def new_bank_rule(request: WorkspaceRequest) -> HttpResponse:
    return _rule_page(request, None)


@access(Section.BANKING, Level.MANAGE)
def bank_rule(request: WorkspaceRequest, bank_rule_id: UUID) -> HttpResponse:
    rules = BankRule.objects.visible_to(request.actor).select_related("contact")
    return _rule_page(request, get_object_or_404(rules, pk=bank_rule_id))


def _rule_page(request: WorkspaceRequest, rule: BankRule | None) -> HttpResponse:
    actor = request.actor
    form = BankRuleForm(request.POST or None, actor=actor, rule=rule)
    if request.method == "POST" and submit(
        form, lambda: actions.keep_bank_rule(actor=actor, rule=rule, **form.values())
    ):
        return redirect("bookkeeping:bank_rules", actor.place.slug)
    context = {"form": form, "rule": rule}
    return (form_again if form.is_bound else render)(request, "bookkeeping/bank_rule.html", context)


@access(Section.BANKING, Level.MANAGE)
@require_POST
def forget_bank_rule(request: WorkspaceRequest, bank_rule_id: UUID) -> HttpResponse:
    rule = get_object_or_404(BankRule.objects.visible_to(request.actor), pk=bank_rule_id)
    actions.forget_bank_rule(actor=request.actor, rule=rule)
    messages.success(request, _("The rule is gone. What it did stays done."))
    return redirect("bookkeeping:bank_rules", request.actor.place.slug)
