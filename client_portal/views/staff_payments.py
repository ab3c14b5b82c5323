"""The staff's pages of online payments: what came, what somebody has to look at, what companies call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import format_money
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.paging import capped_count, keyset_page
from advisory_portal.gateways.addresses import COMPANIES
from client_portal import actions
from client_portal.forms import LookForm, MatchForm, PaymentFilter, RefundForm
from client_portal.models import GatewayPayment, PaymentAttempt, PaymentLog, WebhookEvent
from client_portal.models.payments.money import GatewayPayments
from client_portal.rows import staff_payments as rows
from client_portal.views.payment_page import payment_page
from documents.models import Document

PAGE_SIZE = 50


def _payments(actor: Actor) -> GatewayPayments:
    return GatewayPayment.objects.visible_to(actor).select_related("contact", "account")


def _payment(actor: Actor, payment_id: UUID) -> GatewayPayment:
    return get_object_or_404(_payments(actor).select_related("attempt"), pk=payment_id)


def _to_payment(actor: Actor, payment: GatewayPayment) -> HttpResponse:
    return redirect("client_portal:staff_payment", actor.place.slug, payment.pk)


def _list(request: WorkspaceRequest, payments: GatewayPayments, tab: str, asked: PaymentFilter) -> HttpResponse:
    actor = request.actor
    page = keyset_page(
        payments,
        order="-id",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "tab": tab,
        "asked": asked,
        "page": page,
        "rows": rows.payment_rows(page.rows, slug=actor.place.slug, zone=actor.place.time_zone),
        "count": capped_count(payments),
        "companies": list(COMPANIES.items()),
        "statuses": GatewayPayment.Status.choices,
        "waiting": capped_count(GatewayPayment.objects.visible_to(actor).to_look_at()),
        "may_set_up": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "client_portal/staff_payments.html", context)


@access(Section.SALES)
def staff_payments(request: WorkspaceRequest) -> HttpResponse:
    asked = PaymentFilter.of(request.GET)
    return _list(request, asked.apply(_payments(request.actor), request.actor), "payments", asked)


@access(Section.SALES)
def payments_to_look_at(request: WorkspaceRequest) -> HttpResponse:
    return _list(request, _payments(request.actor).to_look_at(), "look", PaymentFilter())


@access(Section.SALES)
def staff_payment(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    return _payment_page(request, _payment(request.actor, payment_id))


def _payment_page(
    request: WorkspaceRequest,
    payment: GatewayPayment,
    *,
    refund: RefundForm | None = None,
    match: MatchForm | None = None,
    look: LookForm | None = None,
) -> HttpResponse:
    """The page of a payment, with the form that was sent as it was typed."""
    actor = request.actor
    sent = refund or match or look
    context = payment_page(actor, payment) | {
        "refund": refund or RefundForm(payment=payment, amount=actions.refundable(payment)),
        "match": match or MatchForm(payment=payment, amount=payment.credit, actor=actor),
        "look": look or LookForm(),
        "sent": "refund" if refund else "match" if match else "look" if look else "",
    }
    return (form_again if sent is not None else render)(request, "client_portal/staff_payment.html", context)


@access(Section.SALES, Level.MANAGE)
@require_POST
def refund_payment(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    actor = request.actor
    payment = _payment(actor, payment_id)
    form = RefundForm(request.POST, payment=payment, amount=actions.refundable(payment))
    now = timezone.now()
    if submit(
        form,
        lambda: actions.request_refund(actor=actor, payment=payment, now=now, **form.cleaned_data),
    ):
        amount = format_money(form.cleaned_data["amount"], payment.currency)
        messages.success(request, _("%(amount)s are on their way back to the payer.") % {"amount": amount})
        return _to_payment(actor, payment)
    return _payment_page(request, payment, refund=form)


@access(Section.SALES, Level.MANAGE)
@require_POST
def match_payment(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    actor = request.actor
    payment = _payment(actor, payment_id)
    form = MatchForm(request.POST, payment=payment, amount=payment.credit, actor=actor)
    if submit(
        form,
        lambda: actions.match_payment(
            actor=actor, payment=payment, document=form.chosen, amount=form.cleaned_data["amount"]
        ),
    ):
        messages.success(request, _("The payment stands on %(document)s now.") % {"document": form.chosen.number})
        return _to_payment(actor, payment)
    return _payment_page(request, payment, match=form)


@access(Section.SALES, Level.MANAGE)
@require_POST
def close_payment_look(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    actor = request.actor
    payment = _payment(actor, payment_id)
    form = LookForm(request.POST)
    if submit(
        form,
        lambda: actions.close_look(actor=actor, payment=payment, note=form.cleaned_data["note"]),
    ):
        messages.success(request, _("Done. The note stays with the payment."))
        return redirect("client_portal:payments_to_look_at", actor.place.slug)
    return _payment_page(request, payment, look=form)


# --- Attempts ------------------------------------------------------------------------------------------------


@access(Section.SALES)
def staff_attempts(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    attempts = PaymentAttempt.objects.visible_to(actor)
    page = keyset_page(
        attempts.select_related("contact", "account"),
        order="-id",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "tab": "attempts",
        "page": page,
        "rows": rows.attempt_rows(page.rows, zone=actor.place.time_zone),
        "count": capped_count(attempts),
        "may_manage": actor.may(Section.SALES, Level.MANAGE),
        "waiting": capped_count(GatewayPayment.objects.visible_to(actor).to_look_at()),
    }
    return render(request, "client_portal/staff_attempts.html", context)


@access(Section.SALES, Level.MANAGE)
@require_POST
def ask_attempt(request: WorkspaceRequest, attempt_id: UUID) -> HttpResponse:
    """Ask the company how an attempt stands, now instead of at the next regular check."""
    actor = request.actor
    attempt = get_object_or_404(PaymentAttempt.objects.visible_to(actor), pk=attempt_id)
    attempt = actions.sync_attempt(
        attempt_id=attempt.pk, trigger=PaymentLog.Trigger.STAFF, actor=actor, now=timezone.now()
    )
    messages.info(request, f"{attempt.title}: {attempt.get_state_display()}")
    return redirect("client_portal:staff_attempts", actor.place.slug)


# --- Webhooks ------------------------------------------------------------------------------------------------


@access(Section.SETTINGS)
def gateway_events(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    events = WebhookEvent.objects.visible_to(actor)
    only_failed = bool(request.GET.get("failed"))
    shown = events.given_up() if only_failed else events
    page = keyset_page(
        shown.select_related("account").defer("body", "headers"),
        order="-id",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "tab": "webhooks",
        "page": page,
        "rows": rows.hook_rows(page.rows, zone=actor.place.time_zone),
        "count": capped_count(shown),
        "failed": capped_count(events.given_up()),
        "only_failed": only_failed,
        "may_manage": actor.may(Section.SETTINGS, Level.MANAGE),
        "waiting": capped_count(GatewayPayment.objects.visible_to(actor).to_look_at()),
    }
    return render(request, "client_portal/gateway_events.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def replay_gateway_event(request: WorkspaceRequest, event_id: UUID) -> HttpResponse:
    """Work a stored webhook off once more."""
    actor = request.actor
    event = get_object_or_404(WebhookEvent.objects.visible_to(actor), pk=event_id)
    actions.replay_webhook(actor=actor, event=event, now=timezone.now())
    messages.success(request, _("The webhook is worked off again."))
    return redirect("client_portal:gateway_events", actor.place.slug)


# --- On a document's page ------------------------------------------------------------------------------------


@access(Section.SALES)
def document_payments(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """What was tried and paid online for a document; for htmx nothing at all where nothing was."""
    actor = request.actor
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    known = {"slug": actor.place.slug, "zone": actor.place.time_zone}
    payments = _payments(actor).filter(allocations__document=document).distinct().order_by("-id")
    attempts = PaymentAttempt.objects.visible_to(actor).filter(shares__document=document).order_by("-id")
    context = {
        "document": document,
        "payments": rows.payment_rows(payments, **known),
        "attempts": rows.attempt_rows(
            attempts.exclude(state=PaymentAttempt.State.SUCCEEDED).select_related("contact", "account"),
            zone=actor.place.time_zone,
        ),
    }
    template = "client_portal/_document_payments.html" if is_htmx(request) else "client_portal/document_payments.html"
    return render(request, template, context)
