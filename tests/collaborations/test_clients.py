"""Clients of a firm: those it adds itself, managers, tags and notes."""

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from collaborations import actions
from collaborations.models import Client, ClientNote, ManagerAssignment
from collaborations.rules.clients import OutsideClient
from partners.models import Member
from tests.collaborations.factories_clients import client_of_firm, outside_client
from tests.factories import MemberFactory, OrganisationFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db
RACING = pytest.mark.django_db(transaction=True)
NANDU = OutsideClient("Ñandú, S. L.", "b-65.410.011", "Sage", "Núria", "Nuria@Nandu.example", "+34 600")


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def bob_here(bob, acme, actor_of):
    return actor_of(bob, acme)


@pytest.fixture
def carol_here(carol, rival, actor_of):
    return actor_of(carol, rival)


def add(actor, says=NANDU, key=None):
    return actions.add_client(actor=actor, key=key or uuid7(), says=says)


# --- Clients without an account --------------------------------------------------------------------------------


def test_client_is_added_with_its_keys(alice_here, acme):
    client = add(alice_here)
    client.refresh_from_db()
    assert (client.firm, client.business, client.name) == (acme, None, "Ñandú, S. L.")
    assert (client.tax_id, client.email, client.sort_key) == ("B65410011", "nuria@nandu.example", "nandu, s. l.")
    assert "nuria" in client.search_text and "sage" in client.search_text
    assert client.since == alice_here.today()
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.organisation_id, entry.subject_id) == ("collaborations.client.added", acme.pk, client.pk)


def test_client_sent_twice_is_there_once(alice_here):
    key = uuid7()
    assert add(alice_here, key=key) == add(alice_here, key=key)
    assert Client.objects.count() == HistoryEntry.objects.count() == 1


def test_client_with_the_key_of_another_firm_is_not_given_away(alice_here, carol_here):
    key = uuid7()
    add(carol_here, key=key)
    with pytest.raises(Client.DoesNotExist):
        add(alice_here, key=key)


@pytest.mark.parametrize("spelling", ["B65410011", "ESB65410011", "es b-65410011"])
def test_client_of_one_tax_id_is_refused_in_any_spelling(alice_here, spelling):
    add(alice_here)
    with pytest.raises(actions.KnownClient) as refused:
        add(alice_here, OutsideClient("Other", spelling))
    assert (refused.value.field, "Ñandú" in refused.value.message) == ("tax_id", True)


def test_client_with_an_account_is_known_by_its_tax_id(alice_here, acme):
    client_of_firm(acme, OrganisationFactory(name="Delta", tax_id="ESB65410011"))
    with pytest.raises(actions.KnownClient):
        add(alice_here)


def test_another_firm_may_have_the_same_client(alice_here, carol_here):
    add(alice_here)
    add(carol_here)
    assert Client.objects.count() == 2


@pytest.mark.parametrize(("tax_id", "is_right"), [("B65410012", False), ("FR40303265045", True), ("", True)])
def test_tax_id_is_checked(alice_here, tax_id, is_right):
    if is_right:
        assert add(alice_here, OutsideClient("X", tax_id)).tax_id == tax_id
        return
    with pytest.raises(actions.WrongTaxId):
        add(alice_here, OutsideClient("X", tax_id))
    assert not Client.objects.exists()


