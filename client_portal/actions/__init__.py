"""Everything that the portal writes: links, and the mails that carry them."""

from client_portal.actions.links import revoke_link, send_fresh_link
from client_portal.actions.months import fold_months
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
from client_portal.actions.viewings import note_viewing

__all__ = [
    "MOST_ADDRESSES",
    "AlreadyPaid",
    "NoAddress",
    "NotForPortal",
    "fold_months",
    "give_up_send_item",
    "note_viewing",
    "revoke_link",
    "run_reminder",
    "run_send_item",
    "send_document",
    "send_fresh_link",
    "send_reminder",
]
