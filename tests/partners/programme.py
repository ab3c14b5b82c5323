"""What tests of the partner programme begin with: pictures, a profile's content, and firms at every stage."""

from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from advisory_portal.core.access import Actor, ActorKind
from partners import actions
from partners.models import Organisation, ProfileVersion, ProgrammeApplication, Subscription
from partners.rules.profiles import complete

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
RITA = Actor(kind=ActorKind.OPERATOR, name="Rita")
CONTENT = {
    "display_name": "Acme Advisers",
    "tagline": "Tax and payroll for small companies.",
    "description": "We keep the books of small companies.\n\nAnd we answer the phone.",
    "profession": "asesoria",
    "services": ["bookkeeping", "payroll"],
    "languages": ["es", "en"],
    "city": "Málaga",
    "postcode": "29001",
    "region": "Málaga",
    "country": "ES",
    "email": "hello@acme.example",
}


def picture(width: int = 600, height: int = 400, kind: str = "PNG", colour: str = "#1f5f8b", **options) -> bytes:
    """An image file of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind, **options)
    return written.getvalue()


def pay(firm: Organisation) -> Subscription:
    return Subscription.objects.create(organisation=firm, status=Subscription.Status.ACTIVE)


def ask(actor: Actor) -> ProgrammeApplication:
    """The firm, with its subscription paid, has asked to join."""
    pay(Organisation.objects.get(pk=actor.place.id))
    return actions.request_programme(actor=actor, now=NOW)


def join(actor: Actor) -> ProgrammeApplication:
    """The firm is in the programme."""
    application = ask(actor)
    actions.accept_application(actor=RITA, application=application, now=NOW)
    application.refresh_from_db()
    return application


def write(actor: Actor, **changes) -> ProfileVersion:
    """A draft with everything that is required."""
    actions.save_draft(actor=actor, content=complete(CONTENT | changes), now=NOW)
    version = actions.set_picture(actor=actor, which="logo", upload=picture(), now=NOW)
    version.refresh_from_db()
    return version


def submit(actor: Actor, **changes) -> ProfileVersion:
    """A version in review."""
    version = write(actor, **changes)
    actions.submit_version(actor=actor, version=version, now=NOW)
    version.refresh_from_db()
    return version


def publish(actor: Actor, **changes) -> ProfileVersion:
    """A version that the operator approved."""
    version = submit(actor, **changes)
    actions.approve_version(actor=RITA, version=version, now=NOW)
    version.refresh_from_db()
    return version
