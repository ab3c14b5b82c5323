"""The portal's pages, and the staff's pages about it."""

from client_portal.views.contact_box import contact_box, revoke_contact_link
from client_portal.views.documents import document, document_pdf
from client_portal.views.home import home
from client_portal.views.links import expired_link, open_link, send_fresh_link, stranger
from client_portal.views.sending import document_links, remind, revoke_link, send_link

__all__ = [
    "contact_box",
    "document",
    "document_links",
    "document_pdf",
    "expired_link",
    "home",
    "open_link",
    "remind",
    "revoke_contact_link",
    "revoke_link",
    "send_fresh_link",
    "send_link",
    "stranger",
]
