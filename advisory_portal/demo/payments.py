"""What the demo's customers paid online: at the sandbox, over HTTP, as they would at the companies."""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http.client import HTTPMessage
from itertools import cycle
from typing import IO
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.ids import uuid7
from advisory_portal.demo.business import CUSTOMERS, GOODS, line
from client_portal import actions
from client_portal.models import GatewayAccount, GatewayPayment, PaymentAttempt, PaymentLog
from documents.actions import issue_document, record_payment, save_draft
from documents.models import Contact, Document, Kind
from documents.rules import Content

CREDENTIALS = {
    "stripe": {"secret_key": "sk_test_sandbox_delta"},
    "paypal": {"client_id": "sandbox-delta-demo", "client_secret": "sandbox-delta-demo-secret"},
    "square": {"access_token": "EAAAsandboxdelta", "location_id": "LDELTAEUR"},
}
PAYERS = [row[2] for row in CUSTOMERS if row[6] == "EUR"][:3]


def fill_payments(owner: Actor) -> None:
    """Accounts at the three companies for every customer, and payments in their several states.

    Calls the sandbox, so it runs outside a transaction.
    """
    accounts = {kind: _connected(owner, kind) for kind in CREDENTIALS}
    story = _Story(accounts)
    acts: tuple[Callable[[Document], object], ...] = (
        lambda invoice: story.pay(invoice, "stripe"),
        lambda invoice: story.refund_half(owner, story.pay(invoice, "paypal")),
        lambda invoice: story.pay(invoice, "square"),
        lambda invoice: story.pay_later(invoice, "stripe"),
        lambda invoice: story.pay_twice(owner, invoice),
        lambda invoice: story.leave(invoice, "paypal"),
    )
    customers = Contact.objects.filter(organisation_id=owner.place.id, email__in=PAYERS).order_by("id")
    for act, customer, (name, price, *_more) in zip(acts, cycle(customers), GOODS, strict=False):
        act(_invoice(owner, customer, name, price))


def _invoice(owner: Actor, customer: Contact, name: str, price: str) -> Document:
    """An invoice of today that waits for its money."""
    today = owner.today()
    content = Content(
        contact_id=customer.pk,
        currency="EUR",
        issued_on=today,
        due_on=today + timedelta(days=30),
        language=customer.language,
        lines=(line(name, price),),
    )
    document = save_draft(actor=owner, kind=Kind.INVOICE, content=content)
    issue_document(actor=owner, document=document, now=timezone.now())
    return document


def _connected(owner: Actor, kind: str) -> GatewayAccount:
    account = actions.connect_account(
        actor=owner, kind=kind, credentials=CREDENTIALS[kind], name="", now=timezone.now()
    )
    actions.provision_hook(actor=owner, account=account)
    actions.enable_account(actor=owner, account=account)
    actions.change_account(actor=owner, account=account, name="", for_new_contacts=True)
    actions.offer_to_customers(actor=owner, account=account)
    return account


@dataclass(frozen=True)
class _Story:
    """What customers do at the companies' pages."""

    accounts: dict[str, GatewayAccount]

    def begin(self, invoice: Document, kind: str) -> tuple[Actor, PaymentAttempt]:
        contact = Contact.objects.select_related("organisation").get(pk=invoice.contact_id)
        payer = Actor(
            kind=ActorKind.CONTACT,
            name=contact.name,
            organisation=contact.organisation.workspace,
            contact_id=contact.pk,
            email=contact.email,
        )
        page = f"{settings.SITE_URL}/portal/{contact.organisation.slug}/"
        attempt = actions.start_payment(
            actor=payer,
            account_id=self.accounts[kind].pk,
            shares={invoice.pk: None},
            back=lambda attempt: (f"{page}pay/{attempt.pk}/?from=paid", f"{page}pay/{attempt.pk}/?from=cancelled"),
            now=timezone.now(),
        )
        return payer, attempt

    def pay(self, invoice: Document, kind: str, do: str = "pay") -> GatewayPayment:
        payer, attempt = self.begin(invoice, kind)
        _press(attempt.redirect_url, do)
        self.look(payer, attempt)
        return GatewayPayment.objects.get(attempt=attempt)

    def pay_later(self, invoice: Document, kind: str) -> None:
        """Money that a bank still works on."""
        payer, attempt = self.begin(invoice, kind)
        _press(attempt.redirect_url, "later")
        self.look(payer, attempt)

    def pay_twice(self, owner: Actor, invoice: Document) -> None:
        """Cash at the counter, and then the page that was still open: more than was due."""
        payer, attempt = self.begin(invoice, "square")
        record_payment(
            actor=owner,
            document=invoice,
            amount=invoice.outstanding,
            received_on=owner.today(),
            method="cash",
            reference="",
            key=str(uuid7()),
        )
        _press(attempt.redirect_url, "pay")
        self.look(payer, attempt)

    def leave(self, invoice: Document, kind: str) -> None:
        """A page to pay on that nobody goes on with."""
        self.begin(invoice, kind)

    def refund_half(self, owner: Actor, payment: GatewayPayment) -> None:
        half = (payment.amount / 2).quantize(Decimal("0.01"))
        refund = actions.request_refund(
            actor=owner, payment=payment, amount=half, note="Two bikes came back", key=uuid7(), now=timezone.now()
        )
        actions.send_refund(refund_id=refund.pk, now=timezone.now())

    def look(self, payer: Actor, attempt: PaymentAttempt) -> None:
        actions.sync_attempt(attempt_id=attempt.pk, trigger=PaymentLog.Trigger.RETURN, actor=payer, now=timezone.now())


class _Stay(urllib.request.HTTPRedirectHandler):
    """Nobody goes back to a portal that is not running yet."""

    def http_error_303(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> IO[bytes]:
        return fp


def _press(page: str, do: str) -> None:
    """A button of the sandbox's page."""
    opener = urllib.request.build_opener(_Stay)
    with opener.open(page, data=urlencode({"do": do}).encode(), timeout=10):
        pass
