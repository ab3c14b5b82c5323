"""Checks the compiled package lists: pinned, hashed, and free of any address. Keeps hashes when they are compiled."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"


def faults(name: str, text: str) -> list[str]:
    """What is wrong with one compiled list, a sentence each."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if "://" in line or line.startswith("-"):
            found.append(f"{name}:{number} names an address or an option: {line.strip()}")
    entries = text.replace("\\\n", " ").splitlines()
    found += [
        f"{name}: not pinned with hashes: {entry.split()[0]}"
        for entry in entries
        if entry.strip() and ("==" not in entry or "--hash=sha256:" not in entry)
    ]
    return found


def with_known_hashes(before: str, after: str) -> str:
    """The new list with the hashes that the old one had of the same versions: a mirror may not list every file."""
    known = {pin: hashes for pin, _head, hashes in pins(before)}
    lines = []
    for pin, head, hashes in pins(after):
        listed = sorted(hashes | known.get(pin, set()))
        lines.append(" \\\n".join([head, *(f"    --hash={one}" for one in listed)]))
    return "\n".join(lines) + "\n"


def pins(text: str) -> list[tuple[str, str, set[str]]]:
    """(name and version, the line with its conditions, the hashes) of each package in a compiled list."""
    found = []
    for entry in re.split(r"\n(?=\S)", text.strip()):
        head = entry.partition(" \\")[0].strip()
        found.append((head.partition(";")[0].strip(), head, set(re.findall(r"sha256:[0-9a-f]{64}", entry))))
    return found


def main() -> int:
    """Returns 1 and prints the faults if there are any."""
    found = [fault for path in sorted(FOLDER.glob("*.txt")) for fault in faults(path.name, path.read_text())]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
