"""Which returns a business files, and the calendar feed of their days."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Level, Section, WorkspaceRequest, access, public
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.limits import limited
from bookkeeping import actions
from bookkeeping.forms.taxes import NOT_FILED, FormsForm, form_field
from bookkeeping.models import FilingCalendar, TaxFiling
from bookkeeping.rows.tax_calendar import filing_events
from bookkeeping.rules.calendar_feed import calendar
from bookkeeping.rules.filings import pack_of, usual_forms
from partners.models import Organisation

FEED_DAYS = 400  # so far back and ahead the feed reaches
MOST_EVENTS = 500


@access(Section.TAXES)
def filing_settings(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    pack = pack_of(actor.place.country)
    kept = FilingCalendar.objects.visible_to(actor).first()
    business = Organisation.objects.visible_to(actor).get()
    if kept is None:
        chosen = usual_forms(business.country, legal_form=business.legal_form, tax_id=business.tax_id)
    else:
        chosen = {code: said["period"] for code, said in kept.forms.items()}
    initial = {form_field(code): chosen.get(code, NOT_FILED) for code in pack}
    form = FormsForm(request.POST if request.method == "POST" else None, pack=pack, initial=initial)
    if form.is_bound:
        actor.require(Section.TAXES, Level.MANAGE)
    if submit(form, lambda: actions.choose_forms(actor=actor, forms=form.chosen, today=actor.today())):
        messages.success(request, _("Saved."))
        return redirect("bookkeeping:taxes", actor.place.slug)
    context = {
        "form": form,
        "pack": list(pack.values()),
        "fields": [(one, form[form_field(one.code)]) for one in pack.values()],
        "is_new": kept is None,
        "has_feed": bool(kept and kept.feed_hash),
        "may_manage": actor.may(Section.TAXES, Level.MANAGE),
    }
    return (form_again if form.is_bound else render)(request, "bookkeeping/filing_settings.html", context)


@access(Section.TAXES, Level.MANAGE)
@require_POST
def renew_tax_feed(request: WorkspaceRequest) -> HttpResponse:
    """Shows the new address once: what is stored of it is a hash."""
    if not FilingCalendar.objects.visible_to(request.actor).exists():
        raise Http404
    token = actions.renew_feed(actor=request.actor)
    address = request.build_absolute_uri(reverse("tax_feed", args=[token]))
    response = render(request, "bookkeeping/filing_feed.html", {"address": address})
    response["Cache-Control"] = "private, no-store"
    return response


@access(Section.TAXES, Level.MANAGE)
@require_POST
def stop_tax_feed(request: WorkspaceRequest) -> HttpResponse:
    actions.stop_feed(actor=request.actor)
    return redirect("bookkeeping:filing_settings", request.actor.place.slug)


@public
@limited("tax_feed")
@require_GET
def tax_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The days of a business's returns, for whoever has the secret. Says nothing of amounts or of people."""
    kept = FilingCalendar.objects.with_token(token).first()
    if kept is None:
        raise Http404
    business, now = kept.organisation, timezone.now()
    reach = timedelta(days=FEED_DAYS)
    rows = TaxFiling.objects.of_feed(kept).filter(due_on__range=(now.date() - reach, now.date() + reach))
    with translation.override(business.language):
        name = _("Taxes of %(name)s") % {"name": business.name}
        events = filing_events(rows.order_by("due_on", "pk")[:MOST_EVENTS], business)
        content = calendar(name, events)
    return file_response(content, name="taxes.ics", content_type="text/calendar; charset=utf-8", inline=True)
