"""What firms write of themselves, and how it is reviewed and published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from advisory_portal.core.models import StoredFile
from advisory_portal.core.states import IllegalMove, move
from partners.actions.listings import list_version
from partners.actions.locks import lock_organisation
from partners.actions.programme import ReasonMissing, is_in_programme, leaders_of, require_operator
from partners.models import Organisation, Profile, ProfileVersion
from partners.rules.pictures import CONTENT_TYPE, SHAPES, BadPicture, clean_picture
from partners.rules.profiles import REASON_KEYS, complete, missing
from partners.words import FIELDS, PICTURE_FAULTS

State = ProfileVersion.State
PICTURE_COLUMNS = ("logo", "logo_small", "cover", "cover_small")


class InReview(Refused):
    """What is being reviewed does not change; it can be withdrawn."""


class Incomplete(Refused):
    """A profile with required parts missing cannot be submitted."""


class NotInProgramme(Refused):
    """Only firms that were accepted, and are not suspended, have their profile reviewed and published."""


class PictureRefused(Refused):
    """An upload that is no picture we take."""


class SeenOtherwise(Refused):
    """The version was submitted anew since the reviewer read it."""


@transaction.atomic
def save_draft(*, actor: Actor, content: Mapping[str, Any], now: datetime) -> ProfileVersion:
    """Write the profile's next version, begun from the published one if there is none.

    `content` has the keys of `rules.profiles.EMPTY`, checked by ProfileContentForm; nothing needs to be complete.
    Writing the same again does nothing. Raises InReview. Source: PRODUCT R3.
    """
    version = _open_version(actor, now)
    new = complete(content)
    if version.content != new or version.saved_at is None:
        version.content, version.saved_at = new, now
        version.save(update_fields=["content", "saved_at"])
    return version


@transaction.atomic
def set_picture(*, actor: Actor, which: str, upload: bytes | None, now: datetime) -> ProfileVersion:
    """Put a picture ("logo" or "cover") into the next version, or take it away (None).

    Raises PictureRefused and InReview. Source: PRODUCT R3.
    """
    version = _open_version(actor, now)
    before = [getattr(version, which), getattr(version, f"{which}_small")]
    large = small = None
    if upload is not None:
        large, small = _stored(actor.place.id, which, upload)
    setattr(version, which, large)
    setattr(version, f"{which}_small", small)
    version.saved_at = now
    version.save(update_fields=[which, f"{which}_small", "saved_at"])
    for file in before:
        if file is not None and not _is_shown(file):
            discard_file(file)
    return version


@transaction.atomic
def submit_version(*, actor: Actor, version: ProfileVersion, now: datetime) -> bool:
    """Send a version to be reviewed. True if sent now, False if it is in review already.

    Raises NotInProgramme, Incomplete, and IllegalMove for one that was decided. Source: PRODUCT R3.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    lock_organisation(actor.place.id)
    version = ProfileVersion.objects.visible_to(actor).get(pk=version.pk)
    if version.state == State.IN_REVIEW:
        return False
    if not is_in_programme(actor.place.id):
        raise NotInProgramme(_("Only members of the partner programme can submit a profile."))
    if missing(version.content, has_logo=version.logo_id is not None):
        raise Incomplete(_("Something is missing before you can submit. The checklist says what."))
    if version.is_editable:
        version.submitted_at, version.submitted_by_name = now, actor.name
        version.save(update_fields=["submitted_at", "submitted_by_name"])
    return move(version, State.IN_REVIEW, actor=actor)


