"""A contact's own data, as it takes them with it."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from advisory_portal.core.access import Actor
from client_portal.models import Comment, PortalSession, QuoteDecision
from documents.models import Contact, Document, Settlement

CONTACT = ("name", "tax_id", "email", "phone", "street", "postcode", "city", "region", "country", "language")
DOCUMENT = (
    *("kind", "number", "version", "state", "issued_on", "due_on", "currency", "tax_exclusive", "tax_total"),
    *("payable", "settled"),
)
PAYMENT = ("document__number", "received_on", "amount", "method", "reference")
COMMENT = ("document__number", "created_at", "side", "author_name", "text")
DECISION = ("document__number", "decision", "name", "reference", "reason", "decided_at", "email", "address", "browser")
SESSION = ("created_at", "browser", "address", "identified_by", "expires_at", "ended_at")


def data_of(actor: Actor, contact: Contact) -> str:
    """What the business shares with the contact and keeps of its visits, as JSON: texts in English, moments in UTC."""
    found: dict[str, tuple[QuerySet[Any], tuple[str, ...]]] = {
        "documents": (Document.objects.visible_to(actor).order_by("issued_on", "id"), DOCUMENT),
        "payments": (Settlement.objects.visible_to(actor).order_by("received_on", "id"), PAYMENT),
        "comments": (Comment.objects.visible_to(actor).order_by("id"), COMMENT),
        "decisions": (QuoteDecision.objects.visible_to(actor).order_by("id"), DECISION),
        "sessions": (PortalSession.objects.visible_to(actor).order_by("id"), SESSION),
    }
    data = {
        "business": actor.place.name,
        "contact": {name: getattr(contact, name) for name in CONTACT},
        "mails not wanted": contact.muted_mails,
        **{name: [_named(row) for row in rows.values(*columns).iterator()] for name, (rows, columns) in found.items()},
    }
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _named(row: dict[str, object]) -> dict[str, object]:
    return {name.replace("document__number", "document"): value for name, value in row.items()}
