"""axe on every page: WCAG 2.2 A and AA, light and dark, on a desk and on a phone, in English and in Spanish.

The pages are those of the resolver. One that cannot be opened as it is must be named in NOT_PAGES, with the reason.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from django.urls import reverse

from advisory_portal import errors
from advisory_portal.core.middleware import unavailable
from partners.models import User
from tests.e2e.conftest import DESKTOP, PHONE, link_in_mail
from tests.house.addresses import every_address
from tests.house.world import build_world, expire, protect

URLCONF = "tests.house.addresses"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SCRIPT = Axe().axe_script
RUN = """options => axe.run(document, options).then(found => found.violations.map(violation => [
    violation.id, violation.nodes.map(node => node.target.join(" ") + ": " + node.failureSummary).slice(0, 3),
]))"""

NOT_PAGES = {
    "account_confirm_login_code": "no log-in by code",
    "account_set_password": "for people without a password; everybody here has one",
    "client_portal:document_pdf": "a PDF",
    "client_portal:expired_link": "opens the document while the link lives; see test_axe_of_expired_link",
    "client_portal:open_link": "leads to the document",
    "colour": "a style sheet",
    "demo_email_body": "a mail, as mail programs show it",
    "documents:document_original": "a file",
    "documents:document_pdf": "a PDF",
    "health": "for machines",
    "mfa_add_webauthn": "needs a key in the browser",
    "mfa_authenticate": "the second step of a log-in; see test_axe_of_second_step",
    "mfa_download_recovery_codes": "a file",
    "mfa_edit_webauthn": "nobody here has a passkey",
    "mfa_generate_recovery_codes": "leads to the codes that are there",
    "mfa_login_webauthn": "for scripts",
    "mfa_reauthenticate_webauthn": "nobody here has a passkey",
    "mfa_remove_webauthn": "nobody here has a passkey",
    "mfa_view_recovery_codes": "",
    "set_language": "takes posts only",
}
"""Addresses that are no page of ours to look at, or not in this state."""
PERSON = {"workspace": "dan", "person": "dan", "portal": "erin", "public": "visitor"}
OTHER_PERSON = {
    "partners:workspace": "alice",
    "account_login": "visitor",
    "account_signup": "visitor",
    "account_reset_password": "visitor",
    "account_reset_password_done": "visitor",
    "account_reset_password_from_key": "visitor",
    "account_reset_password_from_key_done": "visitor",
    "account_confirm_email": "visitor",
    "account_email_verification_sent": "visitor",
    "account_inactive": "visitor",
    "mfa_activate_totp": "dan",
}
"""Whose page it is, where the view does not say."""
