"""Pure rules of refunds. Source: payments design, 5.4."""

from datetime import timedelta

from client_portal.rules.payments import DAILY, PAUSES

LONGEST_WAIT = timedelta(hours=1)  # that a gateway may ask for


def refund_pause(*, tries: int, wait: float = 0) -> timedelta:
    """When a refund is sent, or asked about, again after so many tries; `wait`: seconds that the gateway asks for."""
    pause = PAUSES[tries] if tries < len(PAUSES) else DAILY
    return max(pause, min(timedelta(seconds=max(wait, 0)), LONGEST_WAIT))
