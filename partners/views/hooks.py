"""Where Stripe says that something happened to a subscription."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from advisory_portal.core.access import public, utc_now
from partners import actions

LARGEST = 256 * 1024


@csrf_exempt
@public
@require_POST
def platform_stripe(request: HttpRequest) -> HttpResponse:
    """200 for what Stripe signed, known or not; 400 for the rest, which leaves nothing behind."""
    if not settings.PLATFORM_STRIPE_SECRET_KEY:
        raise Http404
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    found = actions.take_billing_event(headers=request.headers, body=body, now=utc_now())
    return HttpResponse(status=200 if found in ("taken", "known") else 400)
