from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import active_language
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.paging import capped_count, keyset_page
from documents import actions
from documents.forms import ContactFilter, ContactForm, chosen_ids
from documents.models import Contact, Document, Kind
from documents.models.balance import balances
from documents.models.document import Documents
from documents.rows import ContactColumns, balance_tiles, contact_facts, contact_rows, document_rows
from partners.rules.countries import country_names

PAGE_SIZE = 50
DOCUMENTS_ON_PAGE = 25
LATEST_ENTRIES = 20


@access(Section.CONTACTS, Level.VIEW)
def contact_list(request: WorkspaceRequest) -> HttpResponse:
    actor, asked = request.actor, ContactFilter.of(request.GET)
    contacts = asked.apply(Contact.objects.visible_to(actor), timezone.now())
    page = keyset_page(
        contacts,
        order=asked.order,
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    columns = ContactColumns.of(request.GET.getlist("columns"))
    context = {
        "asked": asked,
        "page": page,
        "rows": contact_rows(page.rows, columns, slug=actor.place.slug),
        "columns": columns,
        "count": capped_count(contacts),
        "kinds": Contact.Kind.choices,
        "countries": country_names(active_language()),
    }
    return render(request, "documents/contact_list.html", context)


@access(Section.CONTACTS, Level.VIEW)
def contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Contact.objects.visible_to(actor), pk=contact_id)
    if found.merged_into_id is not None:
        return redirect("documents:contact", actor.place.slug, found.merged_into_id)
    documents = Document.objects.visible_to(actor).filter(contact=found)
    tab, today = request.GET.get("tab", ""), actor.today()
    context = {
        "contact": found,
        "facts": contact_facts(found, actor.place.time_zone),
        "tiles": balance_tiles(balances(documents, today)),
        "new_document": _new_invoice(actor, found),
        "tab": "activity" if tab == "activity" else "documents",
        **(_activity(actor, found) if tab == "activity" else _documents(request, documents, today)),
    }
    return render(request, "documents/contact.html", context)


def _new_invoice(actor: Actor, found: Contact) -> str:
    """Where an invoice for the contact begins, "" for those who may not write one."""
    if not actor.may(Section.SALES, Level.MANAGE):
        return ""
    return reverse("documents:new_document", args=[actor.place.slug, "invoices"], query={"contact": found.pk})


def _documents(request: WorkspaceRequest, documents: Documents, today: date) -> dict[str, object]:
    kind = request.GET.get("kind", "")
    chosen = documents.of_kind(kind) if kind in Kind.values else documents
    page = keyset_page(
        chosen.for_listing(),
        order="-issued_on",
        size=DOCUMENTS_ON_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    rows = document_rows(page.rows, slug=request.actor.place.slug, today=today)
    return {"page": page, "rows": rows, "kind": kind, "kinds": Kind.choices}


def _activity(actor: Actor, found: Contact) -> dict[str, object]:
    entries = HistoryEntry.objects.visible_to(actor).about("documents.contact", found.pk).order_by("-id")
    return {"entries": entries[:LATEST_ENTRIES]}


@access(Section.CONTACTS, Level.MANAGE)
def new_contact(request: WorkspaceRequest) -> HttpResponse:
    place = request.actor.place
    known = {"kind": Contact.Kind.CUSTOMER, "language": place.language, "country": place.country}
    form = ContactForm(request.POST or None, initial=known, place=place)
    return _contact_form(request, form)


@access(Section.CONTACTS, Level.MANAGE)
def edit_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    found = get_object_or_404(Contact.objects.visible_to(request.actor).present(), pk=contact_id)
    return _contact_form(request, ContactForm(request.POST or None, instance=found, place=request.actor.place))


def _contact_form(request: WorkspaceRequest, form: ContactForm) -> HttpResponse:
    context = {"form": form, "is_new": form.instance._state.adding}
    if request.method != "POST":
        return render(request, "documents/contact_form.html", context)
    if submit(form, lambda: actions.save_contact(actor=request.actor, contact=form.instance)):
        return redirect("documents:contact", request.actor.place.slug, form.instance.pk)
    return form_again(request, "documents/contact_form.html", context)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def review_contacts(request: WorkspaceRequest) -> HttpResponse:
    asked = ContactFilter.of(request.POST)
    number = actions.review_contacts(actor=request.actor, ids=chosen_ids(request.POST), now=timezone.now())
    text = ngettext("%(number)s contact marked as reviewed.", "%(number)s contacts marked as reviewed.", number)
    messages.success(request, text % {"number": number})
    to = reverse("documents:contacts", args=[request.actor.place.slug], query=asked.as_values)
    return redirect(to)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def review_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    found = get_object_or_404(Contact.objects.visible_to(request.actor).present(), pk=contact_id)
    actions.review_contacts(actor=request.actor, ids=[found.pk], now=timezone.now())
    return redirect("documents:contact", request.actor.place.slug, found.pk)


@access(Section.CONTACTS, Level.MANAGE)
@require_POST
def delete_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    found = get_object_or_404(Contact.objects.visible_to(request.actor).present(), pk=contact_id)
    actions.delete_contact(actor=request.actor, contact=found)
    messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
    return redirect("documents:contacts", request.actor.place.slug)
