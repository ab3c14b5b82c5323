"""Rows of a firm's list as its clients: who is meant, what is new, what changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from advisory_portal.core.text import plain, sort_key
from collaborations.actions.clients import LONGEST_TAG, compact_tax_id, same_tax_ids, set_client_keys
from collaborations.models import Client
from collaborations.rules.client_rows import ReadClient
from partners.models import Organisation


def take_client_rows(
    actor: Actor, rows: Sequence[ReadClient], known: Literal["skip", "update"]
) -> tuple[dict[str, int], list[tuple[int, str, str, str]]]:
    """Add and update the clients that rows name; a row with an error is left out as a whole.

    Returns how many were created, updated, skipped and refused, and the errors as (row, column, code, text). Clients
    are known by their tax id, else by their name; those with an account here stay as they are. Four queries, however
    many rows. Runs inside the caller's transaction.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    here = _Known(
        actor.place.country, Client.objects.filter(firm_id=actor.place.id).current().select_related("business")
    )
    created: list[Client] = []
    updated: dict[Any, Client] = {}
    good = [row for row in rows if not row.errors]
    for row in good:
        values = row.values | {"tax_id": compact_tax_id(row.values.get("tax_id", ""))}
        found = here.find(values["tax_id"], values["name"])
        if found is None:
            client = Client(pk=uuid7(), firm_id=actor.place.id, since=actor.today(), **values)
            client.tags = _joined([], row.tags)
            set_client_keys(client)
            created.append(client)
            here.add(client)
        elif known == "update" and found.is_outside and _apply(found, values, row.tags) and not found._state.adding:
            updated[found.pk] = found
    Client.objects.bulk_create(created, batch_size=500)
    columns = ["name", "tax_id", "software", "contact_name", "email", "phone", "tags", "sort_key", "search_text"]
    Client.objects.bulk_update(updated.values(), columns, batch_size=500)
    counts = {"created": len(created), "updated": len(updated), "refused": len(rows) - len(good)}
    counts["skipped"] = len(good) - len(created) - len(updated)
    return counts, [(row.number, *error) for row in rows for error in row.errors]


class _Known:
    """The firm's clients, found by tax id in any spelling, else by name; one with another tax id is never meant."""

    def __init__(self, country: str, clients: Iterable[Client]) -> None:
        self._country = country
        self._by_tax_id: dict[str, Client] = {}
        self._by_name: dict[str, list[Client]] = {}
        for client in clients:
            self.add(client)

    def add(self, client: Client) -> None:
        tax_ids = {client.tax_id, client.business.tax_id if client.business else ""}
        for spelling in (one for tax_id in tax_ids for one in same_tax_ids(tax_id, self._country)):
            self._by_tax_id.setdefault(spelling, client)
        self._by_name.setdefault(sort_key(client.name), []).append(client)

    def find(self, tax_id: str, name: str) -> Client | None:
        for spelling in same_tax_ids(tax_id, self._country):
            if spelling in self._by_tax_id:
                return self._by_tax_id[spelling]
        alike = self._by_name.get(sort_key(name), ())
        return next((one for one in alike if not tax_id or not one.tax_id), None)


def _apply(client: Client, values: Mapping[str, str], tags: Sequence[str]) -> bool:
    """Set what the row says; whether anything changed. An empty cell changes nothing."""
    wanted: dict[str, Any] = {name: value for name, value in values.items() if value}
    wanted["tags"] = _joined(client.tags, tags)
    changed = {name: value for name, value in wanted.items() if getattr(client, name) != value}
    for name, value in changed.items():
        setattr(client, name, value)
    set_client_keys(client)
    return bool(changed)


def _joined(tags: Sequence[str], more: Sequence[str]) -> list[str]:
    """The tags with those that are new, as many as a client takes."""
    there = {plain(tag): tag for tag in tags}
    for tag in more:
        there.setdefault(plain(tag[:LONGEST_TAG]), tag[:LONGEST_TAG])
    return list(there.values())[: Client.MOST_TAGS]
