"""What the demo's customers did in the portal: quotes decided in each way, and comments with an answer unread."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.ids import uuid7
from advisory_portal.demo.business import line
from advisory_portal.demo.pictures import draw_cover
from client_portal import actions
from client_portal.models import CommentNotice
from client_portal.rules import terms_hash
from documents.actions import issue_document, save_draft
from documents.models import Contact, Document, Kind
from documents.rules import Content, exempt_tax

# A signature in a box of 600 × 200, as a finger draws it.
SIGNATURE = (
    "M62 128L70 96L84 62L104 48L112 66L98 104L90 138L104 146L126 122L140 104L148 118L150 134L166 118L180 106L190 120"
    "L196 134L214 112L226 66L234 48L236 84L230 132L246 116L262 106L270 122L282 136L300 118L316 106L328 118L330 134"
    "L350 118L372 104L390 116L402 130L430 118L470 104L520 98"
)
FLEET = (("Cargo bike Llobregat", "2450.00", "3"), ("Fleet tracking, per bike and month", "6.75", "36"))


def fill_portal(owner: Actor) -> None:
    """Three quotes decided: signed, declined, told by phone; and questions on invoices, one answered and unread."""
    now = timezone.now()
    velo, courier, club = (
        Contact.objects.get(organisation_id=owner.place.id, email=email)
        for email in ("compta@velo-etoile.example", "accounts@northgate.example", "office@kitano.example")
    )
    signed = {"name": "Camille Moreau", "signature": SIGNATURE, "reference": "BC-2291", "terms": terms_hash("")}
    _decide(owner, velo, 9, now, accepted=True, **signed)
    _decide(owner, courier, 8, now, accepted=False, name="Olive Tanner", reason="Two bikes are enough for this year.")
    quote = _quote(owner, club, 7)
    told = actions.Answer(accepted=True, name="Haruto Kitano", told_by="phone")
    actions.decide_quote(actor=owner, document=quote, answer=told, now=now - timedelta(days=5))
    _talk(owner, velo, courier, now)
    for notice in CommentNotice.objects.filter(organisation_id=owner.place.id):
        actions.run_comment_notice(notice=notice, now=now)


def _quote(owner: Actor, contact: Contact, days_ago: int) -> Document:
    day = owner.today() - timedelta(days=days_ago)
    tax = exempt_tax("K" if contact.country == "FR" else "G")
    dear = 160 if contact.currency == "JPY" else 1
    content = Content(
        contact_id=contact.pk,
        currency=contact.currency or "EUR",
        issued_on=day,
        due_on=day + timedelta(days=30),
        language=contact.language,
        lines=tuple(line(name, str(Decimal(price) * dear), tax, quantity) for name, price, quantity in FLEET),
    )
    quote = save_draft(actor=owner, kind=Kind.QUOTE, content=content)
    issue_document(actor=owner, document=quote, now=timezone.now())
    return quote


def _decide(owner: Actor, contact: Contact, days_ago: int, now: datetime, **said: Any) -> None:
    """The contact's own answer, two days after the quote."""
    answer = actions.Answer(address="203.0.113.24", browser="Firefox", **said)
    moment = now - timedelta(days=days_ago - 2)
    actions.decide_quote(
        actor=_in_portal(owner, contact), document=_quote(owner, contact, days_ago), answer=answer, now=moment
    )


def _talk(owner: Actor, answered: Contact, waiting: Contact, now: datetime) -> None:
    """One customer asked with a picture and has an answer to read; another one's question waits for staff."""
    invoice, other = (_last_invoice(owner, contact) for contact in (answered, waiting))
    asked, replied = now - timedelta(days=3), now - timedelta(days=2)
    question = "One of the bikes came with a scratch on the frame. A picture is attached. What can we do?"
    _write(_in_portal(owner, answered), invoice, question, asked, ("scratch.jpg", draw_cover(2)))
    _write(owner, invoice, "We are sorry! We repaint it for free: bring it whenever it suits you.", replied)
    _write(_in_portal(owner, waiting), other, "Could you put our purchase order PO-5518 on this invoice?", replied)


def _last_invoice(owner: Actor, contact: Contact) -> Document:
    return Document.objects.visible_to(owner).of_kind(Kind.INVOICE).filter(contact=contact).latest("issued_on", "id")


def _write(actor: Actor, document: Document, text: str, now: datetime, *files: tuple[str, bytes]) -> None:
    actions.write_comment(actor=actor, document=document, text=text, files=files, key=uuid7(), now=now)


def _in_portal(owner: Actor, contact: Contact) -> Actor:
    """The contact as a mailed link lets it in."""
    return Actor(
        kind=ActorKind.CONTACT,
        name=contact.name,
        organisation=owner.organisation,
        contact_id=contact.pk,
        identified_by="link",
        email=contact.email,
        language=contact.language,
        role=contact.kind,
    )