@RACING
def test_two_add_the_same_tax_id_at_once_and_one_is_refused(alice_here):
    results = together([lambda: add(alice_here)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Client", "KnownClient"]
    assert Client.objects.count() == 1


def test_account_manager_adds_no_client(bob_here):
    with pytest.raises(Forbidden):
        add(bob_here)


def test_business_adds_no_client(dan_here):
    with pytest.raises(Forbidden):
        add(dan_here)


def test_client_is_changed_by_whoever_looks_after_it(alice_here, bob_here, acme, bob):
    client = add(alice_here)
    with pytest.raises(Client.DoesNotExist):
        actions.change_client(actor=bob_here, client=client, says=OutsideClient("Zebra"))
    actions.assign_managers(actor=alice_here, client=client, members=[Member.objects.get(user=bob).pk])
    actions.change_client(actor=bob_here, client=client, says=OutsideClient("Zebra", "B65410011"))
    client.refresh_from_db()
    assert (client.name, client.sort_key, client.software) == ("Zebra", "zebra", "")
    entry = HistoryEntry.objects.filter(what="collaborations.client.changed").get()
    assert (entry.before["name"], entry.after["name"], "tax_id" in entry.after) == ("Ñandú, S. L.", "Zebra", False)
    actions.change_client(actor=bob_here, client=client, says=OutsideClient("Zebra", "B65410011"))
    assert HistoryEntry.objects.filter(what="collaborations.client.changed").count() == 1


def test_client_with_an_account_says_itself_what_it_is_called(alice_here, acme):
    client = client_of_firm(acme, OrganisationFactory())
    for act in (
        lambda: actions.change_client(actor=alice_here, client=client, says=OutsideClient("X")),
        lambda: actions.retire_client(actor=alice_here, client=client, now=timezone.now()),
        lambda: actions.restore_client(actor=alice_here, client=client),
    ):
        with pytest.raises(actions.HasAccount):
            act()


def test_client_is_retired_and_restored(alice_here):
    client = add(alice_here)
    now = timezone.now()
    for _again in range(2):
        actions.retire_client(actor=alice_here, client=client, now=now)
    assert not Client.objects.current().exists()
    with pytest.raises(actions.ClientEnded):
        actions.change_client(actor=alice_here, client=client, says=OutsideClient("X"))
    for _again in range(2):
        actions.restore_client(actor=alice_here, client=client)
    assert Client.objects.current().get() == client
    done = HistoryEntry.objects.order_by("id").values_list("what", flat=True)
    assert [what.rpartition(".")[2] for what in done] == ["added", "retired", "restored"]


def test_client_is_not_restored_beside_another_with_its_tax_id(alice_here):
    client = add(alice_here)
    actions.retire_client(actor=alice_here, client=client, now=timezone.now())
    add(alice_here)
    with pytest.raises(actions.KnownClient):
        actions.restore_client(actor=alice_here, client=client)


# --- Managers --------------------------------------------------------------------------------------------------


@pytest.fixture
def member(bob):
    return Member.objects.get(user=bob)


def assign(actor, client, *members):
    return actions.assign_managers(actor=actor, client=client, members=[member.pk for member in members])


def test_manager_is_assigned_sees_the_client_and_is_told(alice_here, bob_here, acme, member):
    client = outside_client(acme, name="Ñandú")
    assert not Client.objects.visible_to(bob_here).exists()
    assert [assign(alice_here, client, member), assign(alice_here, client, member)] == [1, 0]
    assert Client.objects.visible_to(bob_here).get() == client
    mail = OutboundEmail.objects.get()
    assert (mail.to, mail.kind, "Ñandú" in mail.subject) == ("bob@acme.example", "collaborations/assigned", True)
    assert f"/o/acme/my-portal/clients/{client.pk}/" in mail.text
    assert Notification.objects.get().user_id == member.user_id
    entry = HistoryEntry.objects.get()
    assert (entry.what, entry.after) == ("collaborations.manager.assigned", {"manager": "Bob"})


def test_who_assigns_themselves_is_not_told(alice_here, acme, alice):
    assign(alice_here, outside_client(acme), Member.objects.get(user=alice))
    assert (ManagerAssignment.objects.count(), OutboundEmail.objects.count()) == (1, 0)


def test_only_people_of_the_firm_with_an_eligible_role_are_assigned(alice_here, acme, carol, rival, member):
    client = outside_client(acme)
    retired = MemberFactory(organisation=acme, code="account_manager", retired_at=timezone.now())
    asleep = MemberFactory(organisation=acme, code="account_manager", user=UserFactory(is_active=False))
    for wrong in (retired, asleep, Member.objects.get(user=carol)):
        with pytest.raises(actions.NotEligible):
            assign(alice_here, client, member, wrong)
    with pytest.raises(actions.NotEligible):
        assign(alice_here, client)
    assert not ManagerAssignment.objects.exists()
    assert not OutboundEmail.objects.exists()


def test_account_manager_assigns_nobody(alice_here, bob_here, acme, member):
    client = outside_client(acme)
    assign(alice_here, client, member)
    with pytest.raises(Forbidden):
        assign(bob_here, client, member)
    with pytest.raises(Forbidden):
        actions.remove_manager(actor=bob_here, assignment=ManagerAssignment.objects.get())


def test_client_of_another_firm_gets_no_manager(alice_here, rival, member):
    with pytest.raises(Client.DoesNotExist):
        assign(alice_here, outside_client(rival), member)


def test_ended_client_gets_no_manager(alice_here, acme, member):
    with pytest.raises(actions.ClientEnded):
        assign(alice_here, outside_client(acme, ended_at=timezone.now()), member)


def test_removed_manager_sees_the_client_no_more(alice_here, bob_here, acme, member):
    client = outside_client(acme)
    assign(alice_here, client, member)
    assignment = ManagerAssignment.objects.get()
    for _again in range(2):
        actions.remove_manager(actor=alice_here, assignment=assignment)
    assert not Client.objects.visible_to(bob_here).exists()
    assert HistoryEntry.objects.filter(what="collaborations.manager.removed").count() == 1


def test_manager_of_a_rival_cannot_be_removed(alice_here, carol_here, rival, carol):
    client = outside_client(rival)
    assign(carol_here, client, Member.objects.get(user=carol))
    actions.remove_manager(actor=alice_here, assignment=ManagerAssignment.objects.get())
    assert ManagerAssignment.objects.exists()


@RACING
def test_two_assign_the_same_person_at_once(alice_here, acme, member):
    client = outside_client(acme)
    results = together([lambda: assign(alice_here, client, member)] * 2)
    assert sorted(results) == [0, 1]
    assert (ManagerAssignment.objects.count(), OutboundEmail.objects.count()) == (1, 1)


# --- Tags and notes --------------------------------------------------------------------------------------------


def test_tags_are_told_apart_without_capitals_and_accents(alice_here, acme):
    client = outside_client(acme)
    for _again in range(2):
        actions.tag_client(
            actor=alice_here, client=client, tags=["  Société\n one", "SOCIETE ONE", "", "VAT", "x" * 40]
        )
    client.refresh_from_db()
    assert client.tags == ["Société one", "VAT", "x" * 30]
    assert HistoryEntry.objects.count() == 1


def test_tags_have_an_end(alice_here, acme):
    client = outside_client(acme)
    with pytest.raises(actions.TooManyTags):
        actions.tag_client(actor=alice_here, client=client, tags=[f"tag {number}" for number in range(11)])


def test_tags_are_of_those_who_see_the_client(bob_here, acme):
    with pytest.raises(Client.DoesNotExist):
        actions.tag_client(actor=bob_here, client=outside_client(acme), tags=["x"])


def test_note_is_kept_once(alice_here, acme):
    client, key = outside_client(acme), uuid7()
    for _again in range(2):
        actions.write_note(actor=alice_here, client=client, text="  Call on Monday.\n", key=key)
    note = ClientNote.objects.get()
    assert (note.text, note.written_by_name, note.firm) == ("Call on Monday.", "Alice", acme)
    assert HistoryEntry.objects.count() == 1


def test_empty_note_is_refused(alice_here, acme):
    with pytest.raises(actions.EmptyNote):
        actions.write_note(actor=alice_here, client=outside_client(acme), text=" \n ", key=uuid7())


def test_note_of_a_client_that_one_does_not_see(bob_here, carol_here, acme):
    for actor in (bob_here, carol_here):
        with pytest.raises(Client.DoesNotExist):
            actions.write_note(actor=actor, client=outside_client(acme), text="x", key=uuid7())


def test_note_is_removed_by_its_writer_or_who_leads(alice_here, bob_here, acme, member):
    client = outside_client(acme)
    assign(alice_here, client, member)
    by_alice = actions.write_note(actor=alice_here, client=client, text="A", key=uuid7())
    by_bob = actions.write_note(actor=bob_here, client=client, text="B", key=uuid7())
    with pytest.raises(Forbidden):
        actions.remove_note(actor=bob_here, note=by_alice)
    for _again in range(2):
        actions.remove_note(actor=bob_here, note=by_bob)
    actions.remove_note(actor=alice_here, note=by_alice)
    assert not ClientNote.objects.exists()


def test_notes_of_a_rival_are_neither_seen_nor_removed(alice_here, carol_here, acme):
    note = actions.write_note(actor=alice_here, client=outside_client(acme), text="A", key=uuid7())
    assert not ClientNote.objects.visible_to(carol_here).exists()
    actions.remove_note(actor=carol_here, note=note)
    assert ClientNote.objects.exists()
