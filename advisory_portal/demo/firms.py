"""The firms of the partner programme: thirty of them, at every stage, and Acme with its published profile."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone
from stdnum.es import cif

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.demo.people import RITA
from advisory_portal.demo.pictures import draw_cover, draw_logo
from partners import actions
from partners.models import Member, Organisation, ProfileVersion, ProgrammeApplication, Subscription, User
from partners.rules import slugs_for
from partners.rules.profiles import complete
from partners.rules.values import NewOrganisation
from partners.sources import actor_of_member

DATA = Path(__file__).with_name("firms.toml")
REJECTION = "Investment products are not advice. Apply again when you offer accounting or tax services."
SUSPENSION = "The professional insurance expired in September. Send us the new policy and we resume."
FIRST_REASONS = {
    "display_name": "Write the name as it is, without capitals and slogans.",
    "tagline": "No comparisons and no exclamation marks, please.",
    "description": "Nobody can promise this. Say what you do, and for whom.",
}
# What the profile's own page has besides texts that a firm in the table must name.
PLAIN = (
    "display_name tagline description services specialities industries languages city postcode region price_from "
    "works_remotely accreditations accepting_clients hidden_from_directory"
).split()


@dataclass(frozen=True)
class Firm:
    """A firm of the table with who acts for it, its number in the table, and the moment it came."""

    data: dict[str, Any]
    number: int
    owner: Actor
    began: datetime

    @property
    def state(self) -> str:
        return str(self.data.get("state", "published"))


def fill_programme(acme_owner: Actor) -> None:
    """Everything that the operator finds in the admin, and what businesses and visitors find in the listings."""
    table = tomllib.loads(DATA.read_text(encoding="utf-8"))
    now = timezone.now()
    rita = _operator()
    firms = [Firm(table["acme"] | {"profession": "asesoria"}, 0, acme_owner, now - timedelta(days=200))]
    for number, data in enumerate(table["firm"], start=1):
        began = now - timedelta(days=190 - 6 * number, hours=number * 5 % 11)
        firms.append(Firm(data, number, _register(data, number, began), began))
    for firm in firms:
        _join(firm, rita, now)


def _operator() -> Actor:
    user = User.objects.get(email=RITA)
    return Actor(kind=ActorKind.OPERATOR, name=user.name, user_id=user.pk, language=user.language)


def _register(data: dict[str, Any], number: int, began: datetime) -> Actor:
    """The firm and its owner, who has no password: nobody logs in as them."""
    slug = next(iter(slugs_for(data["display_name"])))
    email = f"hello@{slug}.example"
    user = User.objects.create_user(email, name=data["owner"], language=data.get("language", "es"))
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    country = data.get("country", "ES")
    new = NewOrganisation(
        kind="firm",
        name=data["name"],
        tax_id=data.get("tax_id") or _cif(number),
        country=country,
        legal_form="",
        team_size=data["team_size"],
        profession=data["profession"],
        phone=f"+34910{number:06d}",
    )
    organisation = actions.add_organisation(actor=user.actor, organisation=new)
    Organisation.objects.filter(pk=organisation.pk).update(
        city=data["city"], postcode=data["postcode"], created_at=began
    )
    return actor_of_member(Member.objects.with_rights().get(organisation=organisation, user=user))


def _cif(number: int) -> str:
    """A Spanish company's tax id with its right check digit."""
    base = f"B{2_480_137 + number * 61_403:07d}"
    return base + str(cif.calc_check_digits(base)[0])


def _join(firm: Firm, rita: Actor, now: datetime) -> None:
    """As far as the firm has come, step by step, in its own time."""
    organisation = Organisation.objects.get(pk=firm.owner.place.id)
    status = Subscription.Status.TRIALING if firm.number % 4 == 3 else Subscription.Status.ACTIVE
    paid_until = (now + timedelta(days=20 + firm.number * 11)).date()
    actions.set_subscription(
        actor=rita, organisation=organisation, status=status, paid_until=paid_until, now=timezone.now()
    )
    sent = now - timedelta(hours=17 * firm.number % 90) if firm.state == "waiting" else firm.began + timedelta(days=1)
    application = actions.request_programme(actor=firm.owner, now=sent)
    if firm.state == "waiting":
        return
    if firm.state == "rejected":
        actions.reject_application(actor=rita, application=application, reason=REJECTION, now=sent + timedelta(days=2))
        return
    actions.accept_application(actor=rita, application=application, now=sent + timedelta(hours=26))
    _publish(firm, rita, sent + timedelta(days=3))
    if "change" in firm.data:
        _change(firm, rita, now)
    if firm.state == "suspended":
        standing = ProgrammeApplication.objects.visible_to(firm.owner).current().get()
        actions.suspend_firm(actor=rita, application=standing, reason=SUSPENSION, now=now - timedelta(days=4))


def _publish(firm: Firm, rita: Actor, written: datetime) -> None:
    """The first version, and what became of it."""
    initials = "".join(word[0] for word in firm.data["display_name"].split() if word[0].isalpha())[:2].upper()
    _picture(firm, "logo", draw_logo(initials, firm.number), written)
    if firm.data.get("cover"):
        _picture(firm, "cover", draw_cover(firm.number), written)
    version = actions.save_draft(actor=firm.owner, content=_content(firm, firm.data), now=written)
    _submit(firm, version, timezone.now() - timedelta(hours=31) if "first" in firm.state else written)
    if firm.state == "first_changes_requested":
        moment = timezone.now() - timedelta(hours=3)
        actions.request_changes(actor=rita, version=version, reasons=FIRST_REASONS, now=moment)
    elif firm.state != "first_in_review":
        actions.approve_version(actor=rita, version=version, now=written + timedelta(hours=19))


def _change(firm: Firm, rita: Actor, now: datetime) -> None:
    """The second version, which waits, or came back with reasons."""
    change = firm.data["change"]
    written = now - timedelta(hours=firm.number * 5 % 70 + 1)
    if change.get("new_logo"):
        _picture(firm, "logo", draw_logo("FC", firm.number + 4), written)
    if change.get("new_cover"):
        _picture(firm, "cover", draw_cover(firm.number + 2), written)
    version = actions.save_draft(actor=firm.owner, content=_content(firm, firm.data | change), now=written)
    _submit(firm, version, written)
    if "reasons" in change:
        moment = written + timedelta(minutes=50)
        actions.request_changes(actor=rita, version=version, reasons=change["reasons"], now=moment)


def _picture(firm: Firm, which: str, picture: bytes, now: datetime) -> None:
    actions.set_picture(actor=firm.owner, which=which, upload=picture, now=now)


def _submit(firm: Firm, version: ProfileVersion, now: datetime) -> None:
    actions.submit_version(actor=firm.owner, version=version, now=now)


def _content(firm: Firm, data: dict[str, Any]) -> dict[str, Any]:
    slug = firm.owner.place.slug
    site = next(iter(slugs_for(data["display_name"])))
    content = {key: data[key] for key in PLAIN if key in data}
    return complete(
        content
        | {
            "description": data["description"].strip(),
            "profession": data["profession"],
            "country": data.get("country", "ES"),
            "regions_served": [] if data.get("works_remotely") else [data["region"]],
            "email": f"hello@{site}.example",
            "phone": f"+34910{firm.number:06d}",
            "website": f"https://{slug}.example/",
            "price_currency": data.get("currency", "EUR"),
            "staff": [{"name": name, "role": role, "public": True} for name, role in data.get("staff", [])],
        }
    )
