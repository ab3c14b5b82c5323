"""The list of adversarial cases in docs/payments.md names tests that are there."""

import re

from tests.house.source import ROOT

CASE = re.compile(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
TESTS = ("tests/client_portal", "tests/gateways")


def listed():
    return {int(number): re.findall(r"`(test_\w+)`", tests) for number, tests in CASE.findall(read("docs/payments.md"))}


def read(path):
    return (ROOT / path).read_text()


def test_all_twenty_five_cases_have_their_tests():
    assert sorted(listed()) == list(range(1, 26))
    assert all(listed().values())


def test_every_test_that_is_named_is_there():
    files = [path for folder in TESTS for path in (ROOT / folder).rglob("test_*.py")]
    there = {name for path in files for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)}
    assert {name for tests in listed().values() for name in tests} - there == set()
