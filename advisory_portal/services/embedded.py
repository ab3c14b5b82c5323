"""Both embedded servers in one folder, and the environment that leads Django to them."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .postgres import Postgres
from .processes import Service, ServiceProblem, start_together, stop_together
from .valkey import Valkey

SOCKET_PATH_LIMIT = 100  # bytes; the kernel takes 107 on Linux, 103 on macOS


def socket_folder(folder: Path) -> Path:
    """Where the sockets go: in `folder`, or in the temporary folder when that path is too long for a socket.

    Raises ServiceProblem when somebody else made the temporary one.
    """
    wanted = folder / "sockets"
    if len(os.fsencode(wanted / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return wanted
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"advisory-portal-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid():
        raise ServiceProblem(f"{short} belongs to somebody else; remove it, or set TMPDIR to another folder.")
    return short


class Embedded:
    """The servers that the environment does not name: none of what DATABASE_URL and REDIS_URL replace."""

    def __init__(self, folder: Path, *, durable: bool = True, environ: Mapping[str, str] = os.environ) -> None:
        folder = folder.resolve()
        sockets, logs = socket_folder(folder), folder / "log"
        self.services: list[Service] = []
        self.environment: dict[str, str] = {}
        self.postgres: Postgres | None = None
        self.scratch = sockets if sockets.parent != folder else None
        if not environ.get("DATABASE_URL"):
            log = logs / "postgres.log"
            self.postgres = Postgres(folder / "postgres", log=log, sockets=sockets, durable=durable)
            self.services.append(self.postgres)
            self.environment["DATABASE_URL"] = self.postgres.url()
        if not environ.get("REDIS_URL"):
            valkey = Valkey(folder / "valkey", log=logs / "valkey.log", sockets=sockets, durable=durable)
            self.services.append(valkey)
            self.environment["REDIS_URL"] = valkey.url()

    def start(self, *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start and create the database. Raises ServiceProblem, after stopping what had started."""
        try:
            start_together(self.services, seconds=30, cancelled=cancelled)
            if self.postgres is not None:
                self.postgres.create_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        stop_together(self.services)
        self.clean()

    def clean(self) -> None:
        """Remove the sockets' folder if it is outside ours."""
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def erase(self) -> None:
        """Delete the data of the database wherever it lies. Only while stopped."""
        if self.postgres is not None:
            shutil.rmtree(self.postgres.folder, ignore_errors=True)
