"""2,000 payments by 50 contacts over three gateways while everything fails: at the end the books are the ledger.

Starts servers of its own. Companies answer with errors, late, with nonsense, or not at all after the work was done;
webhooks come twice, in any order, forged or never; web and worker processes are killed; the database is killed once.
`PAYMENTS=200 ./run bench payments_chaos` for fewer; ends with 1 where a promise was broken, and keeps the logs then.
"""

import os
import random
import shutil
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from advisory_portal.services import web
from advisory_portal.services.embedded import Embedded
from advisory_portal.services.processes import Family, Service, start_together, stop_together, wait_until

FOLDER = Path(tempfile.mkdtemp(prefix="advisory-portal-chaos-"))
PORT, SANDBOX_PORT = web.free_port(0), web.free_port(0)
EMBEDDED = Embedded(FOLDER, environ={})
os.environ |= EMBEDDED.environment | {
    "DJANGO_SETTINGS_MODULE": "advisory_portal.settings",
    "SECRET_KEY": "chaos protects nothing: 0123456789-0123456789-0123456789",
    "SITE_URL": f"http://127.0.0.1:{PORT}",
    "PAYMENTS_KEYS": urlsafe_b64encode(os.urandom(32)).decode(),
    "PAYMENTS_SANDBOX_URL": f"http://127.0.0.1:{SANDBOX_PORT}",
    "STORAGE_URL": (FOLDER / "media").as_uri(),
    "EMAIL_URL": "dummy://",
    "LOG_LEVEL": "WARNING",
    "WEB_WORKERS": "2",
}

import django

django.setup()

from datetime import timedelta
from decimal import Decimal

from celery import current_app
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.models import OutboundEmail
from advisory_portal.core.money import from_minor
from advisory_portal.demo.payments import CREDENTIALS
from benchmarks._chaos import (
    AGAIN_PERCENT,
    DEEDS,
    KINDS,
    RETURN_PERCENT,
    TWICE_PERCENT,
    Payer,
    Troubles,
    control,
    press,
)
from benchmarks._world import make_business, owner_of
from benchmarks.portal import cookie_of
from client_portal import actions
from client_portal.models import AttemptShare, GatewayPayment, PaymentAttempt, WebhookEvent
from documents.actions import record_payment
from documents.models import Contact, Document, Settlement

ROOT = Path(__file__).resolve().parent.parent
PAYMENTS = int(os.environ.get("PAYMENTS") or 2_000)
CONTACTS, PAYERS = 50, 10
OTHERWISE_PERCENT = 5  # of the documents that are paid in cash while a company's page is open
LONGEST_CALM = 1_800  # seconds for workers to do what the trouble left
MOST_TRIES = 6  # of a payer whose page nobody paid
SWEEPS = (
    "client_portal.sync_attempts",
    "client_portal.handle_webhooks",
    "client_portal.send_refunds",
    "core.deliver_emails",
)
SITE, SANDBOX = os.environ["SITE_URL"], os.environ["PAYMENTS_SANDBOX_URL"]
Task = tuple[str, str, str, int]  # contact's cookie, document, gateway, how often it was tried


def services() -> tuple[Service, Family, Family]:
    """The sandbox, the web server and the worker, as the demo starts them."""
    environment = dict(os.environ)
    sandbox = web.Sandbox(SANDBOX_PORT, root=ROOT, logs=FOLDER, keep=FOLDER / "sandbox.json", env=environment)
    site = web.WebServer(web.Address("127.0.0.1", PORT), root=ROOT, logs=FOLDER, env=environment)
    return sandbox, site, web.worker(root=ROOT, logs=FOLDER, env=environment)  # type: ignore[return-value]


def connected(owner: Actor) -> dict[str, str]:
    """The business's three accounts, with webhooks, for all its customers: {kind: id}."""
    accounts = {}
    for kind in KINDS:
        account = actions.connect_account(
            actor=owner, kind=kind, credentials=CREDENTIALS[kind], name="", now=timezone.now()
        )
        actions.provision_hook(actor=owner, account=account)
        actions.enable_account(actor=owner, account=account)
        actions.offer_to_customers(actor=owner, account=account)
        accounts[kind] = str(account.pk)
    return accounts


