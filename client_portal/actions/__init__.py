"""Everything that the portal writes: links, and the mails that carry them."""

from client_portal.actions.archives import NothingChosen, pack_documents
from client_portal.actions.codes import enter_with_code, send_code
from client_portal.actions.comments import (
    ANCHOR,
    NotAComment,
    download_comment_file,
    mark_comments_read,
    run_comment_notice,
    write_comment,
)
from client_portal.actions.decisions import (
    Answer,
    NotSigned,
    TermsChanged,
    convert_quote,
    decide_quote,
    download_certificate,
)
from client_portal.actions.invitations import (
    NobodyChosen,
    invite_contact,
    invite_contacts,
    refuse_invite_item,
    run_invite_item,
)
from client_portal.actions.links import revoke_link, send_fresh_link
from client_portal.actions.months import fold_months
from client_portal.actions.passwords import (
    NoPassword,
    SecretGone,
    change_password,
    mail_password_link,
    remove_password,
    reset_password,
    send_password_link,
    set_password,
)
from client_portal.actions.profile import choose_language, choose_mails, view_portal
from client_portal.actions.reminding import run_reminder, send_reminder
from client_portal.actions.sending import (
    MOST_ADDRESSES,
    AlreadyPaid,
    NoAddress,
    NotForPortal,
    give_up_send_item,
    run_send_item,
    send_document,
)
from client_portal.actions.sessions import (
    Device,
    Entered,
    NotYours,
    TooManyTries,
    WrongLogin,
    choose_contact,
    end_sessions,
    log_in,
    log_out,
)
from client_portal.actions.settings import save_portal_settings
from client_portal.actions.viewings import note_viewing

__all__ = [
    "ANCHOR",
    "MOST_ADDRESSES",
    "AlreadyPaid",
    "Answer",
    "Device",
    "Entered",
    "NoAddress",
    "NoPassword",
    "NobodyChosen",
    "NotAComment",
    "NotForPortal",
    "NotSigned",
    "NotYours",
    "NothingChosen",
    "SecretGone",
    "TermsChanged",
    "TooManyTries",
    "WrongLogin",
    "change_password",
    "choose_contact",
    "choose_language",
    "choose_mails",
    "convert_quote",
    "decide_quote",
    "download_certificate",
    "download_comment_file",
    "end_sessions",
    "enter_with_code",
    "fold_months",
    "give_up_send_item",
    "invite_contact",
    "invite_contacts",
    "log_in",
    "log_out",
    "mail_password_link",
    "mark_comments_read",
    "note_viewing",
    "pack_documents",
    "refuse_invite_item",
    "remove_password",
    "reset_password",
    "revoke_link",
    "run_comment_notice",
    "run_invite_item",
    "run_reminder",
    "run_send_item",
    "save_portal_settings",
    "send_code",
    "send_document",
    "send_fresh_link",
    "send_password_link",
    "send_reminder",
    "set_password",
    "view_portal",
    "write_comment",
]
