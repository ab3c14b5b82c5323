"""Addresses of the portal, and of the staff's pages about it. Those of contacts lie below /portal/<slug>/."""

from django.urls import path

from client_portal import views

app_name = "client_portal"

STAFF = "o/<slug:organisation>/"
ACCOUNT = f"{STAFF}settings/payments/<uuid:gateway_id>/"
PORTAL = "portal/<slug:organisation>/"  # who comes is asked (ActorMiddleware)
HOOKS = "hooks/"  # payment companies
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
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/view/", views.view_portal, name="view_portal"),
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/invite/", views.invite_contact, name="invite_contact"),
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/password/", views.mail_password_link, name="mail_password_link"),
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/password/reset/", views.reset_password, name="reset_password"),
    path(f"{STAFF}contacts/<uuid:contact_id>/portal/password/remove/", views.remove_password, name="remove_password"),
    path(f"{STAFF}contacts/invitations/", views.invite_contacts, name="invite_contacts"),
    path(f"{STAFF}contacts/invitations/<uuid:invitations_id>/", views.invitations, name="invitations"),
    path(f"{STAFF}settings/portal/", views.settings_portal, name="settings_portal"),
    # Staff: accounts at payment companies
    path(f"{STAFF}settings/payments/", views.gateway_accounts, name="gateway_accounts"),
    path(f"{STAFF}settings/payments/connect/<slug:gateway>/", views.connect_gateway, name="connect_gateway"),
    path(f"{ACCOUNT}", views.gateway_account, name="gateway_account"),
    path(f"{ACCOUNT}keys/", views.gateway_keys, name="gateway_keys"),
    path(f"{ACCOUNT}check/", views.check_gateway, name="check_gateway"),
    path(f"{ACCOUNT}enable/", views.enable_gateway, name="enable_gateway"),
    path(f"{ACCOUNT}disable/", views.disable_gateway, name="disable_gateway"),
    path(f"{ACCOUNT}retire/", views.retire_gateway, name="retire_gateway"),
    path(f"{ACCOUNT}offer/", views.offer_gateway, name="offer_gateway"),
    path(f"{ACCOUNT}webhook/make/", views.make_gateway_hook, name="make_gateway_hook"),
    path(f"{ACCOUNT}webhook/keep/", views.keep_gateway_hook, name="keep_gateway_hook"),
    path(f"{ACCOUNT}webhook/change/", views.rotate_gateway_hook, name="rotate_gateway_hook"),
    path(f"{STAFF}contacts/<uuid:contact_id>/online-payment/", views.contact_gateways, name="contact_gateways"),
    # Staff: online payments
    path(f"{STAFF}payments/", views.staff_payments, name="staff_payments"),
    path(f"{STAFF}payments/to-look-at/", views.payments_to_look_at, name="payments_to_look_at"),
    path(f"{STAFF}payments/attempts/", views.staff_attempts, name="staff_attempts"),
    path(f"{STAFF}payments/attempts/<uuid:attempt_id>/ask/", views.ask_attempt, name="ask_attempt"),
    path(f"{STAFF}payments/webhooks/", views.gateway_events, name="gateway_events"),
    path(f"{STAFF}payments/webhooks/<uuid:event_id>/replay/", views.replay_gateway_event, name="replay_gateway_event"),
    path(f"{STAFF}payments/<uuid:payment_id>/", views.staff_payment, name="staff_payment"),
    path(f"{STAFF}payments/<uuid:payment_id>/refund/", views.refund_payment, name="refund_payment"),
    path(f"{STAFF}payments/<uuid:payment_id>/match/", views.match_payment, name="match_payment"),
    path(f"{STAFF}payments/<uuid:payment_id>/look/", views.close_payment_look, name="close_payment_look"),
    path(f"{STAFF}documents/<uuid:document_id>/online-payments/", views.document_payments, name="document_payments"),
    # Staff: quotes and comments
    path(f"{STAFF}comments/", views.staff_unread_comments, name="staff_unread_comments"),
    path(f"{STAFF}documents/<uuid:quote_id>/decision/", views.staff_decision, name="staff_decision"),
    path(f"{STAFF}documents/<uuid:quote_id>/decision/certificate/", views.staff_certificate, name="staff_certificate"),
    path(f"{STAFF}documents/<uuid:quote_id>/decision/record/", views.record_decision, name="record_decision"),
    path(f"{STAFF}documents/<uuid:quote_id>/decision/convert/", views.convert_quote, name="convert_quote"),
    path(f"{STAFF}documents/<uuid:document_id>/comments/", views.staff_comments, name="staff_comments"),
    path(f"{STAFF}documents/<uuid:document_id>/comments/news/", views.staff_comment_news, name="staff_comment_news"),
    path(f"{STAFF}documents/<uuid:document_id>/comments/read/", views.staff_read_comments, name="staff_read_comments"),
    path(
        f"{STAFF}documents/<uuid:document_id>/comments/files/<uuid:comment_file_id>/",
        views.staff_comment_file,
        name="staff_comment_file",
    ),
    # Payment companies
    path(f"{HOOKS}<slug:company>/<uuid:token>/", views.take_webhook, name="take_webhook"),
    # Contacts: entering
    path(f"{DOOR}l/<str:token>/", views.open_link, name="open_link"),
    path(f"{DOOR}expired/<uuid:link_id>/", views.expired_link, name="expired_link"),
    path(f"{DOOR}expired/<uuid:link_id>/fresh/", views.send_fresh_link, name="send_fresh_link"),
    path(f"{DOOR}log-in/", views.log_in, name="log_in"),
    path(f"{DOOR}log-out/", views.log_out, name="log_out"),
    path(f"{DOOR}code/", views.send_code, name="send_code"),
    path(f"{DOOR}code/enter/", views.enter_code, name="enter_code"),
    path(f"{DOOR}choose/", views.choose, name="choose"),
    path(f"{DOOR}password/", views.forgot_password, name="forgot_password"),
    path(f"{DOOR}password/new/", views.new_password, name="new_password"),
    path(f"{DOOR}p/<str:token>/", views.open_password_link, name="open_password_link"),
    path(f"{DOOR}leave/", views.leave_view, name="leave_view"),
    path(f"{DOOR}logo/<uuid:logo_id>/", views.logo, name="logo"),
    # Contacts: home, lists, documents
    path(PORTAL, views.home, name="home"),
    path(f"{PORTAL}d/<uuid:document_id>/", views.document, name="document"),
    path(f"{PORTAL}d/<uuid:document_id>/pdf/", views.document_pdf, name="document_pdf"),
    path(f"{PORTAL}d/<uuid:document_id>/print/", views.print_document, name="print_document"),
    path(f"{PORTAL}d/<uuid:document_id>/viewed/", views.note_viewing, name="note_viewing"),
    path(f"{PORTAL}files/<uuid:attachment_id>/", views.attachment, name="attachment"),
    path(f"{PORTAL}documents/<slug:kind>/", views.document_list, name="list"),
    path(f"{PORTAL}documents/<slug:kind>/pack/", views.document_archive, name="pack"),
    path(f"{PORTAL}payments/", views.payments, name="payments"),
    path(f"{PORTAL}statement/", views.statement, name="statement"),
    path(f"{PORTAL}statement/<slug:file_format>/", views.statement_file, name="statement_file"),
    # Contacts: quotes and comments
    path(f"{PORTAL}comments/", views.unread_comments, name="unread_comments"),
    path(f"{PORTAL}d/<uuid:document_id>/accept/", views.accept_quote, name="accept_quote"),
    path(f"{PORTAL}d/<uuid:document_id>/decline/", views.decline_quote, name="decline_quote"),
    path(f"{PORTAL}d/<uuid:document_id>/decision/", views.decision, name="decision"),
    path(f"{PORTAL}d/<uuid:document_id>/decision/certificate/", views.certificate, name="certificate"),
    path(f"{PORTAL}d/<uuid:document_id>/comments/", views.comments, name="comments"),
    path(f"{PORTAL}d/<uuid:document_id>/comments/news/", views.comment_news, name="comment_news"),
    path(f"{PORTAL}d/<uuid:document_id>/comments/read/", views.read_comments, name="read_comments"),
    path(
        f"{PORTAL}d/<uuid:document_id>/comments/files/<uuid:comment_file_id>/", views.comment_file, name="comment_file"
    ),
    # Contacts: paying
    path(f"{PORTAL}pay/", views.pay, name="pay"),
    path(f"{PORTAL}pay/chosen/", views.pay_chosen, name="pay_chosen"),
    path(f"{PORTAL}pay/<uuid:attempt_id>/", views.paying, name="paying"),
    path(f"{PORTAL}pay/<uuid:attempt_id>/look/", views.look_at_payment, name="look_at_payment"),
    path(f"{PORTAL}pay/<uuid:attempt_id>/cancel/", views.cancel_payment, name="cancel_payment"),
    path(f"{PORTAL}receipts/<uuid:payment_id>/", views.receipt, name="receipt"),
    path(f"{PORTAL}receipts/<uuid:payment_id>/pdf/", views.receipt_file, name="receipt_file"),
    # Contacts: their own
    path(f"{PORTAL}profile/password/", views.change_password, name="change_password"),
    path(f"{PORTAL}profile/language/", views.language, name="language"),
    path(f"{PORTAL}profile/mails/", views.mails, name="mails"),
    path(f"{PORTAL}profile/sessions/", views.sessions, name="sessions"),
    path(f"{PORTAL}profile/sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path(f"{PORTAL}profile/sessions/<uuid:session_id>/end/", views.end_session, name="end_session"),
    path(f"{PORTAL}profile/data/", views.data, name="data"),
    path(f"{PORTAL}profile/data/file/", views.data_file, name="data_file"),
]
