"""What the queues of the programme and of the profiles share: counts per state, age, pages with our actions."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Count, F, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_ago, format_moment
from advisory_portal.core.models import HistoryEntry
from partners.admin.site import ReadOnly, operator_of, operators

TIME_ZONE = "UTC"
COLOURS = {
    "submitted": "info",
    "in_review": "info",
    "accepted": "success",
    "published": "success",
    "rejected": "danger",
    "suspended": "danger",
    "changes_requested": "warning",
    "active": "success",
    "trialing": "info",
    "past_due": "warning",
    "cancelled": "danger",
}


class QueueAdmin(ReadOnly):
    """Rows that operators decide: what waits stands first, and each row has a page that offers our actions.

    `decisions` holds, for each address under a row's page, the method behind it and what is said after it.
    """

    waiting_state: ClassVar[str]
    waits_since: ClassVar[str]
    page_template: ClassVar[str]
    decisions: ClassVar[dict[str, tuple[str, Promise]]]
    hidden_states: ClassVar[tuple[str, ...]] = ()

    list_before_template = "admin/partners/states.html"
    list_filter_sheet = True
    show_full_result_count = False
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<uuid:object_id>/{address}/",
                self.admin_site.admin_view(self.decision(address)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{address}",
            )
            for address in self.decisions
        ]
        inherited: list[URLPattern] = super().get_urls()
        return own + inherited

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        waiting_since = Case(When(state=self.waiting_state, then=F(self.waits_since)))
        rows: QuerySet[Any] = self.rows(operator_of(request)).annotate(waiting_since=waiting_since)
        return rows

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """What operators see, with what a line of the list shows."""
        rows: QuerySet[Any] = self.model.objects.visible_to(actor).select_related("organisation")
        return rows.exclude(state__in=self.hidden_states)

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What waits, the oldest first (PostgreSQL puts what does not wait last), then the rest, the newest first."""
        return ["waiting_since", f"-{self.waits_since}", "-pk"]

    def find(self, request: HttpRequest, object_id: Any) -> Any:
        """The row. Raises Http404, also for an id that is none."""
        try:
            wanted = UUID(str(object_id))
        except ValueError:
            raise Http404 from None
        row = self.rows(operator_of(request)).filter(pk=wanted).first()
        if row is None:
            raise Http404
        return row

    @operators
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        chosen = request.GET.get("state__exact", "")
        counted = dict(self.rows(operator_of(request)).order_by().values_list("state").annotate(Count("pk")))
        states = [
            (label, f"?state__exact={state}", counted.get(state, 0), state == chosen)
            for state, label in self.model.State.choices
            if state not in self.hidden_states
        ]
        tabs = [(_("All"), "?", sum(counted.values()), not chosen), *states]
        context = {"states": self.fragment(request, "partners/admin/_states.html", {"tabs": tabs})}
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **context})
        return answer

    @operators
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.page(request, self.find(request, object_id))

    def page(
        self, request: HttpRequest, row: Any, more: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """A row's own page: our template inside the frame of the theme."""
        context = {
            "row": row,
            "now": utc_now(),
            "time_zone": TIME_ZONE,
            "colour": COLOURS.get(row.state, ""),
            "history": history_of(row.organisation_id, [row.pk]),
            "queue_url": self.queue_url(),
            "refused": None,
            "typed": {},
            "decide": {address: self.address(address, row.pk) for address in self.decisions},
            **self.details(request, row),
            **(more or {}),
        }
        shell = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "body": self.fragment(request, self.page_template, context),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/partners/page.html", shell, status=status)

    def details(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the row's page shows besides."""
        return {}

    def fragment(self, request: HttpRequest, template: str, context: dict[str, Any]) -> SafeString:
        """A part of the page in the language of our own templates, which escape what they show."""
        return mark_safe(render_to_string(template, context, request))

    def address(self, name: str, pk: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[pk])

    def decision(self, address: str) -> Callable[..., HttpResponse]:
        """The view behind a button: run the action, say what became of it."""

        @operators
        @require_POST
        def decide(request: HttpRequest, object_id: UUID) -> HttpResponse:
            row, now = self.find(request, object_id), utc_now()
            try:
                is_done = getattr(self, self.decisions[address][0])(request, operator_of(request), row, now)
            except Refused as refused:
                return self.after_refusal(request, object_id, refused)
            return self.after_decision(request, object_id, address, is_done=is_done)

        return decide

    def after_refusal(self, request: HttpRequest, object_id: UUID, refused: Refused) -> HttpResponse:
        """The page as it is now, with the reason and what was typed; the queue if the firm took its row back."""
        row = self.rows(operator_of(request)).filter(pk=object_id).first()
        if row is None:
            messages.error(request, refused.message)
            return redirect(self.queue_url())
        return self.page(request, row, {"refused": refused, "typed": request.POST}, status=422)

    def after_decision(self, request: HttpRequest, object_id: UUID, address: str, *, is_done: bool) -> HttpResponse:
        """Back to the queue; to the row where it had been decided so a moment before."""
        row = self.find(request, object_id)
        if is_done:
            messages.success(request, str(self.decisions[address][1]) % {"name": row})
            return redirect(self.queue_url())
        said = _("%(who)s decided this before you: it is “%(state)s”.")
        messages.warning(request, said % {"who": row.decided_by_name, "state": row.get_state_display()})
        return redirect(self.address("change", row.pk))

    def queue_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def state_label(state: str, label: str) -> SafeString:
    """A state as the theme shows labels."""
    context = {"type": COLOURS.get(state, ""), "text": label}
    return render_to_string("unfold/helpers/label.html", context)


def age(moment: datetime | None) -> SafeString | str:
    """How long ago, with the moment itself on hover; "–" for never."""
    if moment is None:
        return "–"
    exact = format_moment(moment, TIME_ZONE)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, format_ago(moment, utc_now())
    )


def history_of(organisation_id: UUID, subjects: Iterable[UUID]) -> list[HistoryEntry]:
    """What was done to these rows of an organisation, the newest first."""
    entries = HistoryEntry.objects.filter(organisation_id=organisation_id, subject_id__in=list(subjects))
    return list(entries.order_by("-id")[:50])
