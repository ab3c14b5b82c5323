import pytest

from advisory_portal.core.access import system_actor
from advisory_portal.core.models import Notification, OutboundEmail
from advisory_portal.formats.mail import read_mail
from bookkeeping import tasks
from bookkeeping.actions.inbox import renew_inbox_address
from bookkeeping.models import InboxFile
from bookkeeping.tasks import fetch_mail, read_inbox
from tests.bookkeeping.factories_inbox import SPANISH, mail, pdf, picture
from tests.bookkeeping.imap_server import imap_server
from tests.factories import MemberFactory, OrganisationFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with imap_server() as running:
        settings.INBOX_IMAP_URL, settings.INBOX_DOMAIN = running.url, "in.example.com"
        yield running


@pytest.fixture
def address(dan_here):
    return f"{renew_inbox_address(actor=dan_here).local_part}@in.example.com"


def test_attachments_come_in_with_their_sender(server, address, dan_here):
    server.inbox[3] = mail(f"Delta <{address.upper()}>", ("bill.pdf", pdf(SPANISH)), ("photo.png", picture()))
    assert fetch_mail() == 1
    files = InboxFile.objects.visible_to(dan_here).order_by("name")
    assert [(file.name, file.source, file.sender) for file in files] == [
        ("bill.pdf", "mail", "bills@supplier.example"),
        ("photo.png", "mail", "bills@supplier.example"),
    ]
    assert "\\Seen" in server.flags[3]
    assert read_inbox() == 2
    assert files.get(name="bill.pdf").found["number"]["value"] == "2026/0417"


def test_mail_comes_in_once(server, address):
    server.inbox[3] = mail(address, ("bill.pdf", pdf(SPANISH)))
    assert (fetch_mail(), fetch_mail()) == (1, 0)
    assert InboxFile.objects.count() == 1


def test_mail_taken_by_a_worker_that_was_killed_comes_in_once(server, address):
    """Killed between the files and the mark, the mail is fetched again: its files are known by their key."""
    server.inbox[3] = mail(address, ("bill.pdf", pdf(SPANISH)))
    server.refused.add("STORE")
    assert fetch_mail() == 0
    server.refused.clear()
    assert fetch_mail() == 1
    assert [file.state for file in InboxFile.objects.all()] == ["new"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            [("macro.docm", b"PK\x03\x04"), ("empty.pdf", b"")],
            ["macro.docm: This is neither", "empty.pdf: The file is"],
        ),
        ([], ["it had no file with it"]),
    ],
)
def test_mail_that_brings_nothing_is_told_once_to_the_inbox(server, address, delta, files, words):
    MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"sales": 2}))
    server.inbox[3] = mail(address, *files)
    server.refused.add("STORE")
    assert fetch_mail() == 0
    server.refused.clear()
    assert fetch_mail() == 1
    told = OutboundEmail.objects.get()
    assert (told.to, told.subject) == (
        "dan@delta.example",
        "Nothing of a mail from bills@supplier.example came into the inbox of Delta",
    )
    assert all(one in told.text for one in words)
    assert (Notification.objects.get().url, InboxFile.objects.count()) == ("/o/delta/inbox/", 0)


def test_mail_that_brings_something_is_told_to_nobody(server, address):
    server.inbox[3] = mail(address, ("bill.pdf", pdf(SPANISH)), ("macro.docm", b"PK\x03\x04"))
    assert fetch_mail() == 1
    assert not OutboundEmail.objects.exists()


def test_mail_for_nobody_is_left_aside(server, address):
    server.inbox |= {
        3: mail("inbox-nobody@in.example.com", ("bill.pdf", pdf("x"))),
        4: mail(address, ("b.pdf", pdf("y"))),
    }
    unknown = server.inbox[3]
    assert fetch_mail() == 1
    assert server.folders == {"Unknown": [unknown]}
    assert list(server.inbox) == [4]
    assert [file.name for file in InboxFile.objects.all()] == ["b.pdf"]


def test_old_address_receives_nothing_after_it_was_renewed(server, address, dan_here):
    renew_inbox_address(actor=dan_here)
    server.inbox[3] = mail(address, ("bill.pdf", pdf("x")))
    assert fetch_mail() == 0
    assert len(server.folders["Unknown"]) == 1


def test_mail_to_two_businesses_comes_to_both(server, address):
    other = OrganisationFactory()
    second = renew_inbox_address(actor=system_actor(other.workspace)).local_part
    server.inbox[3] = mail(f"{address}, {second}@in.example.com", ("bill.pdf", pdf("x")))
    assert fetch_mail() == 1
    assert {file.organisation.name for file in InboxFile.objects.all()} == {"Delta", other.name}


def test_address_of_another_domain_is_nobodys(server, address):
    server.inbox[3] = mail(address.replace("in.example.com", "evil.example"), ("bill.pdf", pdf("x")))
    assert fetch_mail() == 0
    assert not InboxFile.objects.exists()


def test_mail_that_is_too_large_is_left_aside(server, address):
    server.inbox[3] = mail(address, ("bill.pdf", pdf("x")))
    server.sizes[3] = 10**9
    assert fetch_mail() == 0
    assert not any("BODY" in asked for asked in server.asked)
    assert len(server.folders["Unknown"]) == 1


def test_files_of_other_kinds_are_passed_over(server, address):
    server.inbox[3] = mail(address, ("virus.exe", b"MZ\x90"), ("bill.pdf", picture()))
    assert fetch_mail() == 1
    assert not InboxFile.objects.exists()


@pytest.mark.parametrize("refused", ["LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_server_that_refuses_costs_a_minute(server, address, refused, caplog):
    server.inbox[3] = mail(address, ("bill.pdf", pdf("x")))
    server.refused.add(refused)
    assert fetch_mail() == 0
    assert "could not fetch mail" in caplog.text
    server.refused.clear()
    assert fetch_mail() == 1


def test_nothing_is_asked_without_settings(settings, monkeypatch):
    def fail(*_arguments, **_options):
        raise AssertionError

    monkeypatch.setattr(tasks, "open_mailbox", fail)
    assert fetch_mail() == 0
    settings.INBOX_DOMAIN = "in.example.com"
    assert fetch_mail() == 0


def test_server_that_is_not_there_costs_a_minute(settings, caplog):
    settings.INBOX_IMAP_URL, settings.INBOX_DOMAIN = "imap://portal:secret@127.0.0.1:1/", "in.example.com"
    assert fetch_mail() == 0
    assert "could not fetch mail" in caplog.text


@pytest.mark.parametrize("content", [b"", b"\xff\x00\xfe", b"To: x\r\nContent-Type: multipart/mixed\r\n\r\nbroken"])
def test_broken_mail_has_no_files(content):
    assert read_mail(content).files == ()


def test_logo_of_a_signature_is_no_file():
    letter = (
        b"To: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\nContent-Disposition: inline\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
        b"--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--x--\r\n"
    )
    assert read_mail(letter).files == (("file.pdf", b"%PDF-"),)
