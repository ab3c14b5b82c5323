"""Lists as one person likes to find them again."""

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden, Level, Section
from advisory_portal.core.errors import Refused
from documents import rules
from documents.models import SavedFilter

MOST_SAVED = 30  # of one person and one list


class FilterRefused(Refused):
    """The name is taken, or there are too many."""


@transaction.atomic
def save_filter(*, actor: Actor, kind: str, name: str, query: str) -> SavedFilter:
    """Keep a list's query under a name; under the same name it takes the place of the one before.

    It is the person's own: nobody else sees it. Raises FilterRefused, Forbidden.
    """
    actor.require(Section(rules.section_of(kind)), Level.VIEW)
    person = actor.user_id
    if person is None:
        raise Forbidden
    own = SavedFilter.objects.visible_to(actor).filter(kind=kind)
    if not own.filter(name=name).exists() and own.count() >= MOST_SAVED:
        raise FilterRefused(_("You have thirty saved filters here. Delete one first."), field="name")
    saved, _created = SavedFilter.objects.update_or_create(
        organisation_id=actor.place.id, user_id=person, kind=kind, name=name, defaults={"query": query}
    )
    return saved


@transaction.atomic
def rename_filter(*, actor: Actor, saved: SavedFilter, name: str) -> None:
    """Give one of the actor's filters another name. Raises FilterRefused if another has it."""
    others = SavedFilter.objects.visible_to(actor).filter(kind=saved.kind, name=name).exclude(pk=saved.pk)
    if others.exists():
        raise FilterRefused(_("Another of your filters has this name."), field="name")
    saved.name = name
    saved.save(update_fields=["name"])


@transaction.atomic
def delete_filter(*, actor: Actor, saved: SavedFilter) -> None:
    """Forget one of the actor's filters; repeating it does nothing."""
    SavedFilter.objects.visible_to(actor).filter(pk=saved.pk).delete()
