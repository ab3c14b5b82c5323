"""The folder .run/: one owner, enough space, no secrets in the open."""

import os
from pathlib import Path

import pytest

from advisory_portal.services.folder import RunFolder, Taken
from advisory_portal.services.processes import ServiceProblem


def made(path: Path) -> RunFolder:
    folder = RunFolder(path / ".run")
    folder.make()
    return folder


def test_folder_has_one_owner_and_names_it(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)
    first.take("The demo at http://127.0.0.1:8000")
    with pytest.raises(Taken, match=rf"The demo at http://127.0.0.1:8000 is already running .*{os.getpid()}"):
        second.take("another")
    first.release()
    second.take("another")
    second.release()


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".run").write_text("a file, not a folder")
    with pytest.raises(ServiceProblem, match=r"\.run cannot be written: "):
        RunFolder(tmp_path / ".run").make()


def test_full_disk_is_told_with_both_figures(tmp_path: Path) -> None:
    folder = made(tmp_path)
    folder.require_space(1)
    with pytest.raises(ServiceProblem, match=r"The disk of .* is full: \d+ MB free, 1099511627776 MB needed"):
        folder.require_space(2**60)


def test_environment_is_shared_privately_until_released(tmp_path: Path) -> None:
    owner, visitor = made(tmp_path), made(tmp_path)
    owner.take("demo")
    assert visitor.shared_environment() is None
    owner.share({"DATABASE_URL": "postgresql://x"})
    assert visitor.shared_environment() == {"DATABASE_URL": "postgresql://x"}
    assert owner.shared.stat().st_mode & 0o077 == 0
    owner.release()
    assert visitor.shared_environment() is None


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    folder = made(tmp_path)
    key = folder.secret_key()
    assert len(key) >= 50
    assert folder.secret_key() == key
    assert (folder.path / "secret_key").stat().st_mode & 0o077 == 0


def test_erase_removes_the_data_and_keeps_the_locks(tmp_path: Path) -> None:
    folder = made(tmp_path)
    folder.take("reset")
    (folder.path / "media").mkdir()
    (folder.path / "media" / "file").write_text("x")
    (folder.path / "bench").mkdir()
    folder.secret_key()
    folder.erase()
    assert sorted(entry.name for entry in folder.path.iterdir()) == ["bench", "lock"]
    folder.release()
