"""What search engines read first: which pages there are, and which are none of their business."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from advisory_portal.core.access import public
from partners.models import Listing

# Each firm has an entry per language and one for the bare address; a sitemap holds at most 50,000, and few megabytes.
FIRMS_IN_A_PART = 2_000
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PRIVATE = (
    "/o/",
    "/accounts/",
    "/account/",
    "/admin/",
    "/portal/",
    "/invitations/",
    "/notifications/",
    "/organisations/",
)


@public
@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    number = Listing.objects.in_directory().count()
    parts = range(1, max(1, -(-number // FIRMS_IN_A_PART)) + 1)
    links = (
        f"<sitemap><loc>{absolute(reverse('partners:sitemap_part', args=[part]))}</loc></sitemap>" for part in parts
    )
    return xml(f"<sitemapindex {SITEMAP}>{''.join(links)}</sitemapindex>")


@public
@require_GET
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    first = (part - 1) * FIRMS_IN_A_PART
    firms = Listing.objects.in_directory().order_by("created_at", "pk").values_list("slug", "version__decided_at")
    found = list(firms[first : first + FIRMS_IN_A_PART]) if part else []
    if not found and part != 1:
        raise Http404
    pages = [(reverse("partners:directory"), "")] if part == 1 else []
    firm_page = reverse("partners:directory_firm", args=["-"])
    pages += [
        (firm_page.replace("/-/", f"/{slug}/"), moment.date().isoformat() if moment else "") for slug, moment in found
    ]
    entries = "".join(line for page, day in pages for line in entries_of(page, day))
    return xml(f'<urlset {SITEMAP} xmlns:xhtml="http://www.w3.org/1999/xhtml">{entries}</urlset>')


@public
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in PRIVATE),
        f"Sitemap: {absolute(reverse('partners:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def entries_of(page: str, day: str) -> Iterable[str]:
    """An entry for the page in each language and for the bare address, each naming all of them."""
    twins = [(code, absolute(f"{page}?lang={code}")) for code, _name in settings.LANGUAGES]
    twins.append(("x-default", absolute(page)))
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{link}"/>' for code, link in twins)
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return (f"<url><loc>{link}</loc>{changed}{links}</url>" for _code, link in twins)


def absolute(path: str) -> str:
    return escape(settings.SITE_URL + path)


def xml(text: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{text}', content_type="application/xml")
