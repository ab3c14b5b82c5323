"""What can go wrong at a gateway, told apart by what one may do about it. Source: payments design, errors."""

from __future__ import annotations


class GatewayError(Exception):
    """A gateway did not do what was asked.

    `code` is the gateway's own word, `request_id` what its support asks for. `is_retryable`: the same call may be sent
    again with the same key. `is_outcome_known`: nothing happened there; where it is False, something may have.
    """

    is_retryable = False
    is_outcome_known = True

    def __init__(self, text: str = "", *, code: str = "", request_id: str = "") -> None:
        super().__init__(text or code or type(self).__name__)
        self.code, self.request_id = code, request_id


class ConfigError(GatewayError):
    """Credentials, account, location or currency are wrong: the business has to look."""


class Rejected(GatewayError):
    """The gateway refuses the request itself: a mistake of ours, or an amount it does not take."""


class Declined(GatewayError):
    """The payer's means were declined: another may work."""


class NotReady(GatewayError):
    """The payer has not approved yet."""


class AlreadyDone(GatewayError):
    """It was done before: fetch, and see."""


class InProgress(GatewayError):
    """An equal request is being worked on."""

    is_retryable = True


class RateLimited(GatewayError):
    """Too many requests. `after` is how many seconds to wait, as far as the gateway says."""

    is_retryable = True

    def __init__(self, text: str = "", *, after: float = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(text, code=code, request_id=request_id)
        self.after = after


class Unavailable(GatewayError):
    """No answer, or a failure on their side, to a request that changes nothing."""

    is_retryable = True


class OutcomeUnknown(GatewayError):
    """No usable answer to a request that changes something: it may have happened. Never tell anybody that it failed;
    send it again with the same key.
    """

    is_retryable = True
    is_outcome_known = False


class ProtocolError(GatewayError):
    """An answer that does not say what it must."""


class RefundRefused(GatewayError):
    """The gateway does not give this money back; `code` says why."""
