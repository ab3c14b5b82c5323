"""Clients that a firm adds itself, because they have no account here, and the tags of all of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.text import clean_line, plain, sort_key
from collaborations.models import Client
from collaborations.models.base import Side, leads, side_of
from collaborations.rules.clients import OutsideClient
from documents.rules import is_tax_id, tax_id_key
from partners.models import Organisation

LONGEST_TAG = 30
LOGGED = ("name", "tax_id", "software", "contact_name", "email", "phone")


class WrongTaxId(Refused):
    """The text is no tax id of the firm's country, nor of one that it names."""


class KnownClient(Refused):
    """Another client of the firm has the tax id."""


class HasAccount(Refused):
    """What a client with an account here is called, the client says; and its collaboration is ended, not the row."""


class ClientEnded(Refused):
    """The firm does not work for this client any more."""


class TooManyTags(Refused):
    """More tags than a client takes."""


def require_leading(actor: Actor) -> None:
    """Raises Forbidden for everybody but a firm's owners and administrators, in their own workspace."""
    if side_of(actor) != Side.FIRM or not leads(actor):
        raise Forbidden


def lock_client(actor: Actor, client: Client) -> Client:
    """The client as it stands, locked until commit. Raises DoesNotExist for one that the actor does not see."""
    seen = Client.objects.visible_to(actor)
    return seen.select_for_update(of=("self",), no_key=True).get(pk=client.pk)


def compact_tax_id(tax_id: str) -> str:
    """Capitals and digits only, so that one client has one spelling."""
    return tax_id_key(tax_id)[:30]


def same_tax_ids(tax_id: str, country: str) -> set[str]:
    """The ways in which the tax id may be written: with and without the country."""
    compact, key = compact_tax_id(tax_id), tax_id_key(tax_id, country)
    return {compact, key, key.removeprefix(country), f"{country}{compact}"} - {""} if compact else set()


def set_client_keys(client: Client) -> None:
    """Set what the client sorts and is found by."""
    client.sort_key = sort_key(client.name)
    words = (client.name, client.tax_id, client.contact_name, client.email, client.software)
    client.search_text = plain(" ".join(words))[:600]


@transaction.atomic
def add_client(*, actor: Actor, key: UUID, says: OutsideClient) -> Client:
    """Take on a client without an account here. `key`, from the form, becomes its id: sent twice, it is there once.

    Raises Forbidden, WrongTaxId, KnownClient, and DoesNotExist for the key of somebody else's. Source: issue 6, 6.
    """
    require_leading(actor)
    # One at a time, as imports do: one tax id, one client.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    if Client.objects.filter(pk=key).exists():
        return Client.objects.visible_to(actor).get(pk=key)
    client = Client(pk=key, firm_id=actor.place.id, since=actor.today(), **_values(says))
    _refuse_tax_id(actor, client)
    set_client_keys(client)
    client.save(force_insert=True)
    record(actor, "collaborations.client.added", about=client, after={"tax_id": client.tax_id})
    return client


@transaction.atomic
def change_client(*, actor: Actor, client: Client, says: OutsideClient) -> None:
    """Keep what the firm now says of a client that it added. The same again changes nothing.

    Whoever looks after the client may. Raises HasAccount, ClientEnded, WrongTaxId, KnownClient, DoesNotExist.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    locked = _outside(lock_client(actor, client))
    if locked.ended_at is not None:
        raise ClientEnded(_("You do not work for this client any more."))
    values = _values(says)
    before = {name: getattr(locked, name) for name in LOGGED if getattr(locked, name) != values[name]}
    if not before:
        return
    for name, value in values.items():
        setattr(locked, name, value)
    if "tax_id" in before:
        _refuse_tax_id(actor, locked)
    set_client_keys(locked)
    locked.save(update_fields=[*LOGGED, "sort_key", "search_text"])
    after = {name: values[name] for name in before}
    record(actor, "collaborations.client.changed", about=locked, before=before, after=after)


@transaction.atomic
def retire_client(*, actor: Actor, client: Client, now: datetime) -> None:
    """Stop working for a client that the firm added: it leaves *My portal*; its notes stay. Repeating does nothing.

    Raises Forbidden, HasAccount, DoesNotExist.
    """
    require_leading(actor)
    locked = _outside(lock_client(actor, client))
    if locked.ended_at is not None:
        return
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    record(actor, "collaborations.client.retired", about=locked)


@transaction.atomic
def restore_client(*, actor: Actor, client: Client) -> None:
    """Work again for a client that the firm added and retired. Repeating does nothing.

    Raises Forbidden, HasAccount, KnownClient if another client has its tax id meanwhile, DoesNotExist.
    """
    require_leading(actor)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    locked = _outside(lock_client(actor, client))
    if locked.ended_at is None:
        return
    _refuse_tax_id(actor, locked)
    locked.ended_at = None
    locked.save(update_fields=["ended_at"])
    record(actor, "collaborations.client.restored", about=locked)


@transaction.atomic
def tag_client(*, actor: Actor, client: Client, tags: Sequence[str]) -> None:
    """Give a client these tags instead of those it has: one line each, told apart without capitals and accents.

    Whoever looks after the client may. Raises TooManyTags over Client.MOST_TAGS, DoesNotExist.
    """
    locked = lock_client(actor, client)
    wanted: dict[str, str] = {}
    for tag in tags:
        if line := clean_line(tag)[:LONGEST_TAG].strip():
            wanted.setdefault(plain(line), line)
    if len(wanted) > Client.MOST_TAGS:
        text = _("A client has at most %(most)s tags.") % {"most": Client.MOST_TAGS}
        raise TooManyTags(text, field="tags")
    chosen = list(wanted.values())
    if chosen == locked.tags:
        return
    before, locked.tags = locked.tags, chosen
    locked.save(update_fields=["tags"])
    changed = {"before": {"tags": ", ".join(before)}, "after": {"tags": ", ".join(chosen)}}
    record(actor, "collaborations.client.tagged", about=locked, **changed)


def _values(says: OutsideClient) -> dict[str, Any]:
    values = asdict(says)
    return values | {"tax_id": compact_tax_id(says.tax_id), "email": says.email.lower()}


def _outside(client: Client) -> Client:
    if client.business_id is not None:
        raise HasAccount(_("This client has an account here and says itself what it is called."))
    return client


def _refuse_tax_id(actor: Actor, client: Client) -> None:
    if not client.tax_id:
        return
    country = actor.place.country
    if not is_tax_id(client.tax_id, country):
        text = _("This is not a tax id of your country. Put the two letters of the country before one from abroad.")
        raise WrongTaxId(text, field="tax_id")
    spellings = same_tax_ids(client.tax_id, country)
    same = Q(tax_id__in=spellings) | Q(business__tax_id__in=spellings)
    known = Client.objects.filter(same, firm_id=actor.place.id).current().exclude(pk=client.pk).first()
    if known is not None:
        text = _("%(name)s has this tax id and is your client already.") % {"name": known.name}
        raise KnownClient(text, field="tax_id")
