"""Questions of a firm to its client: on an item's page, on the page where the client answers, in the firm's list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, ActorKind, Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.files import file_response
from advisory_portal.core.http import form_again, is_htmx, respond, submit
from advisory_portal.core.paging import keyset_page
from bookkeeping.models import BankLine, InboxFile
from collaborations import actions
from collaborations.forms.questions import AnswerForm, QuestionForm
from collaborations.models import Conversation, Question, QuestionReply, Side
from collaborations.models.questions import Questions
from collaborations.rows.questions import counted, question_card, question_cards, state_label
from documents.models import Document

PAGE = 20
COUNT_CAP = 99
STATES: dict[str, Callable[[Questions], Questions]] = {
    "open": Questions.waiting,
    "answered": Questions.answered,
    "settled": Questions.settled,
}


@access()
@require_GET
def questions(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    seen = Question.objects.visible_to(actor)
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset_page(STATES[state](seen).with_replies(), order="-id", size=PAGE, **cursors)
    counts = {name: counted(_number(STATES[name](seen)), COUNT_CAP) for name in ("open", "answered")}
    address = reverse("collaborations:questions", args=[actor.place.slug])
    context = {
        "page": page,
        "cards": question_cards(actor, page.rows),
        "tabs": [
            (state_label(name, is_firm=asks(actor)), f"{address}?state={name}", name == state, counts.get(name) or None)
            for name in STATES
        ],
        "state": state,
        "is_firm": asks(actor),
    }
    return render(request, "collaborations/questions.html", context)


@access()
@require_GET
def waiting(request: WorkspaceRequest) -> HttpResponse:
    """What waits for the reader, for the frame of every page: of a business its answers, of a firm the answers it got;
    and for both the conversations with unread messages.
    """
    actor = request.actor
    seen = Question.objects.visible_to(actor)
    is_firm = actor.place.kind == Side.FIRM
    number = _number(seen.answered() if is_firm else seen.waiting())
    talks = _number(Conversation.objects.visible_to(actor).unread_by(actor))
    context = {
        "number": number,
        "shown": counted(number, COUNT_CAP),
        "is_firm": is_firm,
        "talks": talks,
        "talks_shown": counted(talks, COUNT_CAP),
    }
    return render(request, "collaborations/_questions_waiting.html", context)


def asks(actor: Actor) -> bool:
    """Whether the actor stands on the firm's side: in its own workspace, or in the client's account."""
    return actor.kind == ActorKind.GRANT or actor.place.kind == Side.FIRM


def _number(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNT_CAP + 1].count()


def _find(request: WorkspaceRequest, question_id: UUID) -> Question:
    return get_object_or_404(Question.objects.visible_to(request.actor).with_replies(), pk=question_id)


@access()
@require_GET
def question(request: WorkspaceRequest, question_id: UUID) -> HttpResponse:
    card = question_card(request.actor, _find(request, question_id))
    return render(request, "collaborations/question.html", {"card": card})


@access()
@require_POST
def answer(request: WorkspaceRequest, question_id: UUID) -> HttpResponse:
    row = _find(request, question_id)
    if asks(request.actor):
        return redirect("collaborations:question", request.actor.place.slug, row.pk)
    form = AnswerForm(request.POST, request.FILES, auto_id=f"id_q{row.pk.hex[-12:]}_%s")
    request.actor.require(Section(row.section), Level.MANAGE)

    def act() -> None:
        actions.answer_question(actor=request.actor, question=row, now=utc_now(), **form.values())

    return _worked(request, row, form, act)


@access()
@require_POST
def follow(request: WorkspaceRequest, question_id: UUID) -> HttpResponse:
    row = _find(request, question_id)
    if not asks(request.actor):
        return redirect("collaborations:question", request.actor.place.slug, row.pk)
    form = QuestionForm(request.POST, auto_id=f"id_q{row.pk.hex[-12:]}_%s")

    def act() -> None:
        actions.ask_further(actor=request.actor, question=row, now=utc_now(), **form.values())

    return _worked(request, row, form, act)


def _worked(request: WorkspaceRequest, row: Question, form: QuestionForm, act: Callable[[], None]) -> HttpResponse:
    """Does what the form says; answers with the question's card, its page, or where one came from."""
    page = reverse("collaborations:question", args=[request.actor.place.slug, row.pk])
    if submit(form, act):
        card = question_card(request.actor, _find(request, row.pk))
        return respond(request, "collaborations/_question.html", {"card": card}, to=page)
    context = {"card": question_card(request.actor, row, form)}
    return form_again(
        request, "collaborations/_question.html" if is_htmx(request) else "collaborations/question.html", context
    )


@access()
@require_POST
def settle(request: WorkspaceRequest, question_id: UUID) -> HttpResponse:
    row = _find(request, question_id)
    if not asks(request.actor):
        return redirect("collaborations:question", request.actor.place.slug, row.pk)
    actions.settle_question(actor=request.actor, question=row, now=utc_now())
    card = question_card(request.actor, _find(request, row.pk))
    back = reverse("collaborations:question", args=[request.actor.place.slug, row.pk])
    return respond(request, "collaborations/_question.html", {"card": card}, to=back)


@access()
@require_GET
def answer_file(request: WorkspaceRequest, reply_id: UUID) -> HttpResponse:
    replies = QuestionReply.objects.visible_to(request.actor).exclude(file=None).select_related("file", "question")
    reply = get_object_or_404(replies, pk=reply_id)
    content = actions.download_answer(actor=request.actor, reply=reply)
    if reply.file is None:
        raise Http404
    return file_response(content, name=reply.file.name, content_type=reply.file.content_type)


# --- On an item's page ----------------------------------------------------------------------------------------


@access()
def on_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    item = get_object_or_404(Document.objects.visible_to(request.actor), pk=document_id)
    return _on_item(request, item, {"document": item.pk})


@access(Section.BANKING)
def on_bank_line(request: WorkspaceRequest, line_id: UUID) -> HttpResponse:
    item = get_object_or_404(BankLine.objects.visible_to(request.actor), pk=line_id)
    return _on_item(request, item, {"bank_line": item.pk})


@access(Section.INBOX)
def on_inbox_file(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    item = get_object_or_404(InboxFile.objects.visible_to(request.actor), pk=file_id)
    return _on_item(request, item, {"file": item.pk})


def _on_item(request: WorkspaceRequest, item: Document | BankLine | InboxFile, which: dict[str, UUID]) -> HttpResponse:
    """The questions about an item, as a card of its page; a firm's person asks here. Empty where nothing was asked."""
    actor = request.actor
    may_ask = actor.kind == ActorKind.GRANT
    form = QuestionForm(request.POST) if request.method == "POST" else QuestionForm.fresh("ask")

    def ask() -> None:
        actions.ask_client(actor=actor, item=item, now=utc_now(), **form.values())

    is_asked = form.is_bound and submit(form, ask)
    if is_asked and not is_htmx(request):
        messages.success(request, _("%(client)s was asked.") % {"client": actor.place.name})
        return redirect(request.path)
    found = Question.objects.visible_to(actor).on_item(**which).with_replies().order_by("-id")[:PAGE]
    context: dict[str, Any] = {
        "cards": question_cards(actor, found),
        "form": QuestionForm.fresh("ask") if is_asked else form,
        "may_ask": may_ask,
        "address": request.path,
    }
    template = "collaborations/_item_questions.html" if is_htmx(request) else "collaborations/item_questions.html"
    return render(request, template, context, status=422 if form.is_bound and not is_asked else 200)
