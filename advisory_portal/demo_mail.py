"""Mail that the demo caught instead of sending it: a list, one mail, its HTML in a frame of its own.

Only routed when settings.DEMO is on: everybody who can open the demo can read every mail.
"""

import re
from uuid import UUID

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin

from advisory_portal.core.access import public, utc_now
from advisory_portal.core.models import OutboundEmail

NEWEST = 200
TIME_ZONE = "UTC"
# A mail carries its own style attributes; nothing else in it may run, load or send.
MAIL_POLICY = {
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "form-action": [NONE],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
}


@public
def page(request: HttpRequest) -> HttpResponse:
    mails = OutboundEmail.objects.defer("html", "text").order_by("-id")[:NEWEST]
    context = {"mails": mails, "now": utc_now(), "time_zone": TIME_ZONE}
    return render(request, "demo/mails.html", context)


@public
def email(request: HttpRequest, email_id: UUID) -> HttpResponse:
    mail = get_object_or_404(OutboundEmail.objects.defer("html"), pk=email_id)
    context = {"mail": mail, "linked_text": linked(mail.text), "time_zone": TIME_ZONE}
    return render(request, "demo/mail.html", context)


@public
@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]  # typed for views without parts in their address
def body(request: HttpRequest, email_id: UUID) -> HttpResponse:
    mail = get_object_or_404(OutboundEmail, pk=email_id)
    return HttpResponse(links_to_top(mail.html))


def linked(plain_text: str) -> SafeString:
    """The text version as HTML with its addresses made into links; everything else is escaped."""
    return mark_safe(urlize(plain_text, autoescape=True))


def links_to_top(html: str) -> str:
    """The mail with every link leaving the frame, as it would leave a mail program."""
    return re.sub(r"<a (?![^>]*\btarget=)", '<a target="_top" ', html)
