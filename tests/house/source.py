"""The code of the project as the house tests read it: its apps, rooms, modules and tracked files."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from advisory_portal.core.checks import OURS

ROOT: Path = settings.BASE_DIR
# From the bottom to the top; apps of the same height are siblings and know nothing of each other.
LADDER = {
    "core": 0,
    "partners": 1,
    "documents": 2,
    "bookkeeping": 3,
    "catalog": 3,
    "client_portal": 3,
    "collaborations": 4,
}
APPS = tuple(name for name in OURS if name != "advisory_portal")


@dataclass(frozen=True)
class Module:
    """A Python file of ours. `room` is the part of an app it belongs to: "views" for partners/views/people.py."""

    path: Path

    @property
    def name(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")

    @property
    def app(self) -> str:
        return self.name.split(".")[0]

    @property
    def room(self) -> str:
        parts = self.name.split(".")
        if parts[:2] == ["advisory_portal", "core"]:
            return "core"
        return parts[1] if len(parts) > 1 else ""

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Every function and method, the nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


@lru_cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the project's packages, migrations aside."""
    found = (path for name in OURS for path in sorted((ROOT / name).rglob("*.py")))
    return tuple(Module(path) for path in found if "migrations" not in path.parts)


def rooms(*names: str) -> list[Module]:
    """The modules of these rooms, in every app."""
    return [module for module in modules() if module.app in APPS and module.room in names]


@lru_cache
def tracked_files() -> tuple[Path, ...]:
    """What git keeps or would keep."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(argv, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


def our_models() -> list[type[models.Model]]:
    """Every table of ours, without those that Django makes for many-to-many fields."""
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


def called_name(call: ast.Call) -> str:
    """The last part of what is called: "create" for `Role.objects.create(…)`."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def place(module: Module, node: ast.AST) -> str:
    """Where something stands, as people write it."""
    return f"{module.path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
