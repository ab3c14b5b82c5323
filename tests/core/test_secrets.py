"""Secrets of rows: read with every key that is there, in their own row alone, and refused otherwise."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from advisory_portal.core.secrets import Unreadable, reseal, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VALUES = {"secret_key": "sk_live_very_secret"}


@pytest.fixture(autouse=True)
def keys(settings):
    settings.PAYMENTS_KEYS = [OLD]


def test_what_is_sealed_is_read_again_and_hides_it():
    sealed = seal(VALUES, row="account:1")
    assert unseal(sealed, row="account:1") == VALUES
    assert "very_secret" not in sealed and sealed != seal(VALUES, row="account:1")


def test_a_secret_opens_in_no_other_row():
    with pytest.raises(Unreadable):
        unseal(seal(VALUES, row="account:1"), row="account:2")


@pytest.mark.parametrize("damage", ["", "x", "sk_live_plain", "altered"])
def test_what_is_damaged_is_never_given_out(damage):
    sealed = seal(VALUES, row="account:1")
    with pytest.raises(Unreadable):
        unseal(sealed[:-7] + "AAAAA==" if damage == "altered" else damage, row="account:1")


def test_a_new_key_reads_what_the_old_one_sealed_until_it_goes(settings):
    sealed = seal(VALUES, row="account:1")
    settings.PAYMENTS_KEYS = [NEW, OLD]
    assert unseal(sealed, row="account:1") == VALUES
    renewed = reseal(sealed)
    settings.PAYMENTS_KEYS = [NEW]
    assert unseal(renewed, row="account:1") == VALUES
    with pytest.raises(Unreadable):
        unseal(sealed, row="account:1")
    with pytest.raises(Unreadable):
        reseal(sealed)


@pytest.mark.parametrize("wrong", [[], ["no key"], [NEW, "no key"]], ids=["none", "odd", "one of two odd"])
def test_without_a_usable_key_nothing_is_kept(settings, wrong):
    settings.PAYMENTS_KEYS = wrong
    with pytest.raises(ImproperlyConfigured):
        seal(VALUES, row="account:1")
