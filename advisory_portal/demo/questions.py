"""What Acme asks Delta: one question that waits, one that was answered."""

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from bookkeeping.models import BankLine
from collaborations import actions
from collaborations.models import Grant
from collaborations.sources import actor_by
from documents.models import Document, Kind


def fill_questions(asker: Actor, answerer: Actor) -> None:
    """Ask about a bill and a bank line of the business, and answer about the bill.

    `asker` is of the firm, `answerer` of the business. Does nothing without access, or where nothing is stored.
    """
    now = timezone.now()
    grants = Grant.objects.active(now).filter(business_id=answerer.place.id, firm_id=asker.place.id)
    grant = grants.select_related("business").first()
    there = actor_by(grant, asker, now) if grant else None
    bill = Document.objects.visible_to(answerer).filter(kind=Kind.BILL).order_by("id").first()
    line = BankLine.objects.visible_to(answerer).open().order_by("id").first()
    if there is None or bill is None or line is None:
        return
    first = actions.ask_client(
        actor=there, item=bill, text="Is this for the shop or for the workshop?", key=uuid7(), now=now
    )
    actions.answer_question(
        actor=answerer, question=first, text="For the workshop, as every month.", files=[], key=uuid7(), now=now
    )
    actions.ask_client(actor=there, item=line, text="What was this transfer for?", key=uuid7(), now=now)
