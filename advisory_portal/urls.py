"""All addresses."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from advisory_portal import colour, demo_mail, styleguide
from advisory_portal.core.addresses import addresses_of
from advisory_portal.health import health
from bookkeeping.views import tax_feed

urlpatterns: list[URLPattern | URLResolver] = [
    path("", addresses_of("partners.urls")),
    path("accounts/", include("allauth.urls")),
    path("o/<slug:organisation>/", addresses_of("documents.urls")),
    path("o/<slug:organisation>/", addresses_of("bookkeeping.urls")),
    path("o/<slug:organisation>/", addresses_of("collaborations.urls")),
    path("", addresses_of("catalog.urls")),
    path("calendar/<str:token>/taxes.ics", tax_feed, name="tax_feed"),
    path("", addresses_of("client_portal.urls")),
    path("admin/", admin.site.urls),
    path("colour/<str:hexadecimal>.css", colour.sheet, name="colour"),
    path("health/", health, name="health"),
    path("i18n/setlang/", set_language, name="set_language"),
    path("styleguide/", styleguide.page, name="styleguide"),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/mail/", demo_mail.page, name="demo_mail"),
        path("demo/mail/<uuid:email_id>/", demo_mail.email, name="demo_email"),
        path("demo/mail/<uuid:email_id>/body/", demo_mail.body, name="demo_email_body"),
    ]

handler400 = "advisory_portal.errors.bad_request"
handler403 = "advisory_portal.errors.forbidden"
handler404 = "advisory_portal.errors.not_found"
handler429 = "advisory_portal.errors.too_many_requests"
handler500 = "advisory_portal.errors.server_error"
