"""Addresses of the portal, and of the staff's pages about it. Those of contacts lie below /portal/<slug>/."""

from django.urls import path

from client_portal import views

app_name = "client_portal"

STAFF = "o/<slug:organisation>/"
PORTAL = "portal/<slug:organisation>/"  # who comes is asked (ActorMiddleware)
DOOR = "portal/<slug:business>/"  # for everybody

urlpatterns = [
    # Staff: sending and links
    path(f"{STAFF}documents/<uuid:document_id>/links/", views.document_links, name="document_links"),
    path(f"{STAFF}documents/<uuid:document_id>/send/", views.send_link, name="send_link"),
    path(f"{STAFF}documents/<uuid:document_id>/remind/", views.remind, name="remind"),
    path(f"{STAFF}links/<uuid:link_id>/revoke/", views.revoke_link, name="revoke_link"),
    # Staff: a contact's portal
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/", views.contact_box, name="contact_box"),
    path(
        f"{STAFF}contacts/<uuid:contact_id>/portal/<uuid:link_id>/revoke/",
        views.revoke_contact_link,
        name="revoke_contact_link",
    ),
    # Staff: quotes and comments
    # Contacts: entering
    path(f"{DOOR}l/<str:token>/", views.open_link, name="open_link"),
    path(f"{DOOR}expired/<uuid:link_id>/", views.expired_link, name="expired_link"),
    path(f"{DOOR}expired/<uuid:link_id>/fresh/", views.send_fresh_link, name="send_fresh_link"),
    # Contacts: home, lists, documents
    path(PORTAL, views.home, name="home"),
    path(f"{PORTAL}d/<uuid:document_id>/", views.document, name="document"),
    path(f"{PORTAL}d/<uuid:document_id>/pdf/", views.document_pdf, name="document_pdf"),
    # Contacts: quotes and comments
    # Contacts: their own
]
