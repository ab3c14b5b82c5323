"""The activity log of an organisation."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from lxml import html

from advisory_portal.activity import THINGS, WORDS, sentence
from advisory_portal.core.history import record
from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import HistoryEntry
from partners import actions
from partners.models import Member
from tests.factories import MemberFactory, RoleFactory, predefined_role
from tests.pages import text_of

ACTIVITY = "/o/acme/activity/"


def lines(response):
    tree = html.fromstring(response.content.decode())
    return [text_of(item) for item in tree.xpath("//ol[@class='timeline']/li")]


def said(response):
    """The lines without their moments."""
    return [re.sub(r" \d+ \w+ \d{4}, [\d:]+", "", line) for line in lines(response)]


@pytest.mark.django_db
def test_activity_says_who_did_what_newest_first(client_of, actor_of, alice, bob, acme):
    actor, member = actor_of(alice, acme), Member.objects.get(user=bob)
    actions.give_role(actor=actor, member=member, role=predefined_role("firm", "administrator"))
    role = actions.create_role(actor=actor, name="Night", levels={"team": 1})
    assert said(client_of(alice).get(ACTIVITY)) == [
        "Alice created the role “Night”",
        "Alice gave Bob another roleRole: Account manager → Administrator",
    ]
    assert role.name == "Night"


@pytest.mark.django_db
def test_activity_names_the_firm_for_which_somebody_acted(client_of, actor_of, alice, acme):
    firm = uuid7()
    actor = replace(actor_of(alice, acme), name="Zoe", user_id=uuid7(), firm_id=firm, firm_name="Outside Ltd")
    record(actor, "partners.organisation.changed", about=acme, before={"name": "A"}, after={"name": "B"})
    record(actor_of(alice, acme), "partners.organisation.changed", about=acme)
    client = client_of(alice)
    found = said(client.get(f"{ACTIVITY}?firm={firm}"))
    assert found == ["Zoe (Outside Ltd) changed the data of Acme AdvisersName: A → B"]
    assert len(said(client.get(ACTIVITY))) == 2


@pytest.mark.django_db
def test_activity_filters_by_person_thing_and_day_of_the_organisation(client_of, actor_of, alice, bob, acme):
    admin = MemberFactory(organisation=acme, code="administrator")
    for actor, about, moment in (
        (actor_of(alice, acme), acme, datetime(2026, 1, 1, 22, 59, tzinfo=UTC)),
        (actor_of(alice, acme), RoleFactory(organisation=acme), datetime(2026, 1, 1, 23, 1, tzinfo=UTC)),
        (actor_of(admin.user, acme), acme, datetime(2026, 1, 3, 12, tzinfo=UTC)),
    ):
        HistoryEntry.objects.create(
            organisation_id=acme.pk,
            what="partners.organisation.changed",
            actor_kind="member",
            actor_id=actor.user_id,
            actor_name=actor.name,
            subject_kind=about._meta.label_lower,
            subject_id=about.pk,
            subject_name=str(about),
            created_at=moment,
        )
    client = client_of(alice)
    assert len(lines(client.get(f"{ACTIVITY}?person={alice.pk}"))) == 2
    assert len(lines(client.get(f"{ACTIVITY}?thing=partners.role"))) == 1
    assert len(lines(client.get(f"{ACTIVITY}?until=2026-01-01"))) == 1
    assert len(lines(client.get(f"{ACTIVITY}?since=2026-01-02"))) == 2
    assert len(lines(client.get(f"{ACTIVITY}?since=2026-01-02&until=2026-01-02"))) == 1
    assert "Nothing found" in client.get(f"{ACTIVITY}?since=2030-01-01").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["person=x", "thing=%00", "firm=1", "since=yesterday", "until=9999-12-31", "after=nonsense", "before=e30"]
)
def test_activity_leaves_out_what_it_cannot_read(client_of, actor_of, alice, acme, query):
    record(actor_of(alice, acme), "partners.organisation.changed", about=acme)
    assert len(lines(client_of(alice).get(f"{ACTIVITY}?{query}"))) == 1


@pytest.mark.django_db
def test_activity_pages_through_everything_once(client_of, actor_of, alice, acme):
    actor = actor_of(alice, acme)
    for number in range(120):
        record(replace(actor, name=f"N{number:03}"), "partners.organisation.changed", about=acme)
    client, seen, address = client_of(alice), [], ACTIVITY
    while address:
        page = client.get(address)
        seen += [line[:4] for line in lines(page)]
        following = html.fromstring(page.content.decode()).xpath("//a[@rel='next']/@href")
        address = ACTIVITY + following[0] if following else ""
    assert seen == [f"N{number:03}" for number in reversed(range(120))]


@pytest.mark.django_db
def test_activity_takes_as_many_queries_for_thirty_as_for_one(
    client_of, actor_of, alice, acme, django_assert_num_queries
):
    record(actor_of(alice, acme), "partners.organisation.changed", about=acme)
    client = client_of(alice)
    client.get(ACTIVITY)
    with django_assert_num_queries(7):
        client.get(ACTIVITY)
    for _ in range(30):
        record(actor_of(alice, acme), "partners.organisation.changed", about=acme)
    with django_assert_num_queries(7):
        client.get(ACTIVITY)


@pytest.mark.django_db
def test_activity_is_for_owners_and_administrators(client_of, bob, delta, acme):
    admin = MemberFactory(organisation=acme, code="administrator")
    assert client_of(admin.user).get(ACTIVITY).status_code == 200
    assert client_of(bob).get(ACTIVITY).status_code == 403


def test_every_entry_that_partners_write_has_words():
    written = set()
    for path in (settings.BASE_DIR / "partners" / "actions").glob("*.py"):
        written |= set(re.findall(r'"(partners\.\w+\.\w+)"', Path(path).read_text()))
    assert len(written) > 10
    assert written - set(WORDS) == set()
    assert {".".join(what.split(".")[:2]) for what in written} - set(THINGS) == {"partners.person"}


def test_sentence_of_something_without_words_is_still_one():
    assert sentence("x.y.z", "Thing", {}, {}) == ("changed Thing", "")
