"""Mail goes out once, waits for a server that fails, and survives a worker that dies."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from advisory_portal.core.tasks import ascii_address, deliver_emails, message
from tests.core.mail_server import MailServer
from tests.threads import together

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def server(settings):
    server = MailServer()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Advisory Portal <portal@advisory.example>"
    yield server
    server.shutdown()
    server.server_close()


def email(to="erin@customer.example", **values):
    values = {"subject": "Invoice F-1", "text": "Hello\n", "html": "<p>Hello</p>", "due_at": NOW} | values
    return OutboundEmail.objects.create(kind="x", to=to, language="en", **values)


@pytest.mark.django_db
def test_a_mail_is_sent_once_and_whole(server):
    row = email(to_name="Erin", from_name="Delta", reply_to="office@delta.example")
    with time_machine.travel(NOW, tick=False):
        assert deliver_emails() == 1
        assert deliver_emails() == 0
    ((to, sent),) = server.received
    assert to == ["erin@customer.example"]
    assert (sent["From"], sent["To"]) == ("Delta <portal@advisory.example>", "Erin <erin@customer.example>")
    assert (sent["Subject"], sent["Reply-To"]) == ("Invoice F-1", "office@delta.example")
    assert (sent["Message-ID"], sent["Auto-Submitted"]) == (f"<{row.pk}@advisory.example>", "auto-generated")
    assert sent.get_body(("plain",)).get_content() == "Hello\r\n"
    assert sent.get_body(("html",)).get_content().strip() == "<p>Hello</p>"
    row.refresh_from_db()
    assert (row.sent_at, row.due_at, row.last_error, row.attempts) == (NOW, None, "", 0)


@pytest.mark.django_db
def test_without_names_the_addresses_stand_alone(server):
    email()
    deliver_emails()
    ((_to, sent),) = server.received
    assert (sent["From"], sent["To"]) == ("Advisory Portal <portal@advisory.example>", "erin@customer.example")
    assert sent["Reply-To"] is None


@pytest.mark.django_db
def test_a_mail_the_server_refuses_waits_and_the_others_go_on(server):
    server.refused = {"gone@customer.example"}
    bad = email(to="gone@customer.example")
    good = email(due_at=NOW + timedelta(seconds=1))
    moment = NOW + timedelta(minutes=1)
    with time_machine.travel(moment, tick=False):
        assert deliver_emails() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.sent_at, bad.attempts, bad.due_at) == (None, 1, moment + timedelta(minutes=1))
    assert "550" in bad.last_error
    assert good.sent_at == moment
    server.refused = set()
    with time_machine.travel(moment + timedelta(minutes=1), tick=False):
        assert deliver_emails() == 1
    bad.refresh_from_db()
    assert (bad.sent_at is not None, bad.last_error, bad.due_at) == (True, "", None)
    assert [sent["Message-ID"] for _to, sent in server.received][-1] == f"<{bad.pk}@advisory.example>"


@pytest.mark.django_db
def test_a_server_that_is_away_is_asked_again_later(server, settings):
    settings.EMAIL_PORT = 1  # nobody listens there
    row = email()
    with time_machine.travel(NOW, tick=False):
        assert deliver_emails() == 0
    row.refresh_from_db()
    assert (row.sent_at, row.due_at, row.last_error.split(":")[0]) == (
        None,
        NOW + timedelta(minutes=1),
        "ConnectionRefusedError",
    )


@pytest.mark.django_db
def test_a_mail_whose_worker_died_is_sent_when_the_claim_ends(server, settings):
    row = email()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.core.mail_server.DyingBackend"
    with time_machine.travel(NOW, tick=False), pytest.raises(SystemExit):
        deliver_emails()
    settings.EMAIL_BACKEND = backend
    with time_machine.travel(NOW + timedelta(minutes=5, microseconds=-1), tick=False):
        assert deliver_emails() == 0
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert deliver_emails() == 1
    assert [sent["Message-ID"] for _to, sent in server.received] == [f"<{row.pk}@advisory.example>"]


@pytest.mark.django_db
def test_the_oldest_go_first_up_to_the_limit(server):
    email(to="late@x.example", due_at=NOW)
    email(to="early@x.example", due_at=NOW - timedelta(hours=1))
    email(to="future@x.example", due_at=timezone.now() + timedelta(hours=1))
    assert deliver_emails(limit=1) == 1
    assert deliver_emails() == 1
    assert [to for to, _sent in server.received] == [["early@x.example"], ["late@x.example"]]


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_mail_once(server):
    for number in range(12):
        email(to=f"p{number}@x.example")
    assert sum(together([deliver_emails] * 4)) == 12
    assert sorted(to for to, _sent in server.received) == sorted([f"p{number}@x.example"] for number in range(12))


@pytest.mark.django_db
def test_names_of_any_script_and_domains_of_any_letters_arrive(server):
    name = 'متجر الأمل, "Ñandú" <x> ' + "漢" * 60
    email(to="ana@español.example", to_name=name, from_name="Ünï; Delta", subject="Rechnung für Ελλάς " + "é" * 200)
    assert deliver_emails() == 1
    ((to, sent),) = server.received
    assert to == ["ana@xn--espaol-zwa.example"]
    assert sent["To"].addresses[0].display_name == name
    assert sent["From"].addresses[0].display_name == "Ünï; Delta"
    assert sent["Subject"].strip() == "Rechnung für Ελλάς " + "é" * 200


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["subject", "to_name", "from_name", "reply_to"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_field_can_add_a_header(server, field, end):
    row = email(**{field: f"a@b.example{end}Bcc: victim@x.example"})
    deliver_emails()
    for to, sent in server.received:
        assert to == ["erin@customer.example"]
        assert sent["Bcc"] is None
    row.refresh_from_db()
    assert bool(server.received) == (row.sent_at is not None)


@pytest.mark.parametrize(
    ("address", "ascii_one"),
    [("erin@customer.example", "erin@customer.example"), ("ana@ñu.example", "ana@xn--u-qga.example")],
)
def test_addresses_are_written_as_mail_servers_know_them(address, ascii_one):
    assert ascii_address(address) == ascii_one


def test_message_has_one_html_part():
    mail = message(OutboundEmail(to="a@b.example", subject="s", text="t", html="<p>t</p>"))
    assert [tuple(part) for part in mail.alternatives] == [("<p>t</p>", "text/html")]
