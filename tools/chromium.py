"""Finds a Chromium for the browser tests and the pictures, and gets one where it can."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
HOW = """\
The browser tests need Chromium, and none was found or could be fetched. Get one of:
  Debian:       sudo apt-get install chromium
  elsewhere:    .venv/bin/python -m playwright install --with-deps chromium
  already there: CHROMIUM=/path/to/chromium ./run test
"""


def works(program: str | Path) -> bool:
    """Whether it starts at all: Ubuntu's `chromium-browser` may be a signpost to a snap."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def playwrights_own() -> list[Path]:
    """The programs in Playwright's download folder, newest first."""
    home = Path.home()
    folders = [home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"]
    if named := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(named))
    found = [
        program
        for folder in folders
        for name in (
            "chrome",
            "chrome-headless-shell",
            "headless_shell",
            "Chromium",
            "Google Chrome for Testing",
        )
        for program in folder.glob(f"chromium*-*/**/{name}")
        if program.is_file()
    ]
    return sorted(found, reverse=True)


def find() -> str | None:
    """The path of a Chromium that starts: CHROMIUM, the system's, Playwright's; None without one."""
    if named := os.environ.get("CHROMIUM"):
        return named if works(named) else None
    candidates = [found for name in NAMES if (found := shutil.which(name))]
    candidates += [str(Path("/Applications") / name) for name in MAC if (Path("/Applications") / name).exists()]
    candidates += [str(path) for path in playwrights_own()]
    return next((program for program in candidates if works(program)), None)


def fetch() -> None:
    """Install one: with apt-get as root, else Playwright's. `find` tells whether it worked."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium with apt-get…", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for argv in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *argv], env=env, stdin=subprocess.DEVNULL, check=False)
        if find():
            return
    print("Fetching Playwright's Chromium…", flush=True)
    argv = [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        argv.insert(-1, "--with-deps")
    subprocess.run(argv, stdin=subprocess.DEVNULL, check=False)


def require() -> str:
    """The path of a Chromium. Leaves with the ways to get one when there is none: never skips."""
    if found := find():
        return found
    if named := os.environ.get("CHROMIUM"):
        sys.exit(f"CHROMIUM is {named}, which does not start.")
    fetch()
    return find() or sys.exit(HOW)
