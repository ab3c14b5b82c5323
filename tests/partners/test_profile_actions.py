from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Notification, OutboundEmail, StoredFile
from advisory_portal.core.states import IllegalMove
from partners import actions
from partners.models import Listing, Profile, ProfileVersion, ProgrammeApplication
from partners.rules.profiles import complete
from tests.partners.programme import CONTENT, LATER, NOW, RITA, join, picture, publish, submit, write

State = ProfileVersion.State


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def member(alice_here):
    """Alice, whose firm is in the programme."""
    join(alice_here)
    OutboundEmail.objects.all().delete()
    Notification.objects.all().delete()
    return alice_here


def states():
    return list(ProfileVersion.objects.order_by("number").values_list("number", "state"))


def change(actor, **changes):
    return actions.save_draft(actor=actor, content=complete(CONTENT | changes), now=LATER)


# --- Writing -------------------------------------------------------------------------------------------------


def test_first_save_makes_the_profile(alice_here, acme):
    version = actions.save_draft(actor=alice_here, content={"tagline": "Books", "nonsense": 1}, now=NOW)
    version.refresh_from_db()
    assert (version.organisation, version.number, version.state) == (acme, 1, State.DRAFT)
    assert (version.saved_at, version.created_at) == (NOW, NOW)
    assert version.content == complete({"tagline": "Books"})
    assert Profile.objects.get().organisation == acme


def test_profile_begins_with_what_the_organisation_said(alice_here, acme):
    acme.city, acme.profession = "Bilbao", "other"
    acme.save()
    version = actions.set_picture(actor=alice_here, which="cover", upload=picture(), now=NOW)
    assert (version.content["display_name"], version.content["city"]) == ("Acme Advisers", "Bilbao")
    assert version.content["profession"] == ""  # no profession that may not join


def test_draft_is_written_again_and_again(alice_here):
    first = change(alice_here)
    second = change(alice_here, tagline="Other")
    assert first == second
    assert ProfileVersion.objects.get().content["tagline"] == "Other"


def test_saving_the_same_changes_nothing(alice_here):
    actions.save_draft(actor=alice_here, content=CONTENT, now=NOW)
    version = actions.save_draft(actor=alice_here, content=CONTENT, now=LATER)
    assert version.saved_at == NOW


def test_writing_is_for_those_who_manage_the_firm(bob, acme, actor_of):
    with pytest.raises(Forbidden):
        change(actor_of(bob, acme))
    assert not Profile.objects.exists()


def test_business_has_no_profile(dan_here):
    with pytest.raises(actions.NotInProgramme):
        change(dan_here)


# --- Pictures ------------------------------------------------------------------------------------------------


def test_picture_is_kept_in_two_sizes(alice_here, acme):
    version = actions.set_picture(actor=alice_here, which="logo", upload=picture(900, 900), now=NOW)
    assert {file.organisation_id for file in StoredFile.objects.all()} == {acme.pk}
    assert (version.logo.content_type, version.logo.name) == ("image/webp", "logo.webp")
    assert version.logo_small.size < version.logo.size
    assert version.cover is None


def test_picture_replaced_is_forgotten(alice_here, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        before = actions.set_picture(actor=alice_here, which="logo", upload=picture(), now=NOW).logo
        after = actions.set_picture(actor=alice_here, which="logo", upload=picture(colour="#ff0000"), now=NOW)
    assert set(StoredFile.objects.all()) == {after.logo, after.logo_small}
    assert not default_storage.exists(before.key)


def test_picture_is_taken_away(alice_here):
    actions.set_picture(actor=alice_here, which="cover", upload=picture(), now=NOW)
    version = actions.set_picture(actor=alice_here, which="cover", upload=None, now=NOW)
    assert (version.cover, version.cover_small) == (None, None)
    assert not StoredFile.objects.exists()


def test_picture_of_the_published_version_stays_while_the_next_is_written(member):
    published = publish(member)
    version = actions.set_picture(actor=member, which="logo", upload=picture(colour="#ff0000"), now=LATER)
    assert version.number == 2
    published.refresh_from_db()
    assert default_storage.exists(published.logo.key)
    assert version.logo != published.logo
    actions.set_picture(actor=member, which="logo", upload=None, now=LATER)
    assert default_storage.exists(published.logo.key)


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG, JPEG or WebP"),
        (picture(8000, 5000), "40 megapixels"),
        (picture(20, 20), "64 pixels"),
        (bytes(10 * 1024 * 1024 + 1), "10 MB"),
    ],
    ids=["svg", "pixels", "tiny", "heavy"],
)
def test_picture_that_is_none_is_refused(alice_here, upload, message):
    with pytest.raises(actions.PictureRefused, match=message):
        actions.set_picture(actor=alice_here, which="logo", upload=upload, now=NOW)
    assert not StoredFile.objects.exists()
    assert not ProfileVersion.objects.exists()


# --- Submitting ----------------------------------------------------------------------------------------------


def test_submitted_version_waits_for_review(member):
    version = submit(member)
    assert (version.state, version.submitted_at, version.submitted_by_name) == (State.IN_REVIEW, NOW, "Alice")
    assert list(ProfileVersion.objects.waiting()) == [version]


