"""The journal in the browser's eyes: list, filters, marks, an entry, entries by hand, the card of a document."""

import csv
import io
from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory_portal.core.ids import uuid7
from bookkeeping import actions
from bookkeeping.models import JournalEntry
from documents.actions import save_settings
from tests.bookkeeping.entries import DAY, paid, reviewed, said, written
from tests.factories import MemberFactory, UserFactory, issued_document
from tests.pages import errors_in, first_column, link_to, rows_in, text_of, tree

pytestmark = pytest.mark.django_db
JOURNAL = "/o/delta/journal/"


def typed(*lines, **changes):
    """What the form of an entry sends: lines of account, debit, credit."""
    data = {"dated_on": "2026-03-02", "text": "By hand", "key": str(uuid7()), "count": str(max(len(lines), 2))}
    for place, (account, debit, credit) in enumerate(lines):
        data |= {f"line-{place}-account": account, f"line-{place}-debit": debit, f"line-{place}-credit": credit}
    return data | changes


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def viewer(client_of, delta):
    user = UserFactory()
    MemberFactory(organisation=delta, user=user, code="viewer")
    return client_of(user)


def test_empty_journal_teaches_the_next_step(browser):
    assert "The journal is empty" in browser.get(JOURNAL).content.decode()


def test_list_shows_entries_the_newest_first(browser, dan_here, chart, erin):
    actions.post_document(actor=dan_here, document=reviewed(dan_here, erin))
    written(dan_here, chart, dated_on=date(2026, 4, 1))
    assert [row[1:] for row in rows_in(browser.get(JOURNAL))] == [
        ["2026/2", "1 Apr 2026", "By hand To check", "By hand", "572", "570", "€10.00"],
        ["2026/1", "2 Mar 2026", "Invoice INV-2026-0001 · Erin To check", "Document", "430", "700, 477", "€121.00"],
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=rent", ["2026/2"]),
        ("q=ERÍN", ["2026/1"]),
        ("q=2026/3", ["2026/3"]),
        ("source=manual", ["2026/3", "2026/2"]),
        ("source=nonsense", ["2026/3", "2026/2", "2026/1"]),
        ("from=2026-03-03", ["2026/3"]),
        ("to=2026-03-02", ["2026/2", "2026/1"]),
        ("check=open", ["2026/3", "2026/1"]),
        ("from=x&account=x&after=x", ["2026/3", "2026/2", "2026/1"]),
    ],
)
def test_filters(browser, dan_here, chart, erin, query, found):
    actions.post_document(actor=dan_here, document=reviewed(dan_here, erin))
    rent = written(dan_here, chart, text="Rent of March")
    written(dan_here, chart, dated_on=date(2026, 3, 3), text="Later")
    actions.check_entries(actor=dan_here, entries=[rent], now=timezone.now())
    assert first_column(browser.get(f"{JOURNAL}?{query}")) == found


def test_entries_of_one_account(browser, dan_here, chart):
    written(dan_here, chart)
    written(dan_here, chart, debit="629")
    page = browser.get(JOURNAL, {"account": chart["629"].pk})
    assert first_column(page) == ["2026/2"]
    assert "629 Otros servicios" in page.content.decode()


def test_pages_follow_each_other(browser, dan_here, chart, monkeypatch):
    monkeypatch.setattr(import_module("bookkeeping.views.journal"), "PAGE_SIZE", 2)
    for _ in range(5):
        written(dan_here, chart)
    page, found = browser.get(JOURNAL), []
    for _ in range(3):
        found.append(first_column(page))
        page = browser.get(JOURNAL + link_to(page, "next"))
    assert found == [["2026/5", "2026/4"], ["2026/3", "2026/2"], ["2026/1"]]


def test_list_costs_the_same_for_many(browser, dan_here, chart):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            browser.get(JOURNAL)
        return len(queries)

    written(dan_here, chart)
    cost()
    before = cost()
    for _ in range(30):
        written(dan_here, chart)
    assert cost() == before


def test_chosen_entries_are_checked(browser, dan_here, chart):
    entries = [written(dan_here, chart) for _ in range(3)]
    chosen = {"ids": [str(entry.pk) for entry in entries[:2]] + ["nonsense"]}
    answer = browser.post(JOURNAL + "check/?check=open", chosen)
    assert (answer.status_code, answer["Location"]) == (302, JOURNAL + "?check=open")
    assert list(JournalEntry.objects.unchecked()) == [entries[2]]


def test_viewers_look_and_change_nothing(viewer, dan_here, chart):
    entry = written(dan_here, chart)
    page = viewer.get(JOURNAL).content.decode()
    assert "2026/1" in page and "New entry" not in page and "Mark as checked" not in page
    for path in ("new/", "check/", "post/", f"{entry.pk}/check/", f"{entry.pk}/reverse/"):
        assert viewer.post(JOURNAL + path).status_code == 403, path


