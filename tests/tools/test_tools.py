"""The development commands behind ./run."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools import chromium
from tools.package_lists import faults, with_known_hashes
from tools.suite import selects

ROOT = Path(__file__).resolve().parents[2]
PINNED = "some-package==1.0 \\\n    --hash=sha256:0011\n"


def test_pinned_list_has_no_faults() -> None:
    assert faults("base.txt", PINNED + "other==2 ; python_version < '4' \\\n    --hash=sha256:22\n") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("--index-url https://example.org/simple\n" + PINNED, "base.txt:1 names an address or an option"),
        (PINNED + "other @ https://example.org/other.whl\n", "base.txt:3 names an address"),
        ("some-package==1.0\n", "not pinned with hashes: some-package==1.0"),
        ("some-package>=1.0 \\\n    --hash=sha256:0011\n", "not pinned with hashes: some-package>=1.0"),
    ],
)
def test_unsafe_list_is_told(text: str, fault: str) -> None:
    assert fault in faults("base.txt", text)[0]


def entry(pin: str, *hashes: str) -> str:
    return " \\\n".join([pin, *(f"    --hash=sha256:{one * 64}" for one in hashes)]) + "\n"


def test_hashes_of_the_same_version_are_kept() -> None:
    before = entry("first==1.0 ; python_version < '4'", "a", "b") + entry("second==2.0", "c")
    after = entry("first==1.0", "a") + entry("second==2.1", "d")
    assert with_known_hashes(before, after) == entry("first==1.0", "a", "b") + entry("second==2.1", "d")


def test_the_lists_are_written_as_they_are_kept() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        assert with_known_hashes(path.read_text(), path.read_text()) == path.read_text(), path.name


def program(folder: Path, status: int) -> str:
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_named_chromium_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", program(tmp_path, 0))
    assert chromium.require() == str(tmp_path / "chromium")


def test_named_chromium_that_does_not_start_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", program(tmp_path, 1))
    with pytest.raises(SystemExit, match="which does not start"):
        chromium.require()


def test_signpost_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, 1)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    assert chromium.find() is None
    own = tmp_path / "browsers" / "chromium-1200" / "chrome-linux"
    own.mkdir(parents=True)
    (tmp_path / "chromium").replace(own / "chrome")
    (own / "chrome").write_text("#!/bin/sh\nexit 0\n")
    assert chromium.find() == str(own / "chrome")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], False),
        (["-x", "-v", "-n", "4"], False),
        (["-k", "walk"], True),
        (["-kwalk"], True),
        (["tests/tools/test_tools.py::test_named_chromium_wins"], True),
        (["--lf"], True),
    ],
)
def test_part_of_the_tests_is_recognised(arguments: list[str], part: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert selects(arguments) is part


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "run"), *arguments], capture_output=True, text=True, check=False)


def test_run_without_a_command_shows_the_commands() -> None:
    done = run()
    assert done.returncode == 0
    assert "./run demo [--reset]" in done.stdout


def test_unknown_command_fails_and_shows_the_commands() -> None:
    done = run("deom")
    assert done.returncode == 2
    assert "./run test" in done.stdout
