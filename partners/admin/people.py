"""Organisations and people, which are looked at here; plans, which are made here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from partners.admin.site import ReadOnly, operator_site
from partners.models import Member, Organisation, Plan, Role, User


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

    list_display = ("name", "code", "is_default", "stripe_price", "price_text", "sold_to")

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
