"""Entering with a code of six digits that was mailed, instead of a password."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from advisory_portal.core.mail import Recipient, notify
from client_portal.actions.passwords import letterhead, login_for
from client_portal.actions.sessions import Device, Entered, begin_session
from client_portal.models import PortalLogin, PortalPlace, PortalSecret, PortalSession, contacts_at
from client_portal.rules import CODE_LIFE, CODE_PAUSE

DIGITS = 6


@transaction.atomic
def send_code(*, place: PortalPlace, email: str, now: datetime) -> None:
    """Mail a code to the address, if a contact of the business has it and the business allows codes.

    Anybody may ask; the page says the same in every case. A new code takes the place of the one before; none is sent
    within a minute of the last.
    """
    contacts = contacts_at(place.id, email) if place.allows_codes else []
    if not contacts:
        return
    login = login_for(place.id, email)
    codes = PortalSecret.objects.filter(login=login, purpose=PortalSecret.Purpose.CODE)
    if codes.filter(created_at__gt=now - CODE_PAUSE).exists():
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    codes.filter(used_at=None).update(used_at=now)
    PortalSecret.objects.create(
        organisation_id=place.id,
        login=login,
        purpose=PortalSecret.Purpose.CODE,
        secret_hash=_hash(login, code),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    business = letterhead(place.id)
    notify(
        "client_portal/code",
        to=[Recipient(address=login.email, language=contacts[0].language, name=contacts[0].name[:200])],
        url=f"/portal/{place.slug}/",
        organisation_id=place.id,
        from_name=business.name,
        reply_to=business.email,
        context={"business": business, "code": code, "minutes": int(CODE_LIFE.total_seconds() // 60)},
        always=True,
    )


def _hash(login: PortalLogin, code: str) -> str:
    """Keyed, because a million codes are hashed in a moment."""
    return salted_hmac("client_portal.code", f"{login.pk}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def enter_with_code(*, place: PortalPlace, email: str, code: str, device: Device, now: datetime) -> Entered | None:
    """Enter with the code that was mailed last; None if it is not that one, which is counted: five tries end it.

    Nothing is raised for a wrong code, because that would take the counting back.
    """
    rows = PortalLogin.objects.select_for_update(no_key=True).filter(organisation_id=place.id)
    login = rows.at(email).first() if place.allows_codes else None
    if login is None:
        return None
    codes = PortalSecret.objects.filter(login=login, purpose=PortalSecret.Purpose.CODE).open(now)
    secret = codes.order_by("-id").first()
    if secret is None:
        return None
    contacts = contacts_at(place.id, login.email)
    if not contacts or not constant_time_compare(secret.secret_hash, _hash(login, code.strip())):
        PortalSecret.objects.filter(pk=secret.pk).update(tries=F("tries") + 1)
        return None
    PortalSecret.objects.filter(pk=secret.pk).update(used_at=now)
    by_code = PortalSession.Identified.CODE
    return begin_session(place=place, login=login, contacts=contacts, identified_by=by_code, device=device, now=now)
