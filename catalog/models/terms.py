from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import PortalModel
from catalog.models.base import for_staff, is_contact, is_whole_contact
from catalog.models.prices import PriceList
from documents.models import Contact
from partners.models import Organisation

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class ContactTermsRows(models.QuerySet["ContactTerms"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff who may view the catalog; a contact in its portal its own, where the catalog is on."""
        if is_contact(actor):
            return self._of(actor)
        return for_staff(self, actor)

    def catalog_of(self, actor: Actor, rows: Rows) -> Rows:
        """The rows of the contact's business, where the catalog is on for the contact; else none. No query."""
        if not is_whole_contact(actor):
            return rows.none()
        return rows.filter(Exists(self._of(actor)), organisation_id=actor.organisation_id)

    def _of(self, actor: Actor) -> Self:
        if not is_whole_contact(actor):
            return self.none()
        return self.filter(organisation_id=actor.organisation_id, contact_id=actor.contact_id, is_on=True)


class ContactTerms(PortalModel):
    """How one contact buys: whether the catalog is on for it, and at which prices. Without a row it is off.

    The price of `own_list` comes before that of `price_list`, and that before the variant's list price
    (`rules.tiers_of`). A contact buys in the currency of `price_list`, without one in the business's.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    contact = models.OneToOneField(Contact, models.CASCADE, related_name="catalog_terms")
    is_on = models.BooleanField(_("catalog on"), default=False)
    price_list = models.ForeignKey(
        PriceList, models.PROTECT, null=True, blank=True, related_name="terms", verbose_name=_("price list")
    )
    own_list = models.OneToOneField(PriceList, models.PROTECT, null=True, related_name="own_of")

    objects = ContactTermsRows.as_manager()

    class Meta:
        verbose_name = _("terms of a contact")
        verbose_name_plural = _("terms of contacts")
        indexes = [
            models.Index(fields=["organisation", "price_list"], name="terms_by_price_list", condition=Q(is_on=True)),
        ]

    def __str__(self) -> str:
        return str(self.contact_id)
