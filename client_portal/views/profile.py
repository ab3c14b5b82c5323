"""The profile menu: language, mails, sessions, own data, the business's logo."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, WorkspaceRequest, portal, public
from advisory_portal.core.files import file_response, read_file
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.models import StoredFile
from client_portal import actions
from client_portal.forms import LanguageForm, MailsForm
from client_portal.models import PortalSession
from client_portal.rows.own_data import data_of
from client_portal.rules import browser_name
from client_portal.sources import SESSION_COOKIE, forget_cookie, session_of
from client_portal.views.entering import portal_at
from documents.models import Contact

MOST_SESSIONS = 50
KINDS = "advisory_portal.activity.CONTACT_MAILS"


@portal
def language(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    form = LanguageForm(request.POST or None, initial={"language": actor.language})
    context = {"business": actor.place, "form": form}
    if request.method != "POST":
        return render(request, "client_portal/language.html", context)
    if not submit(form, lambda: actions.choose_language(actor=actor, language=form.cleaned_data["language"])):
        return form_again(request, "client_portal/language.html", context)
    with translation.override(form.cleaned_data["language"]):
        messages.success(request, _("Saved."))
    return redirect("client_portal:language", actor.place.slug)


def _whole(actor: Actor) -> Actor:
    """Who came by a document's link sees that document, and nothing else of the contact: 404."""
    if actor.document_ids is not None:
        raise Http404
    return actor


@portal
def mails(request: WorkspaceRequest) -> HttpResponse:
    actor = _whole(request.actor)
    muted = Contact.objects.visible_to(actor).values_list("muted_mails", flat=True).get()
    form = MailsForm(request.POST if request.method == "POST" else None, kinds=import_string(KINDS), muted=muted)
    context = {"business": actor.place, "form": form}
    if request.method != "POST":
        return render(request, "client_portal/mails.html", context)
    if not submit(form, lambda: actions.choose_mails(actor=actor, muted=form.muted)):
        return form_again(request, "client_portal/mails.html", context)
    messages.success(request, _("Saved."))
    return redirect("client_portal:mails", actor.place.slug)


@portal
def sessions(request: WorkspaceRequest) -> HttpResponse:
    actor = _whole(request.actor)
    here = session_of(request, actor.place.slug)
    usable = PortalSession.objects.visible_to(actor).usable(timezone.now()).order_by("-id")
    rows = [(session, browser_name(session.browser)) for session in usable[:MOST_SESSIONS]]
    context = {"business": actor.place, "rows": rows, "here": here.id if here else None}
    return render(request, "client_portal/sessions.html", context)


@portal
@require_POST
def end_session(request: WorkspaceRequest, session_id: UUID) -> HttpResponse:
    actor = request.actor
    session = get_object_or_404(PortalSession.objects.visible_to(actor), pk=session_id)
    here = session_of(request, actor.place.slug)
    actions.end_sessions(actor=actor, now=timezone.now(), only=session.pk)
    response = redirect("client_portal:sessions", actor.place.slug)
    if here is not None and here.id == session.pk:
        forget_cookie(response, actor.place.slug, SESSION_COOKIE)
    return response


@portal
@require_POST
def end_other_sessions(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    here = session_of(request, actor.place.slug)
    actions.end_sessions(actor=actor, now=timezone.now(), besides=here.id if here else None)
    messages.success(request, _("Every other session has ended."))
    return redirect("client_portal:sessions", actor.place.slug)


@portal
def data(request: WorkspaceRequest) -> HttpResponse:
    actor = _whole(request.actor)
    return render(request, "client_portal/data.html", {"business": actor.place})


@portal
@require_GET
def data_file(request: WorkspaceRequest) -> HttpResponse:
    actor = _whole(request.actor)
    contact = get_object_or_404(Contact.objects.visible_to(actor))
    name = f"{actor.place.slug}-{actor.today():%Y-%m-%d}.json"
    content = data_of(actor, contact).encode()
    return file_response(content, name=name, content_type="application/json; charset=utf-8")


@public
@require_GET
def logo(request: HttpRequest, business: str, logo_id: UUID) -> HttpResponse:
    """The logo of the business's documents. Its address changes with it, so browsers may keep it."""
    if portal_at(business).logo_id != logo_id:
        raise Http404
    file = get_object_or_404(StoredFile.objects.filter(pk=logo_id))
    response = file_response(read_file(file), name="logo.png", content_type=file.content_type, inline=True)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
