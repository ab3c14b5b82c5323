"""The folder `.run/`: one owner at a time, enough space, and how others join the running services."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from .processes import ServiceProblem

SPACE_NEEDED = 400 * 1024 * 1024  # bytes: database, broker, logs and some files
KEPT_ON_RESET = {"lock", "visitors", "install.lock", "bench"}


class Taken(ServiceProblem):
    """Another process owns the folder; `purpose` says what for."""

    def __init__(self, folder: Path, holder: Mapping[str, object]) -> None:
        self.purpose = str(holder.get("purpose", "another command"))
        super().__init__(
            f"{self.purpose} is already running in {folder.parent} (process {holder.get('pid', 'unknown')}). "
            "Stop it first with Ctrl-C."
        )


class RunFolder:
    """A folder of services: locked while somebody runs them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shared = path / "environment.json"
        self._lock: IO[str] | None = None

    def make(self) -> None:
        """Create the folder, private to this user. Raises ServiceProblem when it cannot be written."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.path / ".probe"
            probe.write_bytes(b"x" * 4096)
            probe.unlink()
        except OSError as problem:
            raise ServiceProblem(f"{self.path} cannot be written: {problem.strerror}.") from problem

    def require_space(self, needed: int = SPACE_NEEDED) -> None:
        """Raises ServiceProblem when the disk has less than `needed` bytes free."""
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise ServiceProblem(
                f"The disk of {self.path} is full: {free // 2**20} MB free, {needed // 2**20} MB needed."
            )

    def take(self, purpose: str) -> None:
        """Become the owner until `release` or the end of this process. Raises Taken."""
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder: dict[str, object] = {}
            with suppress(ValueError):
                holder = json.loads(lock.read())
            lock.close()
            raise Taken(self.path, holder) from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "purpose": purpose}))
        lock.flush()
        self._lock = lock
        self.shared.unlink(missing_ok=True)

    def share(self, environment: Mapping[str, str]) -> None:
        """Tell other commands how to reach the running services."""
        half = self.shared.with_suffix(".new")
        half.touch(mode=0o600)
        half.write_text(json.dumps(dict(environment)))
        half.replace(self.shared)

    def release(self) -> None:
        self.shared.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def shared_environment(self) -> dict[str, str] | None:
        """What the owner shared, or None while there is nothing yet."""
        try:
            return {str(name): str(value) for name, value in json.loads(self.shared.read_text()).items()}
        except (OSError, ValueError):
            return None

    def visit(self) -> int:
        """Be counted as a user of somebody else's services. Returns a descriptor that survives exec."""
        visitors = os.open(self.path / "visitors", os.O_CREAT | os.O_RDWR, 0o600)
        os.set_inheritable(visitors, True)
        fcntl.flock(visitors, fcntl.LOCK_SH)
        return visitors

    def wait_for_visitors(self) -> None:
        """Return when nobody uses our services any more."""
        visitors = os.open(self.path / "visitors", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(visitors, fcntl.LOCK_EX)
        finally:
            os.close(visitors)

    def secret_key(self) -> str:
        """A key of this folder's own, made once."""
        path = self.path / "secret_key"
        with suppress(FileNotFoundError):
            if len(key := path.read_text()) >= 50:
                return key
        path.touch(mode=0o600)
        path.write_text(key := secrets.token_urlsafe(50))
        return key

    def erase(self) -> None:
        """Delete everything but locks and benchmark data. Only for the owner, with nothing running."""
        for entry in self.path.iterdir():
            if entry.name in KEPT_ON_RESET:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
