"""2,000 payments by 50 contacts over three gateways while everything fails: at the end the books are the ledger.

Starts servers of its own. Companies answer with errors, late, with nonsense, or not at all after the work was done;
webhooks come twice, in any order, forged or never; web and worker processes are killed; the database is killed once.
`./run bench payments_chaos [PAYMENTS]`; ends with 1 where a promise was broken.
"""

import os
import random
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
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
from django.db.models import Count, F, Sum
from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.money import from_minor
from advisory_portal.demo.payments import CREDENTIALS
from benchmarks._chaos import DEEDS, KINDS, RETURN_PERCENT, TWICE_PERCENT, Payer, Troubles, control, press
from benchmarks._world import make_business, owner_of
from benchmarks.portal import cookie_of
from client_portal import actions
from client_portal.models import AttemptShare, GatewayAccount, GatewayPayment, PaymentAttempt
from documents.models import Contact, Document

ROOT = Path(__file__).resolve().parent.parent
PAYMENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
CONTACTS, PAYERS = 50, 10
SWEEPS = (
    "client_portal.sync_attempts",
    "client_portal.handle_webhooks",
    "client_portal.send_refunds",
    "core.deliver_emails",
)
SITE, SANDBOX = os.environ["SITE_URL"], os.environ["PAYMENTS_SANDBOX_URL"]
Task = tuple[str, str, str]  # contact's cookie, document, gateway


def services() -> tuple[Service, Family, Family]:
    """The sandbox, the web server and the worker, as the demo starts them."""
    environment = dict(os.environ)
    sandbox = web.Sandbox(SANDBOX_PORT, root=ROOT, logs=FOLDER, keep=FOLDER / "sandbox.json", env=environment)
    site = web.WebServer(web.Address("127.0.0.1", PORT), root=ROOT, logs=FOLDER, env=environment)
    return sandbox, site, web.worker(root=ROOT, logs=FOLDER, env=environment)  # type: ignore[return-value]


def connected(owner: Actor) -> dict[str, GatewayAccount]:
    """The business's three accounts, with webhooks, for all its customers."""
    accounts = {}
    for kind in KINDS:
        account = actions.connect_account(
            actor=owner, kind=kind, credentials=CREDENTIALS[kind], name="", now=timezone.now()
        )
        actions.provision_hook(actor=owner, account=account)
        actions.enable_account(actor=owner, account=account)
        actions.offer_to_customers(actor=owner, account=account)
        accounts[kind] = account
    return accounts


def work_of(slug: str, accounts: dict[str, GatewayAccount], dice: random.Random) -> "Queue[Task]":
    """A task for every document: whose it is, and by which gateway it shall be paid."""
    queue: Queue[Task] = Queue()
    contacts = list(Contact.objects.filter(organisation__slug=slug).order_by("id")[:CONTACTS])
    cookies = {contact.pk: cookie_of(contact) for contact in contacts}
    documents = list(
        Document.objects.filter(organisation__slug=slug).values_list("id", flat=True).order_by("id")[:PAYMENTS]
    )
    Document.objects.filter(organisation__slug=slug).update(state=Document.State.ISSUED)
    for number, document in enumerate(documents):
        contact = contacts[number % CONTACTS]
        Document.objects.filter(pk=document).update(contact=contact)
        queue.put((cookies[contact.pk], str(document), dice.choice(KINDS)))
    return queue


def pay(tasks: "Queue[Task]", slug: str, accounts: dict[str, str], seed: int, counted: Counter[str]) -> None:
    """One payer after the other, until there is nobody left."""
    dice = random.Random(seed)
    while True:
        try:
            cookie, document, kind = tasks.get_nowait()
        except Empty:
            return
        payer = Payer(SITE, slug, cookie, counted)
        deed = dice.choices([name for name, _weight in DEEDS], [weight for _name, weight in DEEDS])[0]
        pages = [payer.begin(document, accounts[kind])]
        if dice.randrange(100) < TWICE_PERCENT:
            other = dice.choice([one for one in KINDS if one != kind])
            pages.append(payer.begin(document, accounts[other]))
            counted["payers with two pages open"] += 1
        for page in filter(None, pages):
            leads_to = press(page, deed)
            counted[f"deeds: {deed}"] += 1
            if leads_to.startswith(SITE) and dice.randrange(100) < RETURN_PERCENT:
                payer.come_back(leads_to)


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


def let_time_pass(hours: int) -> None:
    """As if so many hours had gone by for the companies and for the attempts."""
    control(SANDBOX, "clock", {"seconds": hours * 3600})
    gone = timedelta(hours=hours)
    rows = PaymentAttempt.objects.filter(state__in=PaymentAttempt.OPEN_STATES)
    rows.update(expires_at=F("expires_at") - gone, created_at=F("created_at") - gone, due_at=timezone.now())


