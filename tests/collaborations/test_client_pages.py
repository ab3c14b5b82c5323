"""The page of a client, and the doors around it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.ids import uuid7
from collaborations import actions
from collaborations.kpis import KPIS
from collaborations.models import Client, ClientNote, Collaboration, Grant, ManagerAssignment, Question
from partners.models import Member
from tests.collaborations.factories_clients import client_of_firm, outside_client
from tests.collaborations.factories_conversations import collaborating
from tests.collaborations.factories_grants import granted as access_of
from tests.collaborations.factories_grants import looked_after
from tests.collaborations.factories_pending import add_item
from tests.factories import ContactFactory, DocumentFactory, OrganisationFactory, RoleFactory
from tests.pages import errors_in, of_class, text_of, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def delta_client(acme, delta, alice, dan):
    return collaborating(delta, acme).client


@pytest.fixture
def alice_at(client_of, alice):
    return client_of(alice)


def page(client):
    return reverse("collaborations:client", args=["acme", client.pk])


def address(name, *args):
    return reverse(f"collaborations:{name}", args=["acme", *args])


def granted(client, levels):
    role = RoleFactory(organisation=client.business, levels=levels)
    return access_of(client.collaborations.select_related("firm", "business", "conversation").get(), role)


# --- What is shown ---------------------------------------------------------------------------------------------


def test_page_shows_pending_work_of_the_sections_granted_and_no_other(alice_at, delta_client, delta):
    contact = ContactFactory(organisation=delta, reviewed_at=timezone.now(), name="Erin & Co")
    day = timezone.now().date()
    for number in range(5):
        DocumentFactory(contact=contact, issued_on=day - timedelta(days=40 - number), number=f"F-{number}")
    DocumentFactory(contact=contact, kind="bill", number="B-1")
    granted(delta_client, {"sales": 1, "banking": 2})
    answer = alice_at.get(page(delta_client))
    parts = {text_of(part.xpath(".//h3")[0]): text_of(part) for part in of_class(answer, "pending-part")}
    assert list(parts) == ["Invoices", "Reconciliations"]
    assert "5" in parts["Invoices"] and "Oldest: 40 days" in parts["Invoices"] and "and 2 more" in parts["Invoices"]
    assert "Invoice F-0 · Erin & Co" in parts["Invoices"] and "F-3" not in parts["Invoices"]
    assert "Go to invoices" in parts["Invoices"]
    words = text_of(tree(answer))
    assert "Expenses" not in words and "B-1" not in words


def test_go_to_enters_and_leads_to_the_filtered_list(alice_at, delta_client):
    granted(delta_client, {"journal": 1})
    answer = alice_at.get(page(delta_client))
    (form,) = [part.xpath(".//form")[0] for part in of_class(answer, "pending-part")]
    assert text_of(form) == "Go to journal"
    (to,) = form.xpath(".//input[@name='to']/@value")
    entered = alice_at.post(form.get("action"), {"to": to})
    assert entered["Location"] == "/o/delta/journal/?check=open"
    assert alice_at.get(entered["Location"]).status_code == 200


def test_first_items_are_the_oldest_of_both_queues_of_the_journal(alice_at, delta_client, delta):
    day = timezone.now().date()
    for days in (1, 2, 3):
        add_item(delta, "journal", day - timedelta(days=days))
    reviewed = {"issued_on": day - timedelta(days=30), "reviewed_at": timezone.now()}
    DocumentFactory(contact=ContactFactory(organisation=delta), number="F-OLD", **reviewed)
    granted(delta_client, {"journal": 1})
    items = [text_of(item) for item in of_class(alice_at.get(page(delta_client)), "pending-name")]
    assert (len(items), "F-OLD" in items[0]) == (3, True)


@pytest.mark.parametrize("code", list(KPIS))
def test_items_of_every_section_are_shown_in_words(alice_at, delta_client, delta, code):
    day = timezone.now().date() - timedelta(days=3)
    add_item(delta, code, day)
    granted(delta_client, dict.fromkeys(("sales", "purchases", "banking", "inbox", "contacts", "journal", "taxes"), 1))
    answer = alice_at.get(page(delta_client))
    items = [text_of(item) for item in of_class(answer, "pending-name")]
    assert items and all(items)


def test_without_access_the_page_says_how_to_get_it(alice_at, delta_client):
    answer = alice_at.get(page(delta_client))
    words = answer.content.decode()
    assert "No access yet" in words and "Log in to account" not in words
    assert not of_class(answer, "pending-part")


def test_access_that_is_over_opens_nothing(alice_at, delta_client, delta):
    grant = granted(delta_client, {"sales": 1})
    Grant.objects.filter(pk=grant.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert "No access now" in alice_at.get(page(delta_client)).content.decode()


def test_plan_of_the_client_caps_what_is_shown(alice_at, delta_client, delta):
    delta.plan.sections = ["sales", "team", "settings"]
    delta.plan.save()
    granted(delta_client, {"sales": 1, "journal": 2})
    parts = of_class(alice_at.get(page(delta_client)), "pending-part")
    assert [text_of(part.xpath(".//h3")[0]) for part in parts] == ["Invoices"]


def test_page_costs_the_same_with_one_and_with_thirty_of_all(
    alice_at, acme, alice, delta_client, delta, django_assert_max_num_queries, actor_of
):
    granted(delta_client, dict.fromkeys(("sales", "purchases", "banking", "inbox", "contacts", "journal", "taxes"), 2))
    here = actor_of(alice, acme)

    def add():
        contact = ContactFactory(organisation=delta)
        DocumentFactory(contact=contact)
        DocumentFactory(contact=contact, kind="bill")
        actions.write_note(actor=here, client=delta_client, text="Call", key=uuid7())

    add()
    with django_assert_max_num_queries(40) as first:
        alice_at.get(page(delta_client))
    for _again in range(29):
        add()
    with django_assert_max_num_queries(len(first)):
        alice_at.get(page(delta_client))


def test_ended_client_is_read_but_not_entered(alice_at, alice, acme, actor_of, delta_client):
    granted(delta_client, {"sales": 1})
    collaboration = Collaboration.objects.select_related("conversation").get()
    here = actor_of(alice, acme)
    actions.write_note(actor=here, client=delta_client, text="Remember this", key=uuid7())
    actions.end_collaboration(actor=here, collaboration=collaboration, reason="", now=timezone.now())
    words = alice_at.get(page(delta_client)).content.decode()
    assert "This collaboration has ended" in words and "Remember this" in words
    assert "Log in to account" not in words and "End collaboration" not in words


def test_what_the_team_did_is_shown_while_there_is_access(alice_at, alice, acme, actor_of, delta_client):
    grant = granted(delta_client, {"sales": 1})
    alice_at.post(address("enter_client", delta_client.pk))
    assert "What your team did in the account" in alice_at.get(page(delta_client)).content.decode()
    Grant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now(), end="removed", revoked_by_name="Dan")
    words = alice_at.get(page(delta_client)).content.decode()
    assert "What your team did" not in words and "Removed by the client" in words


def test_questions_that_are_not_settled_are_shown(alice_at, delta_client, delta, acme):
    document = DocumentFactory(contact=ContactFactory(organisation=delta))
    shared = {"firm": acme, "business": delta, "client": delta_client, "document": document, "section": "sales"}
    for subject, state in (("Invoice F-1", "open"), ("Invoice F-2", "settled")):
        asked_by = {"asked_by_id": uuid7(), "asked_by_name": "Alice"}
        Question.objects.create(**shared, **asked_by, subject=subject, text="What is it?", state=state)
    answer = alice_at.get(page(delta_client))
    (item,) = of_class(answer, "question-list")[0].xpath("./li")
    assert "Invoice F-1" in text_of(item)
    assert alice_at.get(item.xpath(".//a/@href")[0]).status_code == 200


def test_tags_lead_to_the_clients_that_have_them(alice_at, alice, acme, actor_of, delta_client):
    actions.tag_client(actor=actor_of(alice, acme), client=delta_client, tags=["R & D"])
    (tag,) = of_class(alice_at.get(page(delta_client)), "tag")
    assert tag.get("href") == "/o/acme/my-portal/?tag=R+%26+D" or tag.get("href").endswith("?tag=R%20%26%20D")


def test_outside_client_has_no_pending_work(alice_at, acme):
    found = outside_client(acme, name="Ñandú", software="Sage", email="hola@nandu.example")
    words = alice_at.get(page(found)).content.decode()
    assert "Sage" in words and "Without an account here" in words
    assert "Pending work" not in words and "Log in to account" not in words


# --- Who comes in ----------------------------------------------------------------------------------------------


def doors(client, note, assignment):
    yield from (("get", page(client)), ("get", address("client_tags", client.pk)))
    yield from (("post", address(name, client.pk)) for name in ("write_note", "assign_managers", "end_client"))
    yield from (("post", address(name, client.pk)) for name in ("retire_client", "restore_client", "start_handover"))
    yield ("post", address("remove_note", note.pk))
    yield ("post", address("remove_manager", assignment.pk))


@pytest.fixture
def all_doors(alice, bob, acme, actor_of, delta_client):
    note = actions.write_note(actor=actor_of(alice, acme), client=delta_client, text="x", key=uuid7())
    return list(doors(delta_client, note, looked_after(delta_client, alice)))


def test_account_manager_who_does_not_look_after_the_client_finds_nothing(client_of, bob, all_doors):
    for method, path in all_doors:
        assert getattr(client_of(bob), method)(path).status_code in (403, 404), path
    assert client_of(bob).get(all_doors[0][1]).status_code == 404
    assert (ClientNote.objects.count(), ManagerAssignment.objects.count()) == (1, 1)


def test_other_firms_find_nothing(client_of, carol, all_doors):
    for method, path in all_doors:
        assert getattr(client_of(carol), method)(path).status_code == 404, path
        own = path.replace("/o/acme/", "/o/rival/")
        assert getattr(client_of(carol), method)(own).status_code == 404, own


def test_strangers_log_in_first(client, all_doors):
    for method, path in all_doors:
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True), path


def test_business_has_no_clients(client_of, dan, all_doors):
    for method, path in all_doors:
        answer = getattr(client_of(dan), method)(path.replace("/o/acme/", "/o/delta/"))
        assert answer.status_code in (403, 404), path


def test_account_manager_writes_notes_but_does_not_decide(client_of, bob, delta_client):
    looked_after(delta_client, bob)
    here = client_of(bob)
    words = here.get(page(delta_client)).content.decode()
    assert "End collaboration" not in words and "add-managers" not in words
    assert here.post(address("end_client", delta_client.pk)).status_code == 403
    assert here.post(address("assign_managers", delta_client.pk)).status_code == 403
    key = str(uuid7())
    assert here.post(address("write_note", delta_client.pk), {"key": key, "text": "Call"}).status_code == 302
    assert ClientNote.objects.get().written_by_name == "Bob"


# --- What is done ----------------------------------------------------------------------------------------------


def test_managers_are_picked_and_removed(alice_at, bob, delta_client):
    answer = alice_at.get(page(delta_client))
    (box,) = [one for one in tree(answer).xpath("//input[@name='members']") if "Bob" in text_of(one.getparent())]
    alice_at.post(address("assign_managers", delta_client.pk), {"members": [box.get("value"), "no-id"]})
    answer = alice_at.get(page(delta_client))
    assert "Bob" in text_of(of_class(answer, "manager-list")[0])
    alice_at.post(address("remove_manager", ManagerAssignment.objects.get().pk))
    assert not of_class(alice_at.get(page(delta_client)), "manager-list")


def test_nobody_picked_is_told_so(alice_at, delta_client):
    alice_at.post(
        address("assign_managers", delta_client.pk), headers={"referer": f"http://testserver{page(delta_client)}"}
    )
    assert "Pick at least one person." in alice_at.get(page(delta_client)).content.decode()


def test_members_who_were_picked_meanwhile_are_not_offered(alice_at, bob, delta_client):
    looked_after(delta_client, bob)
    offered = tree(alice_at.get(page(delta_client))).xpath("//input[@name='members']/@value")
    assert str(Member.objects.get(user=bob).pk) not in offered


def test_empty_note_keeps_the_page(alice_at, delta_client):
    answer = alice_at.post(address("write_note", delta_client.pk), {"key": str(uuid7()), "text": " "})
    assert answer.status_code == 422
    assert "text" in errors_in(answer)


def test_tags_are_typed_with_commas(alice_at, delta_client):
    path = address("client_tags", delta_client.pk)
    assert alice_at.post(path, {"tags": "VAT, Payroll ,,vat"}).status_code == 302
    assert Client.objects.get().tags == ["VAT", "Payroll"]
    too_many = alice_at.post(path, {"tags": ",".join(map(str, range(11)))})
    assert (too_many.status_code, list(errors_in(too_many))) == (422, ["tags"])


def test_collaboration_is_ended_with_its_reason(alice_at, delta_client):
    granted(delta_client, {"sales": 1})
    answer = alice_at.post(address("end_client", delta_client.pk), {"reason": "Moving on"})
    assert answer["Location"] == address("my_portal")
    found = Collaboration.objects.get()
    assert (found.state, found.reason) == ("ended", "Moving on")
    assert not Grant.objects.standing().exists()
    assert alice_at.post(address("end_client", delta_client.pk)).status_code == 404


def test_end_names_what_is_still_open(alice_at, delta_client, delta):
    DocumentFactory(contact=ContactFactory(organisation=delta))
    granted(delta_client, {"sales": 1, "journal": 1})
    (dialog,) = tree(alice_at.get(page(delta_client))).xpath("//*[@id='end-collaboration']")
    assert "loses all access" in text_of(dialog) and "Invoices: 1" in text_of(dialog)


# --- Clients without an account --------------------------------------------------------------------------------


def form_of(answer):
    return dict(tree(answer).xpath("//main//form[.//input[@name='key']]")[0].form_values())


def test_client_is_added_edited_and_retired(alice_at):
    typed = form_of(alice_at.get(address("add_client"))) | {"name": "Ñandú", "tax_id": "B65410011"}
    answer = alice_at.post(address("add_client"), typed)
    found = Client.objects.get()
    assert answer["Location"] == page(found)
    assert alice_at.post(address("add_client"), typed)["Location"] == page(found)
    edit = address("edit_client", found.pk)
    typed = form_of(alice_at.get(edit)) | {"software": "Sage"}
    assert alice_at.post(edit, typed)["Location"] == page(found)
    assert Client.objects.get().software == "Sage"
    alice_at.post(address("retire_client", found.pk))
    assert not Client.objects.current().exists()
    assert alice_at.get(edit).status_code == 404
    alice_at.post(address("restore_client", found.pk))
    assert Client.objects.current().exists()


def test_wrong_input_is_shown_again(alice_at):
    typed = form_of(alice_at.get(address("add_client"))) | {"name": "", "tax_id": "B65410012", "email": "nobody"}
    answer = alice_at.post(address("add_client"), typed)
    assert (answer.status_code, set(errors_in(answer))) == (422, {"name", "email"})
    answer = alice_at.post(address("add_client"), typed | {"name": "X", "email": ""})
    assert (answer.status_code, list(errors_in(answer))) == (422, ["tax_id"])
    assert "B65410012" in answer.content.decode()


def test_account_manager_adds_nobody(client_of, bob):
    assert client_of(bob).get(address("add_client")).status_code == 403
    assert client_of(bob).get(address("import_clients")).status_code == 403


def test_client_with_an_account_is_not_edited(alice_at, acme):
    found = client_of_firm(acme, OrganisationFactory())
    assert alice_at.get(address("edit_client", found.pk)).status_code == 404


def test_unknown_ids_are_404(alice_at):
    for name in ("client", "edit_client", "client_tags", "client_import", "client_import_columns", "handover"):
        assert alice_at.get(address(name, uuid7())).status_code == 404, name
