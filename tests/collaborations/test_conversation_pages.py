"""The doors of conversations and requests: who gets in, what they do, what the pages say."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisory_portal.core.ids import uuid7
from collaborations import actions
from collaborations.models import Collaboration, Conversation, Message, ReadMark
from tests.collaborations.factories_conversations import (
    asked,
    collaborating,
    conversing,
    in_programme,
    owner_of,
    write,
)
from tests.collaborations.factories_grants import granted, looked_after
from tests.factories import MemberFactory, OrganisationFactory
from tests.pages import first_column
from tests.partners.listed import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(alice, bob, carol, dan, delta, client_of):
    vera = MemberFactory(organisation=delta, code="viewer").user
    named = {"alice": alice, "bob": bob, "carol": carol, "dan": dan, "vera": vera}
    return SimpleNamespace(**{name: client_of(user) for name, user in named.items()})


@pytest.fixture
def conversation(alice, acme, dan, delta):
    return conversing(delta, acme, "Good morning")


def of_conversation(name, conversation, place="acme"):
    return reverse(f"collaborations:{name}", args=[place, conversation.pk])


def message(text="Hello", **more):
    return {"key": str(uuid7()), "text": text, **more}


def test_each_side_reads_the_conversation(people, conversation):
    for who, place, view in (("alice", "acme", "request"), ("dan", "delta", "advisory_conversation")):
        response = getattr(people, who).get(of_conversation(view, conversation, place))
        assert response.status_code == 200
        assert "Good morning" in response.content.decode()


def test_a_viewer_of_the_business_reads_and_has_nothing_to_press(people, conversation):
    page = people.vera.get(of_conversation("advisory_conversation", conversation, "delta")).content.decode()
    assert "Good morning" in page
    assert "composer" not in page and "Ask to collaborate" not in page


def test_who_may_not_is_kept_out(people, conversation, rival, client):
    page = of_conversation("request", conversation)
    assert client.get(page)["Location"].startswith("/accounts/login/")
    assert people.carol.get(page).status_code == 404
    assert people.carol.get(of_conversation("request", conversation, "rival")).status_code == 404
    assert people.bob.get(page).status_code == 404
    assert people.dan.get(of_conversation("request", conversation, "delta")).status_code == 403
    assert people.alice.get(of_conversation("advisory_conversation", conversation)).status_code == 403


def test_account_managers_read_their_clients_conversation(people, bob, alice, acme, dan, delta):
    collaboration = collaborating(delta, acme)
    looked_after(collaboration.client, bob)
    page = people.bob.get(of_conversation("request", collaboration.conversation)).content.decode()
    assert "composer" in page
    assert "conversation-menu" not in page


def test_writing_comes_back_to_the_page(people, conversation):
    response = people.alice.post(of_conversation("write_message", conversation), message("Welcome"))
    assert response["Location"] == of_conversation("request", conversation) + "#latest"
    assert Message.objects.get(number=2).text == "Welcome"


def test_with_htmx_the_composer_comes_back_empty(people, conversation):
    headers = {"HX-Request": "true"}
    sent = people.alice.post(of_conversation("write_message", conversation), message("Welcome"), headers=headers)
    assert (sent.status_code, sent["HX-Trigger"]) == (200, "written")
    assert "Welcome" not in sent.content.decode()
    empty = people.alice.post(of_conversation("write_message", conversation), message(""), headers=headers)
    assert empty.status_code == 422
    assert "Write something, or attach a file." in empty.content.decode()


def test_what_was_typed_stays_when_it_is_refused(people, conversation):
    response = people.alice.post(of_conversation("write_message", conversation), message("Long " * 1_001))
    assert response.status_code == 422
    page = response.content.decode()
    assert "A message has 5000 characters at most; this one has 5004." in page
    assert "Long Long" in page


def test_viewers_do_not_write(people, conversation):
    response = people.vera.post(of_conversation("write_message", conversation, "delta"), message())
    assert response.status_code == 403


def test_news_are_what_was_written_since(people, conversation, alice, acme):
    address = of_conversation("news", conversation, "delta")
    assert people.dan.get(address, {"after": 1, "read": 0}).status_code == 204
    write(owner_of(acme), conversation, "We can talk on Monday")
    news = people.dan.get(address, {"after": 1, "read": 0}).content.decode()
    assert "We can talk on Monday" in news and "Good morning" not in news
    assert "?after=2" in news
    assert "hx-swap-oob" not in news


def test_news_of_an_event_bring_the_acts_along(people, alice, acme, dan, delta):
    collaboration = asked(delta, acme)
    news = people.alice.get(of_conversation("news", collaboration.conversation), {"after": 1}).content.decode()
    assert 'id="conversation-acts" hx-swap-oob="true"' in news
    assert "Accept collaboration" in news


def test_news_say_who_has_read(people, conversation):
    address = of_conversation("news", conversation, "delta")
    people.alice.post(of_conversation("mark_read", conversation), {"seen": "1"})
    assert (
        "Read by Alice"
        in people.dan.get(of_conversation("advisory_conversation", conversation, "delta")).content.decode()
    )
    assert people.dan.get(address, {"after": 1, "read": 0}).status_code == 200
    assert people.dan.get(address, {"after": 1, "read": 1}).status_code == 204


def test_looking_marks_nothing_and_the_page_asks_to_mark(people, conversation):
    page = people.alice.get(of_conversation("request", conversation)).content.decode()
    assert not ReadMark.objects.exists()
    assert of_conversation("mark_read", conversation) in page
    people.alice.post(of_conversation("mark_read", conversation), {"seen": "1"})
    assert (
        of_conversation("mark_read", conversation)
        not in people.alice.get(of_conversation("request", conversation)).content.decode()
    )


def test_nonsense_in_an_address_is_the_beginning(people, conversation):
    for nonsense in ("x", "-1", "9" * 30, "²"):
        response = people.alice.get(of_conversation("request", conversation), {"before": nonsense})
        assert response.status_code == 200
        assert people.alice.post(of_conversation("mark_read", conversation), {"seen": nonsense}).status_code == 302


def test_long_threads_come_in_pages(people, conversation, dan, delta):
    for number in range(2, 61):
        write(owner_of(delta), conversation, f"Number {number}.")
    newest = people.alice.get(of_conversation("request", conversation)).content.decode()
    assert "Number 60." in newest and "Number 10." not in newest
    assert "?before=11" in newest
    earlier = people.alice.get(of_conversation("request", conversation), {"before": 11}).content.decode()
    assert "Good morning" in earlier and "Number 11." not in earlier
    assert "Earlier messages" not in earlier


@pytest.mark.parametrize("many", [1, 30])
def test_a_thread_costs_the_same_however_long(people, conversation, dan, delta, many):
    for number in range(many):
        write(owner_of(delta), conversation, "x", [(f"{number}.txt", b"x")])
    people.alice.get(of_conversation("request", conversation))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        people.alice.get(of_conversation("request", conversation))
    assert len(queries) == 8


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_however_long(people, alice, acme, many):
    for _ in range(many):
        business = MemberFactory(organisation=OrganisationFactory(), code="owner").organisation
        asked(business, acme)
    people.alice.get(reverse("collaborations:requests", args=["acme"]))
    with CaptureQueriesContext(connection) as queries:
        people.alice.get(reverse("collaborations:requests", args=["acme"]))
    assert len(queries) == 6


def test_files_are_for_both_sides_and_nobody_else(people, conversation, delta, rival):
    sent = write(owner_of(delta), conversation, "Lease", [("lease.txt", b"Lease")]).attachments.get()
    for who, place in (("alice", "acme"), ("dan", "delta")):
        response = getattr(people, who).get(reverse("collaborations:sent_file", args=[place, sent.pk]))
        assert (response.content, response["Content-Type"]) == (b"Lease", "text/plain")
        assert response["Content-Disposition"] == 'attachment; filename="lease.txt"'
    assert people.carol.get(reverse("collaborations:sent_file", args=["rival", sent.pk])).status_code == 404
    assert people.bob.get(reverse("collaborations:sent_file", args=["acme", sent.pk])).status_code == 404


def names_at(browser, show, q=""):
    page = browser.get(reverse("collaborations:requests", args=["acme"]), {"show": show, "q": q})
    return first_column(page)


def test_requests_are_filtered(people, alice, acme, dan, delta):
    def business(name):
        return MemberFactory(organisation=OrganisationFactory(name=name), code="owner").organisation

    boss = owner_of(acme)
    for_now = {"now": asked(business("Asks"), acme).created_at}
    collaborating(business("Works"), acme)
    actions.archive(actor=boss, conversation=conversing(business("Away"), acme), **for_now)
    actions.block(actor=boss, conversation=conversing(business("Bad"), acme), **for_now)
    conversing(delta, acme)
    assert names_at(people.alice, "") == ["Delta", "Works", "Asks"]
    assert names_at(people.alice, "nonsense") == ["Delta", "Works", "Asks"]
    assert names_at(people.alice, "asked") == ["Asks"]
    assert names_at(people.alice, "active") == ["Works"]
    assert names_at(people.alice, "archived") == ["Away"]
    assert names_at(people.alice, "blocked") == ["Bad"]
    assert names_at(people.alice, "", q="elt") == ["Delta"]
    assert names_at(people.bob, "") == []


def test_an_empty_list_teaches_the_next_step(people, acme, delta):
    assert "Nobody has written yet" in people.alice.get("/o/acme/my-portal/requests/").content.decode()
    assert "Open the marketplace" in people.dan.get("/o/delta/my-advisory/").content.decode()


def test_my_advisory_is_in_the_tool_bar_of_those_who_may_read_it(people, acme, delta, client_of):
    seller = MemberFactory(organisation=delta, code="sales").user
    assert "/o/delta/my-advisory/" in people.dan.get("/o/delta/settings/").content.decode()
    assert "/o/delta/my-advisory/" not in client_of(seller).get("/o/delta/contacts/").content.decode()
    assert "my-advisory" not in people.alice.get("/o/acme/my-portal/requests/").content.decode()
    assert client_of(seller).get("/o/delta/my-advisory/").status_code == 403


def test_the_first_message_is_sent_from_the_marketplace(people, delta):
    firm = listed("nortia").organisation
    in_programme(firm)
    address = reverse("collaborations:write_to_firm", args=["delta", "nortia"])
    assert address in people.dan.get(reverse("partners:marketplace_firm", args=["delta", "nortia"])).content.decode()
    assert people.dan.get(address).status_code == 200
    assert people.dan.post(address, message("")).status_code == 422
    response = people.dan.post(address, message("We look for help"))
    made = Conversation.objects.get(firm=firm)
    there = of_conversation("advisory_conversation", made, "delta")
    assert response["Location"] == there
    assert people.dan.get(address)["Location"] == there
    assert people.vera.get(address).status_code == 403
    assert (
        address not in people.vera.get(reverse("partners:marketplace_firm", args=["delta", "nortia"])).content.decode()
    )
    assert people.dan.get(reverse("collaborations:write_to_firm", args=["delta", "nobody"])).status_code == 404


def test_asking_accepting_and_ending_by_the_buttons(people, conversation):
    response = people.dan.post(of_conversation("ask_to_collaborate", conversation, "delta"), {"text": "Our books"})
    assert response["Location"] == of_conversation("advisory_conversation", conversation, "delta")
    collaboration = Collaboration.objects.get()
    answer = people.alice.post(reverse("collaborations:accept_collaboration", args=["acme", collaboration.pk]))
    assert answer["Location"] == of_conversation("request", conversation)
    collaboration.refresh_from_db()
    assert collaboration.state == "active"
    end = reverse("collaborations:end_collaboration", args=["delta", collaboration.pk])
    assert people.vera.get(end).status_code == 403
    assert "has no access to your account" in people.dan.get(end).content.decode()
    assert people.dan.post(end, {"reason": "x" * 1_001}).status_code == 422
    people.dan.post(end, {"reason": "Thank you"})
    collaboration.refresh_from_db()
    assert (collaboration.state, collaboration.reason) == ("ended", "Thank you")


def test_ending_names_what_is_lost(people, alice, acme, dan, delta):
    collaboration = collaborating(delta, acme)
    granted(collaboration)
    page = people.dan.get(reverse("collaborations:end_collaboration", args=["delta", collaboration.pk]))
    assert "loses the access to your account at once (Bookkeeper)" in page.content.decode()


def test_declining_and_withdrawing_by_the_buttons(people, alice, acme, dan, delta):
    collaboration = asked(delta, acme)
    assert (
        people.dan.post(reverse("collaborations:withdraw_request", args=["delta", collaboration.pk])).status_code == 302
    )
    collaboration.refresh_from_db()
    assert collaboration.state == "withdrawn"
    people.dan.post(of_conversation("ask_to_collaborate", collaboration.conversation, "delta"))
    second = Collaboration.objects.get(state="pending")
    decline = reverse("collaborations:decline_collaboration", args=["acme", second.pk])
    assert people.bob.post(decline).status_code == 403
    assert people.alice.post(decline, {"reason": "Full"})["Location"] == "/o/acme/my-portal/requests/"
    second.refresh_from_db()
    assert (second.state, second.reason) == ("declined", "Full")


def test_blocking_silences_the_page_of_both(people, conversation):
    people.alice.post(of_conversation("block", conversation))
    assert "Unblock it to write." in people.alice.get(of_conversation("request", conversation)).content.decode()
    theirs = people.dan.get(of_conversation("advisory_conversation", conversation, "delta")).content.decode()
    assert "does not take messages from your business" in theirs
    assert "Ask to collaborate" not in theirs
    refused = people.dan.post(of_conversation("write_message", conversation, "delta"), message())
    assert refused.status_code == 422
    people.alice.post(of_conversation("unblock", conversation))
    assert "composer" in people.alice.get(of_conversation("request", conversation)).content.decode()


def test_archiving_by_the_buttons(people, conversation):
    people.alice.post(of_conversation("archive", conversation))
    assert names_at(people.alice, "archived") == ["Delta"]
    people.alice.post(of_conversation("unarchive", conversation))
    assert names_at(people.alice, "archived") == []


def test_unread_conversations_are_a_badge_in_the_menu(people, conversation, dan, acme, delta):
    frame = "/o/acme/questions/waiting/"
    page = people.alice.get("/o/acme/my-portal/requests/").content.decode()
    assert '<span>Requests</span><span class="badge" id="news-messages" hidden></span>' in page
    assert "1 conversation with unread messages" in people.alice.get(frame).content.decode()
    assert "unread" not in people.bob.get(frame).content.decode()  # not his client
    people.alice.post(of_conversation("mark_read", conversation), {"seen": "1"})
    assert 'hx-swap-oob="true" hidden></span>' in people.alice.get(frame).content.decode()
    write(owner_of(acme), conversation)
    assert "1 conversation with unread messages" in people.dan.get("/o/delta/questions/waiting/").content.decode()


def test_who_has_no_badge_of_messages_gets_none(conversation, delta, client_of):
    """It would have no place on their page: My advisory belongs to those who may see the team."""
    seller = client_of(MemberFactory(organisation=delta, code="sales").user)
    assert "news-messages" not in seller.get("/o/delta/documents/invoices/").content.decode()
    assert "news-messages" not in seller.get("/o/delta/questions/waiting/").content.decode()
