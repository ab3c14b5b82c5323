"""Accounts at payment companies, sealed with secrets that the sandbox takes; attempts, payments, and payers who pay.

The tests that use them ask for the fixture `companies` (tests/client_portal/conftest.py).
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from advisory_portal.core.access import system_actor
from advisory_portal.core.ids import uuid7
from advisory_portal.core.money import from_minor, to_minor
from advisory_portal.core.secrets import seal
from advisory_portal.gateways import PUBLIC, CheckoutRequest, Money, Snapshot
from client_portal.actions.payments.allocating import allocate
from client_portal.actions.payments.gateways import gateway_for, secrets_row
from client_portal.models import AttemptShare, ContactGateway, GatewayAccount, GatewayPayment, PaymentAttempt
from documents.models import Contact, Document
from partners.models import Organisation
from tests.sandboxes import Sandbox

KINDS = ("stripe", "paypal", "square")
HOOK = "http://127.0.0.1:1/hooks/"  # nobody answers there


def credentials(kind: str, name: str = "delta", currency: str = "EUR") -> dict[str, str]:
    """What the sandbox takes as the credentials of an account of its own."""
    return {
        "stripe": {"secret_key": f"sk_test_{name}"},
        "paypal": {"client_id": f"sandbox-{name}", "client_secret": f"secret-{name}"},
        "square": {"access_token": f"EAAA{name}", "location_id": f"L{name.upper().replace('-', '')}{currency}"},
    }[kind]


def gateway_account(organisation: Organisation, kind: str = "stripe", **values: Any) -> GatewayAccount:
    """An account that takes money in the sandbox. `typed` are other credentials than the usual ones."""
    typed = values.pop("typed", None) or credentials(kind, organisation.slug)
    account = GatewayAccount(organisation=organisation, kind=kind, mode=GatewayAccount.Mode.SANDBOX, is_enabled=True)
    account.name = organisation.name
    account.currency = typed["location_id"][-3:] if kind == "square" else ""
    account.public = {name: value for name, value in typed.items() if name in PUBLIC}
    secret = {name: value for name, value in typed.items() if name not in PUBLIC}
    account.secrets = seal(secret, row=secrets_row(account))
    for name, value in values.items():
        setattr(account, name, value)
    account.save(force_insert=True)
    return account


def hook_up(account: GatewayAccount, base: str = HOOK) -> GatewayAccount:
    """Let the company send its webhooks below `base`, by the account's own address."""
    account.hook_url = f"{base}{account.kind}/{account.hook_token}/"
    made = gateway_for(account).provision_webhook(account.hook_url)
    account.hook_id = made.id
    account.hook_secrets = seal({"secrets": [made.secret]}, row=secrets_row(account))
    account.credentials_version += 1  # the gateway that knew no secret is not used any more
    account.save()
    return account


def contact_gateway(contact: Contact, account: GatewayAccount) -> ContactGateway:
    """That the contact may pay by the account."""
    return ContactGateway.objects.create(organisation_id=contact.organisation_id, contact=contact, account=account)


def attempt_at(
    account: GatewayAccount, *documents: Document, amount: str | None = None, **values: Any
) -> PaymentAttempt:
    """An attempt that waits for the payer, over all that is open on the documents unless one `amount` is given.

    The company knows nothing of it: `started_attempt` is one that it knows.
    """
    shares = [(one, Decimal(amount) if amount else one.outstanding) for one in documents]
    first = documents[0]
    usual: dict[str, Any] = {
        "id": uuid7(), "state": PaymentAttempt.State.OPEN, "currency": first.currency, "email": first.contact.email,
        "language": first.contact.language, "payer_name": first.contact.name, "title": f"Invoice {first.number}",
        "expires_at": timezone.now() + timedelta(hours=1), "due_at": timezone.now() + timedelta(minutes=1),
    }  # fmt: skip
    usual = usual | {"key": str(usual["id"]), "reference": f"{first.number}/{str(usual['id'])[-8:]}"} | values
    attempt = PaymentAttempt.objects.create(
        organisation_id=first.organisation_id,
        contact=first.contact,
        account=account,
        amount=sum((share for _one, share in shares), Decimal(0)),
        **usual,
    )
    for document, share in shares:
        AttemptShare.objects.create(
            organisation_id=first.organisation_id,
            attempt=attempt,
            document=document,
            amount=share,
            is_open=attempt.state in PaymentAttempt.OPEN_STATES,
        )
    return attempt


def started_attempt(account: GatewayAccount, *documents: Document, **values: Any) -> PaymentAttempt:
    """An attempt that has its page at the company."""
    attempt = attempt_at(account, *documents, **values)
    request = CheckoutRequest(
        attempt_id=attempt.pk,
        key=attempt.key,
        amount=Money(to_minor(attempt.amount, attempt.currency), attempt.currency),
        title=attempt.title,
        reference=attempt.reference,
        return_url="http://127.0.0.1:1/back/",
        cancel_url="http://127.0.0.1:1/cancelled/",
        expires_at=attempt.expires_at,
        email=attempt.email,
    )
    started = gateway_for(account).start(request)
    attempt.ref, attempt.ref2, attempt.redirect_url = started.ref, started.ref2, started.redirect_url
    attempt.save()
    return attempt


def booked_payment(attempt: PaymentAttempt, *, provider_id: str = "", **values: Any) -> GatewayPayment:
    """Money of an attempt as it is booked, on no document yet."""
    usual: dict[str, Any] = {
        "status": GatewayPayment.Status.SUCCEEDED, "amount": attempt.amount, "currency": attempt.currency,
        "paid_at": timezone.now(),
    }  # fmt: skip
    return GatewayPayment.objects.create(
        organisation_id=attempt.organisation_id,
        contact=attempt.contact,
        account=attempt.account,
        attempt=attempt,
        provider_id=provider_id or f"pay_{attempt.pk.hex}",
        **usual | values,
    )


def pay_at(sandbox: Sandbox, attempt: PaymentAttempt, do: str = "pay") -> Snapshot:
    """The payer does something on the company's page, and the money is taken; nothing of it is booked here."""
    sandbox.press(attempt.redirect_url, do)
    gateway = gateway_for(attempt.account)
    if attempt.account.kind == "paypal":
        return gateway.capture(attempt.ref, f"{attempt.key}:cap")
    return gateway.fetch(attempt.ref, attempt.ref2)


def paid_payment(sandbox: Sandbox, attempt: PaymentAttempt) -> GatewayPayment:
    """The attempt is paid at the company, and its money booked on what it was to pay."""
    (seen,) = pay_at(sandbox, attempt).payments
    came = from_minor(seen.amount.minor, seen.amount.currency)
    payment = booked_payment(attempt, provider_id=seen.id, amount=came, paid_at=seen.paid_at)
    attempt.state = PaymentAttempt.State.SUCCEEDED
    attempt.save(update_fields=["state"])
    attempt.shares.update(is_open=False)
    allocate_shares(payment)
    return payment


def allocate_shares(payment: GatewayPayment) -> GatewayPayment:
    """The payment stands on what its attempt was to pay."""
    actor = system_actor(payment.organisation.workspace)
    for share in payment.attempt.shares.all():
        allocate(payment=payment, document=share.document, amount=share.amount, actor=actor)
    return payment
