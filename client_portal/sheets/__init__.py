"""What the portal puts on paper, as finished words."""

from client_portal.sheets.certificate import certificate_name, certificate_pdf

__all__ = ["certificate_name", "certificate_pdf"]
