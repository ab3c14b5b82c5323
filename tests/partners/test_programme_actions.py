from datetime import date

import pytest
from django.db import IntegrityError, transaction

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail
from advisory_portal.core.states import IllegalMove
from partners import actions
from partners.models import Listing, Member, ProgrammeApplication, Subscription
from tests.factories import MemberFactory, UserFactory
from tests.partners.programme import LATER, NOW, RITA, ask, join, pay, publish

State = ProgrammeApplication.State


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


def states():
    return list(ProgrammeApplication.objects.order_by("created_at").values_list("state", flat=True))


def log(what):
    return HistoryEntry.objects.filter(what=f"partners.programmeapplication.{what}")


# --- Asking --------------------------------------------------------------------------------------------------


def test_request_waits_for_the_operator(alice_here, acme):
    application = ask(alice_here)
    assert (application.organisation, application.state, application.sent_by_name) == (acme, State.SUBMITTED, "Alice")
    assert application.created_at == NOW
    assert list(ProgrammeApplication.objects.waiting()) == [application]
    assert log("submitted").get().organisation_id == acme.pk
    assert not OutboundEmail.objects.exists()


def test_request_repeated_gives_the_one_that_stands(alice_here):
    first = ask(alice_here)
    assert actions.request_programme(actor=alice_here, now=LATER) == first
    assert states() == [State.SUBMITTED]


def test_request_of_an_accepted_firm_gives_the_one_that_stands(alice_here):
    application = join(alice_here)
    assert actions.request_programme(actor=alice_here, now=LATER) == application
    assert states() == [State.ACCEPTED]


def test_request_without_subscription_is_refused(alice_here):
    with pytest.raises(actions.PreconditionUnmet):
        actions.request_programme(actor=alice_here, now=NOW)
    assert states() == []


def test_request_with_a_subscription_that_ended_is_refused(alice_here, acme):
    Subscription.objects.create(organisation=acme, status="active", paid_until=date(2020, 1, 1))
    with pytest.raises(actions.PreconditionUnmet):
        actions.request_programme(actor=alice_here, now=NOW)


def test_request_of_another_profession_is_refused(alice, acme, actor_of):
    acme.profession = "other"
    acme.save()
    pay(acme)
    with pytest.raises(actions.PreconditionUnmet):
        actions.request_programme(actor=actor_of(alice, acme), now=NOW)


def test_request_of_a_business_is_refused(dan_here, delta):
    pay(delta)
    with pytest.raises(actions.PreconditionUnmet):
        actions.request_programme(actor=dan_here, now=NOW)


def test_subscription_of_another_firm_does_not_count(alice_here, rival):
    pay(rival)
    with pytest.raises(actions.PreconditionUnmet):
        actions.request_programme(actor=alice_here, now=NOW)


def test_request_by_an_account_manager_is_forbidden(bob, acme, actor_of):
    pay(acme)
    with pytest.raises(Forbidden):
        actions.request_programme(actor=actor_of(bob, acme), now=NOW)


def test_database_keeps_one_request_that_stands(alice_here, acme):
    ask(alice_here)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeApplication.objects.create(organisation=acme, sent_by_name="x")


# --- Deciding ------------------------------------------------------------------------------------------------


def test_acceptance_is_told_to_those_who_lead(alice_here, acme, bob):
    MemberFactory(organisation=acme, user=UserFactory(email="ann@acme.example", language="es"), code="administrator")
    left = UserFactory(email="left@acme.example")
    MemberFactory(organisation=acme, user=left, code="administrator", retired_at=NOW)
    application = ask(alice_here)
    assert actions.accept_application(actor=RITA, application=application, now=LATER)
    application.refresh_from_db()
    assert (application.state, application.decided_by_name, application.decided_at) == (State.ACCEPTED, "Rita", LATER)
    mails = OutboundEmail.objects.order_by("to")
    assert [(mail.to, mail.language, mail.kind) for mail in mails] == [
        ("alice@acme.example", "en", "partners/programme_decision"),
        ("ann@acme.example", "es", "partners/programme_decision"),
    ]
    assert mails[0].subject == "Acme Advisers is in the partner programme"
    assert "/o/acme/advisory-services/" in mails[0].text
    assert Notification.objects.filter(organisation_id=acme.pk).count() == 2
    assert log("accepted").get().actor_name == "Rita"


def test_decision_repeated_is_decided_once(alice_here):
    application = ask(alice_here)
    assert actions.accept_application(actor=RITA, application=application, now=NOW)
    assert not actions.accept_application(actor=RITA, application=application, now=LATER)
    assert OutboundEmail.objects.count() == 1
    application.refresh_from_db()
    assert application.decided_at == NOW


def test_second_operator_who_decides_otherwise_is_told(alice_here):
    application, seen_by_other = ask(alice_here), ProgrammeApplication.objects.get()
    actions.reject_application(actor=RITA, application=application, reason="No number.", now=NOW)
    with pytest.raises(IllegalMove, match="Rejected"):
        actions.accept_application(actor=RITA, application=seen_by_other, now=LATER)
    assert states() == [State.REJECTED]
    assert OutboundEmail.objects.count() == 1


def test_rejection_gives_the_reason_and_lets_ask_again(alice_here):
    first = ask(alice_here)
    assert actions.reject_application(actor=RITA, application=first, reason=" No number. ", now=NOW)
    first.refresh_from_db()
    assert first.reason == "No number."
    mail = OutboundEmail.objects.get()
    assert mail.subject == "The request of Acme Advisers was not accepted"
    assert "No number." in mail.text and "No number." in mail.html
    assert log("reasoned").get().after == {"reason": "No number."}
    second = actions.request_programme(actor=alice_here, now=LATER)
    assert second != first
    assert states() == [State.REJECTED, State.SUBMITTED]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_rejection_without_reason_is_refused(alice_here, reason):
    with pytest.raises(actions.ReasonMissing):
        actions.reject_application(actor=RITA, application=ask(alice_here), reason=reason, now=NOW)
    assert states() == [State.SUBMITTED]


