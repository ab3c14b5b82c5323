"""Texts of Python modules stay lazy until somebody reads them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from advisory_portal.translations import gettext_names

ROOT = Path(settings.BASE_DIR)
PACKAGES = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


def frozen_texts(source: str) -> list[int]:
    """Lines where a text is made when the module is imported, in the language of the start, not of the reader."""
    tree = ast.parse(source)
    functions, _modules = gettext_names(tree)
    lazy = {name for name, function in functions.items() if function.endswith("_lazy")}
    found = []
    for node in _outside_functions(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and _called(node.left) in lazy:
            found.append(node.lineno)  # % asks for the words at once
        elif _called(node) in functions.keys() - lazy and functions[_called(node)].endswith("gettext"):
            found.append(node.lineno)
    return found


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _outside_functions(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _outside_functions(child)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_modules_freeze_no_text_at_import(package: Path) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in package.rglob("*.py") for line in frozen_texts(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("from django.utils.translation import gettext_lazy as _\nA = _('a')", []),
        ("from django.utils.translation import gettext_lazy as _\nA = _('%(a)s') % {'a': 1}", [2]),
        ("from django.utils.translation import gettext_lazy as _\nclass A:\n    b = say(help=_('%s') % 1)", [3]),
        ("from django.utils.translation import gettext_lazy as _\ndef a():\n    return _('%s') % 1", []),
        ("from django.utils.translation import gettext as _\nA = _('a')", [2]),
        ("from django.utils.translation import gettext as _\nA = lambda: _('a')", []),
        ("from django.utils.translation import get_language\nA = get_language()", []),
        ("A = '%s' % 1", []),
    ],
)
def test_frozen_texts_finds_words_made_too_early(source: str, lines: list[int]) -> None:
    assert frozen_texts(source) == lines