def work_of(slug: str, dice: random.Random) -> "Queue[Task]":
    """A task for every document: whose it is, and by which gateway it shall be paid."""
    queue: Queue[Task] = Queue()
    contacts = list(Contact.objects.filter(organisation__slug=slug).order_by("id")[:CONTACTS])
    cookies = {contact.pk: cookie_of(contact) for contact in contacts}
    documents = list(Document.objects.filter(organisation__slug=slug).values_list("id", flat=True).order_by("id"))
    Document.objects.filter(organisation__slug=slug).update(state=Document.State.ISSUED)
    for number, document in enumerate(documents):
        contact = contacts[number % CONTACTS]
        Document.objects.filter(pk=document).update(contact=contact)
        queue.put((cookies[contact.pk], str(document), dice.choice(KINDS), 1))
    return queue


@dataclass(frozen=True)
class Chaos:
    """What payers meet: the business, its accounts {kind: id}, and who keeps its books."""

    slug: str
    accounts: dict[str, str]
    owner: Actor
    counted: Counter[str]


def pay(tasks: "Queue[Task]", chaos: Chaos, seed: int) -> None:
    """One payer after the other, until there is nobody left. Who has not paid comes again later."""
    dice = random.Random(seed)
    while True:
        try:
            cookie, document, kind, tries = tasks.get_nowait()
        except Empty:
            return
        payer = Payer(SITE, chaos.slug, cookie, chaos.counted)
        try:
            has_paid = pay_one(chaos, payer, document, kind, dice)
        except TimeoutError:
            chaos.counted["payers who gave up"] += 1
            has_paid = False
        if not has_paid and tries < MOST_TRIES:
            tasks.put((cookie, document, kind, tries + 1))


def pay_one(chaos: Chaos, payer: Payer, document: str, kind: str, dice: random.Random) -> bool:
    """A payer at one document: opens a company's page, or two, does there what people do, and mostly comes back.
    Whether a company took it as paid.
    """
    deed = dice.choices(list(DEEDS), list(DEEDS.values()))[0]
    pages = [payer.begin(document, chaos.accounts[kind])]
    if dice.randrange(100) < TWICE_PERCENT:
        other = dice.choice([one for one in KINDS if one != kind])
        pages.append(payer.begin(document, chaos.accounts[other]))
        payer.counted["pages of two companies open at once"] += 1
    if dice.randrange(100) < OTHERWISE_PERCENT:
        pay_in_cash(chaos.owner, document)
        payer.counted["documents paid in cash while the page was open"] += 1
    has_paid = False
    for page in filter(None, pages):
        leads_to = press(page, deed)
        payer.counted[f"deeds: {deed}"] += 1
        if deed == "decline" and not leads_to and dice.randrange(100) < AGAIN_PERCENT:
            leads_to = press(page, "pay")
            payer.counted["deeds: pay after a decline"] += 1
        has_paid |= deed in ("pay", "later") and leads_to.startswith(SITE)
        if leads_to.startswith(SITE) and dice.randrange(100) < RETURN_PERCENT:
            payer.look(leads_to.removeprefix(SITE))
    return has_paid


def pay_in_cash(owner: Actor, document_id: str) -> None:
    """The business books cash for a document, as often as it takes until the database is there."""
    while True:
        try:
            document = Document.objects.get(pk=document_id)
            if document.outstanding > 0:
                record_payment(
                    actor=owner, document=document, amount=document.outstanding, received_on=owner.today(),
                    method="cash", reference="", key="cash",
                )  # fmt: skip
            return
        except OperationalError:
            time.sleep(0.3)
        except Refused:
            return  # somebody else was quicker
        finally:
            connection.close()


def sweep() -> None:
    """What beat does each minute, more often."""
    for name in SWEEPS:
        current_app.send_task(name, expires=30, ignore_result=True, retry=False)


def settle_what_waits(dice: random.Random) -> None:
    """The banks decide on the payments that they were still working on."""
    for pk, (kind, status, *_rest) in control(SANDBOX, "ledger")["payments"].items():
        if status.lower() in ("processing", "pending"):
            deed = "settle" if dice.random() < 0.7 else "deny"
            control(SANDBOX, "act", {"company": kind, "do": deed, "id": pk})


