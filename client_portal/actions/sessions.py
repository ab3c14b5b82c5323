"""Who is logged in to a portal: sessions begun, chosen for, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.errors import Refused
from advisory_portal.core.ids import hash_token, new_token
from client_portal.models import PortalLogin, PortalPlace, PortalSession, contacts_at
from client_portal.rules import SESSION_LIFE, link_life
from documents.models import Contact


class WrongLogin(Refused):
    """No contact enters with this address and password. It says the same whichever of them is wrong."""


class TooManyTries(Refused):
    """An address was tried too often."""


class NotYours(Refused):
    """The log-in does not stand for this contact, or does no more."""


@dataclass(frozen=True, slots=True)
class Device:
    """The browser that somebody enters with, as its session is listed."""

    browser: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that has begun, with the token that only the browser keeps."""

    session: PortalSession
    token: str


@transaction.atomic
def log_in(*, place: PortalPlace, email: str, password: str, device: Device, now: datetime) -> Entered:
    """Enter a portal with address and password. Raises WrongLogin.

    An unknown address takes as long as a wrong password. The log-in stays locked meanwhile, so that a password which
    is changed at the same moment ends this session too.
    """
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=place.id)
    login = rows.at(email).first()
    if login is None or not login.has_password:
        make_password(password)
        matches = False
    else:
        matches = check_password(password, login.password)
    contacts = contacts_at(place.id, login.email) if login is not None and matches else []
    if login is None or not contacts:
        raise WrongLogin(_("This address and password do not belong together. Try again, or have a mail sent to you."))
    return begin_session(
        place=place, login=login, contacts=contacts, identified_by=PortalSession.Identified.PASSWORD, device=device,
        now=now,
    )  # fmt: skip


def begin_session(
    *,
    place: PortalPlace,
    login: PortalLogin,
    contacts: list[Contact],
    identified_by: PortalSession.Identified,
    device: Device,
    now: datetime,
) -> Entered:
    """A session of the log-in; of several contacts the person chooses next. Without a password it lasts as a link."""
    token = new_token()
    life = SESSION_LIFE if login.has_password else link_life(place.link_hours)
    session = PortalSession.objects.create(
        organisation_id=place.id,
        login=login,
        contact=contacts[0] if len(contacts) == 1 else None,
        token_hash=hash_token(token),
        browser=device.browser[:300],
        address=device.address,
        identified_by=identified_by,
        created_at=now,
        seen_at=now,
        expires_at=now + life,
    )
    login.last_entered_at = now
    login.save(update_fields=["last_entered_at"])
    return Entered(session=session, token=token)


@transaction.atomic
def choose_contact(*, place: PortalPlace, session_id: UUID, contact_id: UUID, now: datetime) -> None:
    """Act from now on for this one of the contacts that the session's address stands for. Raises NotYours."""
    rows = PortalSession.objects.select_for_update(of=("self",), no_key=True).select_related("login")
    session = rows.filter(organisation_id=place.id).usable(now).filter(pk=session_id).first()
    contacts = contacts_at(place.id, session.login.email) if session is not None else []
    if session is None or contact_id not in [contact.pk for contact in contacts]:
        raise NotYours(_("This contact does not belong to your address any more."))
    session.contact_id, session.seen_at = contact_id, now
    session.save(update_fields=["contact", "seen_at"])


@transaction.atomic
def log_out(*, session_id: UUID, now: datetime) -> None:
    """End the browser's session. Repeating it does nothing."""
    PortalSession.objects.filter(pk=session_id, ended_at=None).update(ended_at=now)


@transaction.atomic
def end_sessions(*, actor: Actor, now: datetime, only: UUID | None = None, besides: UUID | None = None) -> int:
    """End the contact's own sessions: one of them, or all but this; returns how many. Repeating it does nothing."""
    found = PortalSession.objects.visible_to(actor).filter(ended_at=None)
    if actor.kind != ActorKind.CONTACT:
        return 0
    if only is not None:
        found = found.filter(pk=only)
    return found.exclude(pk=besides).update(ended_at=now) if besides is not None else found.update(ended_at=now)
