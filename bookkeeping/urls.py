from django.urls import path

from bookkeeping import views

app_name = "bookkeeping"

urlpatterns = [
    # --- Inbox -----------------------------------------------------------------------------------------------
    # --- Banking ---------------------------------------------------------------------------------------------
    # --- Journal ---------------------------------------------------------------------------------------------
    path("journal/", views.journal, name="journal"),
    path("journal/new/", views.new_entry, name="new_entry"),
    path("journal/new/balance/", views.entry_balance, name="entry_balance"),
    path("journal/contacts/", views.entry_contacts, name="entry_contacts"),
    path("journal/check/", views.check_entries, name="check_entries"),
    path("journal/post/", views.post_reviewed, name="post_reviewed"),
    path("journal/postings/<uuid:posting_id>/", views.posting, name="posting"),
    path("journal/<uuid:entry_id>/", views.entry, name="entry"),
    path("journal/<uuid:entry_id>/check/", views.check_entry, name="check_entry"),
    path("journal/<uuid:entry_id>/check/take-back/", views.take_back_check, name="take_back_check"),
    path("journal/<uuid:entry_id>/reverse/", views.reverse_entry, name="reverse_entry"),
    path("journal/documents/<uuid:document_id>/", views.document_entry, name="document_entry"),
    path("journal/documents/<uuid:document_id>/post/", views.post_document, name="post_document"),
    path(
        "journal/documents/<uuid:document_id>/payments/<uuid:settlement_id>/post/",
        views.post_settlement,
        name="post_settlement",
    ),
    path("ledger/<uuid:account_id>/", views.ledger_account, name="ledger_account"),
    path("reports/trial-balance/", views.trial_balance, name="trial_balance"),
    path("reports/profit-and-loss/", views.profit_and_loss, name="profit_and_loss"),
    path("reports/balance-sheet/", views.balance_sheet, name="balance_sheet"),
    path("chart/", views.chart, name="chart"),
    path("chart/set-up/", views.set_up_chart, name="set_up_chart"),
    path("chart/new/", views.new_account, name="new_account"),
    path("chart/<uuid:account_id>/edit/", views.edit_account, name="edit_account"),
    path("chart/<uuid:account_id>/retire/", views.retire_account, name="retire_account"),
    path("chart/<uuid:account_id>/restore/", views.restore_account, name="restore_account"),
    path("chart/posting-rules/", views.posting_rules, name="posting_rules"),
    path("chart/posting-rules/example/", views.posting_example, name="posting_example"),
    path("chart/posting-rules/contacts/new/", views.new_contact_rule, name="new_contact_rule"),
    path("chart/posting-rules/<uuid:rule_id>/forget/", views.forget_contact_rule, name="forget_contact_rule"),
    # --- Taxes -----------------------------------------------------------------------------------------------
    path("taxes/", views.taxes, name="taxes"),
    path("taxes/assign/", views.assign_filings, name="assign_filings"),
    path("taxes/settings/", views.filing_settings, name="filing_settings"),
    path("taxes/settings/feed/", views.renew_tax_feed, name="renew_tax_feed"),
    path("taxes/settings/feed/stop/", views.stop_tax_feed, name="stop_tax_feed"),
    path("taxes/<uuid:filing_id>/", views.filing, name="filing"),
    path("taxes/<uuid:filing_id>/documents/", views.filing_documents, name="filing_documents"),
    path("taxes/<uuid:filing_id>/file/", views.file_filing, name="file_filing"),
    path("taxes/<uuid:filing_id>/prepare/", views.prepare_filing, name="prepare_filing"),
    path("taxes/<uuid:filing_id>/not-needed/", views.skip_filing, name="skip_filing"),
    path("taxes/<uuid:filing_id>/reopen/", views.reopen_filing, name="reopen_filing"),
    path("taxes/<uuid:filing_id>/assign/", views.assign_filing, name="assign_filing"),
    path("taxes/<uuid:filing_id>/note/", views.write_filing_note, name="write_filing_note"),
]