def test_strangers_find_nothing(client_of, carol, dan_here, chart):
    entry = written(dan_here, chart)
    for path in ("", f"{entry.pk}/", f"{entry.pk}/reverse/"):
        assert client_of(carol).get(JOURNAL + path).status_code == 404


def test_entry_shows_its_document_and_takes_marks(browser, dan_here, erin):
    entry = actions.post_document(actor=dan_here, document=reviewed(dan_here, erin))
    path = f"{JOURNAL}{entry.pk}/"
    page = browser.get(path)
    assert rows_in(page) == [
        ["430 Clientes", "Erin", "€121.00", ""],
        ["700 Ventas de mercaderías", "21 %Erin", "", "€100.00"],
        ["477 Hacienda Pública, IVA repercutido", "21 %Erin", "", "€21.00"],
        ["Sum", "€121.00", "€121.00"],
    ]
    assert f"/o/delta/documents/{entry.document_id}/" in page.content.decode()
    browser.post(path + "check/")
    assert JournalEntry.objects.get().checked_by_name == "Dan"
    browser.post(path + "check/take-back/")
    assert JournalEntry.objects.get().checked_at is None


# --- By hand -------------------------------------------------------------------------------------------------


def test_form_without_a_chart_offers_it(browser):
    assert "No chart of accounts yet" in browser.get(JOURNAL + "new/").content.decode()


def test_entry_is_written_by_code_or_name(browser, chart, erin):
    data = typed(("681", "1,000.50", ""), ("amortización acumulada del inmovilizado material", "", "1000.5"))
    answer = browser.post(JOURNAL + "new/", data | {"line-0-contact": "erin", "line-0-text": " Machines "})
    entry = JournalEntry.objects.get()
    assert answer["Location"] == f"{JOURNAL}{entry.pk}/"
    assert [(code, float(debit), float(credit)) for code, debit, credit in said(entry)] == [
        ("681", 1000.5, 0),
        ("281", 0, 1000.5),
    ]
    first = entry.lines.first()
    assert (first.text, first.contact, str(entry.pk)) == ("Machines", erin, data["key"])
    browser.post(JOURNAL + "new/", data)
    assert JournalEntry.objects.count() == 1


def test_unbalanced_entry_is_shown_again(browser, chart):
    answer = browser.post(JOURNAL + "new/", typed(("572", "10", ""), ("570", "", "9")))
    assert answer.status_code == 422
    assert errors_in(answer)[""] == "The entry does not balance: debit and credit differ by €1.00."
    page = tree(answer)
    assert page.xpath("//input[@name='line-1-credit']/@value") == ["9"]
    assert text_of(page.xpath("//*[@id='entry-balance']")[0]).endswith("Missing in credit: €1.00")
    assert not JournalEntry.objects.exists()


def test_wrong_lines_are_marked(browser, chart):
    lines = (("nothing such", "10", ""), ("570", "5", "5"), ("572", "ten", ""), ("", "", ""))
    answer = browser.post(JOURNAL + "new/", typed(*lines) | {"line-2-contact": "Nobody"})
    text = answer.content.decode()
    for words in ("Choose an account of the chart.", "Write either a debit or a credit.", "This is not a number.",
                  "No contact has this name.", "Look at the lines that are marked."):  # fmt: skip
        assert words in text
    assert text.count("Choose an account of the chart.") == 1


def test_closed_day_is_said_at_the_date(browser, dan_here, chart):
    save_settings(actor=dan_here, changes={"closed_until": DAY})
    answer = browser.post(JOURNAL + "new/", typed(("572", "1", ""), ("570", "", "1")))
    assert errors_in(answer)["dated_on"].startswith("The books are closed up to 2 Mar 2026.")


def test_more_lines_write_nothing(browser, chart):
    data = typed(("572", "10", ""), ("570", "", "10")) | {"more": "1"}
    page = tree(browser.post(JOURNAL + "new/", data))
    assert page.xpath("//input[@name='count']/@value") == ["6"]
    assert page.xpath("//input[@name='line-0-debit']/@value") == ["10"]
    fragment = browser.post(JOURNAL + "new/", data, headers={"HX-Request": "true"})
    assert fragment.content.decode().strip().startswith('<div id="entry-lines"')
    assert not JournalEntry.objects.exists()


def test_balance_is_computed_by_the_server(browser, chart):
    def balance(*lines):
        return text_of(tree(browser.post(JOURNAL + "new/balance/", typed(*lines))))

    assert balance(("572", "10", ""), ("", "", "4")) == "Debit €10.00 Credit €4.00 Missing in credit: €6.00"
    assert balance(("", "1", ""), ("", "", "4")).endswith("Missing in debit: €3.00")
    assert balance(("", "4", ""), ("", "", "4")).endswith("Balanced")
    assert balance(("", "x", ""), ("", "", "4")).endswith("Missing in debit: €4.00")


