"""What a key says of itself before anybody is asked."""

import pytest

from advisory_portal.gateways import Mode
from advisory_portal.gateways.keys import LONGEST, modes_of, oddity
from tests.sandboxes import CREDENTIALS, KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_the_right_form_is_not_odd(kind):
    assert oddity(kind, CREDENTIALS[kind]) is None


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("stripe", {"secret_key": ""}, ("secret_key", "missing")),
        ("stripe", {"secret_key": "pk_test_1"}, ("secret_key", "publishable")),
        ("stripe", {"secret_key": "whsec_1"}, ("secret_key", "webhook")),
        ("stripe", {"secret_key": "sk_other_1"}, ("secret_key", "form")),
        ("stripe", {"secret_key": "sk_test_"}, ("secret_key", "form")),
        ("stripe", {"secret_key": "sk_test_ñ"}, ("secret_key", "characters")),
        ("stripe", {"secret_key": "sk_test_1\nX: y"}, ("secret_key", "characters")),
        ("stripe", {"secret_key": "sk_test_" + "x" * LONGEST}, ("secret_key", "characters")),
        ("paypal", {"client_id": "a/../b"}, ("client_id", "characters")),
        ("paypal", {"client_secret": ""}, ("client_secret", "missing")),
        ("square", {"access_token": "sq0idp-1"}, ("access_token", "application")),
        ("square", {"access_token": "sandbox-sq0idb-1"}, ("access_token", "application")),
        ("square", {"location_id": "../L1"}, ("location_id", "characters")),
        ("square", {"location_id": "main"}, ("location_id", "form")),
    ],
    ids=str,
)
def test_what_cannot_be_a_key_is_named(kind, typed, expected):
    assert oddity(kind, CREDENTIALS[kind] | typed) == expected


def test_stripe_says_its_mode_and_the_others_are_asked():
    assert modes_of("stripe", {"secret_key": "sk_live_1"}, has_sandbox=True) == (Mode.LIVE,)
    assert modes_of("stripe", {"secret_key": "rk_test_1"}, has_sandbox=True) == (Mode.TEST,)
    assert modes_of("paypal", {"client_id": "AbC"}, has_sandbox=True) == (Mode.LIVE, Mode.TEST)
    assert modes_of("square", {"access_token": "EAAA1"}, has_sandbox=False) == (Mode.LIVE, Mode.TEST)


@pytest.mark.parametrize("kind", KINDS)
def test_keys_of_the_stand_ins_are_theirs_alone(kind):
    assert modes_of(kind, CREDENTIALS[kind], has_sandbox=True) == (Mode.SANDBOX,)
    assert Mode.SANDBOX not in modes_of(kind, CREDENTIALS[kind], has_sandbox=False)
