"""Which gateway is made for an account, and what is refused before any company hears of it."""

import pytest

from advisory_portal.gateways import Mode, gateway_of
from advisory_portal.gateways.registry import billing_of
from tests.sandboxes import CREDENTIALS


def test_a_company_that_is_not_known_has_no_gateway():
    with pytest.raises(ValueError, match="no gateway known here"):
        gateway_of("adyen", Mode.TEST, {})


def test_the_sandbox_is_nowhere_but_where_it_is_said_to_be():
    with pytest.raises(ValueError, match="no sandbox here"):
        gateway_of("stripe", Mode.SANDBOX, CREDENTIALS["stripe"])
    with pytest.raises(ValueError, match="no sandbox here"):
        billing_of(Mode.SANDBOX, "sk_test_1")


@pytest.mark.parametrize(
    ("mode", "key"), [(Mode.TEST, "sk_live_1"), (Mode.SANDBOX, "rk_live_1"), (Mode.LIVE, "sk_test_1")]
)
def test_a_key_bills_where_it_belongs_alone(mode, key):
    with pytest.raises(ValueError, match="not one for"):
        billing_of(mode, key, sandbox_url="http://127.0.0.1:8040")
