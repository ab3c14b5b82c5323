"""What the sandbox remembers from one start to the next."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from advisory_portal.gateways import Mode, Money, gateway_of
from advisory_portal.sandbox import kept
from advisory_portal.sandbox.world import World
from tests.gateways.test_paying import paid
from tests.sandboxes import CREDENTIALS, PATIENCE


def test_payment_and_its_key_are_known_again_after_a_start(sandbox, gateway, order, tmp_path):
    request, started, before = paid(sandbox, gateway, order)
    kept.save(sandbox.world, tmp_path / "world.json")
    sandbox.world.things, sandbox.world.answers = {}, {}
    kept.load(sandbox.world, tmp_path / "world.json")
    assert gateway.start(request).ref == started.ref
    assert gateway.fetch(started.ref, started.ref2) == before
    refund = gateway.refund(before.payments[0].id, Money(100, "EUR"), "rf-1", "")
    assert refund.amount == Money(100, "EUR")


def test_file_is_for_its_owner_alone_and_never_half_written(tmp_path: Path):
    path = tmp_path / "deep" / "world.json"
    world = World()
    world.of("stripe.hooks")["we_1"] = {"secret": "whsec_1"}
    kept.save(world, path)
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert [one.name for one in path.parent.iterdir()] == ["world.json"]


def test_no_file_is_an_empty_world_and_a_broken_one_is_refused(tmp_path: Path):
    world = World()
    kept.load(world, tmp_path / "none.json")
    assert world.things == {}
    (tmp_path / "broken.json").write_text('{"things":')
    with pytest.raises(ValueError, match="Expecting"):
        kept.load(world, tmp_path / "broken.json")


def test_changes_are_saved_while_it_runs_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "EVERY", 0.01)
    path, world, ended = tmp_path / "world.json", World(), threading.Event()
    thread = threading.Thread(target=kept.keep, args=(world, path, ended))
    thread.start()
    world.turned_on = 5.0
    while not (path.exists() and json.loads(path.read_text())["turned_on"] == 5.0):
        assert thread.is_alive()
    world.revoked.add("sk_test_gone")
    ended.set()
    thread.join()
    assert json.loads(path.read_text())["revoked"] == ["sk_test_gone"]


def test_process_says_its_address_and_keeps_what_it_knows_when_it_is_stopped(tmp_path: Path):
    argv = [sys.executable, "-m", "advisory_portal.sandbox", "--keep", str(tmp_path / "world.json")]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    stripe = gateway_of("stripe", Mode.SANDBOX, CREDENTIALS["stripe"], sandbox_url=url)
    hook = stripe.provision_webhook("http://127.0.0.1:1/hooks/stripe/x/")
    stripe.end()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
    process.stdout.close()
    assert list(json.loads((tmp_path / "world.json").read_text())["things"]["stripe.hooks"]) == [hook.id]
