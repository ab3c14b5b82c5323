"""The partner programme: applications, which operators decide, and subscriptions, which they may set by hand."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from advisory_portal.core.access import Actor, utc_now
from partners import actions
from partners.admin.queue import QueueAdmin, age, state_label
from partners.admin.review import country_name
from partners.admin.site import operator_of, operator_site
from partners.models import BillingAccount, Member, ProfileVersion, ProgrammeApplication, Subscription

MOST_ASKED = 20  # of Stripe, while the operator waits
State = ProgrammeApplication.State


@admin.register(ProgrammeApplication, site=operator_site)
class ApplicationAdmin(QueueAdmin):
    """Accept or reject what waits, suspend and resume what was accepted."""

    waiting_state = State.SUBMITTED
    waits_since = "created_at"
    page_template = "partners/admin/application.html"
    decisions = {
        "accept": ("accept", _("%(name)s is in the programme.")),
        "reject": ("reject", _("The application of %(name)s is rejected.")),
        "suspend": ("suspend", _("%(name)s is suspended; its profile has left both listings.")),
        "resume": ("resume", _("%(name)s is back in the programme.")),
    }
    list_display = ("firm", "state_shown", "profession", "tax_id", "country", "sent_by_name", "sent", "decided")
    list_filter = ("state", "organisation__profession", "organisation__country")
    search_fields = ("organisation__name", "organisation__slug", "organisation__tax_id")

    @admin.display(description=_("firm"), ordering="organisation__name")
    def firm(self, row: ProgrammeApplication) -> str:
        return row.organisation.name

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row: ProgrammeApplication) -> str:
        return state_label(row.state, row.get_state_display())

    @admin.display(description=_("profession"))
    def profession(self, row: ProgrammeApplication) -> str:
        return row.organisation.get_profession_display()

    @admin.display(description=_("tax id"))
    def tax_id(self, row: ProgrammeApplication) -> str:
        return row.organisation.tax_id

    @admin.display(description=_("country"))
    def country(self, row: ProgrammeApplication) -> str:
        return row.organisation.country

    @admin.display(description=_("sent"), ordering="created_at")
    def sent(self, row: ProgrammeApplication) -> str:
        return age(row.created_at)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, row: ProgrammeApplication) -> str:
        return age(row.decided_at)

    def accept(self, request: HttpRequest, actor: Actor, row: ProgrammeApplication, now: datetime) -> bool:
        return actions.accept_application(actor=actor, application=row, now=now)

    def reject(self, request: HttpRequest, actor: Actor, row: ProgrammeApplication, now: datetime) -> bool:
        return actions.reject_application(actor=actor, application=row, reason=request.POST.get("reason", ""), now=now)

    def suspend(self, request: HttpRequest, actor: Actor, row: ProgrammeApplication, now: datetime) -> bool:
        return actions.suspend_firm(actor=actor, application=row, reason=request.POST.get("reason", ""), now=now)

    def resume(self, request: HttpRequest, actor: Actor, row: ProgrammeApplication, now: datetime) -> bool:
        return actions.resume_firm(actor=actor, application=row, now=now)

    def details(self, request: HttpRequest, row: ProgrammeApplication) -> dict[str, Any]:
        """The firm itself: its owners, its subscription, its earlier applications and its profile."""
        actor, firm = operator_of(request), row.organisation
        subscription = Subscription.objects.visible_to(actor).filter(organisation=firm).first()
        earlier = ProgrammeApplication.objects.visible_to(actor).filter(organisation=firm).exclude(pk=row.pk)
        versions = ProfileVersion.objects.visible_to(actor).filter(organisation=firm)
        return {
            "firm": firm,
            "country": country_name(firm.country),
            "owners": Member.objects.effective().owners().filter(organisation=firm).with_rights(),
            "subscription": subscription,
            "is_paid": subscription is not None and subscription.is_paid(actor.today()),
            "earlier": earlier.newest_first(),
            "versions": versions.exclude(state=ProfileVersion.State.DRAFT).newest_first()[:10],
        }


@admin.register(Subscription, site=operator_site)
class SubscriptionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Set by hand, or kept as Stripe has it until a hand sets it; every change stands in the firm's activity log."""

    actions = ("ask_stripe", "follow_stripe")
    fields = ("organisation", "status", "paid_until", "source", "ends_on")
    autocomplete_fields = ("organisation",)
    list_display = ("organisation", "state_shown", "paid_until", "source", "ends_on")
    list_filter = ("status", "source")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "organisation__slug", "organisation__tax_id")
    show_full_result_count = False

    @admin.display(description=_("status"), ordering="status")
    def state_shown(self, row: Subscription) -> str:
        return state_label(row.status, row.get_status_display())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        return Subscription.objects.visible_to(operator_of(request)).order_by("organisation__name", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organisation", "source", "ends_on") if obj else ("source", "ends_on")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Ask Stripe how these are"))
    def ask_stripe(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        """At once, for as many as a page holds; what cannot be asked for is said."""
        actor = operator_of(request)
        wanted = [row.organisation_id for row in rows[:MOST_ASKED]]
        accounts = BillingAccount.objects.visible_to(actor).filter(organisation_id__in=wanted).exclude(customer="")
        found = actions.ask_for_subscriptions(actor=actor, accounts=list(accounts), now=utc_now())
        words = ngettext("%(count)s is as Stripe has it.", "%(count)s are as Stripe has them.", found.asked)
        self.message_user(request, words % {"count": found.asked})
        for problem in found.problems:
            self.message_user(request, problem, messages.ERROR)

    @admin.action(description=_("Let Stripe say again how these are"))
    def follow_stripe(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        actor = operator_of(request)
        for row in rows:
            actions.follow_stripe(actor=actor, subscription=row)
        self.ask_stripe(request, rows)

    def save_model(self, request: HttpRequest, obj: Subscription, form: ModelForm[Any], change: bool) -> None:
        """Our action writes; the page goes on with the row it wrote."""
        saved = actions.set_subscription(
            actor=operator_of(request),
            organisation=obj.organisation,
            status=obj.status,
            paid_until=obj.paid_until,
            now=utc_now(),
        )
        obj.pk = saved.pk
