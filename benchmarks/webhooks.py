"""What it costs to take a webhook in: signed as Stripe signs, each an event of its own; and the same one again."""

import os

import django
from cryptography.fernet import Fernet

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
os.environ.setdefault("PAYMENTS_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("PAYMENTS_SANDBOX_URL", "http://127.0.0.1:1")  # nobody is asked while one is taken in
django.setup()

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from itertools import count

from advisory_portal.core.secrets import seal
from benchmarks._harness import HOST, Figures, measure, served, table
from benchmarks._world import make_business
from client_portal.actions.payments.gateways import secrets_row
from client_portal.models import GatewayAccount, WebhookEvent
from partners.models import Organisation

SECRET = "whsec_bench"
ABOUT = {
    "id": "cs_test_bench",
    "object": "checkout.session",
    "client_reference_id": "00000000-0000-7000-8000-000000000000",
    "payment_intent": "pi_bench",
    "metadata": {f"field_{number}": "a value of ordinary length" for number in range(60)},  # 3 KB, as they are
}


def account_of(business: Organisation) -> GatewayAccount:
    """An account at Stripe whose webhooks are signed with SECRET."""
    account = GatewayAccount.objects.in_use().filter(organisation=business).first()
    account = account or GatewayAccount(organisation=business, kind="stripe", mode="sandbox", name="Bench")
    account.secrets = seal({"secret_key": "sk_test_bench"}, row=secrets_row(account))
    account.hook_secrets = seal({"secrets": [SECRET]}, row=secrets_row(account))
    account.save()
    return account


def calls(account: GatewayAccount, *, is_new: bool) -> Callable[[], bytes]:
    """Makes requests: each an event that nobody has seen, or all the same one."""
    numbers = count(int(time.time() * 1_000))

    def make() -> bytes:
        name = f"evt_{next(numbers)}" if is_new else "evt_same"
        about = {
            "id": name,
            "type": "checkout.session.completed",
            "created": int(time.time()),
            "data": {"object": ABOUT},
        }
        body, at = json.dumps(about).encode(), int(time.time())
        signed = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        head = [
            f"POST /hooks/stripe/{account.hook_token}/ HTTP/1.1",
            f"Host: {HOST}",
            f"Stripe-Signature: t={at},v1={signed}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        return ("\r\n".join(head) + "\r\n\r\n").encode() + body

    return make


def main() -> None:
    account = account_of(make_business("bench-hooks", 100))
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi") as portal:
        for name, is_new in (("a webhook, new", True), ("a webhook, known", False)):
            rows.append((name, measure(hello, portal, "/", made=calls(account, is_new=is_new))))
    print(table(rows))
    print(f"\n{WebhookEvent.objects.filter(account=account).count():,} events kept.")
    WebhookEvent.objects.filter(account=account).delete()


if __name__ == "__main__":
    main()
