"""What the staff's forms offer for choice."""

from __future__ import annotations

from advisory_portal.core.access import Actor
from catalog.models.category import Category
from documents.models import DocumentSettings, TaxRate
from documents.rules import Tax, key_of_tax, taxes_of


def tree_of(actor: Actor) -> list[Category]:
    """All categories that the actor sees, each before what is in it, as people see the tree. One query."""
    inside: dict[object, list[Category]] = {}
    for category in Category.objects.visible_to(actor).in_order():
        inside.setdefault(category.parent_id, []).append(category)
    found: list[Category] = []
    waiting = inside.get(None, [])[::-1]
    while waiting:
        category = waiting.pop()
        found.append(category)
        waiting += inside.get(category.pk, [])[::-1]
    return found


def taxes_to_choose(actor: Actor) -> list[tuple[str, Tax]]:
    """The business's own taxes with their names, then those of its country, whose name is "". One query."""
    rates = TaxRate.objects.visible_to(actor).in_use().order_by("name")
    own = [(rate.name, _of_rate(rate)) for rate in rates]
    return [*own, *(("", tax) for tax in taxes_of(actor.place.country))]


def usual_tax_key(actor: Actor) -> str:
    """The key of the tax that products without one of their own have. One query."""
    kept = DocumentSettings.objects.visible_to(actor).values_list("default_tax", flat=True).first()
    return kept or key_of_tax(taxes_of(actor.place.country)[0])


def _of_rate(rate: TaxRate) -> Tax:
    percent = None if rate.category == "O" else rate.percent
    return Tax(rate.category, percent, rate.surcharge_percent, exemption_reason=rate.exemption_reason)
