from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.models import PortalModel, StoredFile
from partners.models.organisation import Organisation
from partners.rules.profiles import REASON_KEYS

OPEN_STATES = ("draft", "in_review", "changes_requested")
EDITABLE_STATES = ("draft", "changes_requested")


class Profiles(models.QuerySet["Profile"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own; all of them for the operator."""
        if actor.kind == ActorKind.OPERATOR:
            return self
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()


class Profile(PortalModel):
    """What a firm shows of itself: the head of its versions. Made by the first save."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="profile")

    objects = Profiles.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.organisation)


class ProfileVersions(models.QuerySet["ProfileVersion"]):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own; for the operator all that were ever submitted."""
        if actor.kind == ActorKind.OPERATOR:
            return self.exclude(submitted_at=None)
        return self.filter(organisation_id=actor.organisation_id) if actor.organisation_id else self.none()

    def open(self) -> Self:
        """Those still being written, reviewed or corrected. At most one per profile."""
        return self.filter(state__in=OPEN_STATES)

    def published(self) -> Self:
        """Those that the public sees. At most one per profile."""
        return self.filter(state=ProfileVersion.State.PUBLISHED)

    def waiting(self) -> Self:
        """Those in review, the longest waiting first."""
        return self.filter(state=ProfileVersion.State.IN_REVIEW).order_by("submitted_at", "pk")

    def with_pictures(self) -> Self:
        return self.select_related("logo", "logo_small", "cover", "cover_small")

    def newest_first(self) -> Self:
        return self.order_by("-number")


class ProfileVersion(PortalModel):
    """A profile as it was written once. `content` has the keys of `partners.rules.profiles.EMPTY`.

    The content is frozen while in review and for ever after publication (a trigger keeps it so).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        PUBLISHED = "published", _("Published")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        SUPERSEDED = "superseded", _("Superseded")

    MOVES = {
        State.DRAFT: {State.IN_REVIEW},
        State.IN_REVIEW: {State.PUBLISHED, State.CHANGES_REQUESTED, State.DRAFT},
        State.CHANGES_REQUESTED: {State.IN_REVIEW},
        State.PUBLISHED: {State.SUPERSEDED},
    }

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="versions")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="profile_versions")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    content = models.JSONField(_("content"), default=dict)
    logo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    logo_small = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    cover = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    cover_small = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"), null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    submitted_by_name = models.CharField(_("submitted by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by_name = models.CharField(_("decided by"), max_length=200, blank=True)
    reasons = models.JSONField(_("reasons"), default=dict)

    objects = ProfileVersions.as_manager()

    class Meta:
        verbose_name = _("profile version")
        verbose_name_plural = _("profile versions")
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="profile_version_once"),
            models.UniqueConstraint(
                fields=["profile"],
                name="one_open_version",
                condition=Q(state__in=("draft", "in_review", "changes_requested")),
            ),
            models.UniqueConstraint(fields=["profile"], name="one_published_version", condition=Q(state="published")),
        ]
        indexes = [
            models.Index(fields=["organisation", "-number"], name="version_of_firm"),
            models.Index(fields=["submitted_at"], name="version_in_review", condition=Q(state="in_review")),
        ]

    def __str__(self) -> str:
        return str(self.content.get("display_name") or self.organisation)

    @property
    def is_editable(self) -> bool:
        """May the firm still write in it?"""
        return self.state in EDITABLE_STATES

    @property
    def reasons_in_order(self) -> list[tuple[str, str]]:
        """Field and reason, as the fields stand on the page; the database forgets the order of keys."""
        return [(key, self.reasons[key]) for key in REASON_KEYS if key in self.reasons]
