"""Rates of a business's own, and the tax that new lines begin with."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from documents.actions.settings import save_settings, settings_of
from documents.models import TaxRate
from documents.rules.content import Tax
from documents.rules.taxes import is_tax, key_of_tax
from documents.sources import own_tax
from partners.models import Organisation


class TaxNameTaken(Refused):
    """Two rates in use never have the same name."""


class NotATax(Refused):
    """Category and percentages do not go together, or the key is not one of the business's taxes."""


@transaction.atomic
def add_tax(
    *,
    actor: Actor,
    name: str,
    category: str,
    percent: Decimal,
    surcharge_percent: Decimal = Decimal(0),
    exemption_reason: str = "",
) -> TaxRate:
    """Add a rate of the business's own; percentages are whole percents. Raises Forbidden, TaxNameTaken, NotATax."""
    _lock(actor)
    tax = Tax(category, None if category == "O" else percent, surcharge_percent, exemption_reason)
    if not is_tax(tax):
        raise NotATax(_("This category does not go with this percentage."), field="percent")
    if TaxRate.objects.visible_to(actor).in_use().filter(name__iexact=name).exists():
        raise TaxNameTaken(_("There is a tax with this name."), field="name")
    rate = TaxRate.objects.create(
        organisation_id=actor.place.id,
        name=name,
        category=category,
        percent=tax.percent or Decimal(0),
        surcharge_percent=surcharge_percent,
        exemption_reason=exemption_reason,
    )
    record(actor, "documents.taxrate.added", about=rate)
    return rate


@transaction.atomic
def retire_tax(*, actor: Actor, rate: TaxRate, now: datetime) -> None:
    """No new line takes the rate; documents that have it keep it. Repeating it does nothing. Raises Forbidden.

    Where it was the usual tax, that is the country's again.
    """
    _lock(actor)
    rate = TaxRate.objects.visible_to(actor).get(pk=rate.pk)
    if rate.retired_at:
        return
    rate.retired_at = now
    rate.save(update_fields=["retired_at"])
    record(actor, "documents.taxrate.retired", about=rate)
    if settings_of(actor.place.id).default_tax == key_of_tax(own_tax(rate)):
        save_settings(actor=actor, changes={"default_tax": ""})


def _lock(actor: Actor) -> None:
    actor.require(Section.SETTINGS, Level.MANAGE)
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
