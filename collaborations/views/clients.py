"""The page of a client, and what a firm keeps there for itself."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import WorkspaceRequest, firm
from advisory_portal.core.http import form_again, submit
from collaborations import actions
from collaborations.forms.clients import NoteForm, OutsideClientForm, TagsForm, chosen_members
from collaborations.models import Client, ClientNote, Collaboration, ManagerAssignment
from collaborations.models.base import leads
from collaborations.models.clients import ELIGIBLE, eligible_members
from collaborations.rows.client_page import client_page

LEADING = ("owner", "administrator")
LATEST_NOTES = 50


def find_client(request: WorkspaceRequest, client_id: UUID) -> Client:
    """A client of the firm that the person sees, with its account. Raises Http404."""
    seen = Client.objects.visible_to(request.actor).select_related("business__plan")
    return get_object_or_404(seen, pk=client_id)


@firm()
@require_GET
def client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    return _page(request, find_client(request, client_id))


def _page(request: WorkspaceRequest, found: Client, *, note: NoteForm | None = None) -> HttpResponse:
    actor = request.actor
    may_lead = leads(actor)
    assignments = (
        found.managers.effective().select_related("member__user", "member__role").order_by("member__user__name")
    )
    managers = list(assignments)
    there = {assignment.member_id for assignment in managers}
    context = {
        "client": found,
        "page": client_page(actor, found, timezone.now()),
        "managers": managers,
        "offered": [one for one in eligible_members(actor) if one.pk not in there] if may_lead else [],
        "may_lead": may_lead,
        "notes": list(ClientNote.objects.visible_to(actor).filter(client=found).order_by("-id")[:LATEST_NOTES]),
        "note_form": note or NoteForm(),
        "tags_form": TagsForm(initial={"tags": ", ".join(found.tags)}),
    }
    if note is not None:
        return form_again(request, "collaborations/client.html", context)
    return render(request, "collaborations/client.html", context)


def _back(request: WorkspaceRequest, client_id: UUID, part: str = "") -> HttpResponse:
    path = reverse("collaborations:client", args=[request.actor.place.slug, client_id])
    return redirect(f"{path}#{part}" if part else path)


# --- Account managers ----------------------------------------------------------------------------------------


@firm(*LEADING)
@require_POST
def assign_managers(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    number = actions.assign_managers(actor=request.actor, client=found, members=chosen_members(request.POST))
    text = ngettext("%(number)s account manager added.", "%(number)s account managers added.", number)
    messages.success(request, text % {"number": number})
    return _back(request, found.pk)


@firm(*LEADING)
@require_POST
def remove_manager(request: WorkspaceRequest, assignment_id: UUID) -> HttpResponse:
    rows = ManagerAssignment.objects.visible_to(request.actor).select_related("member__user")
    found = get_object_or_404(rows, pk=assignment_id)
    actions.remove_manager(actor=request.actor, assignment=found)
    messages.success(request, _("%(name)s looks after this client no more.") % {"name": found.member.user.name})
    return _back(request, found.client_id)


# --- Notes and tags ------------------------------------------------------------------------------------------


@firm(*ELIGIBLE)
@require_POST
def write_note(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    form = NoteForm(request.POST)
    if submit(form, lambda: actions.write_note(actor=request.actor, client=found, **form.cleaned_data)):
        return _back(request, found.pk, "notes")
    return _page(request, found, note=form)


@firm(*ELIGIBLE)
@require_POST
def remove_note(request: WorkspaceRequest, note_id: UUID) -> HttpResponse:
    found = get_object_or_404(ClientNote.objects.visible_to(request.actor), pk=note_id)
    actions.remove_note(actor=request.actor, note=found)
    return _back(request, found.client_id, "notes")


@firm(*ELIGIBLE)
def client_tags(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    form = TagsForm(request.POST or None, initial={"tags": ", ".join(found.tags)})
    context = {"client": found, "form": form}
    if request.method != "POST":
        return render(request, "collaborations/client_tags.html", context)
    if submit(form, lambda: actions.tag_client(actor=request.actor, client=found, tags=form.chosen())):
        return _back(request, found.pk)
    return form_again(request, "collaborations/client_tags.html", context)


# --- Clients without an account here -------------------------------------------------------------------------


@firm(*LEADING)
def add_client(request: WorkspaceRequest) -> HttpResponse:
    form = OutsideClientForm(request.POST or None)
    context = {"form": form, "client": None}
    if request.method != "POST":
        return render(request, "collaborations/client_form.html", context)
    made: list[Client] = []

    def add() -> None:
        key = form.cleaned_data["key"]
        made.append(actions.add_client(actor=request.actor, key=key, says=form.says()))

    if submit(form, add):
        return _back(request, made[0].pk)
    return form_again(request, "collaborations/client_form.html", context)


@firm(*ELIGIBLE)
def edit_client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    own = Client.objects.visible_to(request.actor).current().filter(business=None)
    found = get_object_or_404(own, pk=client_id)
    form = OutsideClientForm.of(request.POST or None, found)
    context = {"form": form, "client": found}
    if request.method != "POST":
        return render(request, "collaborations/client_form.html", context)
    if submit(form, lambda: actions.change_client(actor=request.actor, client=found, says=form.says())):
        return _back(request, found.pk)
    return form_again(request, "collaborations/client_form.html", context)


@firm(*LEADING)
@require_POST
def retire_client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    actions.retire_client(actor=request.actor, client=found, now=timezone.now())
    messages.success(request, _("%(name)s is no client of yours any more.") % {"name": found.name})
    return redirect("collaborations:my_portal", request.actor.place.slug)


@firm(*LEADING)
@require_POST
def restore_client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    actions.restore_client(actor=request.actor, client=found)
    messages.success(request, _("%(name)s is your client again.") % {"name": found.name})
    return _back(request, found.pk)


# --- The end -------------------------------------------------------------------------------------------------


@firm(*LEADING)
@require_POST
def end_client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    found = find_client(request, client_id)
    active = Collaboration.objects.visible_to(request.actor).active().select_related("conversation")
    collaboration = get_object_or_404(active, client=found)
    reason = request.POST.get("reason", "")
    actions.end_collaboration(actor=request.actor, collaboration=collaboration, reason=reason, now=timezone.now())
    messages.success(request, _("The collaboration with %(name)s has ended.") % {"name": found.name})
    return redirect("collaborations:my_portal", request.actor.place.slug)
