"""Words about a firm's clients."""

from django.utils.translation import gettext_lazy as _

# Columns of a list of clients, as `rules.client_rows.COLUMNS` names them.
CLIENT_COLUMNS = {
    "name": _("Name"),
    "tax_id": _("Tax id"),
    "software": _("Software"),
    "contact_name": _("Contact person"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "tags": _("Tags"),
}
