"""The frame of the pages: what it offers to whom, where it leads, what it costs."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from advisory_portal.core.access import Actor, ActorKind, Section, Workspace
from advisory_portal.core.models import Notification
from advisory_portal.frame import Frame
from advisory_portal.navigation import ACCOUNT_TABS, NAVIGATION

PLACE = Workspace(UUID(int=1), "delta", "Delta", "business", "EUR", "Europe/Madrid", "en", "ES")


def frame_of(levels=None, *, role="owner", path="/", kind=ActorKind.MEMBER, user=None):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    request.actor = Actor(kind=kind, name="Dan", organisation=PLACE, role=role, levels=levels or {})
    return Frame(request)


def hrefs(frame, active=""):
    return [link.href for group in frame.groups(active) for link in group.links]


def current(frame, active=""):
    return [link.href for group in frame.groups(active) for link in group.links if link.current]


def everything(level=2):
    return dict.fromkeys(Section.values, level)


def test_side_bar_for_every_section_leads_to_addresses_of_the_organisation():
    assert hrefs(frame_of(everything())) == [
        "/o/delta/overview/",
        "/o/delta/contacts/",
        "/o/delta/comments/",
        "/o/delta/documents/invoices/",
        "/o/delta/documents/credit-notes/",
        "/o/delta/documents/quotes/",
        "/o/delta/documents/proformas/",
        "/o/delta/documents/sales-orders/",
        "/o/delta/documents/delivery-notes/",
        "/o/delta/documents/recurring-invoices/",
        "/o/delta/payments/",
        "/o/delta/catalog/orders/",
        "/o/delta/catalog/products/",
        "/o/delta/documents/bills/",
        "/o/delta/documents/supplier-credit-notes/",
        "/o/delta/documents/purchase-orders/",
        "/o/delta/inbox/",
        "/o/delta/banking/",
        "/o/delta/journal/",
        "/o/delta/taxes/",
        "/o/delta/questions/",
        "/o/delta/marketplace/",
        "/o/delta/import/",
        "/o/delta/documents/jobs/",
        "/o/delta/activity/",
        "/o/delta/settings/",
    ]


@pytest.mark.parametrize(
    ("levels", "role", "expected"),
    [
        ({}, "custom", ["/o/delta/", "/o/delta/marketplace/"]),
        ({"contacts": 1}, "viewer", ["/o/delta/", "/o/delta/contacts/", "/o/delta/marketplace/"]),
        (
            {"settings": 1},
            "administrator",
            ["/o/delta/", "/o/delta/marketplace/", "/o/delta/activity/", "/o/delta/settings/"],
        ),
    ],
)
def test_side_bar_leaves_out_what_the_role_does_not_open(levels, role, expected):
    assert hrefs(frame_of(levels, role=role)) == expected


def test_import_needs_a_section_to_manage():
    assert "/o/delta/import/" not in hrefs(frame_of({"sales": 1, "purchases": 1}, role="viewer"))
    assert "/o/delta/import/" in hrefs(frame_of({"purchases": 2}, role="bookkeeper"))


def test_a_firm_reads_its_part_of_the_log():
    assert "/o/delta/activity/" in hrefs(frame_of({}, role="viewer", kind=ActorKind.GRANT))


def test_groups_without_a_link_have_no_heading():
    groups = frame_of({"purchases": 1}, role="viewer").groups()
    assert [group.label for group in groups] == ["", "Purchases", "Advisory services", "Organisation"]


def test_the_address_marks_the_deepest_section():
    assert current(frame_of(everything(), path="/o/delta/settings/users/")) == ["/o/delta/settings/"]
    assert current(frame_of(everything(), path="/o/delta/overview/")) == ["/o/delta/overview/"]
    assert current(frame_of({"contacts": 1}, path="/o/delta/")) == ["/o/delta/"]


def test_a_page_names_its_section_where_the_address_does_not():
    frame = frame_of(everything(), path="/o/delta/documents/0195-uuid/")
    assert current(frame, "bills") == ["/o/delta/documents/bills/"]


def test_keys_are_single_letters_and_used_once():
    keys = {(entry.key, entry.label) for _label, entries in NAVIGATION for entry in entries if entry.key}
    assert all(len(key) == 1 and key.isalpha() for key, _label in keys)
    assert len(keys) == len({key for key, _label in keys})


def test_keys_lead_only_where_the_actor_may_go():
    assert [key for key, _label in frame_of({"contacts": 1}, role="viewer").keys] == ["h", "c"]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({"sales": 1, "contacts": 1}, "/o/delta/documents/invoices/"),
        ({"purchases": 1}, "/o/delta/documents/bills/"),
        ({"contacts": 1}, "/o/delta/contacts/"),
    ],
)
def test_search_goes_to_the_first_list_that_may_be_viewed(levels, expected):
    assert frame_of(levels).search.href == expected


def test_search_is_absent_without_a_list():
    assert frame_of({"settings": 2}).search is None


def test_settings_tabs_follow_sections_and_mark_the_page():
    tabs = frame_of({"team": 1}, path="/o/delta/settings/roles/").settings_tabs
    assert [(tab.href, tab.current) for tab in tabs] == [
        ("/o/delta/settings/users/", False),
        ("/o/delta/settings/roles/", True),
    ]


def test_account_tabs_all_lead_somewhere():
    assert len({tab.href for tab in frame_of(path="/account/").account_tabs}) == len(ACCOUNT_TABS)


def test_account_tab_of_the_profile_is_not_marked_on_the_pages_below_it():
    tabs = frame_of(path="/account/notifications/").account_tabs
    assert [tab.href for tab in tabs if tab.current] == ["/account/notifications/"]


def test_sections_are_rendered_once_for_everybody_who_is_shown_the_same():
    reader, other = frame_of({"purchases": 1}, role="viewer"), frame_of({"purchases": 1}, role="viewer")
    assert reader.sections("bills") is other.sections("bills")
    assert reader.sections("bills").count('aria-current="page"') == 1
    assert "/documents/bills/" in reader.sections() and "/documents/invoices/" not in reader.sections()
    assert reader.sections("bills") != reader.sections("purchase-orders")


def test_sections_and_keys_are_kept_by_language():
    frame = frame_of({"purchases": 1}, role="viewer")
    assert "Bills" in frame.sections() and "Bills" in frame.keys_help
    with translation.override("es"):
        assert "Facturas recibidas" in frame.sections() or "Gastos" in frame.sections()
        assert "This list" not in frame.keys_help


def test_keys_of_my_portal_are_told_to_firms():
    firm = Actor(kind=ActorKind.MEMBER, name="Alice", organisation=replace(PLACE, kind="firm"), role="owner")
    request = RequestFactory().get("/")
    request.user, request.actor = AnonymousUser(), firm
    assert "Next, previous client" in Frame(request).keys_help
    assert "Next, previous client" not in frame_of(everything()).keys_help


def test_outside_an_organisation_the_frame_offers_no_sections():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    frame = Frame(request)
    assert (frame.groups(), frame.sections(), frame.keys, frame.search, frame.settings_tabs) == ([], "", [], None, [])


def notify(user_id, number, **fields):
    Notification.objects.bulk_create(
        [Notification(user_id=user_id, kind="x", text="News", url="/", **fields) for _ in range(number)]
    )


def test_unread_counts_one_s_own_in_one_query(dan, django_assert_num_queries):
    notify(dan.pk, 3)
    notify(uuid4(), 2)
    with django_assert_num_queries(1):
        assert frame_of(user=dan).unread == "3"


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (99, "99"), (100, "99+"), (140, "99+")])
def test_unread_is_capped(dan, number, shown):
    notify(dan.pk, number)
    assert frame_of(user=dan).unread == shown


def test_anonymous_visitors_cost_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert frame_of().unread == ""


def test_languages_are_named_in_themselves():
    assert frame_of().language_names == {"en": "English", "es": "Español"}
