"""Of which pending work a person wants to be told, and how they like *My portal*."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Forbidden
from advisory_portal.core.errors import Refused
from collaborations.kpis import KPIS, MESSAGES
from collaborations.models import Client, KpiPreference, SavedView
from collaborations.models.base import Side, side_of
from collaborations.rules.digests import next_digest
from partners.models import Member

EVERY_KPI = (*KPIS, MESSAGES)
HIGHEST_THRESHOLD = 9_999


class ViewRefused(Refused):
    """The name is taken, or there are too many."""


def own_member(actor: Actor) -> Member:
    """The actor's membership of the firm they stand in. Raises Forbidden for everybody else."""
    if side_of(actor) != Side.FIRM or actor.user_id is None:
        raise Forbidden
    member = Member.objects.visible_to(actor).effective().filter(user_id=actor.user_id).first()
    if member is None:
        raise Forbidden
    return member


@transaction.atomic
def choose_kpis(
    *, actor: Actor, kpis: Collection[str], thresholds: Mapping[str, int], rhythm: str, now: datetime
) -> KpiPreference:
    """Keep of which KPIs the person wants to be told, from which count on, and how often; the next digest is set by it.

    `thresholds` are counts below which nothing is told; 1 and less are left out. Codes and rhythms that there are not
    count as nothing and as daily. Repeating it changes nothing but the moment. Raises Forbidden. Source: PRODUCT R7.
    """
    member = own_member(actor)
    kept = rhythm if rhythm in KpiPreference.Rhythm.values else KpiPreference.Rhythm.DAILY
    chosen = _chosen(kpis, thresholds) | {
        "rhythm": kept,
        "due_at": next_digest(kept, now, actor.place.time_zone),
        "attempts": 0,
        "last_error": "",
    }
    row, _made = KpiPreference.objects.update_or_create(
        firm_id=actor.place.id, member=member, client=None, defaults=chosen
    )
    return row


@transaction.atomic
def choose_kpis_of_client(
    *, actor: Actor, client: Client, kpis: Collection[str], thresholds: Mapping[str, int]
) -> KpiPreference:
    """Keep another choice for one client, as `choose_kpis`. Raises Forbidden, and DoesNotExist for one not seen."""
    member = own_member(actor)
    seen = Client.objects.visible_to(actor).get(pk=client.pk)
    chosen = _chosen(kpis, thresholds) | {"due_at": None}
    row, _made = KpiPreference.objects.update_or_create(
        firm_id=actor.place.id, member=member, client=seen, defaults=chosen
    )
    return row


@transaction.atomic
def forget_kpis_of_client(*, actor: Actor, client: Client) -> None:
    """Let the general choice hold for the client again; repeating it does nothing."""
    KpiPreference.objects.visible_to(actor).filter(client_id=client.pk).delete()


@transaction.atomic
def choose_columns(*, actor: Actor, columns: Sequence[str], now: datetime) -> None:
    """Keep the columns of *My portal* that the person wants to see; none for the usual ones. Raises Forbidden."""
    member = own_member(actor)
    rhythm = KpiPreference.Rhythm.DAILY
    new = {"kpis": list(EVERY_KPI), "rhythm": rhythm, "due_at": next_digest(rhythm, now, actor.place.time_zone)}
    row, _made = KpiPreference.objects.get_or_create(firm_id=actor.place.id, member=member, client=None, defaults=new)
    row.columns = list(columns)
    row.save(update_fields=["columns"])


def _chosen(kpis: Collection[str], thresholds: Mapping[str, int]) -> dict[str, object]:
    codes = [code for code in EVERY_KPI if code in kpis]
    kept = {code: min(thresholds[code], HIGHEST_THRESHOLD) for code in EVERY_KPI if thresholds.get(code, 1) > 1}
    return {"kpis": codes, "thresholds": kept}


# --- Saved views ---------------------------------------------------------------------------------------------


@transaction.atomic
def save_view(*, actor: Actor, name: str, query: str) -> SavedView:
    """Keep *My portal* as it is filtered under a name; under the same name it takes the place of the one before.

    It is the person's own. Raises ViewRefused, Forbidden.
    """
    member = own_member(actor)
    own = SavedView.objects.visible_to(actor)
    if not own.filter(name=name).exists() and own.count() >= SavedView.MOST:
        raise ViewRefused(_("You have thirty saved views. Delete one first."), field="name")
    view, _made = SavedView.objects.update_or_create(
        firm_id=actor.place.id, member=member, name=name, defaults={"query": query}
    )
    return view


@transaction.atomic
def rename_view(*, actor: Actor, view: SavedView, name: str) -> None:
    """Give one of the actor's views another name. Raises ViewRefused if another has it."""
    own = SavedView.objects.visible_to(actor)
    if own.filter(name=name).exclude(pk=view.pk).exists():
        raise ViewRefused(_("Another of your views has this name."), field="name")
    own.filter(pk=view.pk).update(name=name)


@transaction.atomic
def delete_view(*, actor: Actor, view: SavedView) -> None:
    """Forget one of the actor's views; repeating it does nothing."""
    SavedView.objects.visible_to(actor).filter(pk=view.pk).delete()