def test_submitting_twice_submits_once(member):
    version = submit(member)
    assert not actions.submit_version(actor=member, version=version, now=LATER)
    version.refresh_from_db()
    assert version.submitted_at == NOW
    assert HistoryEntry.objects.filter(what="partners.profileversion.in_review").count() == 1


def test_incomplete_profile_is_not_submitted(member):
    with pytest.raises(actions.Incomplete):
        submit(member, tagline="")
    assert states() == [(1, State.DRAFT)]


def test_profile_without_logo_is_not_submitted(member):
    version = change(member)
    with pytest.raises(actions.Incomplete):
        actions.submit_version(actor=member, version=version, now=NOW)


def test_firm_outside_the_programme_does_not_submit(alice_here):
    with pytest.raises(actions.NotInProgramme):
        submit(alice_here)
    assert states() == [(1, State.DRAFT)]


def test_suspended_firm_does_not_submit(member):
    application = ProgrammeApplication.objects.get()
    actions.suspend_firm(actor=RITA, application=application, reason="x", now=NOW)
    with pytest.raises(actions.NotInProgramme):
        submit(member)


def test_another_firms_version_is_not_submitted(member, carol, rival, actor_of):
    carol_here = actor_of(carol, rival)
    join(carol_here)
    theirs = write(carol_here)
    with pytest.raises(ProfileVersion.DoesNotExist):
        actions.submit_version(actor=member, version=theirs, now=NOW)


def test_version_in_review_is_not_written(member):
    submit(member)
    with pytest.raises(actions.InReview):
        change(member, tagline="Other")
    with pytest.raises(actions.InReview):
        actions.set_picture(actor=member, which="logo", upload=None, now=NOW)


def test_withdrawn_version_is_a_draft_again(member):
    version = submit(member)
    assert actions.withdraw_version(actor=member, version=version)
    assert not actions.withdraw_version(actor=member, version=version)
    assert change(member, tagline="Other") == version
    assert actions.submit_version(actor=member, version=version, now=LATER)
    assert states() == [(1, State.IN_REVIEW)]


def test_published_version_is_not_withdrawn(member):
    version = publish(member)
    with pytest.raises(IllegalMove):
        actions.withdraw_version(actor=member, version=version)


# --- Reviewing -----------------------------------------------------------------------------------------------


def test_approved_version_is_listed_and_told(member, acme):
    version = submit(member)
    assert actions.approve_version(actor=RITA, version=version, now=LATER)
    version.refresh_from_db()
    assert (version.state, version.decided_by_name, version.decided_at) == (State.PUBLISHED, "Rita", LATER)
    listing = Listing.objects.get()
    assert (listing.organisation, listing.slug, listing.display_name) == (acme, "acme", "Acme Advisers")
    assert (listing.services, listing.languages, listing.city) == (["bookkeeping", "payroll"], ["es", "en"], "Málaga")
    mail = OutboundEmail.objects.get()
    assert (mail.to, mail.kind) == ("alice@acme.example", "partners/profile_decision")
    assert mail.subject == "The profile of Acme Advisers is published"
    assert "/o/acme/my-portal/profile/state/" in mail.text
    assert Notification.objects.get().text == mail.subject


def test_approving_twice_publishes_once(member):
    version = submit(member)
    actions.approve_version(actor=RITA, version=version, now=NOW)
    assert not actions.approve_version(actor=RITA, version=version, now=LATER)
    assert OutboundEmail.objects.count() == 1


def test_published_version_stays_while_a_change_waits(member):
    publish(member)
    change(member, tagline="Other")
    assert Listing.objects.get().tagline == CONTENT["tagline"]
    submit(member, tagline="Other")
    assert states() == [(1, State.PUBLISHED), (2, State.IN_REVIEW)]
    assert Listing.objects.get().tagline == CONTENT["tagline"]
    actions.approve_version(actor=RITA, version=ProfileVersion.objects.get(number=2), now=LATER)
    assert states() == [(1, State.SUPERSEDED), (2, State.PUBLISHED)]
    assert Listing.objects.get().tagline == "Other"


def test_changes_are_requested_with_reasons_by_field(member):
    version = submit(member)
    reasons = {"tagline": " No superlatives. ", "logo": "Blurred.", "city": ""}
    assert actions.request_changes(actor=RITA, version=version, reasons=reasons, now=LATER)
    version.refresh_from_db()
    assert version.state == State.CHANGES_REQUESTED
    assert version.reasons == {"tagline": "No superlatives.", "logo": "Blurred."}
    assert version.reasons_in_order == [("logo", "Blurred."), ("tagline", "No superlatives.")]
    mail = OutboundEmail.objects.get()
    assert mail.subject == "Please change something in the profile of Acme Advisers"
    assert "Logo: Blurred." in mail.text and "No superlatives." in mail.html
    entry = HistoryEntry.objects.get(what="partners.profileversion.reasoned")
    assert entry.after == {"reasons": {"tagline": "No superlatives.", "logo": "Blurred."}}
    assert not Listing.objects.exists()
    assert not actions.request_changes(actor=RITA, version=version, reasons=reasons, now=LATER)
    assert OutboundEmail.objects.count() == 1


