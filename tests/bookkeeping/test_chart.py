"""The chart of accounts and the posting rules: written once, changed, kept in use."""

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from bookkeeping import actions
from bookkeeping.models import LedgerAccount, PostingRule
from bookkeeping.rules import PARTS
from tests.bookkeeping.entries import written
from tests.documents.builders import with_levels
from tests.factories import ContactFactory, MemberFactory, OrganisationFactory, member_actor
from tests.threads import together

pytestmark = pytest.mark.django_db
CHART = "/o/delta/chart/"
RULES = "/o/delta/chart/posting-rules/"


def test_spanish_chart_is_written_once(dan_here):
    assert [actions.ensure_chart(actor=dan_here) for _ in range(2)] == [True, False]
    rows = LedgerAccount.objects.filter(organisation_id=dan_here.place.id)
    assert rows.count() == 149
    assert rows.get(code="477").name == "Hacienda Pública, IVA repercutido"
    assert sorted(PostingRule.objects.values_list("part", flat=True)) == sorted(PARTS)


def test_other_countries_begin_with_the_short_chart(db):
    business = OrganisationFactory(country="FR")
    actor = member_actor(MemberFactory(organisation=business, code="owner"))
    actions.ensure_chart(actor=actor)
    assert LedgerAccount.objects.get(organisation=business, code="1300").name == "Customers"


@pytest.mark.django_db(transaction=True)
def test_four_at_once_write_one_chart(dan_here):
    found = together([lambda: actions.ensure_chart(actor=dan_here)] * 4)
    assert sorted(found) == [False, False, False, True]
    assert LedgerAccount.objects.count() == 149


def test_subaccount_is_what_its_code_says(dan_here, chart):
    account = actions.add_account(actor=dan_here, code="5720001", name="Savings bank")
    assert (account.kind, str(account)) == ("asset", "5720001 Savings bank")
    assert actions.add_account(actor=dan_here, code="5720001", name="Savings bank") == account


@pytest.mark.parametrize("code", ["12", "9001", "57A", "1234567890123", "٤٣٠٠", "572"])
def test_wrong_codes_are_refused(dan_here, chart, code):
    with pytest.raises(actions.WrongCode) as refused:
        actions.add_account(actor=dan_here, code=code, name="New")
    assert refused.value.field == "code"


def test_account_with_a_balance_or_a_rule_stays(dan_here, chart):
    written(dan_here, chart, debit="551", credit="550")
    for code, words in (("551", "has a balance"), ("430", "Change the posting rules first")):
        with pytest.raises(actions.InUse, match=words):
            actions.retire_account(actor=dan_here, account=chart[code], now=timezone.now())
    written(dan_here, chart, debit="550", credit="551")
    actions.retire_account(actor=dan_here, account=chart["551"], now=timezone.now())
    assert chart["551"].retired_at is not None
    actions.restore_account(actor=dan_here, account=chart["551"])
    assert chart["551"].retired_at is None


def test_renaming_keeps_the_code(dan_here, chart):
    actions.rename_account(actor=dan_here, account=chart["572"], name="Bank of Reus")
    assert str(chart["572"]) == "572 Bank of Reus"


def test_rules_are_for_everybody_or_a_contact(dan_here, chart, erin):
    actions.set_posting_rule(actor=dan_here, part="purchases", account=chart["621"], contact=erin)
    assert PostingRule.objects.get(contact=erin).account == chart["621"]
    actions.set_posting_rule(actor=dan_here, part="purchases", account=None, contact=erin)
    assert not PostingRule.objects.filter(contact=erin).exists()
    assert PostingRule.objects.get(part="purchases").account == chart["600"]


def test_wrong_rules_are_refused(dan_here, chart, erin):
    strange = LedgerAccount.objects.create(organisation=OrganisationFactory(), code="572", name="B", kind="asset")
    actions.retire_account(actor=dan_here, account=chart["551"], now=timezone.now())
    for said in (
        {"part": "bank", "account": strange},
        {"part": "bank", "account": chart["551"]},
        {"part": "bank", "account": None},
        {"part": "bank", "account": chart["572"], "contact": erin},
        {"part": "sales", "account": chart["705"], "contact": ContactFactory()},
    ):
        with pytest.raises(actions.WrongCode):
            actions.set_posting_rule(actor=dan_here, **said)


