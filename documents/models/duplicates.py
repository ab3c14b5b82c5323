"""Contacts of a business that may be the same."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from advisory_portal.core.access import Actor
from documents.models.contact import Contact

AT_ONCE = 20  # contacts looked at for one page; each costs three look-ups in an index
MOST_LIKE_ONE = 5
ALIKE = 0.8  # of a name's groups of three letters in another's whole text
VERY_ALIKE = 0.7  # of the groups of three letters of both names

# For each of the newest contacts below a mark, those with the same tax id, the same e-mail or a very similar name.
_PAIRS = f"""
WITH newest AS MATERIALIZED (
    SELECT id, tax_id_key, email, sort_key FROM documents_contact
    WHERE organisation_id = %(organisation)s AND merged_into_id IS NULL AND id < %(below)s
    ORDER BY id DESC LIMIT {AT_ONCE}
)
SELECT newest.id, other.id, other.why FROM newest CROSS JOIN LATERAL (
    (SELECT id, 'tax_id' AS why FROM documents_contact
     WHERE organisation_id = %(organisation)s AND merged_into_id IS NULL AND newest.tax_id_key <> ''
       AND tax_id_key = newest.tax_id_key AND id < newest.id LIMIT {MOST_LIKE_ONE})
    UNION ALL
    (SELECT id, 'email' FROM documents_contact
     WHERE organisation_id = %(organisation)s AND merged_into_id IS NULL AND newest.email <> ''
       AND email = newest.email AND id < newest.id LIMIT {MOST_LIKE_ONE})
    UNION ALL
    (SELECT id, 'name' FROM (
         SELECT id, sort_key, tax_id_key, merged_into_id FROM documents_contact
         WHERE organisation_id = %(organisation)s AND newest.sort_key <%% search_text
         OFFSET 0  -- so that the trigram index is used, whatever the limit below makes the planner hope for
     ) AS alike
     WHERE merged_into_id IS NULL AND id < newest.id AND similarity(sort_key, newest.sort_key) >= {VERY_ALIKE}
       AND (tax_id_key = '' OR newest.tax_id_key = '' OR tax_id_key = newest.tax_id_key) LIMIT {MOST_LIKE_ONE})
) AS other
"""
_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of contacts that may be the same, each with why (`tax_id`, `email`, `name`); `next` looks further back."""

    groups: list[tuple[list[Contact], set[str]]]
    next: str


def possible_duplicates(actor: Actor, *, below: str = "") -> Duplicates:
    """The newest 20 contacts below an id, compared with all older ones: same tax id, same e-mail, very similar name.

    Two contacts with different tax ids are never alike by their names. Three queries; what they cost follows the 20,
    not how many contacts there are.
    """
    own = Contact.objects.visible_to(actor).present()
    mark = _mark(below)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(_PAIRS, {"organisation": actor.place.id, "below": mark})
        pairs = cursor.fetchall()
    looked_at = list(own.filter(pk__lt=mark).order_by("-pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    ids = {one for first, second, _why in pairs for one in (first, second)}
    contacts = {contact.pk: contact for contact in own.filter(pk__in=ids)}
    return Duplicates(_grouped(contacts, pairs), str(looked_at[AT_ONCE - 1]) if len(looked_at) > AT_ONCE else "")


def _mark(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return _LAST


def _grouped(
    contacts: dict[UUID, Contact], pairs: list[tuple[UUID, UUID, str]]
) -> list[tuple[list[Contact], set[str]]]:
    """Pairs that share a contact become one group; the oldest contact of a group stands first."""
    group_of: dict[UUID, tuple[set[UUID], set[str]]] = {}
    for first, second, why in pairs:
        if first not in contacts or second not in contacts:
            continue
        ours, theirs = (group_of.get(one, ({one}, set())) for one in (first, second))
        joined = (ours[0] | theirs[0], ours[1] | theirs[1] | {why})
        for member in joined[0]:
            group_of[member] = joined
    found = {id(group): group for group in group_of.values()}
    return [([contacts[one] for one in sorted(members)], why) for members, why in found.values()]
