"""Stock: what comes and goes, by movements with reasons."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.mail import Recipient, notify
from catalog.actions.settings import settings_of
from catalog.models import StockLevel, StockMovement, Variant
from catalog.models.base import team_of_catalog
from catalog.rules import is_low

MOST_NAMED = 10  # products in one mail


class NotEnough(Refused):
    """There would be less than what orders hold."""


class NotTracked(Refused):
    """No stock of this is kept."""


@transaction.atomic
def move_stock(
    *, actor: Actor, variant: Variant, reason: str, quantity: Decimal, note: str = "", key: str = ""
) -> StockMovement | None:
    """Book what came (positive) or went (negative) of a variant; a `count` says how much there is.

    With a key it is done once, and gives None when repeated. A count that finds what was there is kept too. Raises
    Forbidden, NotTracked, NotEnough.
    """
    actor.require(Section.CATALOG, Level.MANAGE)
    level = lock_level(variant)
    if key and StockMovement.objects.filter(variant=variant, key=key).exists():
        return None
    change = quantity - level.on_hand if reason == StockMovement.Reason.COUNT else quantity
    movement = book_movement(actor=actor, level=level, reason=reason, quantity=change, note=note, key=key)
    record(actor, "catalog.variant.stocked", about=variant, after={"quantity": str(change.normalize())})
    return movement


def lock_level(variant: Variant) -> StockLevel:
    """The variant's level, locked; one of nothing where it has none yet. Raises NotTracked."""
    if not variant.product.is_tracked:
        raise NotTracked(_("No stock of this product is kept. Turn that on at the product first."))
    StockLevel.objects.bulk_create(
        [StockLevel(organisation_id=variant.organisation_id, variant=variant)], ignore_conflicts=True
    )
    return StockLevel.objects.select_for_update(no_key=True).get(variant=variant)


def book_movement(
    *,
    actor: Actor,
    level: StockLevel,
    reason: str,
    quantity: Decimal,
    note: str = "",
    key: str = "",
    order_id: UUID | None = None,
) -> StockMovement:
    """Change a locked level and note why. What orders hold stays theirs. Raises NotEnough."""
    level.on_hand += quantity
    if level.free < 0 and not level.may_owe:
        raise NotEnough(_("Orders hold what would be taken away. Cancel an order first."), field="quantity")
    level.save(update_fields=["on_hand"])
    return StockMovement.objects.create(
        organisation_id=level.organisation_id,
        variant_id=level.variant_id,
        reason=reason,
        quantity=quantity,
        after=level.on_hand,
        note=note,
        key=key,
        order_id=order_id,
        by_name=actor.name,
    )


@transaction.atomic
def set_alarm(*, actor: Actor, variant: Variant, alarm_at: Decimal | None) -> None:
    """Tell people when no more than this is free of a variant; None for never. Raises Forbidden, NotTracked."""
    actor.require(Section.CATALOG, Level.MANAGE)
    level = lock_level(variant)
    if level.alarm_at == alarm_at:
        return
    level.alarm_at = alarm_at
    level.save(update_fields=["alarm_at"])


@transaction.atomic
def tell_of_low_stock(*, actor: Actor) -> int:
    """Tell a business's people once of what has run low, in one mail; returns of how many variants.

    What there is enough of again can be told of anew.
    """
    due = StockLevel.objects.filter(organisation_id=actor.place.id).alarm_due()
    levels = list(due.select_for_update(no_key=True, of=("self",), skip_locked=True).order_by("pk"))
    for level in levels:
        level.is_alarmed = is_low(level.free, level.alarm_at)
    StockLevel.objects.bulk_update(levels, ["is_alarmed"])
    low = [level.pk for level in levels if level.is_alarmed]
    if low:
        _mail_low(actor, low)
    return len(low)


def _mail_low(actor: Actor, low: list[UUID]) -> None:
    rows = StockLevel.objects.filter(pk__in=low).select_related("variant__product")
    named = list(rows.order_by("variant__product__sort_key", "variant__position")[:MOST_NAMED])
    notify(
        "catalog/stock_low",
        to=low_stock_receivers(actor),
        url=reverse("catalog:stock", args=[actor.place.slug], query={"show": "low"}),
        organisation_id=actor.place.id,
        context={"business": actor.place.name, "levels": named, "number": len(low), "more": len(low) - len(named)},
    )


def low_stock_receivers(actor: Actor) -> list[Recipient]:
    """Who is told of low stock: those the settings name, else all who manage the catalog."""
    team = team_of_catalog(actor)
    chosen = set(settings_of(actor.place.id).low_stock_receivers)
    named = [one for one in team if one.user_id in chosen] or team
    return [
        Recipient(one.user.email, one.user.language or actor.place.language, one.user.name, one.user_id)
        for one in named
    ]
