"""Settings > Payments, and the card of a contact: the doors to accounts at payment companies."""

import pytest
from django.test import Client
from django.utils import timezone

from advisory_portal.core.secrets import unseal
from advisory_portal.gateways import PUBLIC
from client_portal import actions
from client_portal.actions.payments.gateways import secrets_row
from client_portal.models import ContactGateway, GatewayAccount, WebhookEvent
from tests.client_portal.payments.test_accounts import connect
from tests.factories import MemberFactory, RoleFactory
from tests.pages import text_of, tree
from tests.sandboxes import CREDENTIALS, KINDS

pytestmark = pytest.mark.django_db
PAGE = "/o/delta/settings/payments/"


def page_of(account, part=""):
    return f"{PAGE}{account.pk}/{part}"


def said(browser, address):
    return text_of(tree(browser.get(address)))


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_is_connected_with_its_webhook_and_switched_on(companies, client_of, dan, delta, kind):
    browser = client_of(dan)
    answer = browser.post(f"{PAGE}connect/{kind}/", CREDENTIALS[kind] | {"name": "Cards"})
    account = GatewayAccount.objects.get()
    assert answer["Location"] == page_of(account)
    words = said(browser, page_of(account))
    assert "is connected" in words and "tells of each payment at once" in words and "Sandbox of this portal" in words
    assert len(companies.world.of(f"{kind}.hooks")) == 1
    browser.post(page_of(account, "enable/"))
    assert GatewayAccount.objects.enabled().get() == account
    assert "On" in said(browser, PAGE)
    browser.post(page_of(account, "disable/"))
    assert not GatewayAccount.objects.enabled().exists()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_secret_is_on_no_page(companies, client_of, dan_here, dan, kind):
    account, browser = connect(dan_here, kind), client_of(dan)
    actions.provision_hook(actor=dan_here, account=account)
    hidden = [value for name, value in CREDENTIALS[kind].items() if name not in PUBLIC]
    if kind != "paypal":
        hidden += unseal(account.hook_secrets, row=secrets_row(account))["secrets"]
    typed = {name: "wrong-secret" for name in CREDENTIALS[kind] if name not in PUBLIC} | {"location_id": "LMAINEUR"}
    wrong = browser.post(page_of(account, "keys/"), typed)
    assert wrong.status_code == 422 and "wrong-secret" not in wrong.content.decode()
    pages = [browser.get(one).content.decode() for one in (PAGE, page_of(account), page_of(account, "keys/"))]
    pages.append(browser.get("/o/delta/activity/").content.decode())
    assert [text for text in hidden for page in pages[:2] + pages[3:] if text in page] == []


def test_a_key_that_is_not_taken_is_said_beside_its_field_and_not_given_back(companies, client_of, dan, delta):
    answer = client_of(dan).post(f"{PAGE}connect/stripe/", {"secret_key": "pk_test_sandbox", "name": "Cards"})
    page = tree(answer)
    assert answer.status_code == 422 and "pk_test_sandbox" not in answer.content.decode()
    (error,) = page.xpath("//div[@id='id_secret_key_error']")
    assert "publishable" in text_of(error) and page.xpath("//input[@name='name'][@value='Cards']")
    assert not GatewayAccount.objects.exists()


def test_a_company_that_makes_no_webhook_leaves_a_connected_account_and_says_how(companies, client_of, dan, delta):
    companies.fault("drop", company="square", path="subscriptions", times=20)
    browser = client_of(dan)
    browser.post(f"{PAGE}connect/square/", CREDENTIALS["square"])
    account = GatewayAccount.objects.get()
    words = said(browser, page_of(account))
    assert "does not tell of payments yet" in words and account.hook_url in words
    companies.world.faults.clear()
    companies.control("revoke", {"key": "EAAAsandbox"})
    browser.post(page_of(account, "webhook/make/"))
    assert "lets no webhook be made from here" in said(browser, page_of(account))
    assert browser.post(page_of(account, "webhook/keep/"), {"secret": "short"}).status_code == 422
    assert browser.post(page_of(account, "webhook/keep/"), {"secret": "signature-key"})["Location"] == page_of(account)
    assert "tells of each payment at once" in said(browser, page_of(account))


