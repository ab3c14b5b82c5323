from django.urls import path

from documents import views

app_name = "documents"

SETTINGS = "settings/documents/"

urlpatterns = [
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("documents/<uuid:document_id>/pdf/", views.document_pdf, name="document_pdf"),
    path("documents/<uuid:document_id>/original/", views.document_original, name="document_original"),
    path("documents/<uuid:document_id>/issue/", views.issue_document, name="issue_document"),
    path("documents/<uuid:document_id>/void/", views.void_document, name="void_document"),
    path("documents/<uuid:document_id>/review/", views.review_document, name="review_document"),
    path("documents/<slug:kind>/", views.document_list, name="list"),
    path("contacts/", views.contact_list, name="contacts"),
    path("contacts/new/", views.new_contact, name="new_contact"),
    path("contacts/<uuid:contact_id>/", views.contact, name="contact"),
    path("contacts/<uuid:contact_id>/edit/", views.edit_contact, name="edit_contact"),
    path("import/", views.import_files, name="import"),
    path("import/<uuid:job_id>/", views.import_job, name="import_job"),
    path(SETTINGS, views.settings_general, name="settings_general"),
    path(SETTINGS + "numbers/", views.settings_numbers, name="settings_numbers"),
    path(SETTINGS + "numbers/new/", views.new_series, name="new_series"),
    path(SETTINGS + "numbers/<uuid:series_id>/", views.edit_series, name="edit_series"),
    path(SETTINGS + "numbers/<uuid:series_id>/use/", views.use_series, name="use_series"),
    path(SETTINGS + "numbers/<uuid:series_id>/retire/", views.retire_series, name="retire_series"),
    path(SETTINGS + "taxes/", views.settings_taxes, name="settings_taxes"),
    path(SETTINGS + "taxes/new/", views.new_tax, name="new_tax"),
    path(SETTINGS + "taxes/<uuid:tax_id>/retire/", views.retire_tax, name="retire_tax"),
]
