"""Passwords of the portal: set, changed and recovered by their owner, reset and removed by the business."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.ids import hash_token, new_token
from advisory_portal.core.mail import Recipient, notify
from client_portal.actions.sending import NoAddress
from client_portal.actions.sessions import Device, Entered, begin_session
from client_portal.models import PortalLogin, PortalPlace, PortalSecret, PortalSession, contacts_at, place_at
from client_portal.rules import PASSWORD_LINK_LIFE, PASSWORD_LINK_PAUSE
from documents.models import Contact
from partners.models import Organisation


class SecretGone(Refused):
    """The link was used, is too old, or its address has left the portal."""


class NoPassword(Refused):
    """Only who logged in may change a password at once; who came by a link gets a mail first."""


class Letterhead(NamedTuple):
    """What a mail of a portal says of the business."""

    id: UUID
    slug: str
    name: str
    email: str


def letterhead(organisation_id: UUID) -> Letterhead:
    found = Organisation.objects.filter(pk=organisation_id).values_list("id", "slug", "name", "email")
    return Letterhead(*found.get())


def login_for(organisation_id: UUID, email: str) -> PortalLogin:
    """The log-in of an address, made if there is none, locked."""
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=organisation_id)
    found = rows.at(email).first()
    if found is None:
        new = PortalLogin(organisation_id=organisation_id, email=email.strip().lower())
        PortalLogin.objects.bulk_create([new], ignore_conflicts=True)
        found = rows.at(email).get()
    return found


@transaction.atomic
def send_password_link(*, place: PortalPlace, email: str, now: datetime) -> None:
    """Mail a link that sets a password to the address, if a contact of the business has it.

    Anybody may ask; the page says the same in every case. Nothing is sent within two minutes of the last mail. Source:
    PRODUCT 5, entering.
    """
    contacts = contacts_at(place.id, email)
    if contacts:
        _mail_link(login_for(place.id, email), contacts[0], letterhead(place.id), now)


@transaction.atomic
def mail_password_link(*, actor: Actor, contact: Contact, now: datetime) -> PortalLogin:
    """Mail the contact a link that sets its password. Raises NoAddress, Forbidden."""
    actor.require(Section.CONTACTS, Level.MANAGE)
    login = login_for(actor.place.id, _address(contact))
    if _mail_link(login, contact, letterhead(actor.place.id), now):
        record(actor, "client_portal.password.asked", about=contact, after={"email": login.email})
    return login


def _address(contact: Contact) -> str:
    if not contact.email:
        words = _("%(name)s has no e-mail address. Add one to the contact.") % {"name": contact.name}
        raise NoAddress(words, field="to")
    return contact.email


def _mail_link(login: PortalLogin, contact: Contact, business: Letterhead, now: datetime) -> bool:
    """True if the mail was written; within the pause it is on its way already. `login` is locked."""
    links = PortalSecret.objects.filter(login=login, purpose=PortalSecret.Purpose.PASSWORD)
    if links.open(now).filter(created_at__gt=now - PASSWORD_LINK_PAUSE).exists():
        return False
    token = new_token()
    PortalSecret.objects.create(
        organisation_id=business.id,
        login=login,
        purpose=PortalSecret.Purpose.PASSWORD,
        secret_hash=hash_token(token),
        created_at=now,
        expires_at=now + PASSWORD_LINK_LIFE,
    )
    _tell(login, contact, business, "client_portal/password_link", "client_portal:open_password_link", token)
    return True


def _tell(login: PortalLogin, contact: Contact, business: Letterhead, mail: str, view: str, *parts: str) -> None:
    hours = int(PASSWORD_LINK_LIFE.total_seconds() // 3600)
    notify(
        mail,
        to=[Recipient(address=login.email, language=contact.language, name=contact.name[:200])],
        url=reverse(view, args=[business.slug, *parts]),
        organisation_id=business.id,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "has_password": login.has_password, "hours": hours},
        always=True,
    )


@transaction.atomic
def set_password(*, place: PortalPlace, token: str, password: str, device: Device, now: datetime) -> Entered:
    """Set the password that a mailed link asks for, and enter. All other sessions end. Raises SecretGone."""
    secret = PortalSecret.objects.with_token(place.id, token, now)
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=place.id)
    login = rows.filter(pk__in=secret.values("login_id")).first()
    # Asked again under the lock: of two who use it at once, one does.
    contacts = contacts_at(place.id, login.email) if login is not None and secret.exists() else []
    if login is None or not contacts:
        raise SecretGone(_("This link was used, or is too old. Have another one sent to you."))
    return _change(place, login, contacts, password, device, now)


@transaction.atomic
def change_password(*, actor: Actor, password: str, device: Device, now: datetime) -> Entered:
    """Give the log-in that the contact entered with another password; every session ends but the one begun here.

    Raises NoPassword for who came by a link: a mail confirms that first. Source: R19, PRODUCT 5.
    """
    place = place_at(actor.place.slug)
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=actor.place.id)
    login = rows.filter(pk=actor.login_id).first() if actor.login_id else None
    if login is None or place is None or actor.kind != ActorKind.CONTACT:
        raise NoPassword(_("Have a mail sent to you first: it brings the link that sets a password."))
    entered = _change(place, login, contacts_at(place.id, login.email), password, device, now)
    entered.session.contact_id = actor.contact_id  # who had chosen need not choose again
    entered.session.save(update_fields=["contact"])
    return entered


def _change(
    place: PortalPlace, login: PortalLogin, contacts: list[Contact], password: str, device: Device, now: datetime
) -> Entered:
    had = login.has_password
    login.password, login.password_set_at = make_password(password), now
    login.save(update_fields=["password", "password_set_at"])
    close_all(login, now)
    owner = Actor(
        kind=ActorKind.CONTACT, name=contacts[0].name[:200], organisation=place, contact_id=contacts[0].pk,
        login_id=login.pk, email=login.email,
    )  # fmt: skip
    record(owner, f"client_portal.password.{'changed' if had else 'set'}", about=contacts[0])
    business = letterhead(place.id)
    _tell(login, contacts[0], business, "client_portal/password_changed", "client_portal:forgot_password")
    by_password = PortalSession.Identified.PASSWORD
    return begin_session(place=place, login=login, contacts=contacts, identified_by=by_password, device=device, now=now)


def close_all(login: PortalLogin, now: datetime) -> None:
    """End what the log-in's former password or mails opened: its sessions, links and codes."""
    PortalSession.objects.filter(login=login, ended_at=None).update(ended_at=now)
    PortalSecret.objects.filter(login=login, used_at=None).update(used_at=now)


@transaction.atomic
def remove_password(*, actor: Actor, contact: Contact, now: datetime) -> None:
    """Take the password of the contact's address away and end its sessions: mailed links alone open the portal then.

    Repeating it does nothing. Raises Forbidden.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=actor.place.id)
    login = rows.at(contact.email).first()
    if login is None:
        return
    close_all(login, now)
    if login.has_password:
        login.password, login.password_set_at = "", None
        login.save(update_fields=["password", "password_set_at"])
        record(actor, "client_portal.password.removed", about=contact)


@transaction.atomic
def reset_password(*, actor: Actor, contact: Contact, now: datetime) -> None:
    """Take the password away, end all sessions, and mail the contact a link that sets another.

    Raises NoAddress, Forbidden.
    """
    _address(contact)
    remove_password(actor=actor, contact=contact, now=now)
    mail_password_link(actor=actor, contact=contact, now=now)
