"""Static files are collected when one changed, and only then."""

import io
import os

import pytest
from django.core.management import call_command


@pytest.fixture
def prepare(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a {}")

    def run(**options):
        out = io.StringIO()
        call_command("prepare_static", stdout=out, **options)
        return out.getvalue()

    return run


def test_files_are_collected_once_until_one_changes(prepare, tmp_path):
    collected = tmp_path / "collected"
    assert prepare() == "Collecting the static files…\n"
    assert (collected / "a.css").read_text() == "a {}"
    (collected / "a.css").write_text("touched")
    assert prepare() == ""
    assert (collected / "a.css").read_text() == "touched"
    os.utime(tmp_path / "static" / "a.css", (1, 1))
    assert prepare(verbosity=0) == ""
    assert (collected / "a.css").read_text() == "a {}"


def test_files_that_went_are_forgotten(prepare, tmp_path):
    (tmp_path / "static" / "b.css").write_text("b {}")
    prepare()
    (tmp_path / "static" / "b.css").unlink()
    prepare()
    assert sorted(path.name for path in (tmp_path / "collected").iterdir()) == [".collected", "a.css"]
