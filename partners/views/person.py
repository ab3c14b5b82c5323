from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import person, utc_now
from advisory_portal.core.http import form_again
from advisory_portal.core.models import Notification, NotificationPreference
from advisory_portal.core.paging import keyset_page
from partners import actions
from partners.forms import PreferencesForm, ProfileForm
from partners.views.requests import PersonRequest

PAGE = 30
KINDS = "advisory_portal.activity.NOTIFICATIONS"


@person
def profile(request: PersonRequest) -> HttpResponse:
    user = request.user
    initial = {"name": user.name, "phone": user.phone, "language": user.language}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        language = actions.change_profile(actor=user.actor, **form.cleaned_data).language
        with translation.override(language):
            messages.success(request, _("Saved."))
        response = redirect("partners:profile")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        return response
    answer = form_again if form.is_bound else render
    return answer(request, "partners/profile.html", {"form": form})


@person
def preferences(request: PersonRequest) -> HttpResponse:
    rows = NotificationPreference.objects.filter(user_id=request.user.pk)
    chosen = {row.kind: (row.by_email, row.in_app) for row in rows}
    form = PreferencesForm(request.POST or None, kinds=import_string(KINDS), chosen=chosen)
    if request.method == "POST" and form.is_valid():
        actions.choose_notifications(actor=request.user.actor, choices=form.choices)
        messages.success(request, _("Saved."))
        return redirect("partners:preferences")
    return render(request, "partners/preferences.html", {"form": form})


@person
@require_GET
def notifications(request: PersonRequest) -> HttpResponse:
    rows = Notification.objects.visible_to(request.user.actor)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset_page(rows, order="-id", size=PAGE, **cursors)
    context = {"page": page, "now": utc_now(), "has_unread": rows.unread().exists()}
    return render(request, "partners/notifications.html", context)


@person
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    actions.mark_read(actor=request.user.actor, now=utc_now())
    return redirect("partners:notifications")


@person
@require_POST
def open_notification(request: PersonRequest, notification_id: UUID) -> HttpResponse:
    row = get_object_or_404(Notification.objects.visible_to(request.user.actor), pk=notification_id)
    actions.mark_read(actor=request.user.actor, now=utc_now(), only=row.pk)
    return redirect(row.url)