def test_the_page_of_an_account_changes_checks_and_retires_it(companies, client_of, dan, dan_here, erin):
    account, browser = connect(dan_here), client_of(dan)
    actions.provision_hook(actor=dan_here, account=account)
    browser.post(page_of(account), {"name": "Card", "for_new_contacts": "on"})
    account.refresh_from_db()
    assert (account.name, account.for_new_contacts) == ("Card", True)
    browser.post(page_of(account, "offer/"))
    assert ContactGateway.objects.get().contact == erin
    assert "1 contact may pay by it" in said(browser, page_of(account))
    browser.post(page_of(account, "webhook/change/"))
    assert len(companies.world.of("stripe.hooks")) == 2
    browser.post(page_of(account, "check/"))
    assert "The connection works." in said(browser, page_of(account))
    companies.control("revoke", {"key": "sk_test_sandbox"})
    browser.post(page_of(account, "check/"))
    assert "does not take the key any more" in said(browser, PAGE)
    companies.control("revoke", {"key": "sk_test_sandbox", "back": True})
    assert browser.post(page_of(account, "retire/"))["Location"] == PAGE
    assert "1 retired account" in said(browser, PAGE) and not companies.world.of("stripe.hooks")
    assert "This account is retired." in said(browser, page_of(account))


def test_failed_webhooks_are_counted_with_the_account(companies, client_of, dan, dan_here):
    account = connect(dan_here)
    WebhookEvent.objects.create(
        organisation_id=account.organisation_id, account=account, event_id="evt_1", type="x", body=b"{}",
        signature="valid", attempts=8,
    )  # fmt: skip
    (fact,) = tree(client_of(dan).get(PAGE)).xpath("//dt[.='Failed webhooks']/following-sibling::dd")
    assert text_of(fact) == "1"


def test_without_a_key_of_the_instance_the_page_says_who_has_to_act(companies, client_of, dan, delta, settings):
    settings.PAYMENTS_KEYS = []
    answer = client_of(dan).post(f"{PAGE}connect/stripe/", CREDENTIALS["stripe"])
    assert answer.status_code == 422 and "PAYMENTS_KEYS" in answer.content.decode()


def test_who_may_only_look_sees_no_buttons_and_others_nothing(companies, client_of, delta, carol, dan_here):
    account = connect(dan_here)
    role = RoleFactory(organisation=delta, levels={"settings": 1})
    looks = client_of(MemberFactory(organisation=delta, role=role).user)
    assert not tree(looks.get(page_of(account))).xpath("//main//button[@type='submit']")
    assert looks.get(PAGE).status_code == 200
    parts = ("check", "enable", "disable", "retire", "offer", "webhook/make", "webhook/keep", "webhook/change")
    for part in parts:
        assert looks.post(page_of(account, f"{part}/")).status_code == 403
        assert client_of(carol).post(page_of(account, f"{part}/")).status_code == 404
    assert looks.post(page_of(account), {"name": "x"}).status_code == 403
    assert looks.get(f"{PAGE}connect/stripe/").status_code == 403
    assert client_of(carol).get(PAGE).status_code == 404
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")


def test_no_company_of_another_name_and_no_account_of_another_business(companies, client_of, dan, delta, carol, alice):
    browser = client_of(dan)
    assert browser.get(f"{PAGE}connect/nobody/").status_code == 404
    assert browser.get(f"{PAGE}01a20197-c4b1-7f6d-a2e1-d04e94ec20a9/").status_code == 404
    assert client_of(alice).get("/o/acme/settings/payments/").status_code == 404


def test_a_contact_is_given_its_ways_to_pay_on_its_page(companies, client_of, dan, dan_here, erin):
    browser, card = client_of(dan), f"/o/delta/contacts/{erin.pk}/online-payment/"
    assert "Connect one" in said(browser, card)
    stripe, paypal = connect(dan_here), connect(dan_here, "paypal")
    assert tree(browser.get(f"/o/delta/contacts/{erin.pk}/")).xpath(f"//*[@hx-get='{card}']")
    answer = browser.post(card, {"accounts": [stripe.pk]})
    assert answer["Location"] == f"/o/delta/contacts/{erin.pk}/"
    assert ContactGateway.objects.get().account == stripe
    fragment = browser.get(card, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert tree(fragment).xpath(f"//input[@value='{stripe.pk}'][@checked]")
    assert not tree(fragment).xpath(f"//input[@value='{paypal.pk}'][@checked]")
    actions.retire_account(actor=dan_here, account=paypal, now=timezone.now())
    assert browser.post(card, {"accounts": [paypal.pk]}).status_code == 422
    browser.post(card, {})
    assert not ContactGateway.objects.exists()


def test_a_contacts_ways_to_pay_are_for_who_manages_contacts(companies, client_of, dan_here, delta, erin, carol):
    card, account = f"/o/delta/contacts/{erin.pk}/online-payment/", connect(dan_here)
    role = RoleFactory(organisation=delta, levels={"contacts": 1})
    looks = client_of(MemberFactory(organisation=delta, role=role).user)
    assert "Stripe Delta" in said(looks, card) and looks.post(card, {"accounts": [account.pk]}).status_code == 403
    none = RoleFactory(organisation=delta, levels={"sales": 2})
    assert client_of(MemberFactory(organisation=delta, role=none).user).get(card).status_code == 403
    assert client_of(carol).get(card).status_code == 404
