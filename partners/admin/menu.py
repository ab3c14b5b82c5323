"""The operators' menu, with the counts of what waits for them."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from partners.models import ProfileVersion, ProgrammeApplication


def menu(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """Groups of links as the theme draws them. Counts cost what waits, not what is stored."""
    applications = ProgrammeApplication.objects.visible_to(actor).waiting().count()
    profiles = ProfileVersion.objects.visible_to(actor).waiting().count()
    programme = [
        _item(request, "programmeapplication", _("Applications"), applications),
        _item(request, "profileversion", _("Profiles"), profiles),
        _item(request, "subscription", _("Subscriptions")),
    ]
    accounts = [
        _item(request, "organisation", _("Organisations")),
        _item(request, "user", _("People")),
        _item(request, "plan", _("Plans")),
        _item(request, "role", _("Roles")),
    ]
    return [{"title": _("Partner programme"), "items": programme}, {"title": _("Accounts"), "items": accounts}]


def _item(request: HttpRequest, model: str, title: str, waiting: int = 0) -> dict[str, Any]:
    link = reverse(f"admin:partners_{model}_changelist")
    is_active = request.path.startswith(link)
    item = {"title": title, "link": link, "active": is_active, "has_permission": True}
    return item | {"badge": str(waiting), "badge_variant": "primary"} if waiting else item
