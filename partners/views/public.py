from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from advisory_portal.core.access import public
from partners.models import Organisation

LAST = "last_organisation"


@public
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "partners/home.html")
    slugs = list(Organisation.objects.joined_by(request.user.actor).values_list("slug", flat=True))
    last = request.session.get(LAST)
    if last in slugs or len(slugs) == 1:
        return redirect("partners:workspace", last if last in slugs else slugs[0])
    return redirect("partners:organisations")


@public
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "partners/terms.html")