@transaction.atomic
def withdraw_version(*, actor: Actor, version: ProfileVersion) -> bool:
    """Take a version back out of review, to write on. True if done now, False if it is a draft already.

    Raises IllegalMove if it was decided meanwhile. Source: PRODUCT R3.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    lock_organisation(actor.place.id)
    version = ProfileVersion.objects.visible_to(actor).get(pk=version.pk)
    return move(version, State.DRAFT, actor=actor)


@transaction.atomic
def approve_version(*, actor: Actor, version: ProfileVersion, now: datetime, seen: datetime | None = None) -> bool:
    """Publish a submitted version in the place of the one before, list it, and tell the firm.

    True if done now, False if it is published already. `seen` is the `submitted_at` that the reviewer read; raises
    SeenOtherwise if the firm submitted anew since. Raises NotInProgramme for a firm that is suspended or not
    accepted, IllegalMove if somebody decided otherwise meanwhile. Source: PRODUCT R3.
    """
    version = _under_review(actor, version, seen)
    if version.state == State.PUBLISHED:
        return False
    if not is_in_programme(version.organisation_id):
        raise NotInProgramme(_("This firm is not in the programme now, so its profile cannot be published."))
    if version.state == State.IN_REVIEW:
        for before in ProfileVersion.objects.published().filter(profile_id=version.profile_id):
            move(before, State.SUPERSEDED, actor=actor)
    move(version, State.PUBLISHED, actor=actor)
    _decided(version, actor, now)
    list_version(version, now)
    _tell(version, "published", {})
    return True


@transaction.atomic
def request_changes(
    *,
    actor: Actor,
    version: ProfileVersion,
    reasons: Mapping[str, str],
    now: datetime,
    seen: datetime | None = None,
) -> bool:
    """Send a submitted version back with reasons by field (`rules.profiles.REASON_KEYS`), and tell the firm.

    True if done now, False if that was decided already. Raises ReasonMissing, SeenOtherwise (see approve_version),
    IllegalMove if somebody decided otherwise meanwhile, KeyError for an unknown field. Source: PRODUCT R3.
    """
    given = {key: reasons[key].strip() for key in REASON_KEYS if reasons.get(key, "").strip()}
    if unknown := set(reasons) - set(REASON_KEYS):
        raise KeyError(*unknown)
    version = _under_review(actor, version, seen)
    if version.state == State.CHANGES_REQUESTED:
        return False
    if not given:
        raise ReasonMissing(_("Write at least one reason: the firm reads it."))
    move(version, State.CHANGES_REQUESTED, actor=actor)
    version.reasons = given
    _decided(version, actor, now)
    record(actor, "partners.profileversion.reasoned", about=version, after={"reasons": given})
    _tell(version, "changes_requested", given)
    return True


def _open_version(actor: Actor, now: datetime) -> ProfileVersion:
    """The version that the firm may write in, locked and with its pictures; made if there is none. Raises InReview."""
    actor.require(Section.SETTINGS, Level.MANAGE)
    organisation = lock_organisation(actor.place.id)
    if organisation.kind != Organisation.Kind.FIRM:
        raise NotInProgramme(_("Only firms have a profile."))
    profile, _made = Profile.objects.get_or_create(organisation=organisation)
    versions = ProfileVersion.objects.visible_to(actor).with_pictures()
    found = versions.open().first()
    if found is not None:
        if not found.is_editable:
            raise InReview(_("This profile is being reviewed. Withdraw it to change it."))
        return found
    published = versions.published().first()
    number = versions.aggregate(last=Max("number"))["last"] or 0
    version = ProfileVersion(profile=profile, organisation=organisation, number=number + 1, created_at=now)
    version.content = published.content if published else organisation.first_content
    for column in PICTURE_COLUMNS:
        setattr(version, column, getattr(published, column) if published else None)
    version.save(force_insert=True)
    return version


def _under_review(actor: Actor, version: ProfileVersion, seen: datetime | None) -> ProfileVersion:
    """The version as it stands now, under the lock of its firm. Raises SeenOtherwise, Forbidden and IllegalMove."""
    require_operator(actor)
    lock_organisation(version.organisation_id)
    version = ProfileVersion.objects.select_related("organisation").get(pk=version.pk)
    if version.state in (State.DRAFT, State.SUPERSEDED):
        raise IllegalMove(
            _("This version is not in review any more: it is “%(state)s” now.") % {"state": State(version.state).label}
        )
    if seen is not None and version.state == State.IN_REVIEW and version.submitted_at != seen:
        raise SeenOtherwise(_("The firm submitted this again since you opened it. Read it once more."))
    return version


def _decided(version: ProfileVersion, actor: Actor, now: datetime) -> None:
    version.decided_at, version.decided_by_name = now, actor.name
    version.save(update_fields=["decided_at", "decided_by_name", "reasons"])


def _tell(version: ProfileVersion, decision: str, reasons: Mapping[str, str]) -> None:
    organisation = version.organisation
    notify(
        "partners/profile_decision",
        to=leaders_of(organisation),
        url=reverse("partners:profile_state", args=[organisation.slug]),
        organisation_id=organisation.pk,
        context={"organisation": organisation.name, "decision": decision, "reasons": dict(reasons), "labels": FIELDS},
    )


def _stored(organisation_id: UUID, which: str, upload: bytes) -> tuple[StoredFile, StoredFile]:
    try:
        large, small = clean_picture(upload, SHAPES[which])
    except BadPicture as bad:
        raise PictureRefused(str(PICTURE_FAULTS[bad.fault.value]), field="picture") from None
    files = [
        store_file(organisation_id=organisation_id, name=f"{name}.webp", content=content, content_type=CONTENT_TYPE)
        for name, content in ((which, large), (f"{which}-small", small))
    ]
    return files[0], files[1]


def _is_shown(file: StoredFile) -> bool:
    """Does any version still hold this picture?"""
    holds = Q()
    for column in PICTURE_COLUMNS:
        holds |= Q(**{column: file})
    return ProfileVersion.objects.filter(holds).exists()
