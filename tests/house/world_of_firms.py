"""What a firm and its client share in the world of the house tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from advisory_portal.core.ids import uuid7
from collaborations import actions as clients
from collaborations.models import Collaboration, Grant
from documents.models import Document
from partners.models import Member
from tests.collaborations.factories_conversations import collaborating, write
from tests.collaborations.factories_grants import granted, in_account

if TYPE_CHECKING:
    from tests.house.world import Household


def add_collaboration(firm: Household, business: Household) -> None:
    """A firm that works for the business, and a file that was sent to it."""
    collaboration = collaborating(business.organisation, firm.organisation)
    message = write(business.actor, collaboration.conversation, "Our lease", [("lease.txt", b"Lease")])
    shared = {
        "conversation_id": collaboration.conversation_id,
        "collaboration_id": collaboration.pk,
        "sent_file_id": message.attachments.get().pk,
    }
    firm.parts |= shared
    business.parts |= shared
    add_client_page(firm, collaboration)
    add_question(firm, business, collaboration)


def add_client_page(firm: Household, collaboration: Collaboration) -> None:
    """What a firm keeps of its client: who looks after it, a note, a list of others, and a hand-over export."""
    actor, client, now = firm.actor, collaboration.client, timezone.now()
    grants = Grant.objects.active(now).filter(collaboration=collaboration)
    if not grants.exists():
        granted(collaboration, "bookkeeper")
    owner = Member.objects.get(organisation=firm.organisation, user_id=actor.user_id)
    clients.assign_managers(actor=actor, client=client, members=[owner.pk])
    note = clients.write_note(actor=actor, client=client, text="Call on Monday", key=uuid7())
    job = clients.take_client_list(actor=actor, name="list.csv", content=b"Name\nErin\n")
    view = clients.save_view(actor=actor, name="Every morning", query="sort=next")
    firm.parts |= {
        "view_id": view.pk,
        "client_id": client.pk,
        "assignment_id": client.managers.get().pk,
        "note_id": note.pk,
        "client_import_id": job.pk,
        "handover_id": clients.start_handover(actor=actor, client=client, now=now).pk,
    }


def add_question(firm: Household, business: Household, collaboration: Collaboration) -> None:
    """What the firm asked about a document of its client's, and the answer with its file."""
    there = in_account(Grant.objects.standing().get(collaboration=collaboration), firm.owner)
    document = Document.objects.get(pk=business.parts["document_id"])
    key, now = uuid7(), timezone.now()
    question = clients.ask_client(actor=there, item=document, text="What was it for?", key=key, now=now)
    given = {"text": "For the shop", "files": [("receipt.txt", b"Paid")], "key": key, "now": now}
    reply = clients.answer_question(actor=business.actor, question=question, **given)
    for home in (firm, business):
        home.parts |= {"question_id": question.pk, "reply_id": reply.pk}
