"""What a firm asks its client about one item, and what the client answers."""

import mimetypes
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.mail import Recipient, notify
from advisory_portal.core.models import StoredFile
from advisory_portal.core.states import move
from bookkeeping.models import BankLine, InboxFile
from collaborations.actions.requests import within
from collaborations.actions.sides import people_of
from collaborations.models import Client, Question, QuestionReply, Side
from documents.models import Document
from partners.models import Member
from partners.rules import capped_levels

Item = Document | BankLine | InboxFile
BURST = timedelta(hours=1)  # while a question this young waits, further ones send no mail: its page shows them all


class NothingSaid(Refused):
    """A question or an answer needs words or a file."""


class FileRefused(Refused):
    """A file is empty or too large."""


@transaction.atomic
def ask_client(*, actor: Actor, item: Item, text: str, key: UUID, now: datetime) -> Question:
    """Ask the client about a document, bank line or received file that its firm is looking at; the client is told.

    `key` comes with the form: sent again, it gives the question that it made. Raises NothingSaid, TextTooLong,
    Forbidden for anybody but a firm's person in the client's account. Source: PRODUCT 3 (in the client's account).
    """
    if actor.kind != ActorKind.GRANT or actor.user_id is None or item.organisation_id != actor.organisation_id:
        raise Forbidden
    section = section_of(item)
    actor.require(section, Level.VIEW)
    text = _said(text)
    rows = Client.objects.select_for_update(of=("self",), no_key=True).select_related("firm")
    client = rows.get(firm_id=actor.firm_id, business_id=actor.organisation_id)
    sent = Question.objects.filter(client=client, key=key).first()
    if sent is not None:
        return sent
    is_told = Question.objects.filter(client=client).waiting().filter(created_at__gt=now - BURST).exists()
    question = Question.objects.create(
        firm=client.firm,
        business_id=actor.place.id,
        client=client,
        section=section,
        subject=_subject(actor, item)[:200],
        text=text,
        asked_by_id=actor.user_id,
        asked_by_name=actor.name,
        key=key,
        created_at=now,
        **{_column(item): item},
    )
    record(actor, "collaborations.question.asked", about=question)
    if not is_told:
        notify("collaborations/question_asked", to=_answerers(question), **_for_business(question, actor, text))
    return question


@transaction.atomic
def answer_question(
    *, actor: Actor, question: Question, text: str, files: Iterable[tuple[str, bytes]], key: UUID, now: datetime
) -> QuestionReply:
    """Answer a question of the firm with words, or with a file (name and bytes); whoever asked is told.

    Sent again under the same `key` it gives the answer that it made. Raises NothingSaid, TextTooLong, FileRefused,
    Forbidden for the firm and for those who may not manage the item's section.
    """
    if actor.kind != ActorKind.MEMBER or question.business_id != actor.organisation_id:
        raise Forbidden
    actor.require(Section(question.section), Level.MANAGE)
    question = _lock(actor, question)
    if sent := _sent(question, key):
        return sent
    given = _reply(actor, question, Side.BUSINESS, text, list(files), key, now)
    move(question, Question.State.ANSWERED, actor=actor)
    question.answered_at = now
    question.save(update_fields=["answered_at"])
    notify("collaborations/question_answered", to=_askers(question), **_for_firm(question, actor, given))
    return given


@transaction.atomic
def ask_further(*, actor: Actor, question: Question, text: str, key: UUID, now: datetime) -> QuestionReply:
    """Ask once more under a question, which waits for the client again and is told. Repeated under `key` it does
    nothing. Raises NothingSaid, TextTooLong, Forbidden for anybody but the firm.
    """
    _require_firm(actor, question)
    question = _lock(actor, question)
    if sent := _sent(question, key):
        return sent
    given = _reply(actor, question, Side.FIRM, _said(text), [], key, now)
    move(question, Question.State.OPEN, actor=actor)
    notify("collaborations/question_asked", to=_answerers(question), **_for_business(question, actor, given.text))
    return given


@transaction.atomic
def settle_question(*, actor: Actor, question: Question, now: datetime) -> bool:
    """Be done with a question, answered or not. True if done now, False if it was settled already.

    Raises Forbidden for anybody but the firm.
    """
    _require_firm(actor, question)
    question = _lock(actor, question)
    if not move(question, Question.State.SETTLED, actor=actor):
        return False
    question.settled_at = now
    question.save(update_fields=["settled_at"])
    return True


