"""Banking in the browser's words: import, columns, accounts, reconciling one after the other, many at once."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from advisory_portal.core.access import system_actor
from bookkeeping.models import BankAccount, BankLine, BankRule
from bookkeeping.tasks import import_statements
from documents.models import Document
from tests.bookkeeping.factories_banking import DAY, bank, bank_line
from tests.factories import ContactFactory, MemberFactory, UserFactory, issued_document
from tests.formats.bank_samples import camt, line, statement, table
from tests.pages import of_class, rows_in, text_of, tree

pytestmark = pytest.mark.django_db
LINES = [line(DAY, "121.00", "Transfer of Erin"), line(DAY, "-9.50", "Charges")]


@pytest.fixture
def page(client, dan, dan_here):
    client.force_login(dan)
    return client


def at(name, **parts):
    return reverse(f"bookkeeping:{name}", kwargs={"organisation": "delta", **parts})


def upload(page, content, name, **more):
    file = SimpleUploadedFile(name, content)
    return page.post(at("import_statements"), {"uploads": [file], **more})


def sent_by(response, action):
    """What each form of the page that leads there would send."""
    return [
        {name: form.fields[name] for name in form.fields if name and name != "csrfmiddlewaretoken"}
        for form in tree(response).forms
        if form.action == action
    ]


def named(response, name):
    """The values of the inputs with this name."""
    return [str(value) for value in tree(response).xpath(f"//input[@name='{name}']/@value")]


def key_in(response):
    return named(response, "key")[0]


def test_statement_is_imported_and_its_account_set_up(page):
    assert "No bank account yet" in page.get(at("banking")).content.decode()
    response = upload(page, camt(statement(LINES)), "march.xml")
    import_statements()
    report = page.get(response["Location"])
    assert "Needs your help" in report.content.decode()
    (asks,) = tree(report).xpath("//a[text()='Go on']/@href")
    assert page.post(asks, {"account-0": "", "name-0": ""}).status_code == 422
    assert page.post(asks, {"account-0": "", "name-0": "Current"}).status_code == 302
    import_statements()
    said = page.get(response["Location"]).content.decode()
    assert "2 new lines" in said
    assert "€211.50" in page.get(at("banking")).content.decode()


def test_columns_of_a_table_are_chosen_with_a_preview(page, dan_here):
    account = bank(dan_here)
    response = upload(page, table(statement(LINES)), "march.csv", account=account.pk)
    asked = page.get(response["Location"])
    assert "Transfer of Erin" in asked.content.decode()
    form = next(one for one in tree(asked).forms if "date_order" in one.fields)
    said = {name: form.fields[name] or "" for name in form.fields if name not in ("csrfmiddlewaretoken", "look")}
    wrong = {name: "" if name.startswith("column") else value for name, value in said.items()}
    assert page.post(response["Location"], wrong).status_code == 422
    assert page.post(response["Location"], said | {"look": "yes"}).status_code == 200
    assert not BankLine.objects.exists()
    assert page.post(response["Location"], said).status_code == 302
    import_statements()
    assert BankLine.objects.count() == 2


def test_lines_are_filtered(page, dan_here):
    bank_line(dan_here, "121", "Erin pays")
    bank_line(dan_here, "-9.50", "Charges")

    def found(query):
        return [row[1] for row in rows_in(page.get(f"{at('bank_lines')}?{query}"))]

    assert found("") == ["Charges", "Erin pays"]
    assert found("way=in") == found("q=erin") == found("amount=121") == found("amount=121.00") == ["Erin pays"]
    assert found("state=reconciled") == found("from=2026-03-11") == found("account=" + "0" * 32) == []
    assert len(found("state=open&to=2026-03-10&q=&amount=x")) == 2


def test_list_of_lines_costs_the_same_for_many(page, dan_here, django_assert_max_num_queries):
    for number in range(4):
        bank_line(dan_here, 100 + number, f"Line {number}")
    with django_assert_max_num_queries(12):
        page.get(at("bank_lines"))


def test_confirming_leads_to_the_next_open_line(page, dan_here, erin):
    invoice = issued_document(erin)
    other = bank_line(dan_here, "5", "Something")
    row = bank_line(dan_here, "121", f"Pago {invoice.number}")
    shown = page.get(at("bank_line", line_id=row.pk))
    (sent,) = sent_by(shown, at("reconcile", line_id=row.pk))[:1]
    assert sent["pick"] == f"document:{invoice.pk}:121.000"
    response = page.post(at("reconcile", line_id=row.pk), sent)
    assert response["Location"] == at("bank_line", line_id=other.pk)
    page.post(at("reconcile", line_id=row.pk), sent)  # pressed twice
    assert Document.objects.get(pk=invoice.pk).settled == Decimal(121)
    done = page.get(at("bank_line", line_id=row.pk))
    assert sent_by(done, at("reconcile", line_id=row.pk)) == []
    (part,) = of_class(done, "reconcile-parts")
    assert invoice.number in text_of(part)
    (undo,) = part.xpath(".//form/@action")
    page.post(undo)
    assert Document.objects.get(pk=invoice.pk).settled == 0
    assert sent_by(page.get(at("bank_line", line_id=row.pk)), at("reconcile", line_id=row.pk))


def test_what_changed_meanwhile_is_told(page, dan_here, erin):
    invoice, row = issued_document(erin), bank_line(dan_here)
    sent = {"key": key_in(page.get(at("bank_line", line_id=row.pk))), "pick": f"document:{invoice.pk}:99.00"}
    response = page.post(at("reconcile", line_id=row.pk), sent)
    assert (response.status_code, "Look at it again" in response.content.decode()) == (422, True)
    (ticked,) = tree(response).xpath("//input[@type='checkbox'][@name='pick']")
    assert (ticked.get("value"), ticked.get("checked") is not None) == (f"document:{invoice.pk}:121.000", True)


def test_search_finds_open_documents(page, dan_here, erin):
    invoice, row = issued_document(erin), bank_line(dan_here, "7", "x")
    response = page.get(at("bank_line_search", line_id=row.pk), {"q": "erin"}, headers={"HX-Request": "true"})
    assert named(response, "pick") == [f"document:{invoice.pk}:121.000"]
    assert len(of_class(page.get(at("bank_line", line_id=row.pk), {"q": invoice.number}), "bank-found-row")) == 1


def test_account_takes_a_line_and_makes_a_rule(page, dan_here, chart):
    row = bank_line(dan_here, "-9.50", "Charges of March")
    sent = {"key": key_in(page.get(at("bank_line", line_id=row.pk))), "account": "nonsense"}
    assert page.post(at("reconcile", line_id=row.pk), sent).status_code == 422
    page.post(at("reconcile", line_id=row.pk), sent | {"account": "626", "always": "on", "words": "Charges"})
    row.refresh_from_db()
    rule = BankRule.objects.get()
    assert (row.state, rule.words, rule.is_income, rule.is_automatic) == ("reconciled", "Charges", False, False)
    again = bank_line(dan_here, "-3", "Charges of April")
    (first, *_rest) = sent_by(page.get(at("bank_line", line_id=again.pk)), at("reconcile", line_id=again.pk))
    assert first["account"] == str(chart["626"])


def test_sure_suggestions_are_ticked(page, dan_here, erin):
    invoices = [issued_document(erin) for _each in range(2)]
    for one in invoices:
        bank_line(dan_here, "121", f"Pago {one.number}")
    shown = page.get(at("bank_suggestions"))
    choices = named(shown, "choice")
    assert len(choices) == 2
    response = page.post(at("confirm_suggestions"), {"choice": [choices[0], "nonsense"]})
    assert page.get(response["Location"]).status_code == 200
    page.post(at("confirm_suggestions"), {"all": "yes"})
    assert Document.objects.filter(state="paid").count() == 2
    assert "Everything is reconciled" in page.get(at("bank_suggestions")).content.decode()


def test_account_is_added_changed_and_retired(page):
    sent = {"name": "Current", "iban": "ES91 2100 0418 4502 0005 1332", "currency": "EUR"}
    assert page.post(at("new_bank_account"), sent | {"iban": "ES00"}).status_code == 422
    assert page.post(at("new_bank_account"), sent).status_code == 302
    account = BankAccount.objects.get()
    here = {"bank_account_id": account.pk}
    page.post(at("bank_account", **here), {"name": "Old", "iban": sent["iban"]})
    page.post(at("retire_bank_account", **here))
    account.refresh_from_db()
    assert (account.name, account.retired_at is not None) == ("Old", True)
    assert "Retired" in page.get(at("banking")).content.decode()
    page.post(at("restore_bank_account", **here))
    account.refresh_from_db()
    assert account.retired_at is None


def test_viewers_look_and_strangers_see_nothing(client, delta, dan_here, erin):
    row = bank_line(dan_here)
    viewer = UserFactory()
    MemberFactory(organisation=delta, user=viewer, code="viewer")
    client.force_login(viewer)
    shown = client.get(at("bank_line", line_id=row.pk))
    assert (shown.status_code, sent_by(shown, at("reconcile", line_id=row.pk))) == (200, [])
    assert client.post(at("reconcile", line_id=row.pk)).status_code == 403
    client.force_login(UserFactory())
    assert client.get(at("bank_lines")).status_code == 404


def test_line_of_another_business_is_not_found(page, carol_line):
    assert page.get(at("bank_line", line_id=carol_line.pk)).status_code == 404


@pytest.fixture
def carol_line():
    """A line of a business that Dan does not know."""
    other = ContactFactory().organisation
    return bank_line(system_actor(other.workspace))
