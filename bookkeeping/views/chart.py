"""The chart of accounts, and the posting rules."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from bookkeeping import actions
from bookkeeping.forms import AccountForm, AccountNameForm, ContactRuleForm, RulesForm
from bookkeeping.models import LedgerAccount, PostingRule
from bookkeeping.rows.chart import account_groups, contact_rule_rows, example_rows
from bookkeeping.rules import chart_of


def _may_manage(actor: Actor) -> bool:
    return actor.may(Section.JOURNAL, Level.MANAGE)


@access(Section.JOURNAL)
def chart(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    words = request.GET.get("q", "").replace("\x00", "")[:100].strip()
    accounts = list(LedgerAccount.objects.visible_to(actor).order_by("code"))
    shows_retired = request.GET.get("retired") == "yes"
    groups = account_groups(
        accounts, chart_of(actor.place.country), words=words, shows_retired=shows_retired, slug=actor.place.slug
    )
    context = {
        "groups": groups,
        "words": words,
        "shows_retired": shows_retired,
        "has_retired": any(one.retired_at for one in accounts),
        "number": sum(one.retired_at is None for one in accounts),
        "may_manage": _may_manage(actor),
    }
    return render(request, "bookkeeping/chart.html", context)


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def set_up_chart(request: WorkspaceRequest) -> HttpResponse:
    actions.ensure_chart(actor=request.actor)
    return redirect("bookkeeping:chart", request.actor.place.slug)


@access(Section.JOURNAL, Level.MANAGE)
def new_account(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = AccountForm(request.POST or None, initial={"code": request.GET.get("code", "")[:12]})
    if request.method == "POST" and submit(form, lambda: actions.add_account(actor=actor, **form.cleaned_data)):
        messages.success(request, _("The account %(code)s was added.") % {"code": form.cleaned_data["code"]})
        return redirect("bookkeeping:chart", actor.place.slug)
    return (form_again if form.is_bound else render)(request, "bookkeeping/chart_account.html", {"form": form})


def _account(actor: Actor, account_id: UUID) -> LedgerAccount:
    return get_object_or_404(LedgerAccount.objects.visible_to(actor), pk=account_id)


@access(Section.JOURNAL, Level.MANAGE)
def edit_account(request: WorkspaceRequest, account_id: UUID) -> HttpResponse:
    actor = request.actor
    account = _account(actor, account_id)
    form = AccountNameForm(request.POST or None, initial={"name": account.name})
    if request.method == "POST" and submit(
        form, lambda: actions.rename_account(actor=actor, account=account, name=form.cleaned_data["name"])
    ):
        return redirect("bookkeeping:chart", actor.place.slug)
    context = {"form": form, "account": account}
    return (form_again if form.is_bound else render)(request, "bookkeeping/chart_account.html", context)


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def retire_account(request: WorkspaceRequest, account_id: UUID) -> HttpResponse:
    actions.retire_account(actor=request.actor, account=_account(request.actor, account_id), now=timezone.now())
    return redirect("bookkeeping:chart", request.actor.place.slug)


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def restore_account(request: WorkspaceRequest, account_id: UUID) -> HttpResponse:
    actions.restore_account(actor=request.actor, account=_account(request.actor, account_id))
    return redirect("bookkeeping:chart", request.actor.place.slug)


# --- Posting rules -------------------------------------------------------------------------------------------


@access(Section.JOURNAL)
def posting_rules(request: WorkspaceRequest) -> HttpResponse:
    """Which account takes which part; POST saves what was changed."""
    actor = request.actor
    accounts = list(LedgerAccount.objects.visible_to(actor).in_use().order_by("code"))
    if request.method == "POST":
        actor.require(Section.JOURNAL, Level.MANAGE)
    form = _rules_form(request, accounts)
    if request.method == "POST" and submit(
        form, lambda: actions.set_posting_rules(actor=actor, accounts=form.cleaned_data)
    ):
        messages.success(request, _("The posting rules were saved. Entries that stand keep their accounts."))
        return redirect("bookkeeping:posting_rules", actor.place.slug)
    of_contacts = PostingRule.objects.visible_to(actor).exclude(contact=None).select_related("contact", "account")
    context = {
        "form": form,
        "accounts": accounts,
        "examples": example_rows(form.labels, actor.place.currency),
        "contact_rules": contact_rule_rows(of_contacts.order_by("contact__sort_key", "part")[:200]),
        "may_manage": _may_manage(actor),
    }
    return (form_again if form.is_bound else render)(request, "bookkeeping/posting_rules.html", context)


def _rules_form(request: WorkspaceRequest, accounts: list[LedgerAccount]) -> RulesForm:
    rules = PostingRule.objects.visible_to(request.actor).filter(contact=None).select_related("account")
    known = {rule.part: str(rule.account) for rule in rules}
    return RulesForm(request.POST if request.method == "POST" else None, accounts=accounts, initial=known)


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def posting_example(request: WorkspaceRequest) -> HttpResponse:
    """The example with the accounts as they are typed; nothing is saved."""
    accounts = list(LedgerAccount.objects.visible_to(request.actor).in_use().order_by("code"))
    form = _rules_form(request, accounts)
    context = {"examples": example_rows(form.labels, request.actor.place.currency)}
    return render(request, "bookkeeping/_posting_example.html", context)


@access(Section.JOURNAL, Level.MANAGE)
def new_contact_rule(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = ContactRuleForm(request.POST or None, actor=actor)
    if request.method == "POST" and submit(form, lambda: actions.set_posting_rule(actor=actor, **form.cleaned_data)):
        return redirect("bookkeeping:posting_rules", actor.place.slug)
    return (form_again if form.is_bound else render)(request, "bookkeeping/chart_contact_rule.html", {"form": form})


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def forget_contact_rule(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    actor = request.actor
    rules = PostingRule.objects.visible_to(actor).exclude(contact=None).select_related("contact")
    rule = get_object_or_404(rules, pk=rule_id)
    actions.set_posting_rule(actor=actor, part=rule.part, account=None, contact=rule.contact)
    return redirect("bookkeeping:posting_rules", actor.place.slug)
