"""Whether accounts still work: asked by staff and every day; and another key for their secrets."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.gateways import ConfigError, Mode, registry
from client_portal import actions, tasks
from client_portal.actions.payments.gateways import gateway_for
from client_portal.models import GatewayAccount
from tests.client_portal.payments.test_accounts import connect
from tests.factories import MemberFactory, OrganisationFactory, member_actor
from tests.sandboxes import CREDENTIALS, KINDS

pytestmark = pytest.mark.django_db


def check(actor, account, now=None):
    return actions.check_account(actor=actor, account=account, now=now or timezone.now())


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_kept_until_the_account_works_again(companies, dan_here, kind):
    account, key = connect(dan_here, kind), next(iter(CREDENTIALS[kind].values()))
    companies.control("revoke", {"key": key})
    assert check(dan_here, account) == "credentials" == check(dan_here, account)
    assert not OutboundEmail.objects.exists()
    companies.control("revoke", {"key": key, "back": True})
    assert check(dan_here, account) == ""
    assert HistoryEntry.objects.filter(what="client_portal.gatewayaccount.checked").count() == 2


@pytest.mark.parametrize(
    ("changed", "fault"),
    [({"currency": "USD"}, "currency"), ({"merchant": "OTHER"}, "merchant"), ({"secrets": "gone"}, "unreadable")],
    ids=str,
)
def test_what_else_can_be_wrong_is_told_apart(companies, dan_here, changed, fault):
    account = connect(dan_here, "square")
    GatewayAccount.objects.update(**changed)
    account.refresh_from_db()
    assert check(dan_here, account) == fault


def test_a_company_that_does_not_answer_is_away(companies, dan_here):
    account = connect(dan_here, "square")
    companies.fault("drop", company="square", times=20)
    assert check(dan_here, account) == "away"


def test_a_test_account_in_the_place_of_a_live_one_is_told(companies, dan_here, monkeypatch):
    account = connect(dan_here)
    monkeypatch.setitem(registry._ADDRESSES, ("stripe", Mode.LIVE), f"{companies.url}/stripe")
    GatewayAccount.objects.update(mode="live", credentials_version=2)
    account.refresh_from_db()
    assert check(dan_here, account) == "mode"


def test_a_check_of_old_credentials_says_nothing_of_new_ones(companies, dan_here):
    account = connect(dan_here)
    stale = GatewayAccount.objects.get(pk=account.pk)
    GatewayAccount.objects.update(credentials_version=7)
    companies.control("revoke", {"key": "sk_test_sandbox"})
    assert check(dan_here, stale) == ""


def test_every_account_is_asked_once_a_day_and_one_with_a_fault_every_hour(companies, dan_here):
    connect(dan_here)
    connect(dan_here, "paypal")
    assert tasks.check_accounts() == 0
    GatewayAccount.objects.update(checked_at=timezone.now() - timedelta(hours=25))
    companies.control("revoke", {"key": "sk_test_sandbox"})
    assert tasks.check_accounts() == 2 and tasks.check_accounts() == 0
    assert GatewayAccount.objects.get(kind="stripe").check_error == "credentials"
    mail = OutboundEmail.objects.get(kind="client_portal/account_fault")
    assert "does not take the key any more" in mail.text and "/o/delta/settings/payments/" in mail.html
    GatewayAccount.objects.update(checked_at=timezone.now() - timedelta(hours=2))
    assert tasks.check_accounts() == 1
    assert OutboundEmail.objects.filter(kind="client_portal/account_fault").count() == 1


def test_a_webhook_that_could_not_be_removed_goes_with_the_daily_check(companies, dan_here):
    account = connect(dan_here)
    actions.provision_hook(actor=dan_here, account=account)
    actions.retire_account(actor=dan_here, account=account, now=timezone.now())
    GatewayAccount.objects.update(checked_at=timezone.now() - timedelta(hours=25))
    companies.fault("drop", company="stripe", times=3)
    tasks.check_accounts()
    assert companies.world.of("stripe.hooks")
    companies.world.faults.clear()
    GatewayAccount.objects.update(checked_at=timezone.now() - timedelta(hours=25))
    tasks.check_accounts()
    assert not companies.world.of("stripe.hooks") and tasks.check_accounts() == 0


def test_secrets_move_to_the_first_key_and_the_old_one_may_go(companies, dan_here, settings, capsys):
    old = settings.PAYMENTS_KEYS
    account = connect(dan_here)
    actions.provision_hook(actor=dan_here, account=account)
    member = MemberFactory(organisation=OrganisationFactory(), code="owner")
    connect(member_actor(member), "paypal")
    settings.PAYMENTS_KEYS = [Fernet.generate_key().decode(), *old]
    call_command("rotate_payment_keys")
    assert "2 accounts" in capsys.readouterr().out
    settings.PAYMENTS_KEYS = settings.PAYMENTS_KEYS[:1]
    for one in GatewayAccount.objects.all():
        one.credentials_version += 1
        assert gateway_for(one).check()


def test_with_a_wrong_key_nothing_is_called_and_the_command_says_whose_it_is(companies, dan_here, settings):
    account = connect(dan_here)
    settings.PAYMENTS_KEYS = [Fernet.generate_key().decode()]
    account.credentials_version += 1
    before = len(companies.told("exchanges"))
    with pytest.raises(ConfigError):
        gateway_for(account)
    GatewayAccount.objects.update(credentials_version=account.credentials_version)
    assert check(dan_here, account) == "unreadable"
    with pytest.raises(CommandError, match=str(account.pk)):
        call_command("rotate_payment_keys")
    assert len(companies.told("exchanges")) == before


def test_the_command_goes_through_all_in_pieces(companies, dan_here, settings):
    for _each in range(3):
        connect(member_actor(MemberFactory(organisation=OrganisationFactory(), code="owner")))
    done, unreadable, last = [], [], None
    while True:
        some, failed = actions.reseal_secrets(actor=dan_here, after=last, most=2)
        if not some:
            break
        done, unreadable, last = done + list(some), unreadable + list(failed), some[-1]
    assert len(done) == len(set(done)) == 3 and not unreadable
