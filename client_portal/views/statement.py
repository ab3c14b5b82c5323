"""The contact's statement of account: page, PDF and CSV."""

from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from advisory_portal.core.access import WorkspaceRequest, portal
from advisory_portal.core.files import file_response
from advisory_portal.formats.tables import write_csv
from client_portal.rows.statement import statement_csv, statement_of
from client_portal.rows.statement_pdf import statement_pdf
from client_portal.views.lists import came_by_link
from documents.actions import look_of, settings_of
from documents.models import Contact
from documents.rules.periods import PERIODS, period_days
from documents.words import PERIOD_WORDS
from partners.models import Organisation

USUAL = "this-year"


def _period(request: WorkspaceRequest) -> tuple[str, date, date]:
    """The period that the address names, and its first and last day."""
    asked = request.GET.get("period", "")
    period = asked if asked in PERIODS else USUAL
    return period, *period_days(period, request.actor.today())


@portal
@require_GET
def statement(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    if came_by_link(actor):
        return redirect("client_portal:home", actor.place.slug)
    period, since, until = _period(request)
    context = {
        "business": actor.place,
        "shown": statement_of(actor, since, until, actor.today()),
        "period": period,
        "periods": PERIOD_WORDS.items(),
    }
    return render(request, "client_portal/statement.html", context)


@portal
@require_GET
def statement_file(request: WorkspaceRequest, file_format: str) -> HttpResponseBase:
    """The statement as CSV, of all currencies, or as PDF of the one that the address names."""
    actor = request.actor
    if file_format not in ("csv", "pdf"):
        raise Http404
    if came_by_link(actor):
        return redirect("client_portal:home", actor.place.slug)
    _name, since, until = _period(request)
    name = f"{_('Statement')} {since:%Y-%m-%d} {until:%Y-%m-%d}"
    if file_format == "csv":
        response = StreamingHttpResponse(write_csv(statement_csv(actor, since, until)), content_type="text/csv")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv") or ""
        response["Cache-Control"] = "private, no-store"
        return response
    content = statement_pdf(
        statement_of(actor, since, until, actor.today()),
        business=Organisation.objects.visible_to(actor).get(),
        contact=Contact.objects.visible_to(actor).get(),
        look=look_of(settings_of(actor.place.id), accent=actor.place.accent),
        currency=request.GET.get("currency", ""),
    )
    return file_response(content, name=f"{name}.pdf", content_type="application/pdf")
