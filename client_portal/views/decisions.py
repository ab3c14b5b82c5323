"""A quote is decided: by its contact in the portal, shown to staff beside the document."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access, portal
from advisory_portal.core.files import stored_response
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.limits import client_address
from client_portal import actions
from client_portal.forms import AcceptForm, DeclineForm
from client_portal.forms.decisions import RecordForm
from client_portal.models import PortalSettings, QuoteDecision
from client_portal.rows.decisions import DecisionRow, decision_row
from client_portal.rules import terms_hash
from documents import actions as documents
from documents.models import Document, Kind
from documents.rules import CONVERSIONS, section_of, shown_state
from documents.words import CONVERT_WORDS, state_label


def _quote(actor: Actor, document_id: UUID) -> Document:
    return get_object_or_404(Document.objects.visible_to(actor).of_kind(Kind.QUOTE), pk=document_id)


def _settings(actor: Actor) -> PortalSettings:
    return PortalSettings.objects.visible_to(actor).first() or PortalSettings()


def _where_from(request: HttpRequest) -> dict[str, Any]:
    return {"address": client_address(request) or None, "browser": request.headers.get("User-Agent", "")[:300]}


@portal
def accept_quote(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """Terms, name and signature of a yes; POST says it."""
    quote, settings = _quote(request.actor, document_id), _settings(request.actor)
    form = AcceptForm(request.POST or None, settings=settings)
    more = {"terms": settings.terms, "terms_hash": terms_hash(settings.terms), "settings": settings}
    said = _("You have accepted this quote.")
    return _decide(request, quote, form, more, "client_portal/accept_quote.html", said)


@portal
def decline_quote(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """Name and reason of a no; POST says it."""
    quote = _quote(request.actor, document_id)
    said = _("You have declined this quote.")
    return _decide(request, quote, DeclineForm(request.POST or None), {}, "client_portal/decline_quote.html", said)


def _decide(
    request: WorkspaceRequest,
    quote: Document,
    form: AcceptForm | DeclineForm,
    more: dict[str, Any],
    template: str,
    said: str,
) -> HttpResponse:
    actor = request.actor

    def decide() -> None:
        answer = actions.Answer(**form.values(), **_where_from(request))
        actions.decide_quote(actor=actor, document=quote, answer=answer, now=timezone.now())

    if request.method == "POST" and submit(form, decide):
        messages.success(request, said)
        return redirect("client_portal:document", actor.place.slug, quote.pk)
    closed = documents.why_closed(document=quote, today=actor.today())
    context = {"business": actor.place, "document": quote, "form": form, "closed": closed, **more}
    return (form_again if form.is_bound else render)(request, template, context)


@portal
@require_GET
def decision(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    """What stands in the portal beside a quote: its buttons, or what became of it.

    The page asks again with what it shows (`shown`): nothing new is no answer, something new loads the page anew.
    """
    actor = request.actor
    quote = _quote(actor, document_id)
    state = shown_state(quote.kind, quote.state, quote.due_on, actor.today())
    shown = request.GET.get("shown", "")
    if shown == state:
        return HttpResponse(status=204)
    if shown:
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    newer = Document.objects.visible_to(actor).superseding(quote).order_by("-version").first()
    context = {
        "business": actor.place,
        "document": quote,
        "state": state,
        "closed": documents.why_closed(document=quote, today=actor.today()),
        "newer": newer,
        "row": _row(actor, quote),
    }
    template = "client_portal/_decision_state.html" if is_htmx(request) else "client_portal/decision.html"
    return render(request, template, context)


def _kept(actor: Actor, quote: Document) -> QuoteDecision | None:
    rows = QuoteDecision.objects.visible_to(actor).select_related("certificate", "document")
    return rows.filter(document=quote).first()


def _row(actor: Actor, quote: Document) -> DecisionRow | None:
    kept = _kept(actor, quote)
    return decision_row(kept, time_zone=actor.place.time_zone) if kept else None


def _certificate(actor: Actor, document_id: UUID) -> QuoteDecision:
    kept = _kept(actor, _quote(actor, document_id))
    if kept is None or kept.certificate is None:
        raise Http404
    return kept


@portal
@require_GET
def certificate(request: WorkspaceRequest, document_id: UUID) -> HttpResponseBase:
    kept = _certificate(request.actor, document_id)
    assert kept.certificate is not None
    return stored_response(kept.certificate)


# --- Staff ---------------------------------------------------------------------------------------------------


@access()
@require_GET
def staff_decision(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """The card on a quote's page: what the customer decided, with its evidence."""
    actor = request.actor
    quote = _quote(actor, quote_id)
    state = shown_state(quote.kind, quote.state, quote.due_on, actor.today())
    may_convert = quote.state == Document.State.ACCEPTED
    context = {
        "document": quote,
        "state": state,
        "state_label": state_label(quote.kind, state),
        "may_record": state == Document.State.ISSUED and actor.may(Section(section_of(quote.kind)), Level.MANAGE),
        "row": _row(actor, quote),
        "conversions": [
            (to, CONVERT_WORDS[to])
            for to in CONVERSIONS[quote.kind]
            if may_convert and actor.may(Section(section_of(to)), Level.MANAGE)
        ],
        "made": Document.objects.visible_to(actor).filter(source=quote).exclude(state=Document.State.VOID)[:5],
    }
    template = "client_portal/_staff_decision.html" if is_htmx(request) else "client_portal/staff_decision.html"
    return render(request, template, context)


@access(Section.SALES, Level.MANAGE)
def record_decision(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """What the customer told staff is recorded; POST says it."""
    actor = request.actor
    quote = _quote(actor, quote_id)
    form = RecordForm(request.POST or None, initial={"name": quote.contact_name})

    def decide() -> None:
        actions.decide_quote(actor=actor, document=quote, answer=actions.Answer(**form.values()), now=timezone.now())

    if request.method == "POST" and submit(form, decide):
        messages.success(request, _("Their answer is recorded."))
        return redirect("documents:document", actor.place.slug, quote.pk)
    closed = documents.why_closed(document=quote, today=actor.today())
    context = {"business": actor.place, "document": quote, "form": form, "closed": closed}
    return (form_again if form.is_bound else render)(request, "client_portal/record_decision.html", context)


@access()
@require_GET
def staff_certificate(request: WorkspaceRequest, quote_id: UUID) -> HttpResponseBase:
    kept = _certificate(request.actor, quote_id)
    actions.download_certificate(actor=request.actor, decision=kept)
    assert kept.certificate is not None
    return stored_response(kept.certificate)


@access()
@require_POST
def convert_quote(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    actor = request.actor
    kept = get_object_or_404(QuoteDecision.objects.visible_to(actor).select_related("document"), document_id=quote_id)
    draft = actions.convert_quote(
        actor=actor, decision=kept, to=request.POST.get("to", ""), again=request.POST.get("again") == "1"
    )
    return redirect("documents:edit_document", actor.place.slug, draft.pk)
