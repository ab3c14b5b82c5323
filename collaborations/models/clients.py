from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.models import HistoryEntry, PortalModel
from collaborations.models.base import Side, of_clients, side_of
from partners.models import Member, Organisation

IS_TAGGED = Q(ended_at=None) & ~Q(tags=[])
ELIGIBLE = ("owner", "administrator", "account_manager")  # roles of a firm whose people look after clients


def eligible_members(actor: Actor) -> models.QuerySet[Member]:
    """Those of the actor's firm who may look after clients now, by name. Source: PRODUCT R4, R8."""
    members = Member.objects.visible_to(actor).effective()
    if side_of(actor) != Side.FIRM:
        return members.none()
    return members.filter(role__code__in=ELIGIBLE).select_related("user", "role").order_by("user__name", "pk")


class Clients(models.QuerySet["Client"]):
    def visible_to(self, actor: Actor) -> Self:
        """All of the firm for its owners and administrators, the assigned ones for account managers."""
        return of_clients(self, actor)

    def current(self) -> Self:
        """Those that the firm works for now."""
        return self.filter(ended_at=None)


class Client(PortalModel):
    """For whom a firm works: a row of *My portal*, to which managers, tags and notes belong.

    With a `business` it stands for the business's account here, begins when a collaboration is accepted, and ends with
    it; the name shown is then the business's own. Without one it was added by the firm (`software` is what they keep
    their books with) and shows no pending work. `sort_key` and `search_text` are written with the name.
    """

    MOST_TAGS = 10

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="clients")
    business = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="advised_as")
    name = models.CharField(_("name"), max_length=200)
    tax_id = models.CharField(_("tax id"), max_length=30, blank=True)
    software = models.CharField(_("software"), max_length=80, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list)
    since = models.DateField(_("since"))
    ended_at = models.DateTimeField(null=True)
    sort_key = models.CharField(max_length=200)
    search_text = models.CharField(max_length=600)

    objects = Clients.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [
            models.Index(fields=["firm", "sort_key", "id"], name="client_by_name", condition=Q(ended_at=None)),
            models.Index(fields=["business"], name="client_of_business", condition=Q(business__isnull=False)),
            GinIndex(fields=["firm", "tags"], name="client_by_tag"),
            models.Index(fields=["firm", "tags"], include=["id"], name="client_tags", condition=IS_TAGGED),
        ]
        constraints = [
            models.UniqueConstraint(fields=["firm", "business"], name="client_once"),
            models.UniqueConstraint(
                fields=["firm", "tax_id"],
                name="outside_client_once",
                condition=Q(business=None, ended_at=None) & ~Q(tax_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        """Added by the firm, without an account here."""
        return self.business_id is None


def done_for(client: Client) -> models.QuerySet[HistoryEntry]:
    """What the firm's people did in the client's account, the latest first, from the account's own log.

    Only for a firm that has access now: the entries name what they found there.
    """
    if client.business_id is None:
        return HistoryEntry.objects.none()
    return HistoryEntry.objects.filter(organisation_id=client.business_id, firm_id=client.firm_id).order_by("-id")


class ManagerAssignments(models.QuerySet["ManagerAssignment"]):
    def visible_to(self, actor: Actor) -> Self:
        return of_clients(self, actor, "client__")

    def effective(self) -> Self:
        """Those of members who may still act; others count for nothing."""
        return self.filter(member__retired_at=None, member__role__retired_at=None, member__user__is_active=True)


class ManagerAssignment(PortalModel):
    """A person of the firm who looks after a client. Counts only while the member is effective."""

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, related_name="managers")
    member = models.ForeignKey(Member, models.CASCADE, related_name="looks_after")
    assigned_by_name = models.CharField(max_length=200)

    objects = ManagerAssignments.as_manager()

    class Meta:
        verbose_name = _("account manager")
        verbose_name_plural = _("account managers")
        indexes = [models.Index(fields=["firm", "member"], name="clients_of_manager")]
        constraints = [models.UniqueConstraint(fields=["client", "member"], name="manager_once_a_client")]

    def __str__(self) -> str:
        return str(self.member)


class ClientNotes(models.QuerySet["ClientNote"]):
    def visible_to(self, actor: Actor) -> Self:
        return of_clients(self, actor, "client__")


class ClientNote(PortalModel):
    """What a firm's people write to each other about a client. The client never sees it."""

    firm = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=5_000)
    written_by_id = models.UUIDField()
    written_by_name = models.CharField(max_length=200)

    objects = ClientNotes.as_manager()

    class Meta:
        indexes = [models.Index(fields=["firm", "client", "-id"], name="note_of_client")]

    def __str__(self) -> str:
        return self.text[:60]
