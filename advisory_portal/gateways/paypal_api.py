"""The wire to PayPal: paypalrestsdk as a transport, with what it lacks. Source: payments design 1.3.

The package is not kept any more. This file is all that knows it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import paypalrestsdk
import requests
from paypalrestsdk import util

from advisory_portal.gateways.errors import (
    AlreadyDone,
    ConfigError,
    Declined,
    GatewayError,
    InProgress,
    NotReady,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    RefundRefused,
    Rejected,
    Unavailable,
)

TIMEOUT = (5, 25)  # seconds to connect, to answer
DONE = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_COMPLETION_IN_PROGRESS", "ORDER_ALREADY_COMPLETED"})
TO_APPROVE = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})
DECLINES = frozenset(
    {
        "INSTRUMENT_DECLINED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", "TRANSACTION_REFUSED",
        "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "TRANSACTION_LIMIT_EXCEEDED", "COMPLIANCE_VIOLATION",
    }
)  # fmt: skip
REFUSALS = frozenset(
    {
        "CAPTURE_FULLY_REFUNDED", "REFUND_AMOUNT_EXCEEDED", "REFUND_TIME_LIMIT_EXCEEDED", "TRANSACTION_DISPUTED",
        "REFUND_FAILED_INSUFFICIENT_FUNDS", "PENDING_CAPTURE", "REFUND_NOT_ALLOWED", "REFUND_IS_RESTRICTED",
    }
)  # fmt: skip


BY_CODE: tuple[tuple[frozenset[str], type[GatewayError]], ...] = (
    (DONE, AlreadyDone),
    (TO_APPROVE, NotReady),
    (DECLINES, Declined),
    (REFUSALS, RefundRefused),
    (frozenset({"PREVIOUS_REQUEST_IN_PROGRESS"}), InProgress),
)


class PayPalApi(paypalrestsdk.Api):  # type: ignore[misc]  # the SDK has no types
    """The SDK's transport with a time limit, one session, one retry after a 401, errors that are raised, and nothing of
    ours in the call for a token. `mode="live"` only switches off its log of headers and bodies.
    """

    def __init__(self, *, base_url: str, client_id: str, client_secret: str) -> None:
        super().__init__(
            mode="live", endpoint=base_url, token_endpoint=base_url, client_id=client_id, client_secret=client_secret
        )
        self._session = requests.Session()
        self._lock = threading.Lock()
        self.token_hash: Any = None
        self._token_until = 0.0

    def http_call(self, url: str, method: str, **options: Any) -> dict[str, Any]:
        """One request. Raises GatewayError; `OutcomeUnknown` where a POST may have been carried out."""
        changes = method != "GET" and not url.endswith("/v1/oauth2/token")
        options = {"timeout": TIMEOUT, "allow_redirects": False, **options}
        try:
            response = self._session.request(method, url, **options)
        except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise Unavailable("PayPal cannot be reached.") from error
        except requests.exceptions.ConnectionError as error:
            kind = OutcomeUnknown if changes and "NewConnectionError" not in str(error) else Unavailable
            raise kind("PayPal did not answer.") from error
        except requests.exceptions.RequestException as error:
            kind = OutcomeUnknown if changes else Unavailable
            raise kind("PayPal did not answer.") from error
        try:
            body = response.json() if response.content else {}
        except ValueError:
            body = None
        if 200 <= response.status_code < 300 and isinstance(body, dict):
            return body
        raise failure_of(response, body, changes=changes)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, key: str = "", raw: bytes = b""
    ) -> dict[str, Any]:
        """One call to the API, with a fresh token if the old one is refused. `raw` is a body sent as it is."""
        url = util.join_url(self.endpoint, path)
        data = raw or (json.dumps(body or {}).encode() if method in ("POST", "PATCH") else None)
        try:
            return self.http_call(url, method, data=data, headers=self._headers(key, bool(data)))
        except ConfigError as error:
            if error.code != "401":
                raise
        with self._lock:
            self.token_hash = None
        return self.http_call(url, method, data=data, headers=self._headers(key, bool(data)))

    def end(self) -> None:
        """Let the connections go."""
        self._session.close()

    def _headers(self, key: str, has_body: bool) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        headers["User-Agent"] = self.user_agent
        if key:
            headers |= {"PayPal-Request-Id": key, "Prefer": "return=representation"}
        if has_body:
            headers["Content-Type"] = "application/json"
        return headers

    def _token(self) -> str:
        """The access token, a new one a minute before the old one ends."""
        with self._lock:
            if self.token_hash and time.monotonic() > self._token_until:
                self.token_hash = None
            if not self.token_hash:
                given = self.get_token_hash()
                if not given.get("access_token"):
                    self.token_hash = None
                    raise ProtocolError("PayPal gave no token.")
                self._token_until = time.monotonic() + float(given.get("expires_in", 0)) - 60
            held: dict[str, Any] = self.token_hash
            return str(held["access_token"])


def failure_of(response: requests.Response, body: Any, *, changes: bool) -> GatewayError:
    """What an answer without success says. `changes`: whether the request may have been carried out."""
    said = body if isinstance(body, dict) else {}
    details = said.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    code = str(first.get("issue") or said.get("name") or said.get("error") or "")
    text = str(first.get("description") or said.get("message") or "PayPal answered with an error.")
    known = {"code": code, "request_id": response.headers.get("PayPal-Debug-Id", "")}
    for codes, kind in BY_CODE:
        if code in codes:
            return kind(text, **known)
    return by_status(response, text, known, changes=changes)


def by_status(response: requests.Response, text: str, known: dict[str, str], *, changes: bool) -> GatewayError:
    """A failure whose code is not known, by the status of the answer."""
    status, code = response.status_code, known["code"]
    if status == 401:
        return ConfigError(text, code="401", request_id=known["request_id"])
    if status == 403 or code.startswith("PAYEE_"):
        return ConfigError(text, **known)
    if status == 409:
        return InProgress(text, **known)
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        return RateLimited(text, after=float(wait) if wait.isdigit() else 0, **known)
    if 400 <= status < 500:
        return Rejected(text, **known)
    if changes:
        return OutcomeUnknown(text, **known)
    return ProtocolError(text, **known) if status < 300 else Unavailable(text, **known)