def test_changing_takes_the_level(delta, dan_here, chart):
    viewer = with_levels(delta, journal=1)
    for act in (
        lambda: actions.add_account(actor=viewer, code="5720002", name="N"),
        lambda: actions.rename_account(actor=viewer, account=chart["572"], name="N"),
        lambda: actions.retire_account(actor=viewer, account=chart["551"], now=timezone.now()),
        lambda: actions.restore_account(actor=viewer, account=chart["551"]),
        lambda: actions.set_posting_rules(actor=viewer, accounts={"bank": chart["570"]}),
    ):
        with pytest.raises(Forbidden):
            act()


# --- Pages ---------------------------------------------------------------------------------------------------


def test_empty_page_offers_the_chart(client_of, dan):
    client = client_of(dan)
    assert "No chart of accounts yet" in client.get(CHART).content.decode()
    client.post(CHART + "set-up/")
    page = client.get(CHART).content.decode()
    assert "149 accounts" in page
    assert "Hacienda Pública, IVA repercutido" in page


def test_search_finds_codes_and_names(client_of, dan, chart):
    client = client_of(dan)
    by_code, by_name = (client.get(CHART, {"q": words}).content.decode() for words in ("472", "TESORERIA clientes"))
    assert "IVA soportado" in by_code and "IVA repercutido" not in by_code
    assert "Nothing matches" in by_name
    assert "Clientes de dudoso cobro" in client.get(CHART, {"q": "clientes de"}).content.decode()


def test_account_is_added_renamed_and_withdrawn(client_of, dan, chart):
    client = client_of(dan)
    refused = client.post(CHART + "new/", {"code": "572", "name": "Twice"})
    assert refused.status_code == 422
    assert "572 Bancos e instituciones de crédito c/c vista, euros has this code." in refused.content.decode()
    assert client.post(CHART + "new/", {"code": "5720001", "name": "Own"}).status_code == 302
    account = LedgerAccount.objects.get(code="5720001")
    client.post(f"{CHART}{account.pk}/edit/", {"name": "Other"})
    client.post(f"{CHART}{account.pk}/retire/")
    account.refresh_from_db()
    assert (account.name, account.retired_at is not None) == ("Other", True)
    client.get(CHART)  # says once that the account was added
    assert "5720001" not in client.get(CHART).content.decode()
    assert "5720001" in client.get(CHART, {"retired": "yes"}).content.decode()
    client.post(f"{CHART}{account.pk}/restore/")
    assert "5720001" in client.get(CHART).content.decode()


def rules_form(chart, **changes):
    known = PostingRule.objects.filter(contact=None).values_list("part", "account__code")
    return dict(known) | changes


def test_rules_are_saved_and_wrong_ones_shown_again(client_of, dan, chart):
    client = client_of(dan)
    wrong = client.post(RULES, rules_form(chart, sales="no such account"))
    assert wrong.status_code == 422
    assert "no such account" in wrong.content.decode()
    assert client.post(RULES, rules_form(chart, sales="705 Prestaciones de servicios")).status_code == 302
    assert PostingRule.objects.get(part="sales").account == chart["705"]


def test_example_follows_what_is_typed(client_of, dan, chart):
    page = client_of(dan).post(RULES + "example/", rules_form(chart, sales="705")).content.decode()
    assert "705 Prestaciones de servicios" in page and "700 Ventas" not in page
    assert PostingRule.objects.get(part="sales").account == chart["700"]


def test_rule_of_a_contact_is_added_and_forgotten(client_of, dan, chart, erin):
    client = client_of(dan)
    said = {"contact": "erin", "part": "sales", "account": chart["705"].pk}
    unknown = client.post(RULES + "contacts/new/", said | {"contact": "nobody"})
    assert "No contact has this name." in unknown.content.decode()
    assert client.post(RULES + "contacts/new/", said).status_code == 302
    rule = PostingRule.objects.get(contact=erin)
    assert "Erin" in client.get(RULES).content.decode()
    client.post(f"{RULES}{rule.pk}/forget/")
    assert not PostingRule.objects.filter(contact=erin).exists()


def test_decimals_of_the_example_are_the_currencys(client_of, dan, delta, chart):
    delta.currency = "JPY"
    delta.save()
    assert "¥1,060" in client_of(dan).get(RULES).content.decode().replace("JP¥", "¥")
