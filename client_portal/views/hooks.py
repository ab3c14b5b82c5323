"""Where payment companies call. Everybody may; what they send is kept where their signature fits."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from advisory_portal.core.access import public, utc_now
from client_portal import actions
from client_portal.models import account_with_token

LARGEST = 256 * 1024
STATUSES = {"taken": 200, "known": 200, "forged": 400, "later": 503}


@csrf_exempt
@public
@require_POST
def take_webhook(request: HttpRequest, company: str, token: UUID) -> HttpResponse:
    """200 for what the company signed, whatever it is about; else 400, and 503 where it shall call again."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    account = account_with_token(company, token)
    if account is None:
        raise Http404
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    answer = actions.take_webhook(account=account, headers=request.headers, body=body, now=utc_now())
    return HttpResponse(status=STATUSES[answer])
