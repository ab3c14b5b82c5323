"""Addresses are found segment by segment, and each finds the view that it found in the list as written."""

import re

import pytest
from django.urls import URLResolver, get_resolver, path, resolve
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RegexPattern

from advisory_portal.core.addresses import by_segments
from advisory_portal.core.checks import url_patterns

SAMPLES = {"uuid": "0193a0a0-0000-7000-8000-000000000001", "int": "3"}


def answer(name):
    return lambda request, **parts: name


def found(patterns, address):
    """The name and parts of the view, as Django finds them; None where there is none."""
    try:
        match = URLResolver(RegexPattern(r"^"), list(patterns)).resolve(address)
    except Resolver404:
        return None
    return match.url_name, match.kwargs, match.route


WRITTEN = [
    path("", answer("home"), name="home"),
    path("things/", answer("things"), name="things"),
    path("things/new/", answer("new"), name="new"),
    path("things/<int:number>/", answer("thing"), name="thing"),
    path("things/<int:number>/edit/", answer("edit"), name="edit"),
    path("things/<slug:word>/", answer("word"), name="word"),
    path("things/<slug:word>/edit/", answer("edit_word"), {"loud": True}, name="edit_word"),
    path("<slug:other>/", answer("other"), name="other"),
    path("things/late/", answer("late"), name="late"),
    path("robots.txt", answer("robots"), name="robots"),
]


ASKED = ["", "things/", "things/new/", "things/7/", "things/7/edit/", "things/seven/", "things/seven/edit/"]
ASKED += ["things/late/", "others/", "robots.txt", "things", "things/7/delete/", "things/new/edit/", "robots.txt/"]


@pytest.mark.parametrize("address", ASKED)
def test_same_view_is_found_as_in_the_list(address):
    assert found(by_segments(WRITTEN), address) == found(WRITTEN, address)


def test_neighbours_of_one_segment_are_tried_together():
    assert [str(one.pattern) for one in by_segments(WRITTEN)] == [
        "",
        "things/",
        "<slug:other>/",
        "things/late/",
        "robots.txt",
    ]


def test_every_address_of_ours_finds_its_own_view():
    lost = []
    for route, pattern in url_patterns(get_resolver().url_patterns):
        if route.startswith("admin/") or "(?P" in route or "^" in route:
            continue
        address = "/" + re.sub(r"<(\w+):\w+>", lambda part: SAMPLES.get(part[1], "acme"), route)
        if resolve(address).func is not pattern.callback:
            lost.append(route)
    assert lost == []
