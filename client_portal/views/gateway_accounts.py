"""Settings > Payments: accounts at payment companies."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.gateways import KINDS
from advisory_portal.gateways.addresses import COMPANIES
from client_portal import actions
from client_portal.forms import AccountForm, ConnectForm, HookForm, KeysForm
from client_portal.models import ContactGateway, GatewayAccount
from client_portal.rows.gateway_accounts import account_row, companies_left, failed_hooks, sandbox_keys
from client_portal.views.entering import portal_at


def _accounts(actor: Actor) -> list[GatewayAccount]:
    found = list(GatewayAccount.objects.visible_to(actor).order_by("id"))
    return sorted(found, key=lambda account: KINDS.index(account.kind))


def _account(actor: Actor, gateway_id: UUID) -> GatewayAccount:
    return get_object_or_404(GatewayAccount.objects.visible_to(actor), pk=gateway_id)


def _to_account(actor: Actor, account: GatewayAccount) -> HttpResponse:
    return redirect("client_portal:gateway_account", actor.place.slug, account.pk)


@access(Section.SETTINGS)
def gateway_accounts(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    portal_at(actor.place.slug)
    accounts = _accounts(actor)
    failed = failed_hooks(actor)
    known = {"slug": actor.place.slug, "zone": actor.place.time_zone}
    rows = [(one, account_row(one, **known, failed=failed.get(one.pk, 0))) for one in accounts]
    context = {
        "rows": [row for one, row in rows if one.retired_at is None],
        "retired": [row for one, row in rows if one.retired_at is not None],
        "left": companies_left((one for one in accounts if one.retired_at is None), slug=actor.place.slug),
        "may_change": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "client_portal/gateway_accounts.html", context)


@access(Section.SETTINGS, Level.MANAGE)
def connect_gateway(request: WorkspaceRequest, gateway: str) -> HttpResponse:
    """Connect an account; its webhook is made with it where the company lets us."""
    actor = request.actor
    if gateway not in KINDS:
        raise Http404
    portal_at(actor.place.slug)
    form = ConnectForm(request.POST or None, kind=gateway)
    made: list[GatewayAccount] = []
    if submit(form, lambda: made.append(_connect(actor, form))):
        (account,) = made
        _make_hook(actor, account)  # what is refused, the account's page says and helps with
        messages.success(request, _("%(company)s is connected. Switch it on when you are ready.") % _company(gateway))
        return _to_account(actor, account)
    context = {"form": form, "kind": gateway, "company": COMPANIES[gateway], "sandbox": sandbox_keys().get(gateway)}
    return (form_again if form.is_bound else render)(request, "client_portal/connect_gateway.html", context)


def _connect(actor: Actor, form: ConnectForm) -> GatewayAccount:
    return actions.connect_account(
        actor=actor,
        kind=form.kind,
        credentials=form.credentials,
        name=form.cleaned_data["name"],
        now=timezone.now(),
    )


def _company(kind: str) -> dict[str, str]:
    return {"company": COMPANIES[kind]}


def _make_hook(actor: Actor, account: GatewayAccount) -> Form:
    """Let the company make the webhook; the form holds what was refused."""
    asked = Form({})
    submit(asked, lambda: actions.provision_hook(actor=actor, account=account))
    return asked


@access(Section.SETTINGS)
def gateway_account(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    actor = request.actor
    account = _account(actor, gateway_id)
    may_change = actor.may(Section.SETTINGS, Level.MANAGE) and account.retired_at is None
    form = AccountForm(request.POST or None, account=account, read_only=not may_change)
    if submit(form, lambda: actions.change_account(actor=actor, account=account, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return _to_account(actor, account)
    return _account_page(request, account, form=form)


def _account_page(
    request: WorkspaceRequest, account: GatewayAccount, *, form: AccountForm | None = None, hook: HookForm | None = None
) -> HttpResponse:
    """The page of an account, with the form that was sent as it was typed."""
    actor = request.actor
    may_change = actor.may(Section.SETTINGS, Level.MANAGE) and account.retired_at is None
    failed = failed_hooks(actor).get(account.pk, 0)
    context = {
        "account": account,
        "row": account_row(account, slug=actor.place.slug, zone=actor.place.time_zone, failed=failed),
        "form": form or AccountForm(account=account, read_only=not may_change),
        "hook": hook or HookForm(kind=account.kind),
        "hook_address": account.hook_url,
        "has_hook": bool(account.hook_secrets),
        "may_change": may_change,
        "customers": ContactGateway.objects.visible_to(actor).filter(account=account).count(),
    }
    bound = (form is not None and form.is_bound) or (hook is not None and hook.is_bound)
    return (form_again if bound else render)(request, "client_portal/gateway_account.html", context)


@access(Section.SETTINGS, Level.MANAGE)
def gateway_keys(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    """Other credentials of the same account."""
    actor = request.actor
    account = _account(actor, gateway_id)
    form = KeysForm(request.POST or None, kind=account.kind, public=account.public)
    now = timezone.now()
    if submit(
        form,
        lambda: actions.change_credentials(actor=actor, account=account, credentials=form.credentials, now=now),
    ):
        messages.success(request, _("The new keys work and are in use."))
        return _to_account(actor, account)
    context = {"form": form, "account": account, "kind": account.kind, "company": COMPANIES[account.kind]}
    context["sandbox"] = sandbox_keys().get(account.kind)
    return (form_again if form.is_bound else render)(request, "client_portal/gateway_keys.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def check_gateway(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    account = _account(request.actor, gateway_id)
    fault = actions.check_account(actor=request.actor, account=account, now=timezone.now())
    if fault:
        messages.error(request, GatewayAccount.Fault(fault).label)
    else:
        messages.success(request, _("The connection works."))
    return _to_account(request.actor, account)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def enable_gateway(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    account = _account(request.actor, gateway_id)
    actions.enable_account(actor=request.actor, account=account)
    messages.success(request, _("Contacts may pay by %(company)s now.") % _company(account.kind))
    return _to_account(request.actor, account)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def disable_gateway(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    account = _account(request.actor, gateway_id)
    actions.disable_account(actor=request.actor, account=account)
    messages.success(request, _("No new payments are taken by %(company)s.") % _company(account.kind))
    return _to_account(request.actor, account)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def retire_gateway(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    """Retire an account; its webhook goes now, or with the daily check where the company does not answer."""
    actor = request.actor
    account = _account(actor, gateway_id)
    actions.retire_account(actor=actor, account=account, now=timezone.now())
    account.refresh_from_db()
    submit(Form({}), lambda: actions.drop_hooks(actor=actor, account=account))
    messages.success(request, _("%(company)s is retired. Its payments stay.") % _company(account.kind))
    return redirect("client_portal:gateway_accounts", actor.place.slug)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def offer_gateway(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    """Let all customers pay by the account."""
    actor = request.actor
    account = _account(actor, gateway_id)
    added = actions.offer_to_customers(actor=actor, account=account)
    said = ngettext("%(number)s more customer may pay by it.", "%(number)s more customers may pay by it.", added)
    messages.success(request, said % {"number": added} if added else _("All customers may pay by it already."))
    return _to_account(actor, account)


# --- Its webhook ---------------------------------------------------------------------------------------------


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def make_gateway_hook(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    account = _account(request.actor, gateway_id)
    asked = _make_hook(request.actor, account)
    for refused in asked.non_field_errors():
        messages.error(request, str(refused))
    if asked.is_valid():
        messages.success(request, _("The webhook is connected."))
    return _to_account(request.actor, account)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def keep_gateway_hook(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    actor = request.actor
    account = _account(actor, gateway_id)
    hook = HookForm(request.POST, kind=account.kind)
    if submit(hook, lambda: actions.keep_hook(actor=actor, account=account, secret=hook.cleaned_data["secret"])):
        messages.success(request, _("The webhook is connected."))
        return _to_account(actor, account)
    return _account_page(request, account, hook=hook)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def rotate_gateway_hook(request: WorkspaceRequest, gateway_id: UUID) -> HttpResponse:
    account = _account(request.actor, gateway_id)
    actions.rotate_hook_secret(actor=request.actor, account=account, now=timezone.now())
    messages.success(request, _("The webhook has a new secret. The old one is taken for 24 hours more."))
    return _to_account(request.actor, account)
