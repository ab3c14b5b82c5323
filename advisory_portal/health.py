"""Whether this process can serve: for load balancers and container runtimes."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from advisory_portal.core.access import public


@public
def health(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:  # a dead database raises, which is answered with 503
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
