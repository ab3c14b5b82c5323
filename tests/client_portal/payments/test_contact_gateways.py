"""By which accounts a contact may pay: chosen on its record, for all customers, and for new ones by themselves."""

from functools import partial

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from client_portal import actions
from client_portal.actions.payments.contact_gateways import NoSuchAccount
from client_portal.models import ContactGateway
from documents.actions import merge_contacts
from documents.models import Contact
from tests.client_portal.factories_payments import contact_gateway, gateway_account
from tests.client_portal.payments.test_accounts import connect
from tests.factories import ContactFactory, MemberFactory, OrganisationFactory, RoleFactory, member_actor
from tests.threads import together

pytestmark = pytest.mark.django_db


def choose(actor, contact, *accounts):
    actions.set_contact_gateways(actor=actor, contact=contact, account_ids=[one.pk for one in accounts])


def chosen(contact):
    return set(contact.gateways.values_list("account__kind", flat=True))


def test_a_contact_pays_by_exactly_what_was_chosen(companies, dan_here, erin):
    stripe, paypal = connect(dan_here), connect(dan_here, "paypal")
    for _twice in range(2):
        choose(dan_here, erin, stripe, paypal)
    assert chosen(erin) == {"stripe", "paypal"}
    choose(dan_here, erin, paypal)
    assert chosen(erin) == {"paypal"}
    logged = HistoryEntry.objects.filter(what="client_portal.contactgateway.set").order_by("id")
    assert [entry.after["gateways"] for entry in logged] == [["PayPal Delta", "Stripe Delta"], ["PayPal Delta"]]


@pytest.mark.django_db(transaction=True)
def test_two_who_choose_at_once_both_leave_a_whole(companies, dan_here, erin):
    stripe, paypal = connect(dan_here), connect(dan_here, "paypal")
    together([partial(choose, dan_here, erin, stripe), partial(choose, dan_here, erin, paypal)] * 3)
    assert chosen(erin) in ({"stripe"}, {"paypal"})


def test_accounts_of_others_and_retired_ones_are_not_chosen(companies, dan_here, erin):
    other = connect(member_actor(MemberFactory(organisation=OrganisationFactory(), code="owner")))
    mine = connect(dan_here)
    choose(dan_here, erin, mine)
    with pytest.raises(NoSuchAccount):
        choose(dan_here, erin, mine, other)
    actions.retire_account(actor=dan_here, account=mine, now=timezone.now())
    with pytest.raises(NoSuchAccount):
        choose(dan_here, erin, mine)
    assert chosen(erin) == {"stripe"}


def test_who_may_not_manage_contacts_chooses_nothing(companies, dan_here, erin, delta, actor_of):
    role = RoleFactory(organisation=delta, levels={"contacts": 1, "settings": 2})
    looks = actor_of(MemberFactory(organisation=delta, role=role).user, delta)
    account = connect(dan_here)
    for act in (
        partial(choose, looks, erin, account),
        partial(actions.offer_to_customers, actor=looks, account=account),
    ):
        with pytest.raises(Forbidden):
            act()


def test_all_customers_may_pay_by_an_account_at_once(companies, dan_here, erin, delta):
    account = connect(dan_here)
    both = ContactFactory(organisation=delta, kind=Contact.Kind.BOTH)
    supplier = ContactFactory(organisation=delta, kind=Contact.Kind.SUPPLIER)
    gone = ContactFactory(organisation=delta, merged_into=erin)
    stranger = ContactFactory()
    choose(dan_here, both, account)
    assert actions.offer_to_customers(actor=dan_here, account=account) == 1
    assert actions.offer_to_customers(actor=dan_here, account=account) == 0
    assert [bool(chosen(one)) for one in (erin, both, supplier, gone, stranger)] == [True, True, False, False, False]


def test_new_customers_may_pay_by_the_accounts_that_are_for_them(companies, dan_here, delta, django_assert_num_queries):
    stripe, paypal = connect(dan_here), connect(dan_here, "paypal")
    actions.change_account(actor=dan_here, account=stripe, name="Card", for_new_contacts=True)
    first = ContactFactory(organisation=delta)
    supplier = ContactFactory(organisation=delta, kind=Contact.Kind.SUPPLIER)
    stranger = ContactFactory()
    assert [chosen(one) for one in (first, supplier, stranger)] == [{"stripe"}, set(), set()]
    choose(dan_here, first, paypal)
    first.city = "Girona"
    first.save()
    assert chosen(first) == {"paypal"}
    actions.retire_account(actor=dan_here, account=stripe, now=timezone.now())
    assert chosen(ContactFactory(organisation=delta)) == set()
    assert ContactGateway.objects.filter(organisation=delta).count() == 1


def test_a_merged_contact_hands_on_by_what_it_may_pay(dan_here, erin, delta):
    other, third = (ContactFactory(organisation=delta) for _each in range(2))
    stripe, paypal, square = (gateway_account(delta, kind) for kind in ("stripe", "paypal", "square"))
    for contact, account in ((erin, stripe), (other, stripe), (other, paypal), (third, square)):
        contact_gateway(contact, account)
    merge_contacts(actor=dan_here, kept=erin.pk, others=[other.pk], values={})
    rows = ContactGateway.objects.order_by("contact__created_at", "account__kind")
    assert list(rows.values_list("contact", "account__kind")) == [
        (erin.pk, "paypal"),
        (erin.pk, "stripe"),
        (third.pk, "square"),
    ]
