"""How allauth writes people and mails here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """allauth's mails as rows of ours."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors."""
