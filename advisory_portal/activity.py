"""The words of the activity log and of notifications, for all apps. Composition only.

`record()` writes what was done as "<app>.<thing>.<past participle>"; here is its sentence, which follows the name of
whoever did it. %(subject)s is what it was done to, under the name it had then.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "partners.organisation.registered": _("registered %(subject)s"),
    "partners.organisation.changed": _("changed the data of %(subject)s"),
    "partners.invitation.sent": _("invited %(subject)s"),
    "partners.invitation.resent": _("sent %(subject)s a new invitation"),
    "partners.invitation.revoked": _("revoked the invitation of %(subject)s"),
    "partners.invitation.accepted": _("accepted the invitation to %(subject)s"),
    "partners.member.role_changed": _("gave %(subject)s another role"),
    "partners.member.removed": _("removed %(subject)s"),
    "partners.member.left": _("left the organisation"),
    "partners.role.created": _("created the role “%(subject)s”"),
    "partners.role.changed": _("changed the role “%(subject)s”"),
    "partners.role.retired": _("withdrew the role “%(subject)s”"),
    "partners.person.changed": _("changed their own data"),
}

# Kinds of things in the log, as HistoryEntry.subject_kind names them.
THINGS: dict[str, Promise] = {
    "partners.organisation": _("Organisation"),
    "partners.member": _("Users"),
    "partners.invitation": _("Invitations"),
    "partners.role": _("Roles"),
}

# Values that are shown with what they were before. Others (states, hashes) say nothing to a reader.
FIELDS: dict[str, Promise] = {
    "role": _("Role"),
    "name": _("Name"),
    "tax_id": _("Tax id"),
    "country": _("Country"),
    "legal_form": _("Legal form"),
    "team_size": _("Team size"),
    "profession": _("Profession"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
}

# Kinds of messages that a person may turn off; links and confirmations are always sent.
NOTIFICATIONS: dict[str, Promise] = {
    "partners/role_changed": _("You are given another role"),
    "partners/member_removed": _("You are removed from an organisation"),
}


def sentence(what: str, subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """What an entry says, and its details ("Role: Viewer → Administrator"; "" for none), in the reader's language."""
    said = str(WORDS.get(what, _("changed %(subject)s"))) % {"subject": subject}
    shown = [(field, before.get(field), after.get(field)) for field in FIELDS if field in before or field in after]
    return said, " · ".join(_change(str(FIELDS[field]), old, new) for field, old, new in shown)


def _change(label: str, old: Any, new: Any) -> str:
    if not old:
        return _now("%(label)s: %(new)s") % {"label": label, "new": new}
    return _now("%(label)s: %(old)s → %(new)s") % {"label": label, "old": old, "new": new or "–"}
