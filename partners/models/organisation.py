from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, Section, Workspace
from advisory_portal.core.models import PortalModel
from advisory_portal.core.money import CURRENCIES
from partners.rules.profiles import complete
from partners.rules.programme import PROFESSIONS


def every_section() -> list[str]:
    return list(Section.values)


KINDS = [("business", _("Business")), ("firm", _("Consultancy/Advisory"))]


class Plans(models.QuerySet["Plan"]):
    def sold_to(self, kind: str) -> Self:
        """Those that an organisation of this kind may subscribe to, by name; none where nothing is charged."""
        if not settings.PLATFORM_STRIPE_SECRET_KEY:
            return self.none()
        return self.filter(sold_to__in=("", kind)).exclude(stripe_price="").order_by("name", "pk")


class Plan(PortalModel):
    """What an organisation may use: the sections it includes, for its members and for firms alike.

    With a price at Stripe it may be subscribed to, by all or by organisations of one kind.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    sections = ArrayField(models.CharField(max_length=20, choices=Section), default=every_section)
    is_default = models.BooleanField(_("given to new organisations"), default=False)
    stripe_price = models.CharField(_("price at Stripe"), max_length=100, blank=True, help_text=_("its id: price_…"))
    price_text = models.CharField(_("price in words"), max_length=60, blank=True, help_text=_("29 € a month"))
    sold_to = models.CharField(_("sold to"), max_length=10, choices=KINDS, blank=True, help_text=_("empty for all"))

    objects = Plans.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], name="one_default_plan", condition=models.Q(is_default=True)
            ),
            models.UniqueConstraint(
                fields=["stripe_price"], name="plan_of_price", condition=~models.Q(stripe_price="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organisations(models.QuerySet["Organisation"]):
    def visible_to(self, actor: Actor) -> Self:
        """The one the actor stands in."""
        return self.filter(pk=actor.organisation_id) if actor.organisation_id else self.none()

    def joined_by(self, actor: Actor) -> Self:
        """Those that the person may enter now, by name."""
        if actor.user_id is None:
            return self.none()
        mine = models.Q(members__user_id=actor.user_id, members__retired_at=None)
        return self.filter(mine, members__role__retired_at=None).order_by("name", "pk")


class Organisation(PortalModel):
    """A business or a firm. Everything it owns carries its id."""

    class Kind(models.TextChoices):
        BUSINESS = "business", _("Business")
        FIRM = "firm", _("Consultancy/Advisory")

    class Profession(models.TextChoices):
        GESTORIA = "gestoria", _("Gestoría (administrative agency)")
        ASESORIA = "asesoria", _("Asesoría (accounting and tax advisers)")
        EXTERNAL_CFO = "external_cfo", _("External CFO")
        OTHER = "other", _("Other")

    class TeamSize(models.TextChoices):
        ONE = "1", _("Only me")
        FEW = "2-5", _("2 to 5 people")
        SOME = "6-20", _("6 to 20 people")
        MANY = "21-50", _("21 to 50 people")
        LARGE = "51+", _("51 people or more")

    kind = models.CharField(_("account type"), max_length=10, choices=Kind)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("legal name"), max_length=200)
    tax_id = models.CharField(_("tax id"), max_length=30)
    country = models.CharField(_("country"), max_length=2)
    legal_form = models.CharField(_("legal form"), max_length=80, blank=True)
    team_size = models.CharField(_("team size"), max_length=5, choices=TeamSize, default=TeamSize.ONE)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    profession = models.CharField(_("profession"), max_length=20, choices=Profession, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    currency = models.CharField(
        _("currency"), max_length=3, default="EUR", choices=[(code, code) for code in CURRENCIES]
    )
    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name=_("plan"))
    link_hours = models.PositiveSmallIntegerField(_("hours a document link lives"), default=48)
    accent = models.CharField(_("colour"), max_length=7, default="#1f5f8b")

    objects = Organisations.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="business", profession="") | models.Q(kind="firm") & ~models.Q(profession=""),
                name="firms_have_a_profession",
            ),
            models.CheckConstraint(condition=models.Q(link_hours__range=(1, 720)), name="link_hours_within_a_month"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            id=self.pk,
            slug=self.slug,
            name=self.name,
            kind=self.kind,
            currency=self.currency,
            time_zone=self.time_zone,
            language=self.language,
            country=self.country,
            accent=self.accent,
        )

    @property
    def first_content(self) -> dict[str, Any]:
        """A profile to begin with: what the organisation already said of itself."""
        known = {key: getattr(self, key) for key in ("city", "postcode", "country", "email", "phone")}
        if self.profession in PROFESSIONS:
            known["profession"] = self.profession
        return complete({"display_name": self.name[:120], "price_currency": self.currency, **known})