def let_time_pass(gone: timedelta) -> None:
    """As if so much time had gone by for the companies, for the attempts and for the webhooks."""
    control(SANDBOX, "clock", {"seconds": gone.total_seconds()})
    rows = PaymentAttempt.objects.filter(state__in=PaymentAttempt.OPEN_STATES)
    rows.update(expires_at=F("expires_at") - gone, created_at=F("created_at") - gone, due_at=F("due_at") - gone)
    WebhookEvent.objects.exclude(due_at=None).update(due_at=F("due_at") - gone)


def is_behind() -> bool:
    """Whether workers have not done yet what is due."""
    now = timezone.now()
    return PaymentAttempt.objects.due(now).exists() or WebhookEvent.objects.due(now).exists()


def calm_down(troubles: Troubles) -> tuple[float, float]:
    """No more trouble: seconds until nothing is open any more, at most LONGEST_CALM; and the hours skipped in them,
    half an hour whenever nothing is due.
    """
    control(SANDBOX, "faults", {"clear": True})
    control(SANDBOX, "delivery", {})
    began, hours = time.monotonic(), 0.0
    while time.monotonic() - began < LONGEST_CALM:
        settle_what_waits(troubles.dice)
        troubles.mend()
        sweep()
        time.sleep(2)
        if is_behind() or not control(SANDBOX, "webhooks")["idle"]:
            continue
        if not PaymentAttempt.objects.open().exists():
            break
        let_time_pass(timedelta(hours=0.5))
        hours += 0.5
    return time.monotonic() - began, hours


def ledger() -> dict[str, tuple[str, Decimal]]:
    """What the companies say they hold: {payment: (kind, amount)} of those that succeeded."""
    found = {}
    for pk, (kind, status, amount, currency, _attempt) in control(SANDBOX, "ledger")["payments"].items():
        if status.lower() in ("succeeded", "completed"):
            found[pk] = (kind, Decimal(amount) if kind == "paypal" else from_minor(int(amount), currency))
    return found


def broken_promises() -> list[str]:
    """What is not as it must be, in words; nothing where the books are the ledger."""
    theirs = ledger()
    paid = GatewayPayment.objects.filter(status="succeeded").select_related("account")
    ours = {one.provider_id: (one.account.kind, one.amount) for one in paid}
    broken = [f"not booked: {pk} {theirs[pk]}" for pk in theirs.keys() - ours.keys()]
    broken += [f"booked, and not theirs: {pk} {ours[pk]}" for pk in ours.keys() - theirs.keys()]
    broken += [f"{pk}: {ours[pk]}, theirs {theirs[pk]}" for pk in ours.keys() & theirs.keys() if ours[pk] != theirs[pk]]
    broken += [f"hangs: {one.pk} {one.state}" for one in PaymentAttempt.objects.open()]
    broken += [f"holds a document: {one.pk}" for one in AttemptShare.objects.filter(is_open=True)]
    for payment in paid.annotate(stands=Sum("allocations__amount")):
        if payment.allocated != (payment.stands or 0):
            broken.append(f"{payment.provider_id}: allocated {payment.allocated}, on documents {payment.stands}")
        if payment.credit and not payment.look:
            broken.append(f"{payment.provider_id}: {payment.credit} of credit that nobody is shown")
    return broken + wrong_documents() + told_wrongly()


def wrong_documents() -> list[str]:
    """Documents that took more than they ask, or other sums than were booked on them."""
    documents = Document.objects.annotate(came=Coalesce(Sum("settlements__amount"), Decimal(0)))
    wrong = documents.filter(Q(settled__gt=F("payable")) | ~Q(settled=F("came")))
    broken = [f"{one.number}: {one.settled} of {one.payable}, settlements {one.came}" for one in wrong]
    online = Settlement.objects.filter(method__in=KINDS).aggregate(sum=Sum("amount"))["sum"]
    allocated = GatewayPayment.objects.aggregate(sum=Sum("allocated"))["sum"]
    return broken + ([f"settlements {online}, payments {allocated}"] if online != allocated else [])


