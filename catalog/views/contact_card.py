"""The catalog's card on the staff's page of a contact."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import is_htmx, submit
from catalog import actions
from catalog.forms.fields import ids_of
from catalog.forms.prices import TermsForm
from catalog.models import ContactTerms, Price, PriceList
from documents.models import Contact


@access(Section.CATALOG)
def contact_terms(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    """Shows the card, and keeps what was chosen on it."""
    actor = request.actor
    contact = get_object_or_404(Contact.objects.visible_to(actor).present(), pk=contact_id)
    lists = list(PriceList.objects.visible_to(actor).to_give())
    terms = ContactTerms.objects.visible_to(actor).filter(contact=contact).first()
    form = TermsForm(request.POST or None, lists=lists, terms=terms)
    if request.method == "POST":
        actor.require(Section.CATALOG, Level.MANAGE)
        form = TermsForm(request.POST, lists=lists, terms=terms)

    def save() -> None:
        chosen = next((one for one in lists if str(one.pk) == form.cleaned_data["price_list"]), None)
        actions.save_terms(actor=actor, contact=contact, is_on=form.cleaned_data["is_on"], price_list=chosen)

    if submit(form, save) and not is_htmx(request):
        return redirect("documents:contact", actor.place.slug, contact.pk)
    own = Price.objects.visible_to(actor).filter(price_list__own_of__contact=contact)
    context = {
        "contact": contact,
        "form": form,
        "number": own.values("variant").distinct().count(),
        "is_saved": form.is_bound and not form.errors,
        "may_manage": actor.may(Section.CATALOG, Level.MANAGE),
    }
    template = "catalog/_contact_terms.html" if is_htmx(request) else "catalog/contact_terms.html"
    return render(request, template, context, status=422 if form.errors else 200)


@access(Section.CATALOG, Level.MANAGE)
@require_POST
def turn_on_catalog(request: WorkspaceRequest) -> HttpResponse:
    """Turn the catalog on for the contacts that were ticked in their list."""
    actor = request.actor
    chosen = Contact.objects.visible_to(actor).present().filter(pk__in=ids_of(request.POST, "contact"))
    number = actions.turn_on_catalog(actor=actor, contacts=list(chosen))
    text = ngettext(
        "The catalog is on for %(number)s more contact.", "The catalog is on for %(number)s more contacts.", number
    )
    messages.success(request, text % {"number": number} if number else _("The catalog was on for them already."))
    return redirect("documents:contacts", actor.place.slug)