def test_copy_begins_with_the_same_lines(browser, dan_here, chart):
    entry = written(dan_here, chart, "12.5")
    page = tree(browser.get(JOURNAL + "new/", {"like": str(entry.pk)}))
    assert page.xpath("//input[@name='line-0-account']/@value") == [str(chart["572"])]
    assert page.xpath("//input[@name='line-1-credit']/@value") == ["12.50"]
    assert page.xpath("//input[@name='text']/@value") == ["By hand"]


def test_contacts_are_suggested_by_their_words(browser, erin):
    page = browser.get(JOURNAL + "contacts/", {"line-3-contact": "eri"}).content.decode()
    assert page.strip() == '<option value="Erin"></option>'
    assert browser.get(JOURNAL + "contacts/", {"line-3-contact": " "}).content.decode().strip() == ""


def test_entry_is_taken_back_on_a_day(browser, dan_here, chart):
    entry = written(dan_here, chart)
    path = f"{JOURNAL}{entry.pk}/reverse/"
    assert "Choose a date from 2 Mar 2026 on" in errors_in(browser.post(path, {"dated_on": "2026-03-01"}))["dated_on"]
    answer = browser.post(path, {"dated_on": "2026-03-05"})
    made = JournalEntry.objects.get(reverses=entry)
    assert answer["Location"] == f"{JOURNAL}{made.pk}/"
    assert "This entry was taken back" in browser.get(f"{JOURNAL}{entry.pk}/").content.decode()
    assert "This entry takes another one back" in browser.get(f"{JOURNAL}{made.pk}/").content.decode()


# --- Documents -----------------------------------------------------------------------------------------------


def test_all_reviewed_is_entered_with_one_click(browser, dan_here, erin):
    reviewed(dan_here, erin)
    reviewed(dan_here, erin, currency="USD")
    assert "2 reviewed documents are not in the journal yet" in browser.get(JOURNAL).content.decode()
    page = browser.post(JOURNAL + "post/", follow=True)
    assert sorted(row[1:] for row in rows_in(page)) == [
        ["Done", "2026/1"],
        ["Refused", "The amounts are in USD. Say how much EUR one USD was worth."],
    ]
    path = page.redirect_chain[-1][0]
    assert len(rows_in(browser.get(path, {"outcome": "refused"}))) == 1
    assert "<html" not in browser.get(path, headers={"HX-Request": "true"}).content.decode()


def test_nothing_to_enter_is_said(browser, chart):
    page = browser.post(JOURNAL + "post/", follow=True, headers={"Referer": f"http://testserver{JOURNAL}"})
    assert "Everything that was reviewed stands in the journal." in page.content.decode()


def test_document_is_entered_with_its_rate(browser, dan_here, erin):
    invoice = reviewed(dan_here, erin, currency="USD")
    path = f"{JOURNAL}documents/{invoice.pk}/"
    assert "Enter in the journal" in browser.get(path, headers={"HX-Request": "true"}).content.decode()
    assert errors_in(browser.post(path + "post/"))["rate"].startswith("The amounts are in USD.")
    browser.post(path + "post/", {"rate": "0.9"})
    entry = JournalEntry.objects.get()
    assert said(entry)[0][0] == "430"
    payment = paid(dan_here, invoice, "121")
    browser.post(f"{path}payments/{payment.pk}/post/", {"rate": "0.9"})
    card = browser.get(path).content.decode()
    assert "2026/1" in card and "2026/2" in card and "post/" not in card


def test_card_of_what_was_not_reviewed(browser, dan_here, erin):
    card = browser.get(f"{JOURNAL}documents/{issued_document(erin).pk}/").content.decode()
    assert "It can be entered in the journal once it is reviewed." in card


def test_journal_is_taken_away(browser, dan_here, chart, erin):
    actions.post_document(actor=dan_here, document=reviewed(dan_here, erin))
    written(dan_here, chart, text="=1+1")
    answer = browser.get(JOURNAL, {"format": "csv", "source": "manual"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:5] + row[8:10] for row in rows[1:]] == [
        ["2026/2", "2026-03-02", "'=1+1", "By hand", "572", "10.00", "0.00"],
        ["2026/2", "2026-03-02", "'=1+1", "By hand", "570", "0.00", "10.00"],
    ]


def test_too_much_to_take_away_is_said(browser, dan_here, chart, monkeypatch):
    monkeypatch.setattr("bookkeeping.views.exports.MOST_EXPORTED", 1)
    written(dan_here, chart)
    page = browser.get(JOURNAL, {"format": "csv"}, follow=True)
    assert "This is more than 1 lines. Narrow it with the dates." in page.content.decode()
