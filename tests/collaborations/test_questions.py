"""Questions of a firm on an item of its client's, and the client's answers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from collaborations import actions
from collaborations.models import Question, QuestionReply
from tests.collaborations.factories_grants import advised, in_account, looked_after
from tests.factories import ContactFactory, DocumentFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def grant(delta, acme, dan, alice):
    """Acme sees Delta's books; what was mailed on the way is forgotten."""
    made = advised(delta, acme)
    OutboundEmail.objects.all().delete()
    return made


@pytest.fixture
def alice_there(grant, alice):
    """Alice in Delta's account."""
    return in_account(grant, alice)


@pytest.fixture
def invoice(delta):
    return DocumentFactory(contact=ContactFactory(organisation=delta, name="Erin"), number="F-7")


def ask(actor, item, text="What was this for?", now=NOW, key=None):
    return actions.ask_client(actor=actor, item=item, text=text, key=key or uuid7(), now=now)


def answer(actor, question, text="For the shop", files=(), now=NOW, key=None):
    given = {"text": text, "files": files, "key": key or uuid7(), "now": now}
    return actions.answer_question(actor=actor, question=question, **given)


def mails():
    return list(OutboundEmail.objects.order_by("id").values_list("to", "subject"))


def test_question_is_asked_logged_and_mailed(alice_there, invoice, grant, delta):
    question = ask(alice_there, invoice)
    assert (question.subject, question.section, question.state) == ("Invoice F-7 · Erin", "sales", "open")
    assert (question.asked_by_name, question.client, question.document) == (
        "Alice",
        grant.collaboration.client,
        invoice,
    )
    assert mails() == [("dan@delta.example", "Acme Advisers has a question about Invoice F-7 · Erin")]
    assert "What was this for?" in OutboundEmail.objects.get().text
    entry = HistoryEntry.objects.get(what="collaborations.question.asked")
    assert (entry.organisation_id, entry.firm_name, entry.actor_name) == (delta.pk, "Acme Advisers", "Alice")


def test_question_sent_twice_is_asked_once(alice_there, invoice):
    key = uuid7()
    assert ask(alice_there, invoice, key=key) == ask(alice_there, invoice, key=key)
    assert (Question.objects.count(), len(mails())) == (1, 1)


def test_several_questions_in_a_row_are_one_mail(alice_there, invoice):
    for minutes in (0, 5, 59, 120):
        ask(alice_there, invoice, now=NOW + minutes * MINUTE)
    assert len(mails()) == 2


def test_empty_and_overlong_questions_are_refused(alice_there, invoice):
    with pytest.raises(actions.NothingSaid):
        ask(alice_there, invoice, " \n ")
    with pytest.raises(actions.TextTooLong):
        ask(alice_there, invoice, "x" * (Question.LONGEST + 1))
    assert (Question.objects.count(), mails()) == (0, [])


def test_only_a_firm_in_the_account_asks(dan_here, invoice, alice, acme, actor_of, alice_there):
    for actor in (dan_here, actor_of(alice, acme)):
        with pytest.raises(Forbidden):
            ask(actor, invoice)
    with pytest.raises(Forbidden):
        ask(alice_there, DocumentFactory())


def test_only_what_the_grant_opens_is_asked_about(delta, acme, dan, alice, invoice):
    role = RoleFactory(organisation=delta, levels={"purchases": 2})
    with pytest.raises(Forbidden):
        ask(in_account(advised(delta, acme, role), alice), invoice)


def test_answer_reaches_whoever_asked(alice_there, invoice, dan_here, bob, grant):
    looked_after(grant.collaboration.client, bob)
    question = ask(alice_there, invoice)
    OutboundEmail.objects.all().delete()
    reply = answer(dan_here, question, files=[("receipt.pdf", b"%PDF-1.7")])
    question.refresh_from_db()
    assert (question.state, question.answered_at) == ("answered", NOW)
    assert (reply.side, reply.author_name, reply.file.name) == ("business", "Dan", "receipt.pdf")
    assert mails() == [("alice@acme.example", "Delta has answered about Invoice F-7 · Erin")]
    assert "with the file receipt.pdf" in OutboundEmail.objects.get().text


