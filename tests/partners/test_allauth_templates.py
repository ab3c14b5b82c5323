"""Every page, message and mail of allauth that these settings can show has our own template."""

from datetime import UTC, date, datetime
from pathlib import Path

import allauth
import pytest
from django.conf import settings

from advisory_portal.core.mail import Recipient, render_mail
from partners.words import FIELDS

THEIRS = Path(allauth.__file__).parent / "templates"
OURS = settings.BASE_DIR / "templates"
APPS = ("account", "mfa", "usersessions")

# What no address or setting leads to, and why.
UNREACHABLE = {
    "account/email.html": "one address a person (ACCOUNT_CHANGE_EMAIL)",
    "account/confirm_email_verification_code.html": "addresses are confirmed by a link",
    "account/confirm_login_code.html": "no log-in by code",
    "account/request_login_code.html": "no log-in by code",
    "account/email/login_code": "no log-in by code",
    "account/messages/login_code_sent.txt": "no log-in by code",
    "account/confirm_password_reset_code.html": "passwords are recovered by a link",
    "account/email/password_reset_code": "passwords are recovered by a link",
    "account/confirm_phone_verification_code.html": "phones are not confirmed",
    "account/phone_change.html": "phones are not confirmed",
    "account/messages/phone_verification_sent.txt": "phones are not confirmed",
    "account/messages/phone_verified.txt": "phones are not confirmed",
    "account/signup_by_passkey.html": "one registers with a password",
    "mfa/webauthn/signup_form.html": "one registers with a password",
    "account/signup_closed.html": "registration is always open",
    "account/verified_email_required.html": "no view asks for it: nobody is logged in unconfirmed",
    "mfa/trust.html": "no browser is trusted to skip the second factor",
}


def shown_by_allauth() -> set[str]:
    """Names of pages and messages, and of mails without their ending."""
    found = set()
    for app in APPS:
        for path in (THEIRS / app).rglob("*.*"):
            name = str(path.relative_to(THEIRS))
            if "/snippets/" in name or path.name.startswith("base") or name.startswith("account/snippets"):
                continue
            for ending in ("_message.txt", "_subject.txt"):
                name = name.removesuffix(ending) if "/email/" in name else name
            found.add(name)
    return found


def has_ours(name: str) -> bool:
    if "/email/" in name:
        mail = OURS / name.replace("/email/", "/emails/")
        return mail.with_suffix(".txt").exists() and mail.with_suffix(".html").exists()
    return (OURS / name).exists()


def test_allauth_templates_that_can_be_shown_are_ours() -> None:
    assert {name for name in shown_by_allauth() - set(UNREACHABLE) if not has_ours(name)} == set()


def test_allauth_templates_said_to_be_unreachable_exist_there_and_not_here() -> None:
    assert set(UNREACHABLE) - shown_by_allauth() == set()
    assert {name for name in UNREACHABLE if has_ours(name)} == set()


def mails() -> list[str]:
    """Kinds of mails that are ours: "account/password_changed"."""
    found = [OURS / app / "emails" for app in (*APPS, "partners")]
    return sorted(f"{folder.parent.name}/{path.stem}" for folder in found for path in folder.glob("*.txt"))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", mails())
def test_every_mail_can_be_written(kind: str, language: str) -> None:
    context = {
        "email": "o'brien@acme.example",
        "from_email": "old@acme.example",
        "to_email": "new@acme.example",
        "deleted_email": "old@acme.example",
        "timestamp": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        "ip": "192.0.2.1",
        "actor_name": "Ann O'Brien",
        "organisation": "O'Brien & Sons",
        "role": "Viewer",
        "decision": "rejected",
        "status": "past_due",
        "day": "16 Jan 2026",
        "reason": "O'Brien's number is missing.",
        "reasons": {"tagline": "O'Brien's is enough."},
        "labels": FIELDS,
        "expires_on": date(2026, 1, 16),
        "url": "https://portal.example/a/?b=1&c=2",
    }
    subject, text, html = render_mail(kind, Recipient("x@y.example", language, "Ann O'Brien"), context)
    assert subject
    assert "\nhttps://portal.example/a/?b=1&c=2\n" in text
    assert "&#39;" not in subject + text
    assert 'href="https://portal.example/a/?b=1&amp;c=2"' in html
    assert f'<html lang="{language}">' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "decision", "subject"),
    [
        ("programme", "accepted", "Acme is in the partner programme"),
        ("programme", "rejected", "The request of Acme was not accepted"),
        ("programme", "suspended", "Acme is suspended from the partner programme"),
        ("programme", "resumed", "Acme is listed again"),
        ("profile", "published", "The profile of Acme is published"),
        ("profile", "changes_requested", "Please change something in the profile of Acme"),
    ],
)
def test_mails_of_decisions_say_which(kind: str, decision: str, subject: str) -> None:
    reasons = {"general": "Too short.", "tagline": "Two <b>lines</b>,\nplease."}
    context = {
        "organisation": "Acme",
        "url": "https://portal.example/",
        "decision": decision,
        "reason": "Too short.\nTwo <b>lines</b>,\nplease.",
        "reasons": reasons,
        "labels": FIELDS,
    }
    written = render_mail(f"partners/{kind}_decision", Recipient("x@y.example", "en", "Ann"), context)
    assert written[0] == subject
    gives_reasons = decision in ("rejected", "suspended", "changes_requested")
    for text, shown in zip(
        written[1:], ("Two <b>lines</b>,\nplease.", "Two &lt;b&gt;lines&lt;/b&gt;,\nplease."), strict=True
    ):
        assert (shown in text, "Too short." in text) == (gives_reasons, gives_reasons)
