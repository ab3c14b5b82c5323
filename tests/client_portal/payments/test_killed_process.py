"""A process that is killed between the company's answer and the commit: another one finds what it left."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection

from advisory_portal.core.models import OutboundEmail
from client_portal.models import GatewayPayment, PaymentAttempt, PaymentLog
from documents.models import Settlement
from tests.client_portal.factories_payments import KINDS
from tests.client_portal.payments.payer import Payer

pytestmark = pytest.mark.django_db(transaction=True)
SWEEP = PaymentLog.Trigger.SWEEP
# Looks at an attempt as the worker does, and kills itself once a statement of this form was carried out.
PROGRAM = """
import os, re, signal, sys
import django

django.setup()
from datetime import datetime
from django.db import connection
from advisory_portal.core.access import system_actor
from client_portal.actions import sync_attempt


def die(execute, sql, params, many, context):
    done = execute(sql, params, many, context)
    if re.search(sys.argv[2], sql):
        os.kill(os.getpid(), signal.SIGKILL)
    return done


with connection.execute_wrapper(die):
    sync_attempt(attempt_id=sys.argv[1], trigger="sweep", actor=system_actor(), now=datetime.fromisoformat(sys.argv[3]))
"""
BOOKED = 'INSERT INTO "documents_settlement"'
KEPT = 'UPDATE "client_portal_paymentattempt" SET .*"ref"'


def look_and_die(one, settings, statement):
    """A worker's look at the attempt in a process of its own, killed after the statement."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": database.geturl(),
        "DJANGO_SETTINGS_MODULE": "advisory_portal.settings",
        "PAYMENTS_KEYS": settings.PAYMENTS_KEYS[0],
        "PAYMENTS_SANDBOX_URL": one.companies.url,
    }
    argv = [sys.executable, "-c", PROGRAM, str(one.attempt.pk), statement, one.now.isoformat()]
    done = subprocess.run(argv, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


@pytest.mark.parametrize("kind", KINDS)
def test_killed_while_money_is_written_down_the_next_books_it_once(companies, invoice, settings, kind):
    one = Payer(companies, invoice, kind)
    one.start()
    one.press()
    look_and_die(one, settings, BOOKED)
    assert one.read == ("capturing" if kind == "paypal" else "open", "issued", 0)
    assert (GatewayPayment.objects.count(), OutboundEmail.objects.count()) == (0, 0)
    assert PaymentAttempt.objects.get().due_at <= one.now + timedelta(minutes=3)
    assert len(companies.told("ledger")["payments"]) == 1  # the money had moved
    assert one.sync(trigger=SWEEP).state == "succeeded"
    assert one.read == ("succeeded", "paid", 121)
    assert (Settlement.objects.count(), len(companies.told("ledger")["payments"])) == (1, 1)
    assert OutboundEmail.objects.filter(kind="client_portal/payment_received").count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_killed_before_the_page_is_written_down_the_next_gets_the_same_page(companies, invoice, settings, kind):
    one = Payer(companies, invoice, kind)
    one.start()
    PaymentAttempt.objects.update(state="new", ref="", ref2="", redirect_url="")
    look_and_die(one, settings, KEPT)
    assert PaymentAttempt.objects.values_list("state", "ref").get() == ("new", "")
    one.sync(trigger=SWEEP)
    assert (one.attempt.state, bool(one.attempt.redirect_url)) == ("open", True)
    made = {"stripe": "stripe.sessions", "paypal": "paypal.orders", "square": "square.orders"}[kind]
    assert len(companies.world.of(made)) == 1
    one.press()
    assert one.sync().state == "succeeded"
