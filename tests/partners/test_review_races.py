"""Two operators who decide at the same moment, on PostgreSQL."""

import pytest
from django.utils import timezone

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from advisory_portal.core.states import IllegalMove
from partners import actions
from partners.models import Listing
from tests.factories import FirmFactory, MemberFactory, UserFactory
from tests.partners.review import application, operator, version
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_operators_who_approve_at_once_publish_once():
    firm, operators = _firm()
    row = version(firm)
    application(firm, "accepted")
    outcomes = together(
        lambda who=who: actions.approve_version(actor=who, version=row, now=timezone.now()) for who in operators
    )
    assert sorted(outcomes) == [False, True]
    assert Listing.objects.count() == 1
    _once("partners.profileversion.published")


def test_of_two_operators_who_disagree_at_once_one_is_refused():
    firm, (first, second) = _firm()
    row = version(firm)
    application(firm, "accepted")
    now = timezone.now()
    outcomes = together(
        [
            lambda: actions.approve_version(actor=first, version=row, now=now),
            lambda: actions.request_changes(actor=second, version=row, reasons={"tagline": "Too loud"}, now=now),
        ]
    )
    assert sorted(map(str, map(type, outcomes))) == sorted([str(IllegalMove), str(bool)])
    assert OutboundEmail.objects.count() == 1
    row.refresh_from_db()
    assert row.decided_by_name == (first if row.state == "published" else second).name


def test_two_operators_who_accept_at_once_accept_once():
    firm, operators = _firm()
    row = application(firm)
    outcomes = together(
        lambda who=who: actions.accept_application(actor=who, application=row, now=timezone.now()) for who in operators
    )
    assert sorted(outcomes) == [False, True]
    _once("partners.programmeapplication.accepted")


def test_suspension_at_the_moment_of_approval_leaves_nothing_listed():
    firm, (first, second) = _firm()
    row, standing = version(firm), application(firm, "accepted")
    now = timezone.now()
    outcomes = together(
        [
            lambda: actions.approve_version(actor=first, version=row, now=now),
            lambda: actions.suspend_firm(actor=second, application=standing, reason="Late", now=now),
        ]
    )
    assert outcomes[1] is True
    assert outcomes[0] is True or isinstance(outcomes[0], actions.NotInProgramme)
    assert Listing.objects.count() == 0


def _firm():
    firm = FirmFactory()
    MemberFactory(organisation=firm, code="owner")
    return firm, [operator(UserFactory(name=name, is_staff=True)) for name in ("Rita", "Rob")]


def _once(what: str) -> None:
    assert HistoryEntry.objects.filter(what=what).count() == 1
    assert OutboundEmail.objects.count() == 1