def told_wrongly() -> list[str]:
    """Mails written twice or not at all: one to the payer of each payment, one to staff for what to look at."""
    payments = GatewayPayment.objects.filter(status="succeeded")
    wanted = {"payment_received": payments.count(), "payment_to_look_at": payments.exclude(look="").count()}
    written = {kind: OutboundEmail.objects.filter(kind=f"client_portal/{kind}").count() for kind in wanted}
    return [f"{kind}: {written[kind]} mails for {wanted[kind]}" for kind in wanted if written[kind] != wanted[kind]]


def received() -> str:
    """What came by which company, and how the attempts ended, as Markdown."""
    lines = ["| company | payments | received | on documents | second charges | credit, shown to staff |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    rows = GatewayPayment.objects.filter(status="succeeded").values("account__kind").order_by("account__kind")
    seconds = Count("id", filter=Q(amount__gt=F("allocated")))
    for row in rows.annotate(number=Count("id"), sum=Sum("amount"), stands=Sum("allocated"), seconds=seconds):
        credit = row["sum"] - row["stands"]
        cells = (row["account__kind"], row["number"], row["sum"], row["stands"], row["seconds"], credit)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    theirs = ledger().values()
    words = f"The companies' ledger: {len(theirs)} payments, {sum(amount for _kind, amount in theirs)} in all."
    states = PaymentAttempt.objects.values_list("state").annotate(number=Count("id")).order_by("state")
    return "\n".join(
        [*lines, "", words, "", "Attempts: " + ", ".join(f"{number} {state}" for state, number in states) + "."]
    )


def counted_words(title: str, counted: Counter[str]) -> str:
    return f"{title}: " + ", ".join(f"{name} {number}" for name, number in sorted(counted.items())) + "."


def restart_database(services: Sequence[Service]) -> float:
    """SIGKILL for the whole server, and a start that recovers; seconds until the site answers again."""
    began = time.monotonic()
    postgres = EMBEDDED.postgres
    assert postgres is not None and postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    postgres.clear_remains()
    postgres.start()
    wait_until(lambda: all(service.is_ready() for service in (postgres, *services)), 120)
    connection.close()
    connection.close_pool()
    return time.monotonic() - began


def let_them_pay(tasks: "Queue[Task]", chaos: Chaos, troubles: Troubles) -> list[str]:
    """All payers, and everything that goes wrong meanwhile; the database ends when half have begun. The report's words
    on how long that was.
    """
    threads = [threading.Thread(target=pay, args=(tasks, chaos, seed)) for seed in range(PAYERS)]
    began, recovery = time.monotonic(), 0.0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(troubles.dice.uniform(0.3, 1.2))
        troubles.step()
        sweep()
        if not recovery and tasks.qsize() < PAYMENTS / 2:
            recovery = restart_database(troubles.services)
            troubles.counted["kill -9: the whole database"] += 1
    seconds = time.monotonic() - began
    calm, hours = calm_down(troubles)
    return [
        counted_words("What went wrong", troubles.counted),
        counted_words("What payers did and met", chaos.counted),
        f"Trouble for {seconds:.0f} s. {recovery:.1f} s from the end of the database until the site answered again. "
        f"{calm:.0f} s from the last payer until nothing was open any more, with {hours} hours that were skipped.",
    ]


def main() -> int:
    dice = random.Random(20261122)
    EMBEDDED.start()
    sandbox, site, worker = services()
    try:
        call_command("migrate", interactive=False, verbosity=0)
        with open(os.devnull, "w") as nothing:
            call_command("prepare_static", stdout=nothing)
        start_together([sandbox], seconds=60, cancelled=lambda: False)
        business = make_business("chaos", PAYMENTS + PAYMENTS * OTHERWISE_PERCENT // 100)
        owner = owner_of(business)
        chaos = Chaos(business.slug, connected(owner), owner, Counter())
        with transaction.atomic():
            tasks = work_of(business.slug, dice)
        start_together([site, worker], seconds=120, cancelled=lambda: False)
        words = let_them_pay(tasks, chaos, Troubles(SANDBOX, [site, worker], dice))
        broken = broken_promises()
        print("\n\n".join([received(), *words, "\n".join([f"Broken promises: {len(broken)}.", *broken[:50]])]))
    finally:
        stop_together([site, worker, sandbox])
        EMBEDDED.stop()
        EMBEDDED.erase()
    if not broken:
        shutil.rmtree(FOLDER)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
