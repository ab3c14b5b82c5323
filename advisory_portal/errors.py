"""Error pages with the way back: 400, 403, CSRF, 404, 413, 429, 500 (503: core.middleware)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