def test_corrected_version_is_submitted_again(member):
    version = submit(member)
    actions.request_changes(actor=RITA, version=version, reasons={"tagline": "No."}, now=NOW)
    assert change(member, tagline="Better") == version
    assert actions.submit_version(actor=member, version=version, now=LATER)
    assert actions.approve_version(actor=RITA, version=version, now=LATER)
    assert Listing.objects.get().tagline == "Better"


@pytest.mark.parametrize("reasons", [{}, {"tagline": " "}])
def test_changes_without_reason_are_refused(member, reasons):
    version = submit(member)
    with pytest.raises(actions.ReasonMissing):
        actions.request_changes(actor=RITA, version=version, reasons=reasons, now=NOW)
    assert states() == [(1, State.IN_REVIEW)]


def test_reason_for_an_unknown_field_is_an_error(member):
    with pytest.raises(KeyError, match="shoe_size"):
        actions.request_changes(actor=RITA, version=submit(member), reasons={"shoe_size": "x"}, now=NOW)


def test_second_operator_who_decides_otherwise_is_told(member):
    version = submit(member)
    actions.request_changes(actor=RITA, version=version, reasons={"tagline": "No."}, now=NOW)
    with pytest.raises(IllegalMove):
        actions.approve_version(actor=RITA, version=version, now=LATER)
    assert not Listing.objects.exists()
    assert OutboundEmail.objects.count() == 1


def test_approval_of_something_else_than_was_read_is_refused(member):
    version = submit(member)
    read = version.submitted_at
    actions.withdraw_version(actor=member, version=version)
    change(member, tagline="Not what you read")
    with pytest.raises(IllegalMove):
        actions.approve_version(actor=RITA, version=version, now=LATER, seen=read)
    actions.submit_version(actor=member, version=version, now=NOW + timedelta(minutes=1))
    with pytest.raises(actions.SeenOtherwise):
        actions.approve_version(actor=RITA, version=version, now=LATER, seen=read)
    with pytest.raises(actions.SeenOtherwise):
        actions.request_changes(actor=RITA, version=version, reasons={"city": "x"}, now=LATER, seen=read)
    assert actions.approve_version(actor=RITA, version=version, now=LATER, seen=NOW + timedelta(minutes=1))


def test_superseded_version_is_not_approved(member):
    first = publish(member)
    publish(member, tagline="Other")
    with pytest.raises(IllegalMove):
        actions.approve_version(actor=RITA, version=first, now=LATER)


def test_version_of_a_suspended_firm_is_not_approved(member):
    version = submit(member)
    application = ProgrammeApplication.objects.get()
    actions.suspend_firm(actor=RITA, application=application, reason="No insurance.", now=NOW)
    with pytest.raises(actions.NotInProgramme):
        actions.approve_version(actor=RITA, version=version, now=LATER)
    assert (states(), Listing.objects.count()) == ([(1, State.IN_REVIEW)], 0)


def test_reviewing_is_for_the_operator(member):
    version = submit(member)
    with pytest.raises(Forbidden):
        actions.approve_version(actor=member, version=version, now=NOW)
    with pytest.raises(Forbidden):
        actions.request_changes(actor=member, version=version, reasons={"city": "x"}, now=NOW)


def test_operator_sees_what_was_submitted_only(member, carol, rival, actor_of):
    mine = submit(member)
    carol_here = actor_of(carol, rival)
    write(carol_here)
    assert list(ProfileVersion.objects.visible_to(RITA)) == [mine]
    assert list(ProfileVersion.objects.visible_to(member)) == [mine]
    assert set(Profile.objects.visible_to(RITA).values_list("organisation__slug", flat=True)) == {"acme", "rival"}
    assert not ProfileVersion.objects.visible_to(carol.actor).exists()


# --- What the database keeps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [submit, publish], ids=["in review", "published"])
@pytest.mark.parametrize(
    ("column", "value"),
    [("content", "'{}'"), ("logo_id", "NULL"), ("number", "9"), ("submitted_by_name", "'Mallory'")],
)
def test_submitted_version_does_not_change(member, make, column, value):
    version = make(member)
    statement = f"UPDATE partners_profileversion SET {column} = {value} WHERE id = %s"
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])


def test_superseded_version_does_not_change(member):
    first = publish(member)
    publish(member, tagline="Other")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileVersion.objects.filter(pk=first.pk).update(content={})


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED])
def test_profile_has_one_open_version(member, acme, state):
    version = change(member)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileVersion.objects.create(profile=version.profile, organisation=acme, number=2, state=state)


def test_profile_has_one_published_version(member, acme):
    version = publish(member)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileVersion.objects.create(profile=version.profile, organisation=acme, number=2, state=State.PUBLISHED)


def test_decision_rolled_back_leaves_no_mail(member):
    version = submit(member)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.approve_version(actor=RITA, version=version, now=NOW)
        raise RuntimeError
    assert (OutboundEmail.objects.count(), Listing.objects.count()) == (0, 0)
