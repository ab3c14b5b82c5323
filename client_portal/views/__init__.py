"""The portal's pages, and the staff's pages about it."""

from client_portal.views.comments import (
    comment_file,
    comment_news,
    comments,
    read_comments,
    staff_comment_file,
    staff_comment_news,
    staff_comments,
    staff_read_comments,
)
from client_portal.views.contact_box import (
    contact_box,
    invite_contact,
    mail_password_link,
    remove_password,
    reset_password,
    revoke_contact_link,
)
from client_portal.views.contact_gateways import contact_gateways
from client_portal.views.decisions import (
    accept_quote,
    certificate,
    convert_quote,
    decision,
    decline_quote,
    staff_certificate,
    staff_decision,
)
from client_portal.views.documents import attachment, document, document_pdf, note_viewing, print_document
from client_portal.views.entering import choose, enter_code, log_in, log_out, send_code, stranger
from client_portal.views.gateway_accounts import (
    check_gateway,
    connect_gateway,
    disable_gateway,
    enable_gateway,
    gateway_account,
    gateway_accounts,
    gateway_keys,
    keep_gateway_hook,
    make_gateway_hook,
    offer_gateway,
    retire_gateway,
    rotate_gateway_hook,
)
from client_portal.views.home import home
from client_portal.views.hooks import take_webhook
from client_portal.views.invitations import invitations, invite_contacts
from client_portal.views.links import expired_link, open_link, send_fresh_link
from client_portal.views.lists import document_archive, document_list, payments
from client_portal.views.passwords import change_password, forgot_password, new_password, open_password_link
from client_portal.views.profile import (
    data,
    data_file,
    end_other_sessions,
    end_session,
    language,
    logo,
    mails,
    sessions,
)
from client_portal.views.sending import document_links, remind, revoke_link, send_link
from client_portal.views.settings import settings_portal
from client_portal.views.statement import statement, statement_file
from client_portal.views.unread import staff_unread_comments, unread_comments
from client_portal.views.viewing import leave_view, view_portal

__all__ = [
    "accept_quote",
    "attachment",
    "certificate",
    "change_password",
    "check_gateway",
    "choose",
    "comment_file",
    "comment_news",
    "comments",
    "connect_gateway",
    "contact_box",
    "contact_gateways",
    "convert_quote",
    "data",
    "data_file",
    "decision",
    "decline_quote",
    "disable_gateway",
    "document",
    "document_archive",
    "document_links",
    "document_list",
    "document_pdf",
    "enable_gateway",
    "end_other_sessions",
    "end_session",
    "enter_code",
    "expired_link",
    "forgot_password",
    "gateway_account",
    "gateway_accounts",
    "gateway_keys",
    "home",
    "invitations",
    "invite_contact",
    "invite_contacts",
    "keep_gateway_hook",
    "language",
    "leave_view",
    "log_in",
    "log_out",
    "logo",
    "mail_password_link",
    "mails",
    "make_gateway_hook",
    "new_password",
    "note_viewing",
    "offer_gateway",
    "open_link",
    "open_password_link",
    "payments",
    "print_document",
    "read_comments",
    "remind",
    "remove_password",
    "reset_password",
    "retire_gateway",
    "revoke_contact_link",
    "revoke_link",
    "rotate_gateway_hook",
    "send_code",
    "send_fresh_link",
    "send_link",
    "sessions",
    "settings_portal",
    "staff_certificate",
    "staff_comment_file",
    "staff_comment_news",
    "staff_comments",
    "staff_decision",
    "staff_read_comments",
    "staff_unread_comments",
    "statement",
    "statement_file",
    "stranger",
    "take_webhook",
    "unread_comments",
    "view_portal",
]
