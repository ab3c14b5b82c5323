"""The way into the partner programme: what it is, what it asks for, and what became of the request."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from partners import actions
from partners.models import Organisation, Plan, ProgrammeApplication, Subscription
from partners.rows.plans import subscription_text
from partners.rules.programme import Preconditions, preconditions


@access()
@require_GET
def advisory_services(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    organisation = get_object_or_404(Organisation.objects.visible_to(actor))
    application = ProgrammeApplication.objects.visible_to(actor).newest_first().first()
    subscription = Subscription.objects.visible_to(actor).first()
    states = ProgrammeApplication.State
    sells = Plan.objects.sold_to(organisation.kind).exists()
    context: dict[str, Any] = {
        "organisation": organisation,
        "application": application,
        "is_open": application is None or application.state == states.REJECTED,
        "preconditions": preconditions_of(organisation, subscription, actor.today()),
        "subscription_text": subscription_text(subscription, actor.today(), sells=sells),
        "sells": sells,
        "may_send": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "partners/advisory_services.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def send_request(request: WorkspaceRequest) -> HttpResponse:
    actions.request_programme(actor=request.actor, now=utc_now())
    messages.success(request, _("Your request is sent. We tell you by e-mail as soon as it is decided."))
    return redirect("partners:advisory_services", request.actor.place.slug)


def preconditions_of(organisation: Organisation, subscription: Subscription | None, today: date) -> Preconditions:
    has_paid = subscription is not None and subscription.is_paid(today)
    return preconditions(organisation.kind, organisation.profession, has_paid=has_paid)
