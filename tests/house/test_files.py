"""Laws of files: small, plainly named, and free of what belongs to one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT, tracked_files

MOST_LINES, MOST_IN_FUNCTION, MOST_IN_TEMPLATE = 400, 40, 150
MOST_IN_TEST = 60  # a test that compares a whole is as long as the whole
# Written so that this file does not break its own law.
OF_A_MACHINE = re.compile(r"(?<![\w.~])/(?:home|Users|root|wor" + r"k)/[\w.-]+")
OF_A_REGISTRY = re.compile(r"pypi\.or" + r"g|pythonhoste" + r"d|npmj" + r"s|artifactor" + r"y|jfro" + r"g")
UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
# What search engines read in a script element of this type is data: no browser runs it, and the policy lets it be.
INLINE = re.compile(
    r"<style\b|<script(?! type=\"application/ld\+json\">)(?![^>]*\bsrc=)|\s(?:style|on[a-z]+)\s*=", re.IGNORECASE
)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# Mail programs know no style sheets.
OF_MAILS = {"layouts/email.html", "components/email_button.html"}


def python_files() -> list[Path]:
    files = [path for path in tracked_files() if path.suffix == ".py" or path == ROOT / "run"]
    return [path for path in files if "migrations" not in path.parts]


def templates() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".html"]


def contents() -> Iterator[tuple[str, str]]:
    """Name and text of every text file."""
    for path in tracked_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text()
        except UnicodeDecodeError:
            continue


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def found(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [(name, match.group()) for name, text in contents() for match in pattern.finditer(text)]


def test_python_files_are_short():
    assert {str(path.relative_to(ROOT)) for path in python_files() if length(path) > MOST_LINES} == set()


def test_functions_are_short():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > (MOST_IN_TEST if "tests" in path.parts else MOST_IN_FUNCTION)
    ]
    assert long == []


def test_templates_are_short():
    assert {str(path.relative_to(ROOT)) for path in templates() if length(path) > MOST_IN_TEMPLATE} == set()


def test_no_file_is_a_drawer():
    assert [path for path in python_files() if path.stem in ("utils", "helpers", "util", "misc", "common")] == []


def test_templates_hold_no_inline_script_or_style():
    inline = [
        (name, match.group())
        for path in templates()
        if "emails" not in path.parts
        and (name := path.relative_to(ROOT).as_posix().removeprefix("templates/")) not in OF_MAILS
        for match in INLINE.finditer(COMMENT.sub("", path.read_text()))
    ]
    assert inline == []


def test_nothing_names_a_place_on_a_machine():
    assert found(OF_A_MACHINE) == []


def test_nothing_names_a_registry():
    assert found(OF_A_REGISTRY) == []


def test_package_lists_name_no_address():
    lists = list((ROOT / "requirements").glob("*.txt"))
    assert lists
    assert [path.name for path in lists if "://" in path.read_text()] == []


def test_nothing_is_left_undone():
    assert found(UNDONE) == []
