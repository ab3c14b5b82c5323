"""What the thread says of each event; `who` is the person with their organisation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "requested": _("%(who)s asked to collaborate"),
    "withdrawn": _("%(who)s took the request back"),
    "accepted": _("%(who)s accepted the collaboration"),
    "declined": _("%(who)s declined the request"),
    "ended": _("%(who)s ended the collaboration"),
    "steps": _("%(who)s sent the steps to grant access"),
    "access_requested": _("%(who)s asked for access"),
    "granted": _("%(who)s granted access with the role %(role)s"),
    "grant_changed": _("%(who)s changed the access to the role %(role)s"),
    "grant_removed": _("%(who)s removed the access"),
}

# An access that ended without anybody's doing, by how it ended.
ENDINGS: dict[str, Promise] = {
    "expired": _("The access ended with its last day"),
    "role_retired": _("The access ended because its role was deleted"),
}

# The state of what is between a firm and a business, as a pill: its look, and its words.
STATES: dict[str, tuple[str, Promise]] = {
    "": ("draft", _("Only messages so far")),
    "pending": ("pending", _("Asked for")),
    "active": ("active", _("Active")),
    "declined": ("declined", _("Declined")),
    "withdrawn": ("void", _("Withdrawn")),
    "ended": ("void", _("Ended")),
}
