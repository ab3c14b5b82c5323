"""The operators' site: whom it admits, under which policy, and how rows are looked at."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from advisory_portal.core.access import Actor, ActorKind, public
from partners.admin.menu import menu
from partners.models import User

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
NAME = "Advisory Portal"
# The house's accent (static/css/tokens.css) in the theme's steps: lightness, chroma and hue.
ACCENT = {
    "50": "oklch(97% .014 262)",
    "100": "oklch(93.2% .032 262)",
    "200": "oklch(88.2% .059 262)",
    "300": "oklch(80.9% .105 262)",
    "400": "oklch(74% .13 262)",
    "500": "oklch(62.3% .19 262)",
    "600": "oklch(51% .22 264)",
    "700": "oklch(46.5% .22 264)",
    "800": "oklch(40% .19 264)",
    "900": "oklch(36% .146 264)",
    "950": "oklch(27% .09 264)",
}
NOT_OURS = ("account", "auth", "mfa", "usersessions")


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def operators(view: View) -> View:
    """Declares whom a page of the site admits: the site's `admin_view`, around each of them, sees to it."""
    view.declared_access = "operator"  # type: ignore[attr-defined]  # read by core.checks
    return view


def operator_of(request: HttpRequest) -> Actor:
    """The operator as actions know them."""
    user = request.user
    assert isinstance(user, User)
    return Actor(kind=ActorKind.OPERATOR, name=user.name, user_id=user.pk, language=user.language)


def used_second_factor(request: HttpRequest) -> bool:
    """Was a second factor, or a passkey, used to log in to this session?"""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


class OperatorSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """Admits operators who used a second factor in this session; they log in where everybody does."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        named = {"site_title": NAME, "site_header": NAME, "site_url": reverse("partners:home")}
        favicon = {"rel": "icon", "href": static("favicon.svg"), "type": "image/svg+xml"}
        look = {"site_favicons": [favicon], "colors": context["colors"] | {"primary": ACCENT}}
        return context | named | look

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        return menu(request, operator_of(request))

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
