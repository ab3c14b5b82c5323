"""Actions that call another service stay out of transactions."""

import pytest
from django.db import transaction

from advisory_portal.core.outside import calls_outside


@calls_outside
def answer(*, number: int) -> int:
    return number + 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_the_action_itself():
    assert answer(number=1) == 2
    assert answer.__name__ == "answer"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_refuses():
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError, match="outside"):
        answer(number=1)


@pytest.mark.django_db
def test_the_transaction_around_a_test_is_none_but_one_within_it_is():
    assert answer(number=1) == 2
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        answer(number=1)
