"""The published profiles as marketplace and directory read them. Shared by actions; runs inside their transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value
from django.utils import translation

from advisory_portal.core.kept import forget
from advisory_portal.core.text import sort_key
from partners.models import Listing, ListingWord, Organisation, ProfileVersion
from partners.rules.listings import LISTINGS, correcting_words, facet_key, facet_lexemes, points, rank_score, words_of
from partners.words import INDUSTRIES, SERVICES, SPECIALITIES, language_name

COPIED = (
    "display_name tagline profession services specialities industries languages city region country "
    "works_remotely accepting_clients"
).split()


def list_version(version: ProfileVersion, now: datetime) -> Listing:
    """Show a published version in the listings, in the place of the firm's earlier one."""
    row = Listing.objects.filter(organisation_id=version.organisation_id).first() or Listing(
        organisation_id=version.organisation_id, published_at=now
    )
    words = fill(row, version)
    row.save()
    ListingWord.objects.bulk_create([ListingWord(word=word) for word in words], ignore_conflicts=True)
    forget(LISTINGS)
    return row


def fill(row: Listing, version: ProfileVersion) -> list[str]:
    """Give the unsaved row everything that the version says; the database computes what it is searched by.

    Returns the words that correct what people mistype.
    """
    content = version.content
    for key in COPIED:
        setattr(row, key, content[key])
    row.version = version
    row.slug = version.organisation.slug
    row.sort_key = sort_key(content["display_name"])
    row.city_key = facet_key(content["city"])
    row.in_directory = not content["hidden_from_directory"]
    row.rank_score = rank_score(points(content, has_cover=version.cover_id is not None).values(), row.organisation_id)
    return _index(row, content)


def take_down(organisation_id: UUID) -> None:
    """Remove a firm from both listings."""
    Listing.objects.filter(organisation_id=organisation_id).delete()
    forget(LISTINGS)


def put_back(organisation_id: UUID, now: datetime) -> None:
    """List a firm's published version again, if it has one."""
    version = ProfileVersion.objects.published().filter(organisation_id=organisation_id).first()
    if version is not None:
        list_version(version, now)


def _index(row: Listing, content: Mapping[str, Any]) -> list[str]:
    """Write what the listing is found by. Codes are found by their names in every language of the site."""
    names = " ".join(words_of(content["display_name"]))
    place = [content[key] for key in ("city", "region", "postcode")]
    heads = " ".join(words_of(" ".join([names, *place, *_labels(content)])))
    shown = [person["name"] for person in content["staff"] if person.get("public")]
    texts = [content["tagline"], content["description"], *content["regions_served"], *content["accreditations"]]
    row.names, row.heads = _vector(names), _vector(heads)
    everything = " ".join([heads, *words_of(" ".join([*texts, *shown]))])
    row.search = _vector(everything)
    lexemes = Value(facet_lexemes({key: getattr(row, key) for key in COPIED}))
    row.facets = Func(lexemes, function="array_to_tsvector", output_field=SearchVectorField())
    return correcting_words(everything.split())


def _vector(text: str) -> Func:
    return Func(Value(text), function="partners_words_vector", output_field=SearchVectorField())


def _labels(content: Mapping[str, Any]) -> list[str]:
    found: dict[str, None] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            tables = (("services", SERVICES), ("specialities", SPECIALITIES), ("industries", INDUSTRIES))
            labels = [str(table[code]) for key, table in tables for code in content[key] if code in table]
            labels += [language_name(code) for code in content["languages"]]
            labels.append(str(Organisation.Profession(content["profession"]).label))
            found |= dict.fromkeys(labels)
    return list(found)
