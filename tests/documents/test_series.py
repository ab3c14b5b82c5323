"""Series of numbers: what may still change, what must not."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from documents import actions
from documents.actions.series import BadPrefix, SeriesInUse
from documents.models import Kind, Series
from documents.rules.series import collides, is_prefix
from tests.documents.builders import with_levels
from tests.factories import issued_document

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def add(actor, prefix="F-", **values):
    given = {"kind": Kind.INVOICE, "digits": 4, "is_yearly": True, "next_number": 1, "today": TODAY} | values
    return actions.add_series(actor=actor, prefix=prefix, **given)


def change(actor, series, **values):
    given = {"prefix": series.prefix, "digits": series.digits, "is_yearly": series.is_yearly, "next_number": 1}
    actions.change_series(actor=actor, series=series, today=TODAY, **given | values)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("INV-", True), ("F/", True), ("A.b_", True), *((text, False) for text in ("", "F2", "Ñ-", "F'", "F "))],
)
def test_prefix_has_the_letters_that_tax_agencies_take(text, fits):
    assert is_prefix(text) is fits


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("INV-", "INV-2026-", True),
        ("INV-2026-", "INV-", True),
        ("F-", "F-", True),
        ("F-", "F-B-", False),
        ("A-", "B-", False),
    ],
)
def test_prefixes_that_could_give_the_same_number_collide(one, other, same):
    assert collides(one, [other]) is same


def test_first_series_of_a_kind_is_used_and_counts_on_from_elsewhere(dan_here, erin):
    series = add(dan_here, next_number=118, digits=3)
    assert (series.is_default, series.last_number_in(TODAY)) == (True, 117)
    assert [issued_document(erin).number for _ in range(2)] == ["F-2026-118", "F-2026-119"]
    assert add(dan_here, "G-").is_default is False


def test_series_is_refused_where_numbers_could_meet(dan_here):
    add(dan_here)
    for prefix in ("F-", "F-2026-", "F2"):
        with pytest.raises(BadPrefix) as refused:
            add(dan_here, prefix)
        assert refused.value.field == "begins"
    assert add(dan_here, "F-", kind=Kind.QUOTE).kind == "quote"


def test_unused_series_changes_as_it_likes(dan_here, erin):
    series = add(dan_here)
    change(dan_here, series, prefix="X/", is_yearly=False, next_number=7)
    assert issued_document(erin).number == "X/0007"


@pytest.mark.parametrize("values", [{"prefix": "X-"}, {"is_yearly": False}, {"next_number": 9}])
def test_used_series_keeps_what_its_numbers_are_made_of(dan_here, erin, values):
    series = add(dan_here)
    issued_document(erin)
    with pytest.raises(SeriesInUse):
        change(dan_here, series, **{"next_number": 2} | values)
    change(dan_here, series, digits=6, next_number=2)
    assert issued_document(erin).number == "F-2026-000002"


def test_another_series_takes_over_and_the_old_one_is_retired(dan_here, erin):
    old, new = add(dan_here), add(dan_here, "N-")
    with pytest.raises(SeriesInUse):
        actions.retire_series(actor=dan_here, series=old, now=timezone.now())
    for _ in range(2):
        actions.use_series(actor=dan_here, series=new)
        actions.retire_series(actor=dan_here, series=old, now=timezone.now())
    old.refresh_from_db()
    assert (old.is_default, old.retired_at is None, issued_document(erin).number) == (False, False, "N-2026-0001")
    with pytest.raises(Series.DoesNotExist):
        actions.use_series(actor=dan_here, series=old)
    said = list(HistoryEntry.objects.filter(subject_kind="documents.series").values_list("what", flat=True))
    assert sorted(said) == ["documents.series.added"] * 2 + ["documents.series.retired", "documents.series.used"]


def test_series_are_for_who_manages_the_settings(dan_here, delta):
    series, viewer = add(dan_here), with_levels(delta, settings=1)
    for act in (
        lambda: add(viewer, "X-"),
        lambda: change(viewer, series),
        lambda: actions.use_series(actor=viewer, series=series),
        lambda: actions.retire_series(actor=viewer, series=series, now=timezone.now()),
    ):
        with pytest.raises(Forbidden):
            act()


def test_page_lists_every_kind_with_its_next_number(client_of, dan, dan_here, django_assert_max_num_queries):
    add(dan_here, next_number=12)
    client = client_of(dan)
    page = client.get(reverse("documents:settings_numbers", args=["delta"])).content.decode()
    assert f"F-{dan_here.today().year}-" in page and "Delivery notes" in page and "Choose your own" in page


def test_page_adds_changes_and_says_what_is_wrong(client_of, dan, delta):
    client = client_of(dan)
    url = reverse("documents:new_series", args=["delta"])
    typed = {"kind": "invoice", "begins": "F-", "digits": "4", "is_yearly": "on", "next_number": "5"}
    assert client.post(url, typed).status_code == 302
    again = client.post(url, typed)
    assert (again.status_code, 'value="F-"' in again.content.decode()) == (422, True)
    series = Series.objects.get(organisation=delta)
    edit = reverse("documents:edit_series", args=["delta", series.pk])
    assert client.post(edit, typed | {"begins": "H-"}).status_code == 302
    series.refresh_from_db()
    assert (series.prefix, series.last_number_in(date(timezone.now().year, 1, 1))) == ("H-", 4)


def test_page_of_a_used_series_keeps_its_prefix_whatever_is_sent(client_of, dan, dan_here, erin, delta):
    add(dan_here)
    number = issued_document(erin).number
    series = Series.objects.get(organisation=delta)
    edit = reverse("documents:edit_series", args=["delta", series.pk])
    typed = {"kind": "invoice", "begins": "H-", "digits": "5", "next_number": "50"}
    assert client_of(dan).post(edit, typed).status_code == 302
    series.refresh_from_db()
    assert (series.prefix, series.digits, number.startswith("F-")) == ("F-", 5, True)
