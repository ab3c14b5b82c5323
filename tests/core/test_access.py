"""Actors, sections and levels; and the check that every view says whom it admits."""

from datetime import date
from types import ModuleType, SimpleNamespace

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import include, path

from advisory_portal.core import access
from advisory_portal.core.access import Actor, ActorKind, Forbidden, Level, Section, Workspace, system_actor
from advisory_portal.core.checks import every_view_declares_access, url_patterns

PLACE = Workspace(
    id=None, slug="delta", name="Delta", kind="business", currency="EUR", time_zone="Pacific/Auckland",
    language="en", country="NZ",
)  # fmt: skip


def test_levels_include_those_before():
    actor = Actor(kind=ActorKind.MEMBER, name="x", levels={"sales": 1, "contacts": 2})
    assert [actor.may(Section.SALES, level) for level in Level] == [True, True, False]
    assert [actor.may(Section.CONTACTS, level) for level in Level] == [True, True, True]
    assert [actor.may(Section.TAXES, level) for level in Level] == [True, False, False]
    actor.require(Section.CONTACTS, Level.MANAGE)
    with pytest.raises(Forbidden):
        actor.require(Section.SALES, Level.MANAGE)


def test_the_system_may_everything_and_nobody_nothing():
    assert all(system_actor().may(section, Level.MANAGE) for section in Section)
    assert not any(Actor(kind=ActorKind.MEMBER, name="x").may(section, Level.VIEW) for section in Section)


def test_an_actor_outside_every_place_says_so():
    nowhere = system_actor()
    assert nowhere.organisation_id is None
    with pytest.raises(LookupError):
        _ = nowhere.place
    assert system_actor(PLACE).place == PLACE


def test_the_day_is_that_of_the_place():
    with time_machine.travel("2026-03-01T23:30:00Z", tick=False):
        assert system_actor().today() == date(2026, 3, 1)
        assert system_actor(PLACE).today() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "place_kind", "role", "roles", "admitted"),
    [
        ("member", "firm", "owner", (), True),
        ("member", "firm", "owner", ("owner",), True),
        ("member", "firm", "viewer", ("owner",), False),
        ("member", "business", "owner", (), False),
        ("grant", "firm", "owner", (), False),
    ],
)
def test_pages_of_firms_admit_their_staff(kind, place_kind, role, roles, admitted):
    place = Workspace(**{name: getattr(PLACE, name) for name in Workspace.__slots__} | {"kind": place_kind})
    request = SimpleNamespace(actor=Actor(kind=ActorKind(kind), name="x", organisation=place, role=role))
    view = access.firm(*roles)(lambda request: HttpResponse("in"))
    assert view.declared_access == "workspace"
    if admitted:
        assert view(request).content == b"in"
    else:
        with pytest.raises(Forbidden):
            view(request)


def test_views_with_a_section_admit_its_level():
    request = SimpleNamespace(actor=Actor(kind=ActorKind.MEMBER, name="x", levels={"sales": 1}))
    assert access.access(Section.SALES, Level.VIEW)(lambda request: HttpResponse("in"))(request).content == b"in"
    with pytest.raises(Forbidden):
        access.access(Section.SALES, Level.MANAGE)(lambda request: HttpResponse("in"))(request)
    assert access.access()(lambda request: HttpResponse("in"))(request).content == b"in"


def page(request):
    return HttpResponse()


def ours(view=page):
    def made(request):
        return view(request)

    made.__module__ = "documents.views"  # the check looks at the views of our apps alone
    return made


ORGANISATION = "o/<slug:organisation>/x/"
CASES = [
    ("x/", ours(), "core.E001"),
    (ORGANISATION, access.public(ours()), "core.E002"),
    (ORGANISATION, access.person(ours()), "core.E002"),
    ("x/", access.access()(ours()), "core.E002"),
    ("x/", access.portal(ours()), "core.E002"),
    ("o/<slug:business>/x/", access.access()(ours()), "core.E002"),
    (ORGANISATION, access.access()(ours()), None),
    ("portal/<slug:organisation>/", access.portal(ours()), None),
    ("x/", access.public(ours()), None),
    ("x/", access.person(ours()), None),
    ("x/", page, None),
]


@pytest.mark.parametrize(("route", "view", "problem"), CASES)
@pytest.mark.parametrize("nested", [False, True])
def test_check_finds_views_that_do_not_say_whom_they_admit(settings, route, view, problem, nested):
    patterns = [path("deep/", include([path(route, view)]))] if nested else [path(route, view)]
    settings.ROOT_URLCONF = ModuleType("addresses")
    settings.ROOT_URLCONF.urlpatterns = patterns
    found = every_view_declares_access(None)
    assert [error.id for error in found] == ([problem] if problem else [])
    if problem:
        assert ("/deep/" if nested else "/") + route in found[0].msg


def test_every_view_of_the_house_says_whom_it_admits():
    assert every_view_declares_access(None) == []
    assert len(list(url_patterns())) > 40
