"""Telling people of the pending work that has come, once per change that matters to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from advisory_portal.core.mail import notify
from collaborations.actions.kpi_preferences import EVERY_KPI
from collaborations.kpis import KPIS, Kpi, clients_shown, count_in_rows, waiting_in
from collaborations.models import Client, KpiPreference, KpiReading
from collaborations.models.clients import ELIGIBLE
from collaborations.models.portal import ids_in_order
from collaborations.models.portal_settings import portal_settings
from collaborations.rules.digests import grown, next_digest
from partners.models import Member

MOST_PLANNED = 500
CLIENTS_TOLD = 20  # named in one mail; of the others it says how many there are


class News(NamedTuple):
    """A line of the digest: how much waits now, and how much more that is than the person was told."""

    kpi: Kpi
    number: int
    more: int


@transaction.atomic
def plan_digests(*, now: datetime) -> int:
    """Give people of firms with clients who have chosen nothing the usual choice, from the next morning on.

    Returns how many. Repeating it adds nobody twice.
    """
    known = KpiPreference.objects.filter(member=OuterRef("pk"), client=None)
    clients = Client.objects.current().filter(firm=OuterRef("organisation"))
    people = Member.objects.effective().filter(Exists(clients), ~Exists(known), role__code__in=ELIGIBLE)
    rhythm = KpiPreference.Rhythm.DAILY
    rows = [
        KpiPreference(
            firm_id=member.organisation_id,
            member=member,
            kpis=list(EVERY_KPI),
            rhythm=rhythm,
            due_at=next_digest(rhythm, now, member.organisation.time_zone),
        )
        for member in people.select_related("organisation").order_by("pk")[:MOST_PLANNED]
    ]
    KpiPreference.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def tell_of_work(*, preference: KpiPreference, now: datetime) -> bool:
    """Mail a person the pending work that has come since they were last told, and remember what they know now.

    Work below their thresholds, of KPIs they have not ticked, or that they cannot see, is not told; messages have
    mails of their own. Repeating it tells nothing twice. True if there was something. Source: PRODUCT 7, 9a.
    """
    rows = KpiPreference.objects.select_for_update(of=("self",))
    locked = rows.select_related("member__user", "member__role", "member__organisation__plan").get(pk=preference.pk)
    if locked.due_at is None or locked.due_at > now:
        return False
    member = locked.member
    zone = member.organisation.time_zone
    locked.due_at = None if member.retired_at else next_digest(locked.rhythm, now, zone)
    locked.attempts, locked.last_error = 0, ""
    locked.save(update_fields=["due_at", "attempts", "last_error"])
    if not Member.objects.effective().filter(pk=member.pk).exists():
        return False
    news = _news_of(member, now)
    if news:
        _tell(member, news)
    return bool(news)


def _news_of(member: Member, now: datetime) -> list[tuple[str, list[News]]]:
    """What has come, by name of the client, the most first; what the person knows is brought up to date."""
    actor = member.actor
    ids, _total = ids_in_order(actor, {}, now)
    rows = clients_shown(actor, ids, now)
    counts = count_in_rows(rows, now)
    settings = portal_settings(actor, ids)
    readings = KpiReading.objects.filter(member=member)
    told = {str(client): known for client, known in readings.values_list("client_id", "counts")}
    found = {row.id: {code: one.number for code, one in waiting_in(row, counts).items()} for row in rows}
    _remember(member, found, told, now)
    news = []
    for row in rows:
        chosen = settings.overrides.get(row.id) or settings.general
        if chosen is None:
            continue
        more = grown(found[row.id], told.get(row.id, {}), chosen.kpis, chosen.thresholds)
        if more:
            news.append(
                (row.name, [News(KPIS[code], found[row.id][code], more[code]) for code in KPIS if code in more])
            )
    return sorted(news, key=lambda one: -sum(line.more for line in one[1]))


def _remember(
    member: Member, found: Mapping[str, dict[str, int]], told: Mapping[str, Mapping[str, int]], now: datetime
) -> None:
    """Write down what the person knows now. Clients they no longer see, or that closed, are new when they come back."""
    gone = [client for client in told if not found.get(client)]
    KpiReading.objects.filter(member=member, client_id__in=gone).delete()
    changed = [
        KpiReading(firm_id=member.organisation_id, member=member, client_id=client, counts=numbers, read_at=now)
        for client, numbers in found.items()
        if numbers and numbers != told.get(client)
    ]
    KpiReading.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["member", "client"],
        update_fields=["counts", "read_at"],
        batch_size=1000,
    )


def _tell(member: Member, news: list[tuple[str, list[News]]]) -> None:
    notify(
        "collaborations/kpi_digest",
        to=[member.user.recipient],
        url=f"{reverse('collaborations:my_portal', args=[member.organisation.slug])}?sort=next",
        organisation_id=member.organisation_id,
        context={
            "firm": member.organisation.name,
            "number": len(news),
            "clients": news[:CLIENTS_TOLD],
            "others": max(len(news) - CLIENTS_TOLD, 0),
        },
    )
