"""What the demo refuses before it starts anything, and the address it serves."""

import re
import runpy
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from cryptography.fernet import Fernet

from advisory_portal.services.demo import Demo, demo_environment, shared_of
from advisory_portal.services.folder import RunFolder, Taken
from advisory_portal.services.healthcheck import is_healthy
from advisory_portal.services.processes import ServiceProblem
from advisory_portal.services.web import Address, Sandbox, WebServer, free_port
from tests.services.ports import quiet_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_taken_port_is_named_with_the_way_out_and_nothing_starts(tmp_path: Path, taken_port: int) -> None:
    with pytest.raises(ServiceProblem, match=rf"Port {taken_port} on 127.0.0.1 is taken .*PORT=\d+ \./run demo"):
        Demo(tmp_path, {"PORT": str(taken_port)}).run()
    assert sorted(entry.name for entry in (tmp_path / ".run").iterdir()) == ["lock"]


def test_second_demo_in_the_folder_is_refused(tmp_path: Path, taken_port: int) -> None:
    folder = RunFolder(tmp_path / ".run")
    folder.make()
    folder.take("The demo at http://127.0.0.1:8000")
    with pytest.raises(Taken, match=r"The demo at http://127\.0\.0\.1:8000 is already running"):
        Demo(tmp_path, {"PORT": str(taken_port)}).run()
    folder.release()


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "٨٠"])
def test_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ServiceProblem, match=re.escape(f"PORT is {port!r}")):
        Address.read({"PORT": port})


def test_free_port_is_accepted() -> None:
    Address("127.0.0.1", quiet_port()).require_free()


def test_foreign_address_is_refused() -> None:
    with pytest.raises(ServiceProblem, match=r"192\.0\.2\.1 \(BIND\) is not an address of this machine"):
        Address("192.0.2.1", 8000).require_free()


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"BIND": "0.0.0.0", "PORT": "8001"}, "http://127.0.0.1:8001"),
        ({"BIND": "::1"}, "http://[::1]:8000"),
        ({"BIND": "[::]"}, "http://[::1]:8000"),
        ({"BIND": "localhost"}, "http://localhost:8000"),
    ],
)
def test_address_is_one_that_reaches_the_server(environ: dict[str, str], url: str) -> None:
    assert Address.read(environ).url == url


def test_environment_prefers_what_a_person_set(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / ".run")
    folder.make()
    services = {"DATABASE_URL": "postgresql://app@/app"}
    made = demo_environment(folder, {"PORT": "8123", "SECRET_KEY": "mine", "LOG_LEVEL": ""}, services)
    assert made["SITE_URL"] == "http://127.0.0.1:8123"
    assert made["SECRET_KEY"] == "mine"
    assert made["LOG_LEVEL"] == "WARNING"
    assert made["DATABASE_URL"] == "postgresql://app@/app"
    assert made["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert demo_environment(folder, {"BIND": "0.0.0.0"}, {})["ALLOWED_HOSTS"] == "*"


def test_what_is_shared_needs_no_payment_sandbox(tmp_path: Path) -> None:
    """`./run manage` and `./run bench` start none."""
    folder = RunFolder(tmp_path / ".run")
    folder.make()
    services = {"DATABASE_URL": "postgresql://app@/app", "REDIS_URL": "unix:///x?db=0"}
    without = shared_of(demo_environment(folder, {}, services))
    assert without["DATABASE_URL"] == "postgresql://app@/app"
    assert "PAYMENTS_SANDBOX_URL" not in without
    beside = services | {"PAYMENTS_SANDBOX_URL": "http://127.0.0.1:8090"}
    assert shared_of(demo_environment(folder, {}, beside)) == without | {
        "PAYMENTS_SANDBOX_URL": "http://127.0.0.1:8090"
    }


def test_environment_has_the_same_key_for_payments_at_every_start(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / ".run")
    folder.make()
    made = demo_environment(folder, {}, {})["PAYMENTS_KEYS"]
    assert demo_environment(folder, {}, {})["PAYMENTS_KEYS"] == made
    assert len(Fernet(made).encrypt(b"a secret")) > 0
    assert demo_environment(folder, {"PAYMENTS_KEYS": "mine"}, {})["PAYMENTS_KEYS"] == "mine"


def test_payment_sandbox_takes_another_port_where_its_own_is_taken(taken_port: int) -> None:
    assert free_port(taken_port) not in (0, taken_port)
    free = quiet_port()
    assert free_port(free) == free


def test_payment_sandbox_is_ready_when_its_port_answers(tmp_path: Path, taken_port: int) -> None:
    free = quiet_port()
    sandbox = Sandbox(free, root=ROOT, logs=tmp_path, keep=tmp_path / "sandbox.json", env={})
    assert (sandbox.is_ready(), sandbox.url) == (False, f"http://127.0.0.1:{free}")
    assert Sandbox(taken_port, root=ROOT, logs=tmp_path, keep=tmp_path / "sandbox.json", env={}).is_ready()


def test_web_server_is_not_ready_while_nothing_answers(tmp_path: Path) -> None:
    free = quiet_port()
    server = WebServer(Address("127.0.0.1", free), root=ROOT, logs=tmp_path, env={})
    assert server.is_ready() is False


def test_access_log_hides_tokens_and_keeps_ids() -> None:
    secret = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["SECRET"]
    token, row = "Zk3-9x_QwErTyUiOpAsDfGhJkL12", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
    assert secret.sub("…", f"/portal/delta/link/{token}/") == "/portal/delta/link/…/"
    assert secret.sub("…", f"/o/delta/documents/{row}/pdf/") == f"/o/delta/documents/{row}/pdf/"


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        seen = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
        self.send_response(200 if seen == ("/health/", "portal.example.org", "https") else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


def test_healthcheck_asks_like_the_proxy(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = str(server.server_address[1])
        assert is_healthy({"PORT": port, "ALLOWED_HOSTS": ".portal.example.org, other.example"}) is True
        assert is_healthy({"PORT": port, "ALLOWED_HOSTS": "*"}) is False
        server.shutdown()
    assert is_healthy({"PORT": port, "ALLOWED_HOSTS": "portal.example.org"}) is False


def test_compose_file_waits_for_the_migrations() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["read_only"] is True
