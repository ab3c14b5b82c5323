"""The plan of an organisation: looked at, subscribed to on Stripe's page, its payment managed there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.http import leave_for
from partners import actions
from partners.forms import PlanForm
from partners.models import BillingAccount, Organisation, Plan, Subscription
from partners.rows.plans import offer_rows, plan_state
from partners.rules import sections_of

AGAIN = 3  # seconds until the page that waits looks again


@access(Section.SETTINGS)
@require_GET
def plan(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    row = get_object_or_404(Organisation.objects.visible_to(actor).select_related("plan"))
    subscription = Subscription.objects.visible_to(actor).first()
    offers = offer_rows(Plan.objects.sold_to(row.kind), row, subscription)
    context = {
        "plan": row.plan,
        "sections": [(Section(name).label, name in row.plan.sections) for name in sections_of(row.kind)],
        "state": plan_state(subscription, actor.today(), sells=bool(offers)),
        "offers": offers,
        "may_manage": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "partners/plan.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def subscribe(request: WorkspaceRequest) -> HttpResponse:
    """On to Stripe's page, where the card is asked for."""
    form = PlanForm(request.POST, plans=Plan.objects.sold_to(request.actor.place.kind))
    if not form.is_valid():
        messages.error(request, _("Choose one of the plans."))
        return redirect("partners:plan", request.actor.place.slug)
    back = [_whole(request, name) for name in ("partners:plan_return", "partners:plan")]
    address = actions.begin_subscription(
        actor=request.actor, plan=form.cleaned_data["plan"], return_url=back[0], cancel_url=back[1], now=utc_now()
    )
    return leave_for(request, address)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def manage_payment(request: WorkspaceRequest) -> HttpResponse:
    """On to Stripe's page for the card, the invoices and the end of it."""
    account = BillingAccount.objects.visible_to(request.actor).customers().first()
    if account is None:
        messages.error(request, _("There is nothing to manage yet: choose a plan first."))
        return redirect("partners:plan", request.actor.place.slug)
    address = actions.manage_payment(
        actor=request.actor, account=account, return_url=_whole(request, "partners:plan_return")
    )
    return leave_for(request, address)


@access(Section.SETTINGS, Level.MANAGE)
@require_GET
def plan_return(request: WorkspaceRequest) -> HttpResponse:
    """Back from Stripe: what happened there, Stripe itself is asked."""
    account = BillingAccount.objects.visible_to(request.actor).customers().first()
    found = actions.come_back(actor=request.actor, account=account, now=utc_now()) if account else "nothing"
    if found == "waiting":
        response = render(request, "partners/plan_waiting.html")
        response["Refresh"] = str(AGAIN)
        return response
    if found == "subscribed":
        messages.success(request, _("Your subscription stands as shown here."))
    return redirect("partners:plan", request.actor.place.slug)


def _whole(request: WorkspaceRequest, name: str) -> str:
    return request.build_absolute_uri(reverse(name, args=[request.actor.place.slug]))
