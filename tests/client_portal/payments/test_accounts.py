"""Accounts at payment companies: connected by asking the company, changed, switched, retired; against the sandbox."""

from functools import partial

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.secrets import unseal
from advisory_portal.gateways import Mode, registry
from client_portal import actions
from client_portal.actions.payments import AlreadyConnected, NotReached, NotTaken
from client_portal.actions.payments.accounts import AccountGone, NotReady, NotSetUp
from client_portal.actions.payments.gateways import gateway_for, secrets_row
from client_portal.models import GatewayAccount
from tests.client_portal.factories_payments import started_attempt
from tests.factories import MemberFactory, RoleFactory
from tests.sandboxes import CREDENTIALS, KINDS
from tests.threads import together

pytestmark = pytest.mark.django_db
SECRET = {"stripe": "secret_key", "paypal": "client_secret", "square": "access_token"}
EACH = pytest.mark.parametrize("kind", KINDS)


def connect(actor, kind="stripe", name="Delta", **typed):
    credentials = CREDENTIALS[kind] | typed
    return actions.connect_account(actor=actor, kind=kind, credentials=credentials, name=name, now=timezone.now())


def change(actor, account, **typed):
    credentials = CREDENTIALS[account.kind] | typed
    actions.change_credentials(actor=actor, account=account, credentials=credentials, now=timezone.now())


@EACH
def test_an_account_is_connected_and_switched_off(companies, dan_here, kind):
    account = connect(dan_here, kind)
    assert (account.mode, account.is_enabled, account.check_error) == ("sandbox", False, "")
    assert account.currency == ("EUR" if kind == "square" else "")
    secret = CREDENTIALS[kind][SECRET[kind]]
    assert unseal(account.secrets, row=secrets_row(account)) == {SECRET[kind]: secret}
    assert secret not in f"{vars(account)}" and account.checked_at is not None
    assert gateway_for(account).check().is_live is False
    logged = HistoryEntry.objects.get(what="client_portal.gatewayaccount.connected")
    assert secret not in f"{vars(logged)}"


def test_spaces_around_a_key_are_not_part_of_it(companies, dan_here):
    account = connect(dan_here, secret_key="  sk_test_sandbox\n")
    assert unseal(account.secrets, row=secrets_row(account)) == {"secret_key": "sk_test_sandbox"}


def test_connecting_twice_is_once_and_another_account_waits(companies, dan_here):
    assert connect(dan_here).pk == connect(dan_here).pk
    with pytest.raises(AlreadyConnected):
        connect(dan_here, secret_key="sk_test_sandbox_other")
    assert HistoryEntry.objects.filter(what="client_portal.gatewayaccount.connected").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_connect_at_once_make_one_account(companies, dan_here):
    made = together([partial(connect, dan_here)] * 4)
    assert len({account.pk for account in made}) == 1
    assert GatewayAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("stripe", {"secret_key": "pk_test_sandbox"}, "secret_key"),
        ("stripe", {"secret_key": "sk_test_sandbox-1"}, "secret_key"),
        ("paypal", {"client_id": ""}, "client_id"),
        ("paypal", {"client_secret": "geheim ñ"}, "client_secret"),
        ("square", {"location_id": "LMAINUSD"}, "location_id"),
        ("square", {"access_token": "sandbox-sq0idb-1"}, "access_token"),
    ],
    ids=str,
)
def test_what_is_mistyped_is_said_beside_its_field(companies, dan_here, kind, typed, field):
    with pytest.raises(NotTaken) as refused:
        connect(dan_here, kind, **typed)
    assert refused.value.field == field
    assert not GatewayAccount.objects.exists()


@EACH
def test_a_key_that_was_withdrawn_is_refused_beside_it(companies, dan_here, kind):
    companies.control("revoke", {"key": next(iter(CREDENTIALS[kind].values()))})
    with pytest.raises(NotTaken) as refused:
        connect(dan_here, kind)
    assert refused.value.field == SECRET[kind]


def test_a_location_that_is_not_known_is_refused_beside_it(companies, dan_here):
    with pytest.raises(NotTaken) as refused:
        connect(dan_here, "square", location_id="NOWHERE")
    assert refused.value.field == "location_id"


@EACH
def test_a_company_that_does_not_answer_is_no_wrong_key(companies, dan_here, kind):
    companies.fault("503", company=kind, times=20)
    with pytest.raises(NotReached):
        connect(dan_here, kind)


def test_without_a_key_of_the_instance_nothing_is_connected(companies, dan_here, settings):
    settings.PAYMENTS_KEYS = []
    with pytest.raises(NotSetUp):
        connect(dan_here)


