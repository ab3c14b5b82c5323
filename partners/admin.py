"""The operator's door: who there is, and which plan they have. Almost everything is read only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

from advisory_portal.core.access import public
from partners.models import Member, Organisation, Plan, Role, User

# The admin theme evaluates expressions in attributes and sets styles from them; nothing comes from elsewhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NOT_OURS = ("account", "auth", "mfa", "usersessions")


def used_second_factor(request: HttpRequest) -> bool:
    """Was a second factor, or a passkey, used to log in to this session?"""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class OperatorSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """Admits operators who used a second factor in this session; they log in where everybody does."""

    site_title = site_header = "Advisory Portal"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own models only: log-in secrets of other packages are nobody's to edit."""
        models: Any = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label not in NOT_OURS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff and used_second_factor(request))

    @public
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the log-in of the site, or to what is missing."""
        target = request.GET.get("next", "/admin/")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not request.user.is_staff:
            raise PermissionDenied
        if used_second_factor(request):
            return redirect("admin:index")
        context = {"has_second_factor": is_mfa_enabled(request.user)}
        return render(request, "partners/second_factor_missing.html", context, status=403)

    def admin_view(
        self, view: Callable[..., HttpResponseBase], cacheable: bool = False
    ) -> Callable[..., HttpResponseBase]:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = inner(request, *args, **kwargs)
            response["Content-Security-Policy"] = POLICY
            return response

        return with_policy


operator_site = OperatorSite()


def default_site() -> OperatorSite:
    """The one site, as Django's admin asks for it (apps.OperatorAdminConfig)."""
    return operator_site


class ReadOnly(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """Rows that are looked at here and changed elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        changeable = getattr(self, "changeable", ())
        return [field.name for field in self.model._meta.fields if field.name not in changeable]


class MemberInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    model = Member
    fields = readonly_fields = ("user", "role", "created_at", "retired_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        rows: QuerySet[Member] = super().get_queryset(request)
        return rows.select_related("user", "role")


@admin.register(Organisation, site=operator_site)
class OrganisationAdmin(ReadOnly):
    """Only the plan is set here."""

    changeable = ("plan",)
    list_display = ("name", "kind", "tax_id", "country", "plan", "created_at")
    list_filter = ("kind", "plan", "country")
    list_select_related = ("plan",)
    search_fields = ("name", "slug", "tax_id")
    show_full_result_count = False
    inlines = (MemberInline,)


@admin.register(Plan, site=operator_site)
class PlanAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """What each plan includes."""

    list_display = ("name", "code", "is_default")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User, site=operator_site)
class UserAdmin(ReadOnly):
    """An account can be closed and opened again here."""

    changeable = ("is_active",)
    exclude = ("password", "groups", "user_permissions")
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in super().get_readonly_fields(request, obj) if name != "password"]


@admin.register(Role, site=operator_site)
class RoleAdmin(ReadOnly):
    """The predefined roles, and those that organisations made."""

    list_display = ("name", "organisation_kind", "organisation", "retired_at")
    list_filter = ("organisation_kind",)
    list_select_related = ("organisation",)
    search_fields = ("name",)