def test_deciding_is_for_the_operator(alice_here):
    application = ask(alice_here)
    for act in (actions.accept_application, actions.resume_firm):
        with pytest.raises(Forbidden):
            act(actor=alice_here, application=application, now=NOW)
    for act in (actions.reject_application, actions.suspend_firm):
        with pytest.raises(Forbidden):
            act(actor=alice_here, application=application, reason="x", now=NOW)
    assert states() == [State.SUBMITTED]


def test_decision_rolled_back_leaves_no_mail(alice_here):
    application = ask(alice_here)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.accept_application(actor=RITA, application=application, now=NOW)
        raise RuntimeError
    assert (states(), OutboundEmail.objects.count()) == ([State.SUBMITTED], 0)


# --- Suspension ----------------------------------------------------------------------------------------------


def test_suspension_takes_the_profile_down_and_its_end_puts_it_back(alice_here, acme):
    application = join(alice_here)
    version = publish(alice_here)
    assert Listing.objects.get().version == version
    OutboundEmail.objects.all().delete()
    assert actions.suspend_firm(actor=RITA, application=application, reason="No insurance.", now=NOW)
    assert not Listing.objects.exists()
    assert OutboundEmail.objects.get().subject == "Acme Advisers is suspended from the partner programme"
    assert not actions.suspend_firm(actor=RITA, application=application, reason="Again.", now=NOW)

    assert actions.resume_firm(actor=RITA, application=application, now=LATER)
    listing = Listing.objects.get()
    assert (listing.organisation, listing.version, listing.display_name) == (acme, version, "Acme Advisers")
    application.refresh_from_db()
    assert (application.state, application.reason) == (State.ACCEPTED, "")
    assert OutboundEmail.objects.order_by("-id")[0].subject == "Acme Advisers is listed again"
    assert not actions.resume_firm(actor=RITA, application=application, now=LATER)
    assert OutboundEmail.objects.count() == 2


def test_end_of_a_suspension_lists_nothing_that_was_not_published(alice_here):
    application = join(alice_here)
    actions.suspend_firm(actor=RITA, application=application, reason="No insurance.", now=NOW)
    actions.resume_firm(actor=RITA, application=application, now=LATER)
    assert not Listing.objects.exists()


def test_acceptance_does_not_end_a_suspension(alice_here):
    application = join(alice_here)
    actions.suspend_firm(actor=RITA, application=application, reason="No insurance.", now=NOW)
    with pytest.raises(IllegalMove):
        actions.accept_application(actor=RITA, application=application, now=LATER)
    assert states() == [State.SUSPENDED]


@pytest.mark.parametrize("decide", ["suspend", "resume"])
def test_waiting_request_is_neither_suspended_nor_resumed(alice_here, decide):
    application = ask(alice_here)
    with pytest.raises(IllegalMove):
        if decide == "suspend":
            actions.suspend_firm(actor=RITA, application=application, reason="x", now=NOW)
        else:
            actions.resume_firm(actor=RITA, application=application, now=NOW)
    assert states() == [State.SUBMITTED]


def test_firm_suspended_may_not_ask_again(alice_here):
    application = join(alice_here)
    actions.suspend_firm(actor=RITA, application=application, reason="No insurance.", now=NOW)
    assert actions.request_programme(actor=alice_here, now=LATER) == application


# --- Subscriptions -------------------------------------------------------------------------------------------


def test_subscription_is_set_and_changed(acme):
    def set_to(status, until):
        return actions.set_subscription(actor=RITA, organisation=acme, status=status, paid_until=until, now=NOW)

    first = set_to("trialing", date(2026, 12, 31))
    assert (first.status, first.paid_until) == ("trialing", date(2026, 12, 31))
    assert set_to("active", None) == first
    assert set_to("active", None) == first
    row = Subscription.objects.get()
    assert (row.status, row.paid_until) == ("active", None)
    entries = HistoryEntry.objects.filter(what="partners.subscription.set").order_by("id")
    assert [(entry.before, entry.after) for entry in entries] == [
        ({}, {"status": "trialing", "paid_until": "2026-12-31"}),
        ({"status": "trialing", "paid_until": "2026-12-31"}, {"status": "active", "paid_until": None}),
    ]


def test_subscription_is_set_by_the_operator_only(alice_here, acme):
    with pytest.raises(Forbidden):
        actions.set_subscription(actor=alice_here, organisation=acme, status="active", paid_until=None, now=NOW)


def test_subscription_of_unknown_status_is_an_error(acme):
    with pytest.raises(ValueError, match="paused"):
        actions.set_subscription(actor=RITA, organisation=acme, status="paused", paid_until=None, now=NOW)


# --- Scope ---------------------------------------------------------------------------------------------------


def test_applications_and_subscriptions_are_ones_own(alice_here, carol, rival, actor_of):
    mine = ask(alice_here)
    theirs = ask(actor_of(carol, rival))
    assert list(ProgrammeApplication.objects.visible_to(alice_here)) == [mine]
    assert set(ProgrammeApplication.objects.visible_to(RITA)) == {mine, theirs}
    assert list(Subscription.objects.visible_to(alice_here)) == [mine.organisation.subscription]
    nowhere = Member.objects.get(user=carol).user.actor
    assert not ProgrammeApplication.objects.visible_to(nowhere).exists()
    assert not Subscription.objects.visible_to(nowhere).exists()
