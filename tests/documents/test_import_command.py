"""`./run import`: the pages' import at the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from advisory_portal.formats.samples import cii_invoice, ubl_invoice
from documents.models import Document
from tests.documents.builders import kept_bytes, zipped

pytestmark = pytest.mark.django_db


def bring(*arguments, business="delta"):
    """What the command wrote, line by line, and its exit status."""
    out = io.StringIO()
    try:
        call_command("import", "--business", business, *map(str, arguments), stdout=out)
    except SystemExit as end:
        return out.getvalue().splitlines(), end.code
    return out.getvalue().splitlines(), 0


@pytest.fixture
def good(tmp_path, delta):
    path = tmp_path / "good.xml"
    path.write_bytes(ubl_invoice())
    return path


def test_a_line_tells_what_became_of_a_file(good):
    facts = "F-2026-0001 of 2026-03-02, 2 lines, 34.10 EUR"
    assert bring(good) == ([f"created    {good}: {facts}"], 0)
    assert bring(good) == ([f"duplicate  {good}: {facts}"], 0)
    assert Document.objects.get().kind == "invoice"


def test_json_has_the_fields_of_the_issue(good):
    (line,), status = bring(good, "--json")
    assert status == 0
    assert json.loads(line) == {
        "file": str(good),
        "status": "created",
        "reason": "",
        "number": "F-2026-0001",
        "issued_on": "2026-03-02",
        "currency": "EUR",
        "lines": 2,
        "net": "28.50",
        "tax": "5.60",
        "total": "34.10",
        "payable": "34.10",
    }


def test_a_refused_file_has_its_reason_and_sets_the_status(good, tmp_path):
    bad = tmp_path / "bäd.xml"
    bad.write_bytes(b"<a/>")
    lines, status = bring(bad, good)
    reason = 'Line 1: This is a "a" file, not a UBL invoice or credit note or a CII invoice.'
    assert (lines[0], lines[1].split()[0], status) == (f"refused    {bad}: {reason}", "created", 1)
    (line, _other), status = bring("--json", bad, good)
    assert "bäd.xml" in line
    nothing = dict.fromkeys(("number", "issued_on", "currency", "lines", "net", "tax", "total", "payable"))
    assert json.loads(line) == {"file": str(bad), "status": "refused", "reason": reason, **nothing}
    assert status == 1
    assert kept_bytes() == [ubl_invoice()]


def test_a_missing_path_is_refused_and_the_others_come_in(good, tmp_path):
    lines, status = bring(tmp_path / "none.xml", good)
    assert lines[0] == f"refused    {tmp_path}/none.xml: No such file or directory"
    assert (lines[1].split()[0], status) == ("created", 1)


def test_folders_are_walked_in_order_without_hidden_files(delta, tmp_path):
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name, number in (("b/deep/1.xml", "3"), ("a.xml", "1"), ("b/0.xml", "2"), (".hidden.xml", "4")):
        (tmp_path / name).write_bytes(ubl_invoice(number=number))
    lines, status = bring("--json", tmp_path)
    assert [json.loads(line)["number"] for line in lines] == ["1", "2", "3"]
    assert status == 0


def test_archives_are_unpacked_and_their_faults_told(delta, tmp_path):
    path = tmp_path / "x.zip"
    inner = zipped(("deep.xml", ubl_invoice()))
    path.write_bytes(zipped(("a.xml", ubl_invoice()), ("b.xml", cii_invoice(number="B")), ("inner.zip", inner)))
    lines, status = bring(path)
    assert [line.split()[:2] for line in lines] == [
        ["created", f"{path}/a.xml:"],
        ["created", f"{path}/b.xml:"],
        ["refused", f"{path}/inner.zip:"],
    ]
    assert lines[2].endswith("inner.zip is an archive inside the archive. Unpack it first.")
    assert status == 1
    path.write_bytes(zipped())
    assert bring(path) == ([f"refused    {path}: The ZIP archive holds no files."], 1)


def test_purchases_are_asked_for(good):
    bring("--as", "purchases", good)
    document = Document.objects.get()
    assert (document.kind, document.contact.name) == ("bill", "Delta Tools SL")


@pytest.mark.parametrize("slug", ["nobody", "acme"])
def test_an_unknown_business_is_told(good, acme, slug):
    with pytest.raises(CommandError, match=f"There is no business with the address '{slug}'"):
        bring(good, business=slug)


@pytest.mark.parametrize("arguments", [[], ["--as", "both", "x.xml"]])
def test_wrong_arguments_are_told(delta, arguments):
    with pytest.raises(CommandError):
        bring(*arguments)
