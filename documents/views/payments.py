from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, WorkspaceRequest, access
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money
from advisory_portal.core.http import form_again, submit
from documents import actions, rules
from documents.forms import PaymentForm
from documents.models import Document


def _document(actor: Actor, document_id: UUID) -> Document:
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(document.section, Level.MANAGE)
    return document


@access()
def record_payment(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    document = _document(actor, document_id)
    form = PaymentForm(request.POST or None, document=document, today=actor.today())
    context = {"form": form, "document": document, "kind": rules.SLUG_OF_KIND[document.kind]}
    if request.method != "POST":
        return render(request, "documents/payment.html", context)
    if submit(form, lambda: actions.record_payment(actor=actor, document=document, **form.payment)):
        amount = format_money(form.payment["amount"], document.currency)
        messages.success(request, _("%(amount)s is recorded.") % {"amount": amount})
        return redirect("documents:document", actor.place.slug, document.pk)
    return form_again(request, "documents/payment.html", context)


@access()
@require_POST
def take_back_payment(request: WorkspaceRequest, document_id: UUID, settlement_id: UUID) -> HttpResponse:
    document = _document(request.actor, document_id)
    settlement = get_object_or_404(document.settlements.select_related("document"), pk=settlement_id)
    actions.take_back_payment(actor=request.actor, settlement=settlement)
    messages.success(request, _("The payment is taken back."))
    return redirect("documents:document", request.actor.place.slug, document.pk)


@access()
@require_POST
def set_off_credit(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """Set a credit note off against the invoice that it corrects, as far as both are open."""
    document = _document(request.actor, document_id)
    invoice = document.corrects
    if invoice is None:
        raise Refused(_("This document corrects no other."))
    amount = min(abs(document.outstanding), abs(invoice.outstanding))
    actions.apply_credit(actor=request.actor, credit_note=document, invoice=invoice, amount=amount)
    return redirect("documents:document", request.actor.place.slug, document.pk)
