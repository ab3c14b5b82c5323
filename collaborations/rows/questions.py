"""Questions as pages show them: formatted once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.formatting import format_moment
from collaborations.forms.questions import AnswerForm, QuestionForm
from collaborations.models import Question, QuestionReply, Side


@dataclass(slots=True)
class ReplyLine:
    """A word under a question; `file` is (address, name) or None."""

    who: str
    text: str
    moment: str
    iso: str
    is_business: bool
    file: tuple[str, str] | None


@dataclass(slots=True)
class QuestionCard:
    """A question with its replies, and what the reader may do: answer it, or ask further and settle it.

    `item` is the path of the item within the client's account; `enter` where the firm must go in to see it first.
    """

    id: Any
    subject: str
    item: str
    enter: str
    client: str
    who: str
    text: str
    moment: str
    iso: str
    state: str
    state_label: str
    may_answer: bool
    may_follow: bool
    is_settled: bool
    replies: list[ReplyLine] = field(default_factory=list)
    form: QuestionForm | None = None


def question_cards(actor: Actor, questions: Iterable[Question]) -> list[QuestionCard]:
    """The questions as `with_replies` fetches them, for this reader."""
    return [question_card(actor, question) for question in questions]


def question_card(actor: Actor, question: Question, form: QuestionForm | None = None) -> QuestionCard:
    """One question; `form` holds what was typed and refused."""
    is_firm = actor.kind == ActorKind.GRANT or actor.place.kind == Side.FIRM
    is_outside = actor.kind == ActorKind.MEMBER and is_firm
    may_answer = not is_firm and actor.may(Section(question.section), Level.MANAGE)
    zone = actor.place.time_zone
    card = QuestionCard(
        id=question.pk,
        subject=question.subject,
        item=item_address(question),
        enter=reverse("collaborations:enter_client", args=[actor.place.slug, question.client_id]) if is_outside else "",
        client=question.business.name if is_outside else "",
        who=f"{question.asked_by_name} ({question.firm.name})",
        text=question.text,
        moment=format_moment(question.created_at, zone),
        iso=question.created_at.isoformat(),
        state={"open": "waiting", "answered": "done", "settled": "void"}[question.state],
        state_label=state_label(question.state, is_firm=is_firm),
        may_answer=may_answer and question.state != Question.State.SETTLED,
        may_follow=is_firm,
        is_settled=question.state == Question.State.SETTLED,
    )
    card.replies = [_reply(actor, question, reply) for reply in question.replies.all()]
    card.form = form
    if form is None and (card.may_answer or card.may_follow):
        card.form = (AnswerForm if card.may_answer else QuestionForm).fresh(f"q{question.pk.hex[-12:]}")
    return card


def item_address(question: Question) -> str:
    """The path of what the question is about, in the business's workspace."""
    slug = question.business.slug
    if question.document_id:
        return reverse("documents:document", args=[slug, question.document_id])
    if question.bank_line_id:
        return reverse("bookkeeping:bank_line", args=[slug, question.bank_line_id])
    return reverse("bookkeeping:inbox_file", args=[slug, question.inbox_file_id])


def _reply(actor: Actor, question: Question, reply: QuestionReply) -> ReplyLine:
    is_business = reply.side == Side.BUSINESS
    organisation = question.business if is_business else question.firm
    file = None
    if reply.file is not None:
        file = (reverse("collaborations:answer_file", args=[actor.place.slug, reply.pk]), reply.file.name)
    return ReplyLine(
        who=f"{reply.author_name} ({organisation.name})",
        text=reply.text,
        moment=format_moment(reply.created_at, actor.place.time_zone),
        iso=reply.created_at.isoformat(),
        is_business=is_business,
        file=file,
    )


def counted(number: int, cap: int) -> str:
    """A number for a badge: "" for none, "99+" beyond the cap."""
    return f"{cap}+" if number > cap else str(number or "")


def state_label(state: str, *, is_firm: bool) -> str:
    """The state in words for a reader of the firm or of the client."""
    if state == Question.State.OPEN and not is_firm:
        return _("Waits for you")
    return str(Question.State(state).label)
