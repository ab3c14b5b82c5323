"""Checks the compiled package lists: pinned, hashed, and free of any address."""

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


def main() -> int:
    """Returns 1 and prints the faults if there are any."""
    found = [fault for path in sorted(FOLDER.glob("*.txt")) for fault in faults(path.name, path.read_text())]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