def test_answer_goes_to_the_others_when_the_asker_has_left(alice_there, invoice, dan_here, bob, grant, alice, acme):
    looked_after(grant.collaboration.client, bob)
    question = ask(in_account(grant, bob), invoice)
    acme.members.filter(user=bob).update(retired_at=NOW)
    OutboundEmail.objects.all().delete()
    answer(dan_here, question)
    assert [to for to, _subject in mails()] == ["alice@acme.example"]


def test_answer_sent_twice_is_given_once(alice_there, invoice, dan_here):
    question, key = ask(alice_there, invoice), uuid7()
    OutboundEmail.objects.all().delete()
    assert answer(dan_here, question, key=key) == answer(dan_here, question, key=key)
    assert (QuestionReply.objects.count(), len(mails())) == (1, 1)


def test_answers_that_say_nothing_or_carry_bad_files_are_refused(alice_there, invoice, dan_here):
    question = ask(alice_there, invoice)
    with pytest.raises(actions.NothingSaid):
        answer(dan_here, question, " ")
    with pytest.raises(actions.FileRefused):
        answer(dan_here, question, files=[("empty.pdf", b"")])
    with pytest.raises(actions.FileRefused):
        answer(dan_here, question, files=[("big.pdf", b"x" * (QuestionReply.LARGEST + 1))])
    question.refresh_from_db()
    assert (question.state, QuestionReply.objects.count()) == ("open", 0)


def test_only_who_manages_the_section_answers(alice_there, invoice, delta, actor_of):
    question = ask(alice_there, invoice)
    viewer = actor_of(MemberFactory(organisation=delta, code="viewer").user, delta)
    for actor in (viewer, alice_there):
        with pytest.raises(Forbidden):
            answer(actor, question)


def test_firm_asks_further_and_settles(alice_there, invoice, dan_here, alice, acme, actor_of):
    question = ask(alice_there, invoice)
    answer(dan_here, question)
    OutboundEmail.objects.all().delete()
    outside = actor_of(alice, acme)
    actions.ask_further(actor=outside, question=question, text="Which shop?", key=uuid7(), now=NOW)
    question.refresh_from_db()
    assert question.state == "open"
    assert mails() == [("dan@delta.example", "Acme Advisers has a question about Invoice F-7 · Erin")]
    assert actions.settle_question(actor=alice_there, question=question, now=NOW) is True
    assert actions.settle_question(actor=outside, question=question, now=NOW) is False
    question.refresh_from_db()
    assert (question.state, question.settled_at) == ("settled", NOW)


def test_client_neither_settles_nor_asks_further(alice_there, invoice, dan_here, carol, rival, actor_of):
    question = ask(alice_there, invoice)
    for actor in (dan_here, actor_of(carol, rival)):
        with pytest.raises(Forbidden):
            actions.settle_question(actor=actor, question=question, now=NOW)
        with pytest.raises(Forbidden):
            actions.ask_further(actor=actor, question=question, text="And?", key=uuid7(), now=NOW)


def test_rolled_back_question_mails_nobody(alice_there, invoice):
    with pytest.raises(RuntimeError), transaction.atomic():
        ask(alice_there, invoice)
        raise RuntimeError
    assert (Question.objects.count(), mails()) == (0, [])


def test_questions_are_seen_with_their_section(
    alice_there, invoice, delta, bob, acme, actor_of, dan_here, carol, rival
):
    question = ask(alice_there, invoice)
    seller = actor_of(MemberFactory(organisation=delta, code="sales").user, delta)
    role = RoleFactory(organisation=delta, levels={"purchases": 2})
    buyer = actor_of(MemberFactory(organisation=delta, role=role).user, delta)
    seen = [list(Question.objects.visible_to(one)) for one in (dan_here, seller, buyer)]
    assert seen == [[question], [question], []]
    assert list(Question.objects.visible_to(actor_of(bob, acme))) == []  # not assigned
    assert list(Question.objects.visible_to(actor_of(carol, rival))) == []


def test_questions_wait_no_more_when_the_collaboration_has_ended(alice_there, invoice, dan_here, grant):
    ask(alice_there, invoice)
    assert Question.objects.visible_to(dan_here).waiting().count() == 1
    actions.end_collaboration(actor=dan_here, collaboration=grant.collaboration, reason="", now=NOW)
    assert Question.objects.visible_to(dan_here).waiting().count() == 0


# --- Pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def there(client_of, grant, alice):
    """Alice's browser in Delta's account."""
    browser = client_of(alice)
    browser.post(reverse("collaborations:enter_client", args=["acme", grant.collaboration.client_id]))
    return browser


