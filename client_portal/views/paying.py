"""Paying in the portal: choose the way, wait for the outcome, read the receipt."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, WorkspaceRequest, portal
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import file_response
from advisory_portal.core.formatting import active_language, format_date, format_moment
from advisory_portal.core.http import form_again, is_htmx, leave_for, submit
from client_portal import actions
from client_portal.forms import DocumentChoiceForm, PayForm, chosen_ids
from client_portal.models import (
    AttemptShare,
    GatewayPayment,
    PaymentAllocation,
    PaymentAttempt,
    PaymentLog,
    Refund,
)
from client_portal.rows.paying import Pay, Paying, order_of, paying_of, receipt_of, transfer_facts, way_rows
from client_portal.sheets.receipt import receipt_name, receipt_pdf
from documents.actions import invoices_of
from documents.models import Document
from documents.rules import SLUG_OF_KIND


class OneCurrency(Refused):
    """The chosen documents cannot be paid together."""


def _documents(actor: Actor) -> Any:
    """The contact's documents; `running` of each is the attempt whose money is on its way, None for none."""
    running = AttemptShare.objects.visible_to(actor).running().filter(document=OuterRef("pk")).values("attempt_id")[:1]
    return Document.objects.visible_to(actor).annotate(running=Subquery(running))


def _chosen(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """The documents as they were chosen, with `running`. Raises Http404 where one is not the contact's."""
    found = {one.pk: one for one in _documents(actor).filter(pk__in=ids)}
    if not ids or len(found) != len(ids):
        raise Http404
    return [found[one] for one in ids]


@portal
def pay(request: WorkspaceRequest) -> HttpResponse:
    """The ways to pay the documents that the address names; POST chooses one and leads on to its page."""
    actor, slug = request.actor, request.actor.place.slug
    documents = _chosen(actor, chosen_ids(request.POST if request.method == "POST" else request.GET))
    open_ones = [one for one in documents if actions.is_payable(one)]
    if not open_ones:
        messages.info(request, _("There is nothing left to pay here."))
        return redirect("client_portal:document", slug, documents[0].pk)
    if len({one.currency for one in open_ones}) > 1:
        raise OneCurrency(_("Documents in different currencies are paid one by one."))
    if request.method == "GET" and (paid := next((one for one in open_ones if one.running), None)):
        words = _("%(number)s is being paid already: this is how that payment stands.")
        messages.info(request, words % {"number": paid.number})
        return redirect("client_portal:paying", slug, paid.running)
    by_whole = request.method == "POST" and "amount" not in request.POST
    ways = [] if by_whole else actions.payable_ways(actor=actor, documents=open_ones)
    form = PayForm(
        request.POST if request.method == "POST" else None,
        open_amounts=[one.outstanding for one in open_ones],
        currency=open_ones[0].currency,
        part=any(one.takes_part for one in ways),
    )
    started: list[PaymentAttempt] = []
    if request.method == "POST" and submit(form, lambda: started.append(_start(actor, open_ones, form))):
        attempt = started[0]
        if attempt.state == PaymentAttempt.State.OPEN and attempt.redirect_url:
            return leave_for(request, attempt.redirect_url)
        return redirect("client_portal:paying", slug, attempt.pk)
    return (form_again if form.is_bound else render)(
        request, "client_portal/pay.html", _pay_context(actor, open_ones, form, ways)
    )


def _start(actor: Actor, documents: Sequence[Document], form: PayForm) -> PaymentAttempt:
    return actions.start_payment(
        actor=actor,
        account_id=form.cleaned_data["account"],
        shares={one.pk: form.part for one in documents},
        back=lambda attempt: _back(actor, attempt),
        now=timezone.now(),
    )


def _back(actor: Actor, attempt: PaymentAttempt) -> tuple[str, str]:
    """Where the company's page leads: the attempt's own page, which only its contact sees. What the address says more
    changes its words alone.
    """
    page = settings.SITE_URL + reverse("client_portal:paying", args=[actor.place.slug, attempt.pk])
    return f"{page}?from=paid", f"{page}?from=cancelled"


def _pay_context(
    actor: Actor, documents: Sequence[Document], form: PayForm, ways: Sequence[actions.Way]
) -> dict[str, Any]:
    ways = ways or actions.payable_ways(actor=actor, documents=documents)
    slug = actor.place.slug
    order = order_of(
        documents,
        slug=slug,
        business=actor.place.name,
        accounts=[one.account for one in ways if not one.why_not],
        others={one.account.get_kind_display(): one.why_not for one in ways if one.why_not},
    )
    back = reverse("client_portal:document", args=[slug, documents[0].pk])
    if len(documents) > 1:
        back = reverse("client_portal:list", args=[slug, SLUG_OF_KIND[documents[0].kind]])
    return {"business": actor.place, "order": order, "form": form, "back": back}


def pay_part(actor: Actor, document: Document) -> Pay | None:
    """What of a document's side bar pays it, or leads to the invoices on which an order is paid; None for nothing."""
    slug = actor.place.slug
    is_open = document.state in (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
    if document.is_invoiced and is_open:
        invoices = Document.objects.visible_to(actor).filter(pk__in=invoices_of(document)).order_by("pk")
        return Pay.elsewhere(invoices, slug=slug)
    if not actions.is_payable(document) or actor.read_only:
        return None
    found, running = actions.ways_of_document(actor=actor, document=document)
    ways = [one for one in found if not one.why_not]
    return Pay(
        ways=way_rows(one.account for one in ways),
        takes_part=any(one.takes_part for one in ways),
        transfer=bool(transfer_facts([document])),
        running=reverse("client_portal:paying", args=[slug, running]) if running else "",
        invoices=[],
    )


@portal
@require_POST
def pay_chosen(request: WorkspaceRequest) -> HttpResponse:
    """The documents that are ticked in a list, taken to where they are paid together."""
    ids = DocumentChoiceForm(request.POST).ids
    address = reverse("client_portal:pay", args=[request.actor.place.slug])
    return redirect(f"{address}?{urlencode([('d', one) for one in ids])}")


# --- One payment ---------------------------------------------------------------------------------------------


def _shares(actor: Actor, attempt_id: UUID) -> list[AttemptShare]:
    """What the attempt pays, each with the attempt."""
    return get_list_or_404(AttemptShare.objects.visible_to(actor).with_attempt(), attempt=attempt_id)


def _paying(
    actor: Actor, attempt: PaymentAttempt, shares: Sequence[AttemptShare], *, came_back: bool, turn: int
) -> Paying:
    came = GatewayPayment.objects.visible_to(actor).filter(attempt=attempt, status=GatewayPayment.Status.SUCCEEDED)
    return paying_of(
        attempt,
        slug=actor.place.slug,
        shares=shares,
        payment=came.order_by("id").first() if attempt.state == PaymentAttempt.State.SUCCEEDED else None,
        came_back=came_back,
        turn=turn,
    )


@portal
@require_GET
def paying(request: WorkspaceRequest, attempt_id: UUID) -> HttpResponse:
    """How a payment stands. The company leads back here; its page asks what became of it by `look_at_payment`."""
    actor = request.actor
    came_back = request.GET.get("from") == "paid"
    shares = _shares(actor, attempt_id)
    shown = _paying(actor, shares[0].attempt, shares, came_back=came_back, turn=0)
    context = {"business": actor.place, "paying": shown, "turn": 0}
    response = render(request, "client_portal/paying.html", context)
    response["Cache-Control"] = "no-store"
    return response


@portal
@require_POST
def look_at_payment(request: WorkspaceRequest, attempt_id: UUID) -> HttpResponse:
    """Ask the company how the payment stands, unless somebody just did, and show it."""
    actor = request.actor
    shares = _shares(actor, attempt_id)
    attempt = actions.look_at_attempt(shares=shares, trigger=PaymentLog.Trigger.RETURN, actor=actor, now=timezone.now())
    turn = int(turn) if (turn := request.POST.get("turn", "0")).isdigit() else 0
    if not is_htmx(request):
        return redirect("client_portal:paying", actor.place.slug, attempt.pk)
    shown = _paying(actor, attempt, shares, came_back=turn <= 2, turn=turn)
    return render(request, "client_portal/_paying.html", {"business": actor.place, "paying": shown, "turn": turn})


@portal
@require_POST
def cancel_payment(request: WorkspaceRequest, attempt_id: UUID) -> HttpResponse:
    actor = request.actor
    attempt = _shares(actor, attempt_id)[0].attempt
    actions.cancel_attempt(attempt=attempt, actor=actor, now=timezone.now())
    return redirect("client_portal:paying", actor.place.slug, attempt.pk)


# --- Receipts ------------------------------------------------------------------------------------------------


def _payment(actor: Actor, payment_id: UUID) -> GatewayPayment:
    payments = GatewayPayment.objects.visible_to(actor).filter(status=GatewayPayment.Status.SUCCEEDED)
    return get_object_or_404(payments.select_related("account", "attempt", "contact", "organisation"), pk=payment_id)


def _standing(actor: Actor, payment: GatewayPayment) -> list[tuple[Document, Decimal]]:
    """What of the payment stands on which document now, in the order in which it came there."""
    found: dict[UUID, tuple[Document, Decimal]] = {}
    rows = PaymentAllocation.objects.visible_to(actor).filter(payment=payment).select_related("document")
    for one in rows:
        _document, before = found.get(one.document_id, (one.document, Decimal(0)))
        found[one.document_id] = (one.document, before + one.amount)
    return [pair for pair in found.values() if pair[1]]


def _given_back(actor: Actor, payment: GatewayPayment) -> list[tuple[str, Decimal]]:
    done = Refund.objects.visible_to(actor).filter(payment=payment, state=Refund.State.SUCCEEDED)
    return [(format_date(one.created_at.date()), one.amount) for one in done]


@portal
@require_GET
def receipt(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    actor = request.actor
    payment = _payment(actor, payment_id)
    shown = receipt_of(
        payment,
        slug=actor.place.slug,
        allocations=_standing(actor, payment),
        refunds=_given_back(actor, payment),
        paid_at=format_moment(payment.paid_at or payment.created_at, actor.place.time_zone),
    )
    return render(
        request, "client_portal/receipt.html", {"business": actor.place, "receipt": shown, "payment": payment}
    )


@portal
@require_GET
def receipt_file(request: WorkspaceRequest, payment_id: UUID) -> HttpResponse:
    """The receipt as PDF."""
    actor, language = request.actor, active_language()
    payment = _payment(actor, payment_id)
    content = receipt_pdf(
        payment,
        standing=_standing(actor, payment),
        given_back=_given_back(actor, payment),
        business=payment.organisation,
        language=language,
    )
    return file_response(content, name=receipt_name(payment, language), content_type="application/pdf")
