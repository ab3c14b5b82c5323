"""Jobs: progress counts what is done, the last item ends it, and who began it is known as they were."""

from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, transaction

from advisory_portal.core.access import Actor, ActorKind, Level, Section, system_actor
from advisory_portal.core.jobs import actor_of, add_items, finish_item, start_job
from advisory_portal.core.models import Job, JobItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(dan_here):
    return start_job(actor=dan_here, kind="test.work", parameters={"direction": "sales"})


def items(*names):
    return [JobItem(name=name) for name in names]


def test_job_keeps_who_began_it_and_its_parameters(job, dan_here):
    job.refresh_from_db()
    assert (job.organisation_id, job.kind, job.parameters) == (dan_here.place.id, "test.work", {"direction": "sales"})
    assert (job.started_by_id, job.started_by_name) == (dan_here.user_id, dan_here.name)
    assert (job.total, job.done, job.finished_at, job.percent) == (0, 0, None, 0)


def test_items_line_up_behind_those_a_job_has(job):
    add_items(job, items("a", "b"))
    add_items(job, items("c"))
    stored = job.items.order_by("position")
    assert [(item.position, item.name, item.kind) for item in stored] == [
        (0, "a", "test.work"),
        (1, "b", "test.work"),
        (2, "c", "test.work"),
    ]
    assert (job.total, Job.objects.get().total) == (3, 3)


def test_items_line_up_also_when_the_job_in_hand_is_stale(job):
    stale = Job.objects.get()
    add_items(job, items("a"))
    add_items(stale, items("b"))
    assert list(job.items.order_by("position").values_list("name", "position")) == [("a", 0), ("b", 1)]


def test_progress_counts_and_the_last_item_ends_the_job(job):
    pieces = items("a", "b", "c")
    add_items(job, pieces)
    seen = []
    for piece, outcome in zip(pieces, ("created", "refused", "created"), strict=True):
        finish_item(piece, outcome, reason="why", detail={"n": 1})
        job.refresh_from_db()
        seen.append((job.done, job.percent, job.finished_at is not None))
    assert seen == [(1, 33, False), (2, 66, False), (3, 100, True)]
    assert job.items.by_outcome() == {"created": 2, "refused": 1}
    first = job.items.get(position=0)
    assert (first.outcome, first.reason, first.detail, first.due_at) == ("created", "why", {"n": 1}, None)


def test_a_job_that_ended_keeps_its_moment(job):
    (piece,) = pieces = items("a")
    add_items(job, pieces)
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        finish_item(piece, "created")
    ended = Job.objects.get().finished_at
    Job.objects.update(done=0)
    finish_item(piece, "created")
    assert Job.objects.get().finished_at == ended


def test_more_cannot_be_done_than_there_is(job):
    (piece,) = pieces = items("a")
    add_items(job, pieces)
    finish_item(piece, "created")
    with pytest.raises(IntegrityError, match="job_done_within_total"), transaction.atomic():
        finish_item(piece, "created")


def test_outcomes_are_counted_in_their_order_whatever_the_order_of_the_items(job):
    pieces = items("a", "b", "c")
    add_items(job, pieces)
    finish_item(pieces[0], "refused")
    assert list(job.items.order_by("position").by_outcome().items()) == [("waiting", 2), ("refused", 1)]


def test_actor_of_a_member_is_who_began(job, dan_here):
    found = actor_of(Job.objects.get())
    assert found == Actor(
        kind=ActorKind.MEMBER,
        name=dan_here.name,
        organisation=dan_here.organisation,
        user_id=dan_here.user_id,
        role="owner",
        levels=dan_here.levels,
    )
    assert found.may(Section.SALES, Level.MANAGE)


def test_actor_of_a_firm_keeps_firm_grant_and_levels(delta):
    ids = {name: UUID(int=number) for number, name in enumerate(("user_id", "firm_id", "grant_id"), start=1)}
    began = Actor(
        kind=ActorKind.GRANT, name="Bob", organisation=delta.workspace, levels={"sales": 1}, firm_name="Acme", **ids
    )
    start_job(actor=began, kind="test.work", parameters={})
    assert actor_of(Job.objects.get()) == began


def test_actor_of_the_system_has_no_ids(delta):
    start_job(actor=system_actor(delta.workspace), kind="test.work", parameters={})
    assert actor_of(Job.objects.get()) == Actor(
        kind=ActorKind.SYSTEM, name="Advisory Portal", organisation=delta.workspace, levels={}
    )


def test_jobs_are_seen_in_their_organisation_alone(job, dan_here, carol, rival, actor_of):
    assert list(Job.objects.visible_to(dan_here)) == [job]
    assert not Job.objects.visible_to(actor_of(carol, rival)).exists()
    assert not Job.objects.visible_to(Actor(kind=ActorKind.MEMBER, name="Nobody")).exists()
    assert list(Job.objects.of_kind("test.work")) == [job]
    assert not Job.objects.of_kind("test").exists()
    assert (str(job), str(JobItem(name="a.xml"))) == ("test.work", "a.xml")


def test_a_job_needs_a_place():
    with pytest.raises(LookupError):
        start_job(actor=system_actor(), kind="test.work", parameters={})
