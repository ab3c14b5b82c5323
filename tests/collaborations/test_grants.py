"""Giving, changing and taking access: the client's acts, and their end by themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from collaborations import actions
from collaborations.models import Grant, Message
from collaborations.rows.threads import event_sentence
from collaborations.tasks import watch_grants
from collaborations.words.agreement import AGREEMENT_VERSION, agreement_text
from partners.actions import retire_role
from tests.collaborations.factories_conversations import collaborating
from tests.collaborations.factories_grants import granted, looked_after
from tests.factories import MemberFactory, OrganisationFactory, RoleFactory, predefined_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)  # one in the afternoon in Madrid
DAY = timedelta(days=1)


@pytest.fixture
def working(delta, acme, dan, alice):
    """Acme works for Delta; what was mailed on the way is forgotten."""
    made = collaborating(delta, acme)
    OutboundEmail.objects.all().delete()
    Notification.objects.all().delete()
    return made


def give(actor, collaboration, **values):
    usual = {"role": predefined_role("business", "bookkeeper"), "ends_on": None, "now": NOW}
    usual["agreement_version"] = AGREEMENT_VERSION
    return actions.grant_access(actor=actor, collaboration=collaboration, **usual | values)


def logged(organisation):
    rows = HistoryEntry.objects.filter(organisation_id=organisation.pk, what__startswith="collaborations.grant")
    return list(rows.order_by("id").values_list("what", "actor_name", "firm_name", "before", "after"))


def mails():
    return list(OutboundEmail.objects.order_by("id").values_list("to", "kind", "subject"))


def told(collaboration):
    rows = Message.objects.filter(conversation=collaboration.conversation, kind__startswith="grant")
    return list(rows.order_by("number").values_list("kind", "author_name", "detail"))


def test_access_is_given_and_told(dan_here, working, acme, delta):
    grant = give(dan_here, working, ends_on=date(2026, 4, 30))
    assert (grant.firm, grant.business, grant.role.code) == (acme, delta, "bookkeeper")
    assert grant.ends_at == datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert (grant.granted_by_name, grant.agreed_by_name, grant.agreed_by_id) == ("Dan", "Dan", dan_here.user_id)
    assert grant.agreement == agreement_text("en", firm="Acme Advisers", business="Delta")
    assert "Acme Advisers" in grant.agreement and "{" not in grant.agreement
    terms = {"role": "Bookkeeper", "until": "2026-04-30"}
    assert logged(delta) == logged(acme) == [("collaborations.grant.given", "Dan", "", {}, terms)]
    assert mails() == [("alice@acme.example", "collaborations/access_granted", "Delta lets you into its account")]
    assert told(working) == [("granted", "Dan", terms)]


def test_giving_the_same_again_does_nothing(dan_here, working):
    first, second = give(dan_here, working), give(dan_here, working)
    assert (first, Grant.objects.count(), len(mails()), len(told(working))) == (second, 1, 1, 1)


def test_another_access_beside_one_is_refused(dan_here, working):
    give(dan_here, working)
    with pytest.raises(actions.AccessStands):
        give(dan_here, working, role=predefined_role("business", "viewer"))


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2020, 1, 1)])
def test_access_ends_today_at_the_earliest(dan_here, working, day):
    with pytest.raises(actions.EndTooEarly):
        give(dan_here, working, ends_on=day)
    assert give(dan_here, working, ends_on=date(2026, 3, 10)).ends_at == datetime(2026, 3, 10, 23, tzinfo=UTC)


def test_another_agreement_than_the_one_in_force_is_refused(dan_here, working):
    with pytest.raises(actions.AgreementChanged):
        give(dan_here, working, agreement_version="2019-1")
    assert not Grant.objects.exists()


def test_owner_withdrawn_and_foreign_roles_are_not_offered(dan_here, working, delta):
    withdrawn = RoleFactory(organisation=delta, retired_at=NOW)
    foreign = RoleFactory(organisation=OrganisationFactory())
    firms = predefined_role("firm", "account_manager")
    for role in (predefined_role("business", "owner"), withdrawn, foreign, firms):
        with pytest.raises(actions.RoleNotOffered):
            give(dan_here, working, role=role)
    assert give(dan_here, working, role=RoleFactory(organisation=delta)).pk


def test_nobody_but_who_manages_the_team_gives_access(working, actor_of, alice, acme, delta):
    viewer = MemberFactory(organisation=delta, code="viewer").user
    stranger = MemberFactory(code="owner")
    for actor in (actor_of(viewer, delta), actor_of(alice, acme), actor_of(stranger.user, stranger.organisation)):
        with pytest.raises(Forbidden):
            give(actor, working)


def test_access_needs_a_collaboration_that_is_active(dan_here, working):
    actions.end_collaboration(actor=dan_here, collaboration=working, reason="", now=NOW)
    with pytest.raises(actions.NotCollaborating):
        give(dan_here, working)


def test_database_refuses_access_without_active_collaboration(dan_here, working):
    grant = give(dan_here, working)
    with pytest.raises(IntegrityError), transaction.atomic():
        working.state = "ended"
        working.save(update_fields=["state"])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Grant.objects.standing().get() == grant


def test_a_request_for_access_is_answered_by_giving_it(dan_here, working, actor_of, alice, acme):
    actions.request_access(actor=actor_of(alice, acme), collaboration=working, reason="For the VAT", now=NOW)
    working.conversation.refresh_from_db()
    assert working.conversation.access_requested_at == NOW
    give(dan_here, working)
    working.conversation.refresh_from_db()
    assert working.conversation.access_requested_at is None


def test_access_is_changed_and_told(dan_here, working, delta, acme):
    grant = granted(working, ends_on=date(2026, 3, 12), now=NOW)
    OutboundEmail.objects.all().delete()
    viewer = predefined_role("business", "viewer")
    changed = actions.change_access(actor=dan_here, grant=grant, role=viewer, ends_on=None, now=NOW)
    assert (changed.pk, changed.role, changed.ends_at, changed.told_week) == (grant.pk, viewer, None, False)
    before, after = {"role": "Bookkeeper", "until": "2026-03-12"}, {"role": "Viewer", "until": ""}
    assert logged(delta)[1:] == logged(acme)[1:] == [("collaborations.grant.changed", "Dan", "", before, after)]
    assert mails() == [
        ("alice@acme.example", "collaborations/access_changed", "Your access to Delta has changed"),
    ]
    assert told(working)[1:] == [("grant_changed", "Dan", after)]
    actions.change_access(actor=dan_here, grant=grant, role=viewer, ends_on=None, now=NOW)
    assert (len(mails()), len(told(working))) == (1, 2)


def test_access_that_has_ended_is_not_changed(dan_here, working):
    grant = granted(working, ends_on=date(2026, 3, 12), now=NOW)
    with pytest.raises(actions.AccessOver):
        actions.change_access(actor=dan_here, grant=grant, role=grant.role, ends_on=None, now=NOW + 5 * DAY)
    actions.remove_access(actor=dan_here, grant=grant, now=NOW)
    with pytest.raises(actions.AccessOver):
        actions.change_access(actor=dan_here, grant=grant, role=grant.role, ends_on=None, now=NOW)


def test_access_is_removed_and_told_once(dan_here, working, bob, acme, delta):
    looked_after(working.client, bob)
    grant = granted(working, now=NOW)
    OutboundEmail.objects.all().delete()
    for _again in range(2):
        actions.remove_access(actor=dan_here, grant=grant, now=NOW)
    grant.refresh_from_db()
    assert (grant.revoked_at, grant.revoked_by_name, grant.end) == (NOW, "Dan", "removed")
    removed = ("collaborations.grant.removed", "Dan", "", {"role": "Bookkeeper", "until": ""}, {})
    assert logged(delta)[1:] == logged(acme)[1:] == [removed]
    subject = "You have no access to Delta any more"
    assert sorted(mails()) == [
        ("alice@acme.example", "collaborations/access_removed", subject),
        ("bob@acme.example", "collaborations/access_removed", subject),
    ]
    working.refresh_from_db()
    assert working.state == "active"
    assert give(dan_here, working).pk != grant.pk


def test_ending_and_blocking_revoke_in_the_same_transaction(dan_here, working, actor_of, alice, acme, delta):
    granted(working, now=NOW)
    actions.end_collaboration(actor=dan_here, collaboration=working, reason="", now=NOW)
    assert Grant.objects.get().end == "ended"
    again = granted(collaborating(delta, acme), now=NOW)
    actions.block(actor=actor_of(alice, acme), conversation=working.conversation, now=NOW)
    again.refresh_from_db()
    assert (again.end, again.revoked_by_name) == ("blocked", "Alice")


def test_what_is_rolled_back_tells_nobody(dan_here, working):
    with pytest.raises(RuntimeError), transaction.atomic():
        give(dan_here, working)
        raise RuntimeError
    assert (Grant.objects.count(), mails(), told(working)) == (0, [], [])


# --- By themselves --------------------------------------------------------------------------------------------


def test_access_ends_after_its_last_day(working, time_machine):
    grant = granted(working, ends_on=date(2026, 6, 30), now=NOW)
    OutboundEmail.objects.all().delete()
    time_machine.move_to(datetime(2026, 6, 30, 21, 59, tzinfo=UTC), tick=False)
    watch_grants()
    grant.refresh_from_db()
    assert grant.revoked_at is None
    OutboundEmail.objects.all().delete()
    time_machine.move_to(datetime(2026, 6, 30, 22, tzinfo=UTC), tick=False)
    assert (watch_grants(), watch_grants()) == (1, 0)
    grant.refresh_from_db()
    assert (grant.end, grant.revoked_by_name) == ("expired", "Advisory Portal")
    told = working.conversation.messages.latest("number")
    assert event_sentence(told, working.conversation) == "The access ended with its last day"
    assert sorted(mails()) == [
        ("alice@acme.example", "collaborations/access_removed", "You have no access to Delta any more"),
        ("dan@delta.example", "collaborations/access_over", "Acme Advisers has no access to your account any more"),
    ]


def test_both_sides_are_warned_a_week_and_a_day_before(working, time_machine):
    granted(working, ends_on=date(2026, 6, 30), now=NOW)
    OutboundEmail.objects.all().delete()
    counts = []
    for moment in (
        datetime(2026, 6, 23, 21, 59, tzinfo=UTC),
        datetime(2026, 6, 23, 22, tzinfo=UTC),
        datetime(2026, 6, 29, 21, 59, tzinfo=UTC),
        datetime(2026, 6, 29, 22, tzinfo=UTC),
        datetime(2026, 6, 30, 21, 59, tzinfo=UTC),
    ):
        time_machine.move_to(moment, tick=False)
        watch_grants()
        counts.append(len(mails()))
    assert counts == [0, 2, 2, 4, 4]
    assert set(mails()) == {
        ("alice@acme.example", "collaborations/access_ending", "Access to Delta ends on 30 Jun 2026"),
        ("dan@delta.example", "collaborations/access_ending", "Access to Delta ends on 30 Jun 2026"),
    }


def test_who_has_just_chosen_a_near_end_is_not_warned_of_it(working, time_machine):
    time_machine.move_to(NOW, tick=False)
    granted(working, ends_on=date(2026, 3, 13), now=NOW)
    OutboundEmail.objects.all().delete()
    watch_grants()
    assert mails() == []
    time_machine.move_to(NOW + 3 * DAY, tick=False)
    watch_grants()
    assert len(mails()) == 2


def test_access_ends_when_its_role_is_withdrawn(dan_here, working, delta):
    role = RoleFactory(organisation=delta, name="Books only", levels={"journal": 2})
    grant = granted(working, role, now=NOW)
    OutboundEmail.objects.all().delete()
    retire_role(actor=dan_here, role=role, now=NOW)
    watch_grants()
    grant.refresh_from_db()
    assert grant.end == "role_retired"
    assert "Books only" in OutboundEmail.objects.get(to="alice@acme.example").text


def test_a_given_access_that_is_over_makes_room_for_a_new_one(dan_here, working):
    old = granted(working, ends_on=date(2026, 3, 12), now=NOW)
    new = give(dan_here, working, now=NOW + 5 * DAY)
    old.refresh_from_db()
    assert (old.end, new.revoked_at) == ("expired", None)


# --- The firm asks --------------------------------------------------------------------------------------------


def test_steps_are_sent_once_an_hour(working, actor_of, alice, acme):
    actor = actor_of(alice, acme)
    for minutes in (0, 59, 61):
        actions.send_steps(actor=actor, collaboration=working, now=NOW + timedelta(minutes=minutes))
    assert Message.objects.filter(kind="steps").count() == 2
    assert (
        mails()
        == [
            ("dan@delta.example", "collaborations/access_steps", "How to let Acme Advisers into your account"),
        ]
        * 2
    )
    assert "1. Open the conversation with Acme Advisers" in OutboundEmail.objects.first().text


def test_access_is_asked_for_with_a_reason(working, actor_of, bob, acme):
    actor = actor_of(bob, acme)
    actions.request_access(actor=actor, collaboration=working, reason="For the VAT return", now=NOW)
    (message,) = Message.objects.filter(kind="access_requested")
    assert (message.author_name, message.text, message.side) == ("Bob", "For the VAT return", "firm")
    mail = OutboundEmail.objects.get()
    assert (mail.to, mail.subject) == ("dan@delta.example", "Acme Advisers asks for access to your account")
    assert "For the VAT return" in mail.text
    with pytest.raises(actions.AskedJustNow):
        actions.request_access(actor=actor, collaboration=working, reason="Again", now=NOW)


def test_only_a_firm_at_work_asks(dan_here, working, actor_of, alice, acme):
    for act in (actions.send_steps, lambda **more: actions.request_access(reason="Please", **more)):
        with pytest.raises(Forbidden):
            act(actor=dan_here, collaboration=working, now=NOW)
    actions.end_collaboration(actor=dan_here, collaboration=working, reason="", now=NOW)
    with pytest.raises(actions.NotWorking):
        actions.send_steps(actor=actor_of(alice, acme), collaboration=working, now=NOW)


def test_texts_of_the_agreement_say_the_same_in_every_language():
    english, spanish = (agreement_text(code, firm="F", business="B") for code in ("en", "es"))
    assert english != spanish
    assert english.count("\n## ") == spanish.count("\n## ") == 9
    assert agreement_text("fr", firm="F", business="B") == english