def test_live_and_test_are_told_by_who_takes_the_key(companies, dan_here, monkeypatch, settings):
    settings.PAYMENTS_SANDBOX_URL = ""
    monkeypatch.setitem(registry._ADDRESSES, ("paypal", Mode.LIVE), f"{companies.url}/nobody")
    monkeypatch.setitem(registry._ADDRESSES, ("paypal", Mode.TEST), f"{companies.url}/paypal")
    assert connect(dan_here, "paypal").mode == "test"


def test_other_credentials_of_the_same_account_take_the_place_of_the_old(companies, dan_here):
    account = connect(dan_here, "paypal")
    before = gateway_for(account)
    change(dan_here, account, client_secret="another")
    assert account.credentials_version == 2 and gateway_for(account) is not before
    change(dan_here, account, client_secret="another")
    assert account.credentials_version == 2
    assert HistoryEntry.objects.filter(what="client_portal.gatewayaccount.credentials_changed").count() == 1


def test_credentials_of_another_mode_are_refused(companies, dan_here, settings):
    account = connect(dan_here)
    account.mode = "live"
    account.save()
    with pytest.raises(NotTaken) as refused:
        change(dan_here, account)
    assert refused.value.field == "secret_key" and "Real money" in refused.value.message


def test_credentials_of_another_account_are_refused(companies, dan_here, invoice):
    account = connect(dan_here)
    started_attempt(account, invoice)
    with pytest.raises(NotTaken):
        change(dan_here, account, secret_key="sk_test_sandbox_other")
    square = connect(dan_here, "square")
    with pytest.raises(NotTaken):
        change(dan_here, square, access_token="EAAAsandboxother")


def test_credentials_that_cannot_be_read_any_more_can_be_replaced(companies, dan_here):
    account = connect(dan_here)
    GatewayAccount.objects.update(secrets="gone")
    change(dan_here, account)
    assert gateway_for(account).check()


def test_an_account_is_switched_on_and_off_once(companies, dan_here):
    account = connect(dan_here)
    for _twice in range(2):
        actions.enable_account(actor=dan_here, account=account)
    assert GatewayAccount.objects.enabled().get() == account
    for _twice in range(2):
        actions.disable_account(actor=dan_here, account=account)
    assert not GatewayAccount.objects.enabled().exists()
    assert HistoryEntry.objects.filter(what__endswith="abled").count() == 2


def test_an_account_with_a_fault_is_not_switched_on(companies, dan_here):
    account = connect(dan_here)
    companies.control("revoke", {"key": "sk_test_sandbox"})
    assert actions.check_account(actor=dan_here, account=account, now=timezone.now()) == "credentials"
    with pytest.raises(NotReady):
        actions.enable_account(actor=dan_here, account=account)


def test_a_retired_account_closes_what_is_open_and_leaves_its_place(companies, dan_here, invoice):
    account = connect(dan_here)
    attempt = started_attempt(account, invoice)
    actions.enable_account(actor=dan_here, account=account)
    actions.retire_account(actor=dan_here, account=account, now=timezone.now())
    actions.retire_account(actor=dan_here, account=account, now=timezone.now())
    attempt.refresh_from_db()
    assert attempt.close_wanted and attempt.due_at <= timezone.now()
    account.refresh_from_db()
    assert (account.is_enabled, account.retired_at is None) == (False, False)
    with pytest.raises(AccountGone):
        actions.enable_account(actor=dan_here, account=account)
    assert connect(dan_here).pk != account.pk


def test_the_name_and_whom_it_is_for_are_kept(companies, dan_here):
    account = connect(dan_here)
    actions.change_account(actor=dan_here, account=account, name="Card", for_new_contacts=True)
    actions.change_account(actor=dan_here, account=account, name="Card", for_new_contacts=True)
    account.refresh_from_db()
    assert (str(account), account.for_new_contacts) == ("Stripe Card", True)
    assert HistoryEntry.objects.filter(what="client_portal.gatewayaccount.changed").count() == 1


def test_settings_are_for_who_may_manage_them(companies, dan_here, delta, actor_of):
    account = connect(dan_here)
    role = RoleFactory(organisation=delta, levels={"settings": 1, "sales": 2, "contacts": 2})
    looks = actor_of(MemberFactory(organisation=delta, role=role).user, delta)
    now = timezone.now()
    for act in (
        partial(connect, looks, "paypal"),
        partial(change, looks, account),
        partial(actions.change_account, actor=looks, account=account, name="x", for_new_contacts=True),
        partial(actions.enable_account, actor=looks, account=account),
        partial(actions.disable_account, actor=looks, account=account),
        partial(actions.retire_account, actor=looks, account=account, now=now),
        partial(actions.check_account, actor=looks, account=account, now=now),
        partial(actions.offer_to_customers, actor=looks, account=account),
    ):
        with pytest.raises(Forbidden):
            act()
