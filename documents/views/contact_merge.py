from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from documents import actions
from documents.forms import chosen_ids, merge_choices
from documents.models import Contact
from documents.models.duplicates import possible_duplicates
from documents.rows import compared_fields, duplicate_groups
from documents.rules import MOST_MERGED

MOST_FOUND = 20


@access(Section.CONTACTS, Level.MANAGE)
def merge_contact(request: WorkspaceRequest, contact_id: UUID) -> HttpResponse:
    """Look for the contact that is the same as this one."""
    own = Contact.objects.visible_to(request.actor).present()
    found = get_object_or_404(own, pk=contact_id)
    words = request.GET.get("q", "").replace("\x00", "")[:100]
    others = own.exclude(pk=found.pk).matching(words).order_by("sort_key", "id")
    context = {"contact": found, "words": words, "others": others[:MOST_FOUND] if words.strip() else []}
    return render(request, "documents/contact_merge_search.html", context)


@access(Section.CONTACTS, Level.MANAGE)
def merge_contacts(request: WorkspaceRequest) -> HttpResponse:
    if request.method != "POST":
        return _comparison(request, request.GET, status=200)
    kept, values = merge_choices(request.POST)
    ids = chosen_ids(request.POST)
    if kept is None or kept not in ids:
        messages.error(request, _("Choose which contact stays."))
        return _comparison(request, request.POST, status=422)
    others = [one for one in ids if one != kept]
    contact = actions.merge_contacts(actor=request.actor, kept=kept, others=others, values=values)
    messages.success(request, _("The contacts are one now: %(name)s.") % {"name": contact.name})
    return redirect("documents:contact", request.actor.place.slug, contact.pk)


def _comparison(request: WorkspaceRequest, data: QueryDict, *, status: int) -> HttpResponse:
    own = Contact.objects.visible_to(request.actor).present()
    contacts = list(own.filter(pk__in=chosen_ids(data)).order_by("id")[: MOST_MERGED + 1])
    kept, values = merge_choices(data)
    context = {"contacts": contacts, "most": MOST_MERGED, "kept": "", "differing": [], "same": []}
    if 2 <= len(contacts) <= MOST_MERGED:
        stays = next((one for one in contacts if one.pk == kept), contacts[0])
        differing, same = compared_fields(contacts, stays.pk, values)
        context |= {"kept": str(stays.pk), "differing": differing, "same": same}
    return render(request, "documents/contact_merge.html", context, status=status)


@access(Section.CONTACTS, Level.MANAGE)
def duplicate_contacts(request: WorkspaceRequest) -> HttpResponse:
    found = possible_duplicates(request.actor, below=request.GET.get("below", ""))
    context = {"groups": duplicate_groups(found), "next": found.next}
    return render(request, "documents/contact_duplicates.html", context)
