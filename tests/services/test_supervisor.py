"""The supervisor as people meet it: in a process of its own, with parts of it killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from advisory_portal.services.embedded import Embedded
from advisory_portal.services.processes import Family, Service, children_of, identity, wait_until
from advisory_portal.services.supervisor import PAUSES, Supervisor

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds: only what hangs is given up


class Supervised:
    """A running `tests.services.supervised`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.supervised", str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.urls = Embedded(folder, environ={}).environment
        self.said: list[str] = []

    def hear(self, wanted: str) -> str:
        """Read on until a line holds `wanted`; fails at the end of the output."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if wanted in line:
                return line.strip()
        raise AssertionError(f"never said {wanted!r}, only {self.said}")

    def pids(self) -> list[int]:
        """The database's and the broker's process."""
        return [row[0] for row in json.loads((self.folder / "processes.json").read_text())]

    def database(self) -> psycopg.Connection:
        return psycopg.connect(self.urls["DATABASE_URL"], autocommit=True, connect_timeout=60)


@contextmanager
def supervised(folder: Path) -> Iterator[Supervised]:
    running = Supervised(folder)
    try:
        running.hear("ready")
        yield running
    finally:
        running.process.terminate()
        running.process.wait(PATIENCE)
        assert running.process.stdout is not None
        running.process.stdout.close()


def test_killed_database_is_restarted_with_its_data(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        with running.database() as connection:
            connection.execute("CREATE TABLE kept (value int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        os.kill(running.pids()[0], signal.SIGKILL)
        assert running.hear("database") == "database was killed (signal 9) and was started again."
        assert wait_until(lambda: running_database_answers(running), PATIENCE)
        with running.database() as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def running_database_answers(running: Supervised) -> bool:
    try:
        running.database().close()
    except psycopg.OperationalError:
        return False
    return True


def test_killed_broker_is_restarted_with_its_data(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        client = redis.Redis.from_url(running.urls["REDIS_URL"])
        client.set("kept", "7")
        # Until it is on the disk.
        client.execute_command("WAITAOF", 1, 0, PATIENCE * 1000)  # type: ignore[no-untyped-call]  # redis has no types here
        os.kill(running.pids()[1], signal.SIGKILL)
        assert running.hear("broker") == "broker was killed (signal 9) and was started again."
        assert wait_until(lambda: broker_has(client, "kept", b"7"), PATIENCE)


def broker_has(client: redis.Redis, key: str, value: bytes) -> bool:
    try:
        return bool(client.get(key) == value)
    except redis.RedisError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path) as running:
        pids = running.pids()
        running.process.send_signal(number)
        running.hear("stopped")
        assert running.process.wait(PATIENCE) == 0
        assert [identity(pid) for pid in pids] == [None, None]
        assert not (tmp_path / "processes.json").exists()


def test_services_die_with_a_killed_supervisor_and_the_next_continues(tmp_path: Path) -> None:
    with supervised(tmp_path) as running:
        with running.database() as connection:
            connection.execute("CREATE TABLE kept ()")
        pids = running.pids()
        running.process.kill()
        running.process.wait(PATIENCE)
        assert wait_until(lambda: not any(identity(pid) for pid in pids), PATIENCE)
    with supervised(tmp_path) as again, again.database() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def forgetful(tmp_path: Path, *argv: str) -> tuple[Supervisor, Service, list[str]]:
    said: list[str] = []
    return Supervisor(tmp_path, said.append), Service("part", argv, log=tmp_path / "part.log"), said


def test_take_over_ends_what_a_predecessor_left(tmp_path: Path) -> None:
    before, service, _ = forgetful(tmp_path, "sleep", "600")
    before.start([service])
    assert service.process is not None
    assert Supervisor(tmp_path, print).take_over() is True
    assert service.process.wait(PATIENCE) == -signal.SIGTERM


def test_take_over_leaves_a_later_process_with_the_same_number(tmp_path: Path) -> None:
    before, service, _ = forgetful(tmp_path, "sleep", "600")
    before.start([service])
    assert service.process is not None
    (tmp_path / "processes.json").write_text(json.dumps([[service.process.pid, "0", signal.SIGTERM]]))
    assert Supervisor(tmp_path, print).take_over() is False
    assert service.is_running()
    before.stop()


def test_part_that_keeps_ending_is_tried_more_and_more_rarely(tmp_path: Path) -> None:
    supervisor, service, said = forgetful(tmp_path, "sh", "-c", "echo no space; exit 3")
    service.start()
    watch_until(supervisor, service, said, 3)
    assert said == [
        "part ended with exit code 3 and was started again.",
        f"part ended with exit code 3 (no space); next try in {PAUSES[1]:.0f} s.",
        "part ended with exit code 3 and was started again.",
    ]


def watch_until(supervisor: Supervisor, service: Service, said: list[str], lines: int) -> None:
    """Let the supervisor watch the service until it has said so many lines."""
    say = supervisor.say

    def say_and_stop(line: str) -> None:
        say(line)
        if len(said) == lines:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor.say = say_and_stop
    with supervisor.handling_signals():
        supervisor.add([service])
        supervisor.watch()
    supervisor.stop()


def test_replaced_child_of_a_part_is_told(tmp_path: Path) -> None:
    script = "sleep 600 & echo $! > half; mv half child; wait; sleep 600 & wait"
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    service = Family("part", ["sh", "-c", script], log=tmp_path / "part.log", cwd=tmp_path)
    service.start()
    process = service.process
    assert process is not None
    assert wait_until(lambda: (tmp_path / "child").exists(), PATIENCE)
    supervisor.add([service])
    child = int((tmp_path / "child").read_text())
    assert wait_until(lambda: children_of(process.pid) == {child}, PATIENCE)
    supervisor.look()
    os.kill(child, signal.SIGKILL)
    assert wait_until(lambda: children_of(process.pid) not in (set(), {child}), PATIENCE)
    supervisor.look()
    assert said == [f"part: its process {child} ended and was replaced."]
    supervisor.stop()