def calm_down(troubles: Troubles, dice: random.Random) -> float:
    """No more trouble: seconds until nothing is open any more, at most ten minutes."""
    control(SANDBOX, "faults", {"clear": True})
    control(SANDBOX, "delivery", {})
    began = time.monotonic()
    settle_what_waits(dice)
    turn = 0
    while time.monotonic() - began < 600:
        turn += 1
        troubles.mend()
        sweep()
        time.sleep(2)
        if turn % 10 == 0:
            settle_what_waits(dice)
            let_time_pass(6)
        if not PaymentAttempt.objects.open().exists() and control(SANDBOX, "webhooks")["idle"]:
            break
    return time.monotonic() - began


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
    ours = {
        one.provider_id: (one.account.kind, one.amount)
        for one in GatewayPayment.objects.filter(status="succeeded").select_related("account")
    }
    broken = [f"not booked: {pk} {theirs[pk]}" for pk in theirs.keys() - ours.keys()]
    broken += [f"booked, and not theirs: {pk} {ours[pk]}" for pk in ours.keys() - theirs.keys()]
    broken += [f"{pk}: {ours[pk]}, theirs {theirs[pk]}" for pk in ours.keys() & theirs.keys() if ours[pk] != theirs[pk]]
    broken += [f"hangs: {one.pk} {one.state}" for one in PaymentAttempt.objects.open()]
    broken += [f"holds a document: {one.pk}" for one in AttemptShare.objects.filter(is_open=True)]
    for payment in GatewayPayment.objects.annotate(stands=Sum("allocations__amount")).filter(status="succeeded"):
        if payment.allocated != (payment.stands or 0):
            broken.append(f"{payment.provider_id}: allocated {payment.allocated}, on documents {payment.stands}")
        if payment.credit and not payment.look:
            broken.append(f"{payment.provider_id}: {payment.credit} of credit that nobody is shown")
    documents = Document.objects.filter(settled__gt=F("payable"))
    broken += [f"{one.number}: {one.settled} of {one.payable}" for one in documents]
    settled = Document.objects.aggregate(sum=Sum("settled"))["sum"] or Decimal(0)
    allocated = GatewayPayment.objects.aggregate(sum=Sum("allocated"))["sum"] or Decimal(0)
    return broken + ([f"documents {settled}, payments {allocated}"] if settled != allocated else [])


def report(troubles: Troubles, payers: Counter[str], seconds: float, calm: float, broken: list[str]) -> str:
    """The run as Markdown."""
    lines = ["| gateway | payments | received | on documents | credit shown to staff |", "|---|---:|---:|---:|---:|"]
    rows = GatewayPayment.objects.filter(status="succeeded").values("account__kind").order_by("account__kind")
    for row in rows.annotate(number=Count("id"), sum=Sum("amount"), stands=Sum("allocated")):
        credit = row["sum"] - row["stands"]
        lines.append(f"| {row['account__kind']} | {row['number']} | {row['sum']} | {row['stands']} | {credit} |")
    states = PaymentAttempt.objects.values_list("state").annotate(number=Count("id")).order_by("state")
    lines += ["", "Attempts: " + ", ".join(f"{number} {state}" for state, number in states) + "."]
    for title, counted in (("What went wrong", troubles.counted), ("What payers met", payers)):
        lines += ["", f"{title}: " + ", ".join(f"{name} {number}" for name, number in sorted(counted.items())) + "."]
    lines += ["", f"{seconds:.0f} s of trouble, {calm:.0f} s until nothing was open any more."]
    lines += ["", f"Broken promises: {len(broken)}.", *broken[:50]]
    return "\n".join(lines)


def restart_database() -> None:
    """SIGKILL for the whole server, and a start that recovers."""
    postgres = EMBEDDED.postgres
    assert postgres is not None and postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    postgres.clear_remains()
    postgres.start()
    wait_until(postgres.is_ready, 60)
    connection.close()


def main() -> int:
    dice = random.Random(20261122)
    EMBEDDED.start()
    sandbox, site, worker = services()
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("prepare_static", stdout=open(os.devnull, "w"))  # noqa: SIM115
        start_together([sandbox], seconds=30, cancelled=lambda: False)
        business = make_business("chaos", PAYMENTS)
        accounts = connected(owner_of(business))
        with transaction.atomic():
            tasks = work_of(business.slug, accounts, dice)
        start_together([site, worker], seconds=60, cancelled=lambda: False)
        troubles = Troubles(SANDBOX, [site, worker], restart_database, dice)
        payers: Counter[str] = Counter()
        ids = {kind: str(account.pk) for kind, account in accounts.items()}
        threads = [
            threading.Thread(target=pay, args=(tasks, business.slug, ids, seed, payers)) for seed in range(PAYERS)
        ]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(dice.uniform(0.3, 1.2))
            troubles.step()
            sweep()
        seconds = time.monotonic() - began
        calm = calm_down(troubles, dice)
        broken = broken_promises()
        print(report(troubles, payers, seconds, calm, broken))
        return 1 if broken else 0
    except OperationalError as problem:
        print(f"The database is gone for good: {problem}", file=sys.stderr)
        return 1
    finally:
        stop_together([site, worker, sandbox])
        EMBEDDED.stop()
        EMBEDDED.erase()


if __name__ == "__main__":
    sys.exit(main())
