"""The business's fiscal records."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access
from advisory_portal.core.paging import keyset_page
from documents import actions, fiscal
from documents.models import FiscalRecord
from documents.rows.fiscal import fiscal_rows

PAGE_SIZE = 50
CHECKED = 1_000


@access(Section.SETTINGS)
@require_GET
def fiscal_records(request: WorkspaceRequest) -> HttpResponse:
    actor, asked = request.actor, request.GET
    records = FiscalRecord.objects.visible_to(actor)
    state = asked.get("state", "")
    if state in FiscalRecord.State.values:
        records = records.filter(state=state)
    after, before = asked.get("after", ""), asked.get("before", "")
    page = keyset_page(records, order="-position", size=PAGE_SIZE, after=after, before=before)
    kept = actions.settings_of(actor.place.id)
    is_checked = "check" in asked
    context = {
        "page": page,
        "rows": fiscal_rows(page.rows, slug=actor.place.slug, time_zone=actor.place.time_zone),
        "state": state,
        "states": FiscalRecord.State.choices,
        "reports": bool(kept.fiscal_regime),
        "is_sending": fiscal.is_sending(kept.fiscal_regime),
        "faults": fiscal.verify_chain(actor.place.id, last=CHECKED) if is_checked else None,
        "checked": CHECKED,
        "may_change": actor.may(Section.SETTINGS, Level.MANAGE),
    }
    return render(request, "documents/settings_fiscal.html", context)


@access(Section.SETTINGS, Level.MANAGE)
@require_POST
def resend_fiscal_record(request: WorkspaceRequest, record_id: UUID) -> HttpResponse:
    found = get_object_or_404(FiscalRecord.objects.visible_to(request.actor), pk=record_id)
    actions.resend_fiscal_record(actor=request.actor, record=found, now=timezone.now())
    messages.success(request, _("The record is sent again in a moment."))
    return redirect("documents:fiscal_records", request.actor.place.slug)
