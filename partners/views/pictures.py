"""Logos and covers of published profiles; what is not published, hidden or suspended has no address here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from advisory_portal.core.access import WorkspaceRequest, access, public
from advisory_portal.core.files import file_response, read_file
from advisory_portal.core.models import StoredFile
from partners.models import Listing
from partners.rows import PICTURES, picture_mark

A_YEAR = "max-age=31536000, immutable"
SOON = "max-age=300"


@public
@require_GET
def listing_picture(request: HttpRequest, firm: str, which: str) -> HttpResponse:
    found = get_object_or_404(Listing.objects.in_directory().with_pictures(), slug=firm)
    return answer(request, found, which, "public")


@access()
@require_GET
def marketplace_picture(request: WorkspaceRequest, firm: str, which: str) -> HttpResponse:
    found = get_object_or_404(Listing.objects.visible_to(request.actor).with_pictures(), slug=firm)
    return answer(request, found, which, "private")


def answer(request: HttpRequest, listing: Listing, which: str, keepers: str) -> HttpResponse:
    """The picture; kept for a year where the address names exactly this one, for minutes where it does not."""
    file: StoredFile | None = getattr(listing.version, PICTURES[which], None) if which in PICTURES else None
    if file is None:
        raise Http404
    try:
        content = read_file(file)
    except FileNotFoundError:
        raise Http404 from None
    response = file_response(content, name=file.name, content_type=file.content_type, inline=True)
    is_exact = request.GET.get("v") == picture_mark(file.pk)
    response["Cache-Control"] = f"{keepers}, {A_YEAR if is_exact else SOON}"
    return response