def page(browser, path):
    return browser.get(path).content.decode()


def test_firm_asks_on_the_page_of_an_item(there, invoice, client_of, dan):
    path = f"/o/delta/questions/documents/{invoice.pk}/"
    assert "Ask the client" in page(there, path)
    assert f'hx-get="{path}"' in page(there, f"/o/delta/documents/{invoice.pk}/")
    asked = there.post(path, {"key": uuid7(), "text": "What was this for?"}, headers={"HX-Request": "true"})
    assert (asked.status_code, "What was this for?" in asked.content.decode()) == (200, True)
    refused = there.post(path, {"key": uuid7(), "text": ""}, headers={"HX-Request": "true"})
    assert (refused.status_code, "Write what you want to know." in refused.content.decode()) == (422, True)
    theirs = page(client_of(dan), path)
    assert ("What was this for?" in theirs, "Ask the client" in theirs) == (True, False)
    assert client_of(dan).post(path, {"key": uuid7(), "text": "Me"}).status_code == 403


def test_item_without_questions_shows_its_owner_nothing(client_of, dan, invoice):
    answer = client_of(dan).get(f"/o/delta/questions/documents/{invoice.pk}/", headers={"HX-Request": "true"})
    assert answer.content.strip() == b""


def test_client_answers_on_one_page(alice_there, invoice, client_of, dan, alice):
    question = ask(alice_there, invoice)
    browser = client_of(dan)
    assert "1 question waits for you" in page(browser, "/o/delta/questions/waiting/")
    assert "What was this for?" in page(browser, "/o/delta/questions/")
    path = f"/o/delta/questions/{question.pk}/answer/"
    refused = browser.post(path, {"key": uuid7(), "text": ""})
    assert (refused.status_code, "Write something, or attach a file." in refused.content.decode()) == (422, True)
    file = SimpleUploadedFile("receipt.txt", b"paid")
    sent = browser.post(path, {"key": uuid7(), "text": "For the shop", "file": file})
    assert (sent.status_code, sent["Location"]) == (302, f"/o/delta/questions/{question.pk}/")
    assert "question" not in page(browser, "/o/delta/questions/waiting/")
    firm = client_of(alice)
    assert "1 answer to your questions" in page(firm, "/o/acme/questions/waiting/")
    listed = page(firm, "/o/acme/questions/?state=answered")
    assert ("For the shop" in listed, "Delta" in listed) == (True, True)
    reply = QuestionReply.objects.get()
    fetched = firm.get(f"/o/acme/questions/files/{reply.pk}/")
    assert (fetched.status_code, fetched.content) == (200, b"paid")
    assert firm.post(f"/o/acme/questions/{question.pk}/settle/").status_code == 302
    assert "answer" not in page(firm, "/o/acme/questions/waiting/")


def test_question_is_reached_by_nobody_else(alice_there, invoice, dan_here, client_of, carol, bob, delta):
    question = ask(alice_there, invoice)
    reply = answer(dan_here, question, files=[("a.txt", b"a")])
    for user, slug in ((carol, "rival"), (bob, "acme"), (MemberFactory(code="owner").user, "delta")):
        for path in (f"questions/{question.pk}/", f"questions/files/{reply.pk}/"):
            assert client_of(user).get(f"/o/{slug}/{path}").status_code == 404
    viewer = client_of(MemberFactory(organisation=delta, code="viewer").user)
    path = f"/o/delta/questions/{question.pk}/"
    assert viewer.get(path).status_code == 200
    assert viewer.post(f"{path}answer/", {"key": uuid7(), "text": "Me"}).status_code == 403


@pytest.mark.parametrize("side", ["client", "firm"])
def test_list_costs_the_same_for_one_and_thirty(alice_there, invoice, client_of, dan, alice, side, dan_here):
    browser, path = (
        (client_of(dan), "/o/delta/questions/") if side == "client" else (client_of(alice), "/o/acme/questions/")
    )
    counts = []
    for more in (1, 29):
        for number in range(more):
            question = ask(alice_there, invoice, f"Question {number}")
            actions.ask_further(actor=alice_there, question=question, text="And?", key=uuid7(), now=timezone.now())
        page(browser, path)
        with CaptureQueriesContext(connection) as queries:
            page(browser, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
