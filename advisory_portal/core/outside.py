"""Actions that call somebody else's service: they run outside every transaction, and open their own around what they
write. Within one, the rows that it locked would wait for the network, and a rollback would forget what was done there.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def require_no_transaction() -> None:
    """Raises TransactionManagementError inside a transaction. The one that Django puts around a test case is none."""
    connection = transaction.get_connection()
    blocks = getattr(connection, "atomic_blocks", [])
    if connection.in_atomic_block and not blocks[-1]._from_testcase:
        raise transaction.TransactionManagementError("this calls another service, so it runs outside transactions")


def calls_outside(action: Callable[P, R]) -> Callable[P, R]:
    """Mark an action that calls another service: instead of `transaction.atomic`, it refuses to run inside one."""

    @wraps(action)
    def alone(*args: P.args, **kwargs: P.kwargs) -> R:
        require_no_transaction()
        return action(*args, **kwargs)

    return alone
