"""What the sandbox remembers from one start to the next, so that money of yesterday can be given back today."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from advisory_portal.sandbox.world import Answer, World

EVERY = 1.0  # seconds


def load(world: World, path: Path) -> None:
    """Put back what `save` wrote; nothing where there is no file. Raises ValueError for a file that is none of ours."""
    if not path.exists():
        return
    with world.lock:
        said = json.loads(path.read_text())
        world.things = said["things"]
        world.turned_on = said["turned_on"]
        world.revoked = set(said["revoked"])
        world.answers = {
            tuple(key): (asked, Answer(status, body, headers)) for key, asked, status, body, headers in said["answers"]
        }


def save(world: World, path: Path) -> None:
    """Write what there is, as a whole or not at all, for this account of the machine alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(_told(world))
    fresh.replace(path)


def keep(world: World, path: Path, ended: threading.Event) -> None:
    """Save after every change, until `ended`, and then once more."""
    before = _told(world)
    while not ended.wait(EVERY):
        if (now := _told(world)) != before:
            save(world, path)
            before = now
    save(world, path)


def _told(world: World) -> str:
    with world.lock:
        answers = [
            [list(key), asked, answer.status, answer.body, answer.headers]
            for key, (asked, answer) in world.answers.items()
        ]
        return json.dumps(
            {
                "things": world.things,
                "turned_on": world.turned_on,
                "revoked": sorted(world.revoked),
                "answers": answers,
            }
        )
