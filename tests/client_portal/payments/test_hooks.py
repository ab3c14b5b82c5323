"""Webhooks of accounts: made by the company or by hand, signed with a new secret, gone with the account."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.secrets import unseal
from client_portal import actions
from client_portal.actions.payments import NoHookMade, NotReached, NotTaken
from client_portal.actions.payments.gateways import secrets_row
from client_portal.actions.payments.hooks import OLD_SECRET_LIFE, NothingToChange, drop_old_hook
from client_portal.models import GatewayAccount
from tests.client_portal.payments.test_accounts import connect
from tests.sandboxes import KINDS
from tests.threads import together

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", KINDS)


def hooks_of(companies, kind):
    return companies.world.of(f"{kind}.hooks")


def secrets_of(account):
    return unseal(GatewayAccount.objects.get(pk=account.pk).hook_secrets, row=secrets_row(account))["secrets"]


@EACH
def test_a_webhook_is_made_once_at_the_address_of_the_account(companies, dan_here, settings, kind):
    account = connect(dan_here, kind)
    for _twice in range(2):
        actions.provision_hook(actor=dan_here, account=account)
    (made,) = hooks_of(companies, kind).values()
    assert made["url"] == account.hook_url == f"{settings.SITE_URL}/hooks/{kind}/{account.hook_token}/"
    assert (account.hook_id, secrets_of(account)) == (made["id"], [made["secret"]])
    logged = HistoryEntry.objects.get(what="client_portal.gatewayaccount.hook_made")
    assert made["secret"] not in f"{vars(logged)}{vars(account)}" or kind == "paypal"


@EACH
def test_an_answer_that_was_lost_leaves_a_webhook_that_calls_nobody(companies, dan_here, kind):
    account = connect(dan_here, kind)
    companies.fault("commit_then_drop", company=kind, method="POST", path="webhook|subscriptions", times=20)
    with pytest.raises(NotReached):
        actions.provision_hook(actor=dan_here, account=account)
    companies.world.faults.clear()
    actions.provision_hook(actor=dan_here, account=account)
    urls = [one["url"] for one in hooks_of(companies, kind).values()]
    assert len(urls) >= 2 and urls.count(account.hook_url) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_make_it_at_once_leave_one_that_is_known(companies, dan_here):
    account = connect(dan_here)
    copies = [GatewayAccount.objects.get(pk=account.pk) for _each in range(3)]
    together([partial(actions.provision_hook, actor=dan_here, account=one) for one in copies])
    account.refresh_from_db()
    (made,) = [one for one in hooks_of(companies, "stripe").values() if one["url"] == account.hook_url]
    assert account.hook_id == made["id"] and secrets_of(account) == [made["secret"]]


def test_a_company_that_makes_none_is_said_so_and_one_made_by_hand_is_kept(companies, dan_here):
    account = connect(dan_here, "square")
    companies.control("revoke", {"key": "EAAAsandbox"})
    with pytest.raises(NoHookMade):
        actions.provision_hook(actor=dan_here, account=account)
    for _twice in range(2):
        actions.keep_hook(actor=dan_here, account=account, secret="  signature-key-of-square ")
    assert secrets_of(account) == ["signature-key-of-square"]
    assert HistoryEntry.objects.filter(what="client_portal.gatewayaccount.hook_made").count() == 1


@pytest.mark.parametrize(
    "typed", ["", "short", "with a space in it", "x" * 201, "kéy-of-a-company", "line\nbreak-in-it"]
)
def test_what_cannot_be_a_secret_is_not_kept(companies, dan_here, typed):
    account = connect(dan_here, "square")
    with pytest.raises(NotTaken) as refused:
        actions.keep_hook(actor=dan_here, account=account, secret=typed)
    assert refused.value.field == "secret"


def test_the_secret_of_a_webhook_of_stripe_has_its_form(companies, dan_here):
    account = connect(dan_here)
    with pytest.raises(NotTaken):
        actions.keep_hook(actor=dan_here, account=account, secret="sk_test_sandbox")
    actions.keep_hook(actor=dan_here, account=account, secret="whsec_sandbox")
    assert secrets_of(account) == ["whsec_sandbox"]


@pytest.mark.parametrize("kind", ["stripe", "square"])
def test_a_new_secret_and_the_old_one_are_both_taken_for_a_day(companies, dan_here, kind):
    account, now = connect(dan_here, kind), timezone.now()
    actions.provision_hook(actor=dan_here, account=account)
    (old,) = secrets_of(account)
    actions.rotate_hook_secret(actor=dan_here, account=account, now=now)
    new, *others = secrets_of(account)
    assert others == [old] and new != old and len(hooks_of(companies, kind)) == 2
    assert not drop_old_hook(account=account, now=now + OLD_SECRET_LIFE - timedelta(seconds=1))
    actions.check_account(actor=dan_here, account=account, now=now + OLD_SECRET_LIFE)
    assert secrets_of(account) == [new]
    assert [one["secret"] for one in hooks_of(companies, kind).values()] == [new]


def test_a_second_change_does_not_wait_for_the_first(companies, dan_here):
    account = connect(dan_here)
    actions.provision_hook(actor=dan_here, account=account)
    for _twice in range(2):
        actions.rotate_hook_secret(actor=dan_here, account=account, now=timezone.now())
    assert len(secrets_of(account)) == len(hooks_of(companies, "stripe")) == 2


def test_two_who_change_the_secret_at_once_leave_one_new_one(companies, dan_here):
    account = connect(dan_here)
    actions.provision_hook(actor=dan_here, account=account)
    other = GatewayAccount.objects.get(pk=account.pk)  # as somebody else read it before
    actions.rotate_hook_secret(actor=dan_here, account=account, now=timezone.now())
    kept = secrets_of(account)
    actions.rotate_hook_secret(actor=dan_here, account=other, now=timezone.now())
    assert secrets_of(account) == kept
    assert {one["secret"] for one in hooks_of(companies, "stripe").values()} == set(kept)


def test_paypal_has_no_secret_to_change(companies, dan_here):
    account = connect(dan_here, "paypal")
    actions.provision_hook(actor=dan_here, account=account)
    with pytest.raises(NothingToChange):
        actions.rotate_hook_secret(actor=dan_here, account=account, now=timezone.now())


@EACH
def test_the_webhooks_of_a_retired_account_go(companies, dan_here, kind):
    account = connect(dan_here, kind)
    actions.provision_hook(actor=dan_here, account=account)
    actions.drop_hooks(actor=dan_here, account=account)
    assert hooks_of(companies, kind)
    actions.retire_account(actor=dan_here, account=account, now=timezone.now())
    account.refresh_from_db()
    for _twice in range(2):
        actions.drop_hooks(actor=dan_here, account=account)
    assert not hooks_of(companies, kind) and account.hook_secrets == ""
