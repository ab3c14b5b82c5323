"""Webhooks: signed as the companies sign them, delivered with retries, and badly where that was asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections import deque
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from advisory_portal.sandbox.world import JSON, World

RETRIES = (1.0, 3.0, 10.0, 30.0, 60.0, 120.0)  # seconds after a failure until the next try
TIMEOUT = 10


class PayPalSigner:
    """PayPal's way: RSA over id, time, webhook and checksum of the body, with a certificate to fetch."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def certificate(self) -> bytes:
        """The certificate of the key, as PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.sandbox")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        builder = builder.serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        builder = builder.not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3650))
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def sign(self, transmission: str, at: str, webhook: str, body: bytes) -> str:
        said = f"{transmission}|{at}|{webhook}|{zlib.crc32(body)}".encode()
        return base64.b64encode(self._key.sign(said, padding.PKCS1v15(), hashes.SHA256())).decode()

    def verify(self, transmission: str, at: str, webhook: str, body: bytes, signature: str) -> bool:
        said = f"{transmission}|{at}|{webhook}|{zlib.crc32(body)}".encode()
        try:
            self._key.public_key().verify(
                base64.b64decode(signature, validate=True), said, padding.PKCS1v15(), hashes.SHA256()
            )
        except Exception:  # whatever a wrong signature, or none at all, raises
            return False
        return True


def stripe_signature(secret: str, body: bytes, at: int) -> str:
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={signed}"


def square_signature(key: str, url: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), url.encode() + body, hashlib.sha256).digest()).decode()


class Courier:
    """Carries webhooks out, in a thread of its own; tries again until it is answered with 2xx."""

    def __init__(self, world: World, signer: PayPalSigner) -> None:
        self._world, self._signer = world, signer
        self._queue: deque[tuple[float, int, JSON]] = deque()  # (due, try, parcel)
        self._wake = threading.Condition()
        self.sent: deque[JSON] = deque(maxlen=20_000)
        self.busy = 0
        self._closed = False
        threading.Thread(target=self._work, daemon=True, name="courier").start()

    def close(self) -> None:
        """Carry nothing more; the thread ends once it has carried what it holds."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()

    def announce(self, company: str, account: str, event: JSON, name: str) -> None:
        """Send an event to every webhook of the account that asked for it. `name` is the event's type."""
        for hook in list(self._world.of(f"{company}.hooks").values()):
            if hook["account"] == account and ("*" in hook["events"] or name in hook["events"]):
                self.post({"company": company, "hook": hook, "body": json.dumps(event), "type": name})

    def post(self, parcel: JSON) -> None:
        """Hand one parcel in, as the settings of this moment want it carried."""
        rules = self._world.delivery
        if rules.drop > 0:
            rules.drop -= 1
            return
        with self._wake:
            for _ in range(max(1, rules.copies)):
                delay = random.random() * 0.5 if rules.shuffle else rules.delay
                self._queue.append((time.monotonic() + delay, 0, parcel))
            self._wake.notify_all()

    def is_idle(self) -> bool:
        """Whether nothing waits to be sent now, except what waits for another try."""
        with self._wake:
            return not self.busy and not any(tried == 0 for _due, tried, _parcel in self._queue)

    def hand_over(self) -> list[JSON]:
        """What waits, signed now, for somebody else to carry: {"url", "headers", "body"}; it waits here no more."""
        with self._wake:
            waiting = [parcel for _due, _tried, parcel in self._queue]
            self._queue.clear()
        return [
            {"url": one["hook"]["url"], "headers": self._headers(one, one["body"].encode()), "body": one["body"]}
            for one in waiting
        ]

    def _work(self) -> None:
        while (parcel := self._next()) is not None:
            try:
                self._carry(*parcel)
            finally:
                with self._wake:
                    self.busy -= 1

    def _next(self) -> tuple[int, JSON] | None:
        """The next that is due, awaited; None once it is closed."""
        with self._wake:
            while not self._closed:
                due = [one for one in self._queue if one[0] <= time.monotonic()]
                if due and not self._world.delivery.hold:
                    first = random.choice(due) if self._world.delivery.shuffle else due[0]
                    self._queue.remove(first)
                    self.busy += 1
                    return first[1], first[2]
                self._wake.wait(0.05 if self._queue else None)
        return None

    def _carry(self, tried: int, parcel: JSON) -> None:
        body = parcel["body"].encode()
        headers = self._headers(parcel, body)
        if self._world.delivery.corrupt:
            body = body[:-1] + b" }"
        url = parcel["hook"]["url"]
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                status = response.status
        except urllib.error.HTTPError as error:
            status = error.code
        except (urllib.error.URLError, OSError, ValueError):
            status = 0
        self.sent.append(
            {"company": parcel["company"], "type": parcel["type"], "url": url, "status": status, "body": parcel["body"]}
        )
        if not 200 <= status < 300 and tried < len(RETRIES):
            with self._wake:
                self._queue.append((time.monotonic() + RETRIES[tried], tried + 1, parcel))

    def _headers(self, parcel: JSON, body: bytes) -> dict[str, str]:
        world, hook = self._world, parcel["hook"]
        secret = "another" if world.delivery.wrong_secret else hook["secret"]
        at = int(time.time() - world.delivery.stale)
        headers = {"Content-Type": "application/json", "User-Agent": f"{parcel['company']} sandbox"}
        if parcel["company"] == "stripe":
            return headers | {"Stripe-Signature": stripe_signature(secret, body, at)}
        if parcel["company"] == "square":
            return headers | {"x-square-hmacsha256-signature": square_signature(secret, hook["url"], body)}
        transmission, when = world.new_id("", 36), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        return headers | {
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": f"{world.base_url}/paypal/certificate.pem",
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-TIME": when,
            "PAYPAL-TRANSMISSION-SIG": self._signer.sign(transmission, when, secret, body),
        }
