"""Into a client's account, and out of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from advisory_portal.core.access import WorkspaceRequest, access, firm, utc_now
from collaborations import actions
from collaborations.models import Client
from collaborations.sources import enter, leave


@firm()
@require_POST
def enter_client(request: WorkspaceRequest, client_id: UUID) -> HttpResponse:
    """`to` is the path within the client's account to begin at; `back` where the bar's *Leave* leads."""
    client = get_object_or_404(Client.objects.visible_to(request.actor), pk=client_id)
    grant = actions.enter_client(actor=request.actor, client=client, now=utc_now())
    home = reverse("partners:workspace", args=[grant.business.slug])
    own = reverse("partners:workspace", args=[request.actor.place.slug])
    page = reverse("collaborations:client", args=[request.actor.place.slug, client.pk])
    enter(request, grant, back=_within(own, request.POST.get("back", ""), page))
    return redirect(_within(home, request.POST.get("to", ""), home))


@access()
@require_POST
def leave_client(request: WorkspaceRequest) -> HttpResponse:
    back = leave(request, request.actor.place.slug)
    return redirect(back or reverse("partners:workspace", args=[request.actor.place.slug]))


def _within(base: str, path: str, otherwise: str) -> str:
    """The path if it lies in the workspace at `base`, else the other one."""
    is_ours = path.startswith(base) and ".." not in path and url_has_allowed_host_and_scheme(path, None)
    return path if is_ours else otherwise
