"""How allauth finds people, writes mails and keeps secrets here."""

import base64
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import active_language
from advisory_portal.core.mail import Recipient, notify
from partners import actions
from partners.models import User
from partners.models.user import person_by_id
from partners.rules.values import NewOrganisation, NewPerson

# Where the button of a mail leads, by what allauth calls the address; the first that is there.
ADDRESSES = ("activate_url", "password_reset_url", "signup_url")


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """As allauth's, but whoever is logged in is read by a statement that is planned once."""

    def get_user(self, user_id: UUID) -> User | None:
        person = person_by_id(user_id)
        return person if self.user_can_authenticate(person) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's mails as rows of ours, in the receiver's language; its refusals in our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("You log in with this address: change it instead of removing it."),
        "duplicate_email": _("This is the address of your account already."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("There is an account with this address."),
        "enter_current_password": _("This is not your password."),
        "incorrect_code": _("This code is not right."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link is no longer valid."),
        "invalid_password_reset": _("This link is no longer valid."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
        "same_as_current": _("This is your address already."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
        "unverified_primary_email": _("Confirm your e-mail address first."),
    }

    def register(self, person: NewPerson, organisation: NewOrganisation) -> User | None:
        """Make the person and their organisation; None if the address has had an account since the form was read."""
        visitor = User(name=person.name).actor
        try:
            return actions.register_owner(actor=visitor, person=person, organisation=organisation)
        except actions.AddressTaken:
            return None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail `account/email/<message>` as our `account/emails/<message>`; a sweep sends it."""
        app, _folder, message = template_prefix.split("/")
        person = User.objects.filter(email=email).first() or context.get("user")
        absolute = next((context[name] for name in ADDRESSES if name in context), None)
        notify(
            f"{app}/{message}",
            to=[
                Recipient(
                    address=email,
                    language=person.language if person else active_language(),
                    name=person.name if person else "",
                )
            ],
            url=urlsplit(absolute).path if absolute else reverse("partners:profile"),
            context={**context, "email": email},
            always=True,
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors; their secrets are encrypted with a key that follows from SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right."),
        "unverified_email": _("Confirm your e-mail address first."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A first name for a new passkey: "Passkey", "Passkey 2"."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _ciphers().decrypt(encrypted_text.encode()).decode()


def _ciphers() -> MultiFernet:
    """Writes with SECRET_KEY, reads also what SECRET_KEY_FALLBACKS wrote."""
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"second factors").derive(force_bytes(secret))
    return base64.urlsafe_b64encode(derived)
