"""What a firm shows of itself: the state of its profile, and the window in which it is written."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import file_response, read_file
from advisory_portal.core.http import form_again, is_htmx, respond, submit
from partners import actions
from partners.forms import PictureForm, ProfileContentForm
from partners.models import Organisation, ProfileVersion, ProgrammeApplication
from partners.rows import ShownFirm, shown_firm
from partners.rules.pictures import SHAPES
from partners.rules.profiles import REQUIRED, missing
from partners.words import FIELDS, PROVINCES

P = ParamSpec("P")
FirmView = Callable[Concatenate[WorkspaceRequest, P], HttpResponse]
HISTORY = 10


def for_firms(view: FirmView[P]) -> FirmView[P]:
    """Send a business to the page that says how a firm joins; only firms have a profile."""

    @wraps(view)
    def guarded(request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.actor.place.kind != Organisation.Kind.FIRM:
            return redirect("partners:advisory_services", request.actor.place.slug)
        return view(request, *args, **kwargs)

    return guarded


@access()
@require_GET
@for_firms
def profile_state(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    versions = ProfileVersion.objects.visible_to(actor).with_pictures()
    shown = versions.open().first() or versions.published().first()
    context = {
        "application": ProgrammeApplication.objects.visible_to(actor).current().first(),
        "open": versions.open().first(),
        "published": versions.published().first(),
        "firm": preview(request, shown) if shown else None,
        "history": versions.exclude(submitted_at=None).newest_first()[:HISTORY],
        "may_write": actor.may(Section.SETTINGS, Level.MANAGE),
        "labels": FIELDS,
    }
    return render(request, "partners/profile_state.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_GET
@for_firms
def profile_editor(request: WorkspaceRequest) -> HttpResponse:
    version = shown_version(request)
    form = ProfileContentForm(content=content_of(request, version))
    return render(request, "partners/profile_editor.html", editor_context(request, version, form))


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
@for_firms
def save_profile(request: WorkspaceRequest) -> HttpResponse:
    form = posted_form(request)
    version = save(request, form)
    context = editor_context(request, version, form)
    if is_htmx(request):
        return render(request, "partners/_profile_side.html", context)
    if form.errors:
        return form_again(request, "partners/profile_editor.html", context)
    messages.success(request, _("Saved as a draft."))
    return redirect("partners:profile_editor", request.actor.place.slug)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
@for_firms
def submit_profile(request: WorkspaceRequest) -> HttpResponse:
    """Saves what is on the page and sends it; what can be kept is kept even if it cannot be sent."""
    form = posted_form(request)
    version = save(request, form)
    if submit(form, lambda: actions.submit_version(actor=request.actor, version=version, now=utc_now())):
        messages.success(request, _("Your profile is sent. We tell you by e-mail as soon as it is reviewed."))
        return redirect("partners:profile_state", request.actor.place.slug)
    return form_again(request, "partners/profile_editor.html", editor_context(request, version, form))


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
@for_firms
def withdraw_profile(request: WorkspaceRequest) -> HttpResponse:
    version = ProfileVersion.objects.visible_to(request.actor).open().first()
    if version is None:
        raise Refused(_("There is nothing to withdraw: the profile was decided meanwhile."))
    actions.withdraw_version(actor=request.actor, version=version)
    messages.success(request, _("The profile is a draft again."))
    return redirect("partners:profile_editor", request.actor.place.slug)


@access()
@require_GET
@for_firms
def profile_picture(request: WorkspaceRequest, which: str) -> HttpResponse:
    """A picture of the version that is being written, or of the published one: for the firm's own eyes."""
    version = shown_version(request)
    file = getattr(version, which) if version and which.removesuffix("_small") in SHAPES else None
    if file is None:
        raise Http404
    return file_response(read_file(file), name=file.name, content_type=file.content_type, inline=True)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
@for_firms
def set_profile_picture(request: WorkspaceRequest, which: str) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if which not in SHAPES:
        raise Http404
    if not form.is_valid():
        raise Refused(_("Choose a picture first."))
    actions.set_picture(actor=request.actor, which=which, upload=form.upload, now=utc_now())
    return pictures_changed(request)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
@for_firms
def remove_profile_picture(request: WorkspaceRequest, which: str) -> HttpResponse:
    if which not in SHAPES:
        raise Http404
    actions.set_picture(actor=request.actor, which=which, upload=None, now=utc_now())
    return pictures_changed(request)


def pictures_changed(request: WorkspaceRequest) -> HttpResponse:
    """The pictures with the side beside them, for htmx; the whole window else."""
    version = shown_version(request)
    form = ProfileContentForm(content=content_of(request, version))
    to = reverse("partners:profile_editor", args=[request.actor.place.slug])
    return respond(request, "partners/_profile_pictures_changed.html", editor_context(request, version, form), to=to)


def shown_version(request: WorkspaceRequest) -> ProfileVersion | None:
    """The version to write in or that waits; else the published one, from which the next begins."""
    versions = ProfileVersion.objects.visible_to(request.actor).with_pictures()
    return versions.open().first() or versions.published().first()


def content_of(request: WorkspaceRequest, version: ProfileVersion | None) -> Mapping[str, Any]:
    if version is not None:
        content: dict[str, Any] = version.content
        return content
    return get_object_or_404(Organisation.objects.visible_to(request.actor)).first_content


def posted_form(request: WorkspaceRequest) -> ProfileContentForm:
    return ProfileContentForm(request.POST, content=content_of(request, shown_version(request)))


def save(request: WorkspaceRequest, form: ProfileContentForm) -> ProfileVersion:
    """Keep what is right in the form. Raises InReview."""
    form.full_clean()
    return actions.save_draft(actor=request.actor, content=form.content, now=utc_now())


def editor_context(
    request: WorkspaceRequest, version: ProfileVersion | None, form: ProfileContentForm
) -> dict[str, Any]:
    content = content_of(request, version)
    lacking = missing(content, has_logo=version is not None and version.logo_id is not None)
    is_member = ProgrammeApplication.objects.visible_to(request.actor).accepted().exists()
    return {
        "form": form,
        "version": version,
        "may_write": version is None or version.is_editable or version.state == ProfileVersion.State.PUBLISHED,
        "is_draft": version is not None and version.is_editable,
        "is_member": is_member,
        "checklist": [(key, FIELDS[key], key not in lacking) for key in ("logo", *REQUIRED)],
        "open_points": len(lacking) + (not is_member),
        "firm": preview(request, version, content),
        "provinces": PROVINCES,
        "labels": FIELDS,
    }


def preview(
    request: WorkspaceRequest, version: ProfileVersion | None, content: Mapping[str, Any] | None = None
) -> ShownFirm:
    """The card and the page as they will be, with pictures that only the firm sees."""
    addresses = {}
    for which in ("logo", "logo_small", "cover"):
        file = getattr(version, which, None)
        address = reverse("partners:profile_picture", args=[request.actor.place.slug, which])
        addresses[which] = f"{address}?{file.sha256[:12]}" if file else ""
    if content is None:
        content = content_of(request, version)
    return shown_firm(content, **addresses)
