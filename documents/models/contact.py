from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel
from advisory_portal.core.text import search_words
from partners.models import Organisation

NEW_DAYS = 15  # for so long an unreviewed contact counts as new


class Contacts(models.QuerySet["Contact"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's contacts for who may view them; a contact sees itself."""
        if actor.organisation_id is None:
            return self.none()
        contacts = self.filter(organisation_id=actor.organisation_id)
        if actor.kind == ActorKind.CONTACT:
            return contacts.filter(pk=actor.contact_id)
        return contacts if actor.may(Section.CONTACTS, Level.VIEW) else self.none()

    def present(self) -> Self:
        """Those that have not been merged into another."""
        return self.filter(merged_into=None)

    def unreviewed(self, now: datetime) -> Self:
        """Those made in the last 15 days that nobody has reviewed. Source: PRODUCT 3, KPIs."""
        return self.unreviewed_since(now - timedelta(days=NEW_DAYS))

    def unreviewed_since(self, moment: datetime) -> Self:
        """Those made after the moment that nobody has reviewed."""
        return self.present().filter(reviewed_at=None, created_at__gt=moment)

    def narrowed(self, asked: Mapping[str, str], now: datetime) -> Self:
        """Those present that a list's filter asks for: `q` (words), `kind`, `country`, `review` and `without`.

        `review` are the new ones that nobody has reviewed, `without` those without an e-mail address.
        """
        found = self.present().matching(asked.get("q", ""))
        if asked.get("review"):
            found = found.unreviewed(now)
        if asked.get("without"):
            found = found.filter(email="")
        exact = {name: asked[name] for name in ("kind", "country") if asked.get(name)}
        return found.filter(**exact)

    def matching(self, words: str) -> Self:
        """Those whose name, tax id or e-mail contains the words, whatever their case and accents."""
        return self.filter(search_text__contains=search_words(words)) if words.strip() else self


class Contact(PortalModel):
    """A customer or supplier of one business. Not a user: the business controls what it may see.

    `delivery` is an address as `documents.sheets.address_lines` reads it, empty where goods go to the address of
    invoices. `currency` "" and `payment_days` None mean the business's own. `muted_mails` are the kinds of mail that it
    does not want. A merged contact stays as a pointer.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        SUPPLIER = "supplier", _("Supplier")
        BOTH = "both", _("Customer and supplier")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=500)
    sort_key = models.CharField(max_length=200)
    tax_id = models.CharField(_("tax id"), max_length=60, blank=True)
    tax_id_key = models.CharField(max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=40, blank=True)
    region = models.CharField(_("region"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_person = models.BooleanField(_("a person"), default=False)
    website = models.URLField(_("website"), max_length=300, blank=True)
    delivery = models.JSONField(default=dict)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), null=True)
    pays_surcharge = models.BooleanField(_("pays the equivalence surcharge"), default=False)
    withholding_percent = models.DecimalField(_("withholding"), max_digits=9, decimal_places=6, default=0)
    note = models.TextField(_("note"), max_length=5_000, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_name = models.CharField(max_length=200, blank=True)
    muted_mails = ArrayField(models.CharField(max_length=80), default=list, db_default=[])
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    search_text = models.CharField(max_length=900)

    objects = Contacts.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["organisation", "sort_key", "id"], name="contact_by_name"),
            models.Index(fields=["organisation", "tax_id_key"], name="contact_by_tax_id"),
            models.Index(fields=["organisation", "email"], name="contact_by_email"),
            models.Index(fields=["organisation", "id"], name="contact_by_age", condition=models.Q(merged_into=None)),
            models.Index(
                fields=["organisation", "created_at"],
                name="contact_unreviewed",
                condition=models.Q(reviewed_at=None, merged_into=None),
            ),
            GinIndex("organisation", OpClass("search_text", name="gin_trgm_ops"), name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        """Whether it is to be mailed messages of a kind ("catalog/order_confirmed"): it is unless it said otherwise."""
        return kind not in self.muted_mails
