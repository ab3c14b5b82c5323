"""Sweeps: each row once whoever works, a bad row holds nobody up, a nudge may be lost."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from advisory_portal.core.jobs import nudge, put_off, sweep
from advisory_portal.core.models import OutboundEmail
from tests.factories import UserFactory
from tests.threads import together

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def waiting(number, **values):
    """So many rows of a queue that are due."""
    values = {"due_at": NOW} | values
    return [
        OutboundEmail.objects.create(kind="x", to="a@b.example", language="en", subject=str(place), **values)
        for place in range(number)
    ]


def due(now=NOW):
    return OutboundEmail.objects.due(now).order_by("id")


def finish(row):
    row.sent_at = NOW
    row.due_at = None
    row.save(update_fields=["sent_at", "due_at"])


@pytest.mark.django_db
def test_sweep_acts_on_what_is_due_in_order_up_to_the_limit():
    rows = waiting(3)
    waiting(1, due_at=NOW + timedelta(seconds=1))
    waiting(1, due_at=None)
    waiting(1, attempts=8)
    seen = []
    assert sweep(due(), lambda row: (seen.append(row), finish(row)), limit=2) == 2
    assert seen == rows[:2]
    assert sweep(due(), lambda row: (seen.append(row), finish(row))) == 1
    assert seen == rows


@pytest.mark.django_db
def test_a_bad_row_is_put_off_with_its_error_and_the_others_go_on():
    bad, good = waiting(2)

    def act(row):
        finish(row)
        if row == bad:
            raise LookupError("no such thing")

    with time_machine.travel(NOW, tick=False):
        assert sweep(due(), act) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.sent_at, bad.attempts, bad.last_error) == (None, 1, "LookupError: no such thing")
    assert bad.due_at == NOW + timedelta(minutes=1)
    assert good.sent_at == NOW


@pytest.mark.django_db
def test_a_bad_row_is_tried_eight_times_ever_later_and_then_left_for_a_person():
    (row,) = waiting(1)
    moment, waits = NOW, []

    def fail(row):
        raise ValueError("x" * 600)

    for _ in range(8):
        with time_machine.travel(moment, tick=False):
            assert sweep(due(moment), fail) == 0
        row.refresh_from_db()
        waits.append((row.due_at - moment) // timedelta(minutes=1))
        assert not due(row.due_at - timedelta(microseconds=1)).exists()
        moment = row.due_at
    assert waits == [1, 5, 25, 125, 625, 625, 625, 625]
    assert (row.attempts, len(row.last_error)) == (8, 500)
    assert not due(moment + timedelta(days=900)).exists()
    assert list(OutboundEmail.objects.given_up()) == [row]


@pytest.mark.django_db
def test_putting_off_a_row_that_is_gone_does_nothing():
    (row,) = waiting(1)
    pk = row.pk
    row.delete()
    put_off(OutboundEmail, pk, ValueError("late"))
    assert not OutboundEmail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_four_workers_do_each_row_once():
    waiting(40)
    acted = []

    def act(row):
        acted.append(row.pk)
        UserFactory()  # other work between, as a sweep has
        finish(row)

    counts = together([lambda: sweep(due(), act)] * 4)
    assert sum(counts) == 40
    assert len(acted) == len(set(acted)) == 40


@pytest.mark.django_db(transaction=True)
def test_a_row_another_worker_holds_is_passed_over():
    held, free = waiting(2)

    def impatient():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")  # a sweep that waited would wait for this test
            return sweep(due(), finish)

    with transaction.atomic():
        OutboundEmail.objects.select_for_update().get(pk=held.pk)
        assert together([impatient]) == [1]
    free.refresh_from_db()
    held.refresh_from_db()
    assert (free.sent_at, held.sent_at, held.attempts) == (NOW, None, 0)


@pytest.mark.django_db(transaction=True)
def test_a_nudge_without_a_broker_leaves_the_act_done(monkeypatch, caplog):
    # In this order: the second would be told of the first, and the broker that is not there be put back in the end.
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app, "_pool", None)
    current_app.amqp.__dict__.pop("_producer_pool", None)
    current_app.amqp._producer_pool = None
    try:
        with transaction.atomic():
            waiting(1)
            nudge("core.deliver_emails")
    finally:
        current_app.amqp._producer_pool = None
        current_app._pool = None
    assert OutboundEmail.objects.count() == 1
    assert "could not nudge core.deliver_emails: the broker does not answer" in caplog.text


@pytest.mark.django_db
def test_a_nudge_goes_out_after_the_commit_alone(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        nudge("core.deliver_emails")
    assert len(callbacks) == 1


@pytest.mark.django_db
def test_who_asks_before_the_sweep_starts_shares_one_nudge(django_capture_on_commit_callbacks):
    current_app.loader.import_default_modules()
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue(current_app.conf.task_default_queue)
        queue.clear()

        def nudges_by(number):
            for _one in range(number):
                with django_capture_on_commit_callbacks(execute=True):
                    nudge("core.deliver_emails")
            return queue.qsize()

        assert nudges_by(3) == 1
        current_app.tasks["core.deliver_emails"]()  # as a worker calls it
        assert nudges_by(2) == 2
        queue.clear()


APPS = ("advisory_portal", "partners", "documents", "bookkeeping", "catalog", "client_portal", "collaborations")


def nudged_names():
    """The names that the source passes to nudge(), and those of what works off imported lists."""
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(Path(path).read_text())):
                called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
                if called == "nudge" and isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value
                if called == "ListKind":
                    yield from (one.value.value for one in node.keywords if one.arg == "task")


def test_every_nudge_and_every_beat_names_a_task():
    current_app.loader.import_default_modules()
    beats = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"core.deliver_emails", "documents.import_files"} <= beats
    nudged = set(nudged_names())
    assert {"documents.import_files", "collaborations.import_clients"} <= nudged
    assert nudged <= beats
    assert beats <= set(current_app.tasks)