@transaction.atomic
def download_answer(*, actor: Actor, reply: QuestionReply) -> bytes:
    """The bytes of the file sent with an answer; who took them is kept. The caller found it with `visible_to`.

    Raises LookupError for an answer without a file.
    """
    if reply.file is None:
        raise LookupError("This answer has no file.")
    record(actor, "collaborations.question.downloaded", about=reply.question, after={"name": reply.file.name})
    return read_file(reply.file)


def section_of(item: Item) -> Section:
    """The section that an item belongs to."""
    if isinstance(item, Document):
        return item.section
    return Section.BANKING if isinstance(item, BankLine) else Section.INBOX


def _column(item: Item) -> str:
    if isinstance(item, Document):
        return "document"
    return "bank_line" if isinstance(item, BankLine) else "inbox_file"


def _subject(actor: Actor, item: Item) -> str:
    """What the question is about, in the business's language."""
    with translation.override(actor.place.language):
        if isinstance(item, Document):
            number = item.number or _("(draft)")
            return " · ".join(filter(None, (f"{item.get_kind_display()} {number}", item.contact_name)))
        if isinstance(item, BankLine):
            return item.counterparty_name or item.text or item.reference or _("Bank line")
        return item.name


def _said(text: str) -> str:
    text = within(text, Question.LONGEST, "text")
    if not text:
        raise NothingSaid(_("Write what you want to know."), field="text")
    return text


def _lock(actor: Actor, question: Question) -> Question:
    """The question as it stands, with client and organisations. Raises DoesNotExist beyond what the actor sees."""
    rows = Question.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    return rows.select_related("firm", "business", "client").get(pk=question.pk)


def _require_firm(actor: Actor, question: Question) -> None:
    inside = actor.kind == ActorKind.GRANT and actor.firm_id == question.firm_id
    outside = actor.kind == ActorKind.MEMBER and actor.organisation_id == question.firm_id
    if not (inside or outside):
        raise Forbidden


def _sent(question: Question, key: UUID) -> QuestionReply | None:
    """What was sent under the key before."""
    return QuestionReply.objects.filter(question=question, key=key).first()


def _reply(
    actor: Actor,
    question: Question,
    side: Side,
    text: str,
    files: list[tuple[str, bytes]],
    key: UUID,
    now: datetime,
) -> QuestionReply:
    """Add a word, or a file, to a locked question."""
    text = within(text, Question.LONGEST, "text")
    if not text and not files:
        raise NothingSaid(_("Write something, or attach a file."), field="text")
    between = {"firm": question.firm, "business": question.business, "question": question}
    own = {"side": side, "text": text, "author_name": actor.name, "key": key, "created_at": now}
    return QuestionReply.objects.create(**between, **own, file=_stored(question, files[0]) if files else None)


def _stored(question: Question, file: tuple[str, bytes]) -> StoredFile:
    name, content = file
    if not content:
        raise FileRefused(_("%(name)s is empty.") % {"name": name}, field="file")
    if len(content) > QuestionReply.LARGEST:
        words = _("%(name)s is larger than %(limit)s MB.") % {"name": name, "limit": QuestionReply.LARGEST // 1024**2}
        raise FileRefused(words, field="file")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return store_file(organisation_id=question.business_id, name=name, content=content, content_type=kind)


def _answerers(question: Question) -> list[Recipient]:
    """Those of the business who may manage the item's section."""
    members = Member.objects.effective().filter(organisation_id=question.business_id).with_rights().order_by("id")
    return [member.user.recipient for member in members if _may_answer(member, question.section)]


def _may_answer(member: Member, section: str) -> bool:
    levels = capped_levels(member.role.levels, member.organisation.plan.sections)
    return levels.get(section, Level.NONE) >= Level.MANAGE


def _askers(question: Question) -> list[Recipient]:
    """Whoever asked, or the firm's people for the client where they are not among those any more."""
    people = people_of(question, Side.FIRM)
    return [one for one in people if one.user_id == question.asked_by_id] or people


def _for_business(question: Question, actor: Actor, text: str) -> dict[str, Any]:
    return {
        "url": reverse("collaborations:question", args=[question.business.slug, question.pk]),
        "organisation_id": question.business_id,
        "from_name": question.firm.name,
        "context": _names(question, actor) | {"text": text},
    }


def _for_firm(question: Question, actor: Actor, given: QuestionReply) -> dict[str, Any]:
    return {
        "url": reverse("collaborations:question", args=[question.firm.slug, question.pk]),
        "organisation_id": question.firm_id,
        "from_name": question.business.name,
        "context": _names(question, actor) | {"text": given.text, "file": given.file.name if given.file else ""},
    }


def _names(question: Question, actor: Actor) -> dict[str, Any]:
    names = {"firm": question.firm.name, "business": question.business.name, "actor_name": actor.name}
    return names | {"subject_of": question.subject}
