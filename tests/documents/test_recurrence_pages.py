"""The pages of recurring invoices: begun from an invoice, seen with what comes and what was made, stopped."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from documents import actions
from documents.models import Document, Recurrence
from documents.rules.recurrence import Schedule
from tests.factories import DocumentFactory, MemberFactory, RoleFactory, issued_document
from tests.pages import errors_in, field_errors, first_column, rows, text_of, tree

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
LIST = "/o/delta/documents/recurring-invoices/"
FORM = {"every": "1", "unit": "month", "started_on": "2026-03-31", "ends_on": "", "is_issued": "on"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def recurrence(erin, dan_here):
    schedule = Schedule(every=1, unit="month", started_on=date(2026, 3, 31))
    return actions.make_recurring(
        actor=dan_here, document=issued_document(erin), schedule=schedule, today=date(2026, 3, 5)
    )


def page(recurrence, act=""):
    return f"{LIST}{recurrence.pk}/{act}"


def test_any_invoice_is_made_recurring_from_its_page(browser, erin):
    invoice = issued_document(erin)
    address = f"/o/delta/documents/{invoice.pk}/recur/"
    assert tree(browser.get(address)).xpath('//input[@name="started_on"]/@value') == ["2026-04-02"]
    response = browser.post(address, FORM)
    recurrence = Recurrence.objects.get()
    assert response["Location"] == page(recurrence)
    assert (recurrence.started_on, recurrence.is_issued, recurrence.is_sent) == (date(2026, 3, 31), True, False)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"every": "0"}, "every"),
        ({"every": "100"}, "every"),
        ({"unit": "day"}, "unit"),
        ({"started_on": "nonsense"}, "started_on"),
        ({"started_on": "2026-03-04"}, "started_on"),
        ({"started_on": "9999-12-31"}, "started_on"),
        ({"ends_on": "2026-03-30"}, "ends_on"),
        ({"is_issued": "", "is_sent": "on"}, "is_sent"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(browser, erin, values, field):
    response = browser.post(f"/o/delta/documents/{issued_document(erin).pk}/recur/", FORM | values)
    assert (response.status_code, list(field_errors(response))) == (422, [field])


def test_a_quote_does_not_come_back(browser, erin):
    response = browser.post(f"/o/delta/documents/{DocumentFactory(contact=erin, kind='quote').pk}/recur/", FORM)
    assert errors_in(response)[""] == "Only an invoice can come back by itself."


def test_the_list_says_when_and_how_often(browser, recurrence):
    assert "No recurring invoices yet" not in browser.get(LIST).content.decode()
    assert rows(browser.get(LIST)) == ["Erin every month 31 Mar 2026 Active €121.00"]
    assert first_column(browser.get(LIST, {"q": "erin"})) == ["Erin"]
    assert "Nothing matches" in browser.get(LIST, {"q": "nobody"}).content.decode()
    Document.objects.filter(kind="recurring_invoice").update(contact_name="Ana")
    Recurrence.objects.update(every=2, last_error="Boom")
    assert rows(browser.get(LIST)) == ["Ana every 2 months 31 Mar 2026 Active Needs you €121.00"]
    Recurrence.objects.all().delete()
    assert rows(browser.get(LIST)) == ["Ana  – No schedule yet €121.00"]


def test_its_page_shows_what_comes_and_what_was_made(browser, recurrence, dan_here):
    shown = text_of(tree(browser.get(page(recurrence))))
    for words in ("31 Mar 2026", "30 Apr 2026", "31 May 2026", "30 Jun 2026", "31 Jul 2026", "None yet."):
        assert words in shown
    assert "31 Aug 2026" not in shown
    assert browser.post(page(recurrence, "run/"))["Location"] == page(recurrence)
    again = browser.get(page(recurrence))
    assert "INV-2026-0002 was made." in text_of(tree(again))
    assert first_column(again) == ["INV-2026-0002"]


def test_it_is_paused_resumed_changed_and_ended(browser, recurrence):
    for act, state in (("pause/", "paused"), ("resume/", "active"), ("end/", "ended")):
        assert browser.post(page(recurrence, act))["Location"] == page(recurrence)
        recurrence.refresh_from_db()
        assert recurrence.state == state
        if state == "paused":
            assert browser.post(page(recurrence, "edit/"), FORM | {"every": "3"}).status_code == 302
            recurrence.refresh_from_db()
            assert (recurrence.every, recurrence.due_at) == (3, None)
    shown = text_of(tree(browser.get(page(recurrence))))
    assert "None: it has ended." in shown
    assert "Pause" not in shown


def test_what_keeps_it_back_stands_on_its_page(browser, recurrence):
    Recurrence.objects.update(last_error="This invoice needs the tax id of Erin.")
    shown = text_of(tree(browser.get(page(recurrence))))
    assert "This needs you" in shown
    assert "This invoice needs the tax id of Erin." in shown


def test_a_refusal_is_told_when_one_is_made_now(browser, recurrence, erin):
    erin.is_person = False
    erin.save()
    response = browser.post(page(recurrence, "run/"), headers={"Referer": f"http://testserver{page(recurrence)}"})
    assert "needs the tax id of Erin" in browser.get(response["Location"]).content.decode()
    assert not recurrence.issued.exists()


def test_looking_is_open_to_viewers_of_sales_alone(recurrence, delta, carol, client_of):
    looking = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"sales": 1})).user
    buying = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"purchases": 2})).user
    assert "Pause" not in text_of(tree(client_of(looking).get(page(recurrence))))
    for user, read, write in ((looking, 200, 403), (buying, 403, 403), (carol, 404, 404)):
        browser = client_of(user)
        assert [browser.get(LIST).status_code, browser.get(page(recurrence)).status_code] == [read, read]
        for act in ("pause/", "resume/", "end/", "run/", "edit/"):
            assert browser.post(page(recurrence, act)).status_code == write


def test_its_content_leads_to_its_schedule_and_is_not_deleted(browser, recurrence):
    address = f"/o/delta/documents/{recurrence.invoice_id}/"
    assert page(recurrence) in browser.get(address).content.decode()
    browser.post(f"{address}delete/")
    assert Recurrence.objects.exists()
