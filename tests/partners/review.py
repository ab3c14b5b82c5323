"""Applications and versions at every stage of the review, written straight into the tables, and pages as trees."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.contrib.messages import get_messages
from lxml import html
from PIL import Image

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.files import store_file
from advisory_portal.core.models import StoredFile
from partners.models import Organisation, Profile, ProfileVersion, ProgrammeApplication, User
from partners.rules.profiles import complete

SENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def operator(user: User) -> Actor:
    return Actor(kind=ActorKind.OPERATOR, name=user.name, user_id=user.pk, language="en")


def application(firm: Organisation, state: str = "submitted", **fields: Any) -> ProgrammeApplication:
    values = {"sent_by_name": "Alice", "created_at": SENT} | fields
    return ProgrammeApplication.objects.create(organisation=firm, state=state, **values)


def logo(firm: Organisation, colour: str) -> StoredFile:
    kept = BytesIO()
    Image.new("RGB", (64, 64), colour).save(kept, "WEBP")
    return store_file(organisation_id=firm.pk, name="logo.webp", content=kept.getvalue(), content_type="image/webp")


def version(
    firm: Organisation,
    state: str = "in_review",
    number: int = 1,
    *,
    submitted_at: datetime = SENT,
    colour: str = "#0f4c5c",
    **content: Any,
) -> ProfileVersion:
    """A version with everything that is required and a logo of one colour; `content` says what differs."""
    profile, _made = Profile.objects.get_or_create(organisation=firm)
    whole = complete(
        {
            "display_name": firm.name,
            "tagline": "Calm books",
            "description": "We keep the books of bars.",
            "profession": "asesoria",
            "services": ["bookkeeping", "payroll"],
            "languages": ["es"],
            "city": "Girona",
            "postcode": "17001",
            "country": "ES",
            "email": "hello@acme.example",
        }
        | content
    )
    return ProfileVersion.objects.create(
        profile=profile,
        organisation=firm,
        number=number,
        state=state,
        content=whole,
        logo=logo(firm, colour),
        saved_at=SENT,
        submitted_at=submitted_at,
        submitted_by_name="Alice",
    )


def tree_of(response: Any) -> Any:
    """A page as elements."""
    return html.fromstring(response.content.decode())


def said(response: Any) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]
