"""PostgreSQL and Valkey from the packages' own binaries."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from advisory_portal.services import postgres
from advisory_portal.services.embedded import SOCKET_PATH_LIMIT, Embedded, socket_folder
from advisory_portal.services.postgres import Postgres, Way
from advisory_portal.services.processes import (
    Service,
    ServiceProblem,
    StopRequested,
    start_together,
    stop_together,
)

WAYS = [postgres.usual_way()] + ([Way.NOBODY] if os.geteuid() == 0 else [])


@pytest.fixture(params=WAYS, ids=lambda way: way.name.lower())
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Postgres]:
    made = Postgres(
        tmp_path / "pg", log=tmp_path / "log", sockets=socket_folder(tmp_path), durable=False, way=request.param
    )
    yield made
    stop_together([made])
    shutil.rmtree(made.folder, ignore_errors=True)


def start(service: Service) -> None:
    start_together([service], seconds=300, cancelled=lambda: False)


def setting(server: Postgres, name: str) -> str:
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute("SELECT setting FROM pg_settings WHERE name = %s", [name]).fetchone()
    assert row is not None
    return str(row[0])


def test_postgres_starts_and_listens_on_its_socket_only(server: Postgres) -> None:
    start(server)
    server.create_database()
    server.create_database()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("app", "app")
    assert setting(server, "listen_addresses") == ""
    assert setting(server, "fsync") == "off"
    assert setting(server, "jit") == "off"
    assert setting(server, "max_parallel_workers_per_gather") == "0"
    assert setting(server, "gin_pending_list_limit") == "256"  # kB


def test_postgres_takes_over_from_a_server_that_outlived_its_supervisor(server: Postgres, tmp_path: Path) -> None:
    start(server)
    again = Postgres(tmp_path / "pg", log=server.log, sockets=server.sockets, durable=False, way=server.way)
    start(again)
    assert not server.is_running()
    assert again.is_running()
    stop_together([again])


def test_postgres_ignores_a_pid_file_that_names_another_process(server: Postgres) -> None:
    start(server)
    content = (server.data / "postmaster.pid").read_text().split("\n", 1)[1]
    stop_together([server])
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{content}")
    start(server)
    assert server.is_ready()


def test_durable_postgres_flushes(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", log=tmp_path / "log", sockets=socket_folder(tmp_path))
    start(server)
    assert setting(server, "fsync") == "on"
    assert setting(server, "synchronous_commit") == "on"
    stop_together([server])
    shutil.rmtree(server.folder)


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", log=tmp_path / "log", sockets=tmp_path)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServiceProblem, match=r"made by PostgreSQL 9, this is \d+.*--reset"):
        server.start()
    shutil.rmtree(server.folder)


def test_interrupted_first_start_is_repeated(server: Postgres) -> None:
    half = server.folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    start(server)
    assert server.is_ready()
    assert not half.exists()


def test_service_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    service = Service("part", ["sh", "-c", "echo the reason; exit 4"], log=tmp_path / "part.log")
    service.is_ready = lambda: False  # type: ignore[method-assign]
    with pytest.raises(ServiceProblem, match=r"The part ended with exit code 4(.|\n)*the reason"):
        start(service)


def test_start_is_given_up_when_cancelled(tmp_path: Path) -> None:
    service = Service("part", ["sleep", "600"], log=tmp_path / "part.log")
    with pytest.raises(StopRequested):
        start_together([service], seconds=30, cancelled=lambda: True)
    assert not service.is_running()


def test_stubborn_service_is_ended_by_force_with_its_children(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 600 & echo ready > ready; wait"
    service = Service("part", ["sh", "-c", script], log=tmp_path / "part.log", cwd=tmp_path)
    service.is_ready = (tmp_path / "ready").exists  # type: ignore[method-assign]
    start(service)
    stop_together([service], hurry=lambda: True)
    assert service.how_it_ended() == "was killed (signal 9)"


def test_named_servers_are_not_started(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://db/app", "REDIS_URL": "redis://broker"}
    assert Embedded(tmp_path, environ=environ).services == []
    only_broker = Embedded(tmp_path, environ={"DATABASE_URL": "postgresql://db/app"})
    assert [service.name for service in only_broker.services] == ["broker"]
    assert set(only_broker.environment) == {"REDIS_URL"}


def test_long_folder_gets_short_sockets(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 30)
    folder.mkdir()
    embedded = Embedded(folder, durable=False, environ={})
    embedded.start()
    try:
        assert embedded.postgres is not None
        assert len(str(embedded.postgres.sockets / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
        psycopg.connect(embedded.environment["DATABASE_URL"]).close()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(embedded.environment["REDIS_URL"].removeprefix("unix://").removesuffix("?db=0"))
    finally:
        embedded.stop()
        embedded.erase()
    assert embedded.scratch is not None
    assert not embedded.scratch.exists()
