"""The review of profiles: a queue of submitted versions, each compared with what is published, field by field."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor
from advisory_portal.core.files import file_response, read_file
from partners import actions, words
from partners.admin.queue import QueueAdmin, age, state_label
from partners.admin.review import compare, compare_pictures
from partners.admin.site import operator_of, operator_site, operators
from partners.models import ProfileVersion, ProgrammeApplication
from partners.rules.profiles import PICTURES, REASON_KEYS

State = ProfileVersion.State


@admin.register(ProfileVersion, site=operator_site)
class VersionAdmin(QueueAdmin):
    """Approve what was submitted, or ask for changes with a reason per field. Drafts are the firm's own affair."""

    waiting_state = State.IN_REVIEW
    waits_since = "submitted_at"
    hidden_states = (State.DRAFT,)
    page_template = "partners/admin/version.html"
    decisions = {
        "approve": ("approve", _("The profile of %(name)s is published.")),
        "request-changes": ("request_changes", _("%(name)s is asked for changes.")),
    }
    list_display = (
        "name",
        "firm",
        "state_shown",
        "kind",
        "submitted",
        "submitted_by_name",
        "decided",
        "decided_by_name",
    )
    list_filter = ("state", "organisation__profession", "organisation__country")
    search_fields = ("organisation__name", "organisation__slug", "organisation__tax_id", "content__display_name")

    def get_urls(self) -> list[URLPattern]:
        picture = path(
            "<uuid:object_id>/picture/<str:which>/",
            self.admin_site.admin_view(self.picture),
            name="partners_profileversion_picture",
        )
        return [picture, *super().get_urls()]

    def rows(self, actor: Actor) -> QuerySet[ProfileVersion]:
        live = ProfileVersion.objects.published().filter(profile=OuterRef("profile")).exclude(pk=OuterRef("pk"))
        rows: QuerySet[ProfileVersion] = super().rows(actor).annotate(has_published=Exists(live))
        return rows

    @admin.display(description=_("profile"))
    def name(self, row: ProfileVersion) -> str:
        return str(row)

    @admin.display(description=_("firm"), ordering="organisation__name")
    def firm(self, row: ProfileVersion) -> str:
        return row.organisation.name

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row: ProfileVersion) -> str:
        return state_label(row.state, row.get_state_display())

    @admin.display(description=_("version"), ordering="number")
    def kind(self, row: Any) -> str:
        if row.state in (State.IN_REVIEW, State.CHANGES_REQUESTED):
            words_of = _now("%(number)s: a change") if row.has_published else _now("%(number)s: the first")
            return words_of % {"number": row.number}
        return str(row.number)

    @admin.display(description=_("submitted"), ordering="submitted_at")
    def submitted(self, row: ProfileVersion) -> str:
        return age(row.submitted_at)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, row: ProfileVersion) -> str:
        return age(row.decided_at)

    def approve(self, request: HttpRequest, actor: Actor, row: ProfileVersion, now: datetime) -> bool:
        return actions.approve_version(actor=actor, version=row, now=now, seen=seen_by(request))

    def request_changes(self, request: HttpRequest, actor: Actor, row: ProfileVersion, now: datetime) -> bool:
        typed = {key: request.POST.get(f"reason-{key}", "").strip() for key in REASON_KEYS}
        reasons = {key: text for key, text in typed.items() if text}
        return actions.request_changes(actor=actor, version=row, reasons=reasons, now=now, seen=seen_by(request))

    def details(self, request: HttpRequest, row: ProfileVersion) -> dict[str, Any]:
        """The comparison, whether the firm is in the programme, and what became of its other versions."""
        actor, firm = operator_of(request), row.organisation
        published = self.published(row)
        applications = ProgrammeApplication.objects.visible_to(actor).filter(organisation=firm)
        versions = ProfileVersion.objects.visible_to(actor).filter(profile_id=row.profile_id)
        fields = compare(published, row)
        return {
            "version": row,
            "firm": firm,
            "application": applications.newest_first().first(),
            "published": published,
            "changed": [field for field in fields if field.is_changed],
            "unchanged": [field for field in fields if not field.is_changed],
            "pictures": compare_pictures(published, row),
            "versions": versions.exclude(state=State.DRAFT).newest_first()[:20],
            "can_decide": row.state == State.IN_REVIEW,
            "reasons": [(words.FIELDS[key], row.reasons[key]) for key in REASON_KEYS if key in row.reasons],
            "picture_url": lambda version, which: self.picture_address(version.pk, which),
        }

    def published(self, row: ProfileVersion) -> ProfileVersion | None:
        """What the public sees while this one waits; none for versions that are past it."""
        if row.state not in (State.IN_REVIEW, State.CHANGES_REQUESTED):
            return None
        others = ProfileVersion.objects.published().filter(profile_id=row.profile_id)
        return others.with_pictures().first()

    def picture_address(self, pk: UUID, which: str) -> str:
        return reverse("admin:partners_profileversion_picture", args=[pk, which])

    @operators
    def picture(self, request: HttpRequest, object_id: UUID, which: str) -> HttpResponse:
        """A version's logo or cover, published or not."""
        file = getattr(self.find(request, object_id), which) if which in PICTURES else None
        if file is None:
            raise Http404
        return file_response(read_file(file), name=file.name, content_type=file.content_type, inline=True)


def seen_by(request: HttpRequest) -> datetime:
    """When the version that the operator read was submitted, as the page kept it. Raises SuspiciousOperation."""
    try:
        seen = parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        seen = None
    if seen is None:
        raise SuspiciousOperation("The page of a review names what was read.")
    return seen
