"""What the tests of the books share."""

import pytest

from bookkeeping import actions
from bookkeeping.models import LedgerAccount


@pytest.fixture
def chart(dan_here):
    """Delta's accounts by code."""
    actions.ensure_chart(actor=dan_here)
    return {one.code: one for one in LedgerAccount.objects.filter(organisation_id=dan_here.place.id)}
