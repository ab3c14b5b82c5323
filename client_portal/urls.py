from django.urls import path

from client_portal import views

app_name = "client_portal"
urlpatterns = [
    path("o/<slug:organisation>/documents/<uuid:document_id>/links/", views.document_links, name="document_links"),
    path("o/<slug:organisation>/documents/<uuid:document_id>/send/", views.send_link, name="send_link"),
    path("o/<slug:organisation>/documents/<uuid:document_id>/remind/", views.remind, name="remind"),
    path("o/<slug:organisation>/links/<uuid:link_id>/revoke/", views.revoke_link, name="revoke_link"),
    path("o/<slug:organisation>/contacts/<uuid:contact_id>/portal/", views.contact_box, name="contact_box"),
    path(
        "o/<slug:organisation>/contacts/<uuid:contact_id>/portal/<uuid:link_id>/revoke/",
        views.revoke_contact_link,
        name="revoke_contact_link",
    ),
    path("portal/<slug:organisation>/", views.home, name="home"),
    path("portal/<slug:business>/l/<str:token>/", views.open_link, name="open_link"),
    path("portal/<slug:business>/expired/<uuid:link_id>/", views.expired_link, name="expired_link"),
    path("portal/<slug:business>/expired/<uuid:link_id>/fresh/", views.send_fresh_link, name="send_fresh_link"),
    path("portal/<slug:organisation>/d/<uuid:document_id>/", views.document, name="document"),
    path("portal/<slug:organisation>/d/<uuid:document_id>/pdf/", views.document_pdf, name="document_pdf"),
]
