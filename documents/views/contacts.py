from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import active_language
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count, keyset_page
from documents import actions
from documents.forms import ContactFilter, ContactForm
from documents.models import Contact, Document
from documents.rows import document_rows
from partners.rules.countries import country_names

PAGE_SIZE = 50
LATEST = 25


@access(Section.CONTACTS, Level.VIEW)
def contact_list(request: WorkspaceRequest) -> HttpResponse:
    asked = ContactFilter.of(request.GET)
    contacts = asked.apply(Contact.objects.visible_to(request.actor))
    page = keyset_page(
        contacts,
        order=asked.order,
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"asked": asked, "page": page, "count": capped_count(contacts), "kinds": Contact.Kind.choices}
    return render(request, "documents/contact_list.html", context)


@access(Section.CONTACTS, Level.VIEW)
def contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Contact.objects.visible_to(actor), pk=contact_id)
    latest = Document.objects.visible_to(actor).filter(contact=found).for_listing().order_by("-issued_on", "-id")
    context = {
        "contact": found,
        "country": dict(country_names(active_language())).get(found.country, found.country),
        "rows": document_rows(latest[:LATEST], slug=actor.place.slug, today=actor.today()),
        "most": LATEST,
    }
    return render(request, "documents/contact.html", context)


@access(Section.CONTACTS, Level.MANAGE)
def new_contact(request: WorkspaceRequest) -> HttpResponse:
    place = request.actor.place
    known = {"kind": Contact.Kind.CUSTOMER, "language": place.language, "country": place.country}
    form = ContactForm(request.POST or None, initial=known)
    return _contact_form(request, form)


@access(Section.CONTACTS, Level.MANAGE)
def edit_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    found = get_object_or_404(Contact.objects.visible_to(request.actor), pk=contact_id)
    return _contact_form(request, ContactForm(request.POST or None, instance=found))


def _contact_form(request: WorkspaceRequest, form: ContactForm) -> HttpResponse:
    context = {"form": form, "is_new": form.instance._state.adding}
    if request.method != "POST":
        return render(request, "documents/contact_form.html", context)
    if submit(form, lambda: actions.save_contact(actor=request.actor, contact=form.instance)):
        return redirect("documents:contact", request.actor.place.slug, form.instance.pk)
    return form_again(request, "documents/contact_form.html", context)
