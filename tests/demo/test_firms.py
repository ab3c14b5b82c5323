"""The demo's firms: complete, different, at every stage of the programme, and made once."""

import tomllib
from collections import Counter
from io import BytesIO

import pytest
from django.core.management import call_command
from PIL import Image

from advisory_portal.core.models import StoredFile
from advisory_portal.demo.firms import DATA
from advisory_portal.demo.people import make_people
from advisory_portal.demo.pictures import draw_cover, draw_logo
from documents.models import Document
from partners import words
from partners.models import Listing, Organisation, ProfileVersion, ProgrammeApplication, User

TABLE = tomllib.loads(DATA.read_text(encoding="utf-8"))
WRITTEN = [TABLE["acme"], *(firm for firm in TABLE["firm"] if "tagline" in firm)]


def test_thirty_firms_have_names_of_their_own():
    names = [firm["display_name"] for firm in TABLE["firm"]]
    assert (len(names), len(set(names))) == (30, 30)


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("services", set(words.SERVICES)),
        ("specialities", set(words.SPECIALITIES)),
        ("industries", set(words.INDUSTRIES)),
        ("languages", set(words.LANGUAGES)),
    ],
)
def test_profiles_use_codes_that_have_words(key, known):
    used = {code for firm in WRITTEN for code in (*firm[key], *firm.get("change", {}).get(key, []))}
    assert used - known == set()
    assert len(used) > len(known) / 3


def test_spanish_firms_lie_in_a_province():
    assert {firm["region"] for firm in WRITTEN if firm.get("country", "ES") == "ES"} <= set(words.PROVINCES)


def test_profiles_differ():
    for key in ("tagline", "description"):
        assert len({firm[key] for firm in WRITTEN}) == len(WRITTEN)


def test_logo_is_the_same_for_the_same_firm_and_another_for_another():
    assert draw_logo("AA", 3) == draw_logo("AA", 3)
    assert len({draw_logo("AA", number) for number in range(31)}) == 31
    assert Image.open(BytesIO(draw_logo("AA", 3))).size == (512, 512)


def test_cover_is_wide_and_the_same_for_the_same_firm():
    assert draw_cover(5) == draw_cover(5) != draw_cover(6)
    assert Image.open(BytesIO(draw_cover(5))).size == (1600, 600)


@pytest.mark.django_db
def test_demo_world_has_firms_at_every_stage_and_is_made_once(settings):
    settings.DEMO = True
    call_command("demo_world")
    assert Counter(ProgrammeApplication.objects.values_list("state", flat=True)) == {
        "accepted": 27, "submitted": 2, "rejected": 1, "suspended": 1,
    }  # fmt: skip
    assert Counter(ProfileVersion.objects.values_list("state", flat=True)) == {
        "published": 26, "in_review": 4, "changes_requested": 2,
    }  # fmt: skip
    assert Listing.objects.count() == 25
    assert list(Listing.objects.filter(in_directory=False).values_list("display_name", flat=True)) == ["Montclar"]
    assert Listing.objects.get(organisation__slug="acme").display_name == "Acme Advisers"
    logos = StoredFile.objects.filter(pk__in=ProfileVersion.objects.published().values("logo"))
    assert len(set(logos.values_list("sha256", flat=True))) == 26
    before = [model.objects.count() for model in (Organisation, User, ProfileVersion, StoredFile)]
    assert before[0] == 32 + 12
    call_command("demo_world")
    assert [model.objects.count() for model in (Organisation, User, ProfileVersion, StoredFile)] == before
    owners = User.objects.filter(memberships__organisation__profile__isnull=False).exclude(email="alice@acme.example")
    assert not any(owner.has_usable_password() for owner in owners.exclude(email="bob@acme.example"))


@pytest.mark.django_db
def test_demo_that_an_earlier_version_began_gets_the_firms(settings):
    settings.DEMO = True
    make_people()
    call_command("demo_world")
    assert (Listing.objects.count(), Organisation.objects.count()) == (25, 44)
    assert Document.objects.filter(organisation__slug="delta").count() == 0  # whose account stands as it was left
