"""The card on the staff's page of a contact that says how it may pay online."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, is_htmx, submit
from client_portal import actions
from client_portal.forms import ContactGatewaysForm
from client_portal.models import ContactGateway, GatewayAccount
from documents.models import Contact


@access(Section.CONTACTS)
def contact_gateways(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    accounts = list(GatewayAccount.objects.visible_to(actor).in_use().order_by("kind"))
    chosen = ContactGateway.objects.visible_to(actor).filter(contact=contact).values_list("account_id", flat=True)
    form = ContactGatewaysForm(
        request.POST if request.method == "POST" else None,
        accounts=accounts,
        initial={"accounts": [str(one) for one in chosen]},
    )
    if submit(
        form,
        lambda: actions.set_contact_gateways(actor=actor, contact=contact, account_ids=form.account_ids),
    ):
        messages.success(request, _("Saved."))
        return redirect("documents:contact", actor.place.slug, contact.pk)
    context = {
        "contact": contact,
        "form": form,
        "accounts": accounts,
        "may_manage": actor.may(Section.CONTACTS, Level.MANAGE),
        "may_connect": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    template = "client_portal/_contact_gateways.html" if is_htmx(request) else "client_portal/contact_gateways.html"
    return (form_again if form.is_bound else render)(request, template, context)
