from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.paging import capped_count
from documents import actions
from documents.forms import RemindersForm
from documents.models import Document, Kind, Reminder
from documents.rows.reminders import step_previews
from documents.rules.reminders import OLDEST_DAYS, PLACEHOLDERS

FAILED_SHOWN = 10


@access(Section.SETTINGS)
def settings_reminders(request: WorkspaceRequest) -> HttpResponse:
    """The switch and the three steps. Turning it on says first how many invoices are reminded at once."""
    actor = request.actor
    kept = actions.settings_of(actor.place.id)
    may_change = actor.may(Section.SETTINGS, Level.MANAGE)
    form = RemindersForm(request.POST or None, kept=kept, read_only=not may_change)
    number = _reminded_at_once(actor, form) if form.is_bound and form.is_valid() and not kept.reminders_on else 0
    asks = number > 0 and request.POST.get("confirmed") != str(number)
    if not asks and submit(form, lambda: actions.save_settings(actor=actor, changes=form.changes)):
        messages.success(request, _("Saved."))
        return redirect("documents:settings_reminders", actor.place.slug)
    example = Document.objects.visible_to(actor).of_kind(Kind.INVOICE).exclude(number="").order_by("-issued_on")
    failed = Reminder.objects.visible_to(actor).given_up()
    context = {
        "form": form,
        "may_change": may_change,
        "asks": number if asks else 0,
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
        "oldest": OLDEST_DAYS,
        "previews": step_previews(form, example.first(), actor.place),
        "failed": list(failed.select_related("document").order_by("-id")[:FAILED_SHOWN]),
        "failed_count": capped_count(failed),
    }
    return (form_again if form.is_bound else render)(request, "documents/settings_reminders.html", context)


def _reminded_at_once(actor: Actor, form: RemindersForm) -> int:
    """How many invoices would be reminded today; 0 where the form leaves the switch off."""
    if not form.changes["reminders_on"]:
        return 0
    return len(actions.due_reminders(organisation_id=actor.place.id, days=form.days, today=actor.today()))


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def try_reminders_again(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    number = actions.try_reminders_again(actor=actor, now=timezone.now())
    words = ngettext("%(num)s reminder is tried again.", "%(num)s reminders are tried again.", number)
    messages.success(request, words % {"num": number})
    return redirect("documents:settings_reminders", actor.place.slug)


@access()
@require_POST
def except_from_reminders(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(found.section, Level.MANAGE)
    actions.except_from_reminders(actor=actor, document=found, is_reminded=request.POST.get("remind") == "yes")
    return redirect("documents:document", actor.place.slug, found.pk)
