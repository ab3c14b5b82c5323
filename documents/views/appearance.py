"""Settings > Documents > Look."""

from zlib import crc32

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, submit
from documents import actions
from documents.forms.appearance import AppearanceForm
from documents.models import DocumentSettings

PICTURE_WIDTH = 480


@access(Section.SETTINGS)
def settings_look(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    kept, may_change = actions.settings_of(actor.place.id), actor.may(Section.SETTINGS, Level.MANAGE)
    form = AppearanceForm(
        request.POST or None, request.FILES or None, kept=kept, accent=actor.place.accent, read_only=not may_change
    )

    def save() -> None:
        actions.save_look(
            actor=actor,
            changes=form.changes,
            accent=form.cleaned_data["accent"],
            logo=form.upload,
            without_logo=form.cleaned_data.get("without_logo", False),
        )

    if submit(form, save):
        messages.success(request, _("Saved. New PDFs look like this; those that were made stay as they are."))
        return redirect("documents:settings_look", actor.place.slug)
    layouts = DocumentSettings.Layout.choices
    context = {"form": form, "may_change": may_change, "layouts": layouts, "version": _version(request, kept)}
    return (form_again if form.is_bound else render)(request, "documents/appearance.html", context)


def _version(request: WorkspaceRequest, kept: DocumentSettings) -> str:
    """Another text whenever the pictures look otherwise, so that browsers fetch them anew only then."""
    place = request.actor.place
    shown = (place.name, place.accent, place.language, kept.logo_id, kept.footer, kept.iban)
    return f"{crc32(repr(shown).encode()):08x}"


@access(Section.SETTINGS)
@require_GET
def look_picture(request: WorkspaceRequest, layout: str) -> HttpResponse:
    _require_layout(layout)
    content = actions.sample_picture(actor=request.actor, layout=layout, width=PICTURE_WIDTH, now=timezone.now())
    response = file_response(content, name=f"{layout}.png", content_type="image/png", inline=True)
    response["Cache-Control"] = "private, max-age=86400"  # its address changes with the look
    return response


@access(Section.SETTINGS)
@require_GET
def look_sample(request: WorkspaceRequest, layout: str) -> HttpResponse:
    _require_layout(layout)
    content = actions.sample_pdf(actor=request.actor, layout=layout, now=timezone.now())
    return file_response(content, name=f"{layout}.pdf", content_type="application/pdf", inline=True)


def _require_layout(layout: str) -> None:
    if layout not in DocumentSettings.Layout.values:
        raise Http404
