"""Settings > Documents > Look: layout, logo, colour, account; pictures of the layouts."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from advisory_portal.core.access import Forbidden
from advisory_portal.core.files import read_file
from advisory_portal.core.models import HistoryEntry, StoredFile
from documents.actions import pdf_of, save_look, settings_of
from documents.actions.look import LogoRefused
from documents.models import DocumentSettings
from tests.documents.builders import kept_bytes, with_levels
from tests.factories import issued_document

pytestmark = pytest.mark.django_db
LOOK = "/o/delta/settings/documents/look/"
IBAN = "ES9121000418450200051332"
TYPED = {
    "layout": "modern",
    "accent": "#0b6e4f",
    "iban": "ES91 2100 0418 4502 0005 1332",
    "account_name": "Delta SL",
    "bic": "caixesbbxxx",
    "footer": "Registro Mercantil",
    "note": "Thank you",
}


def picture(kind="PNG", size=(300, 100), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, "#aa0000").save(out, kind)
    return out.getvalue()


def upload(content, name="logo.png"):
    return SimpleUploadedFile(name, content, "image/png")


def test_what_is_typed_is_kept_and_prefilled(dan, delta, client_of):
    browser = client_of(dan)
    assert browser.get(LOOK).status_code == 200
    answer = browser.post(LOOK, TYPED | {"logo": upload(picture())})
    assert (answer.status_code, answer["Location"]) == (302, LOOK)
    kept = settings_of(delta.pk)
    assert (kept.layout, kept.iban, kept.bic, kept.account_name) == ("modern", IBAN, "CAIXESBBXXX", "Delta SL")
    assert (kept.footer, kept.note) == ("Registro Mercantil", "Thank you")
    assert Image.open(io.BytesIO(read_file(kept.logo))).format == "PNG"
    delta.refresh_from_db()
    assert delta.accent == "#0b6e4f"
    page = browser.get(LOOK).content.decode()
    assert "ES91 2100 0418 4502 0005 1332" in page
    assert 'value="#0b6e4f"' in page


def test_saving_again_changes_and_records_nothing(dan_here, delta):
    changes = {"layout": "bold", "footer": "F"}
    save_look(actor=dan_here, changes=changes, accent="#0b6e4f")
    before = HistoryEntry.objects.count()
    save_look(actor=dan_here, changes=changes, accent="#0b6e4f")
    assert HistoryEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_new_logo_replaces_the_one_before_and_none_removes_it(dan_here, delta):
    save_look(actor=dan_here, changes={}, accent="#0b6e4f", logo=picture())
    first = settings_of(delta.pk).logo
    save_look(actor=dan_here, changes={}, accent="#0b6e4f", logo=picture("JPEG", (200, 200)))
    second = settings_of(delta.pk).logo
    assert first != second
    assert StoredFile.objects.count() == len(kept_bytes()) == 1
    save_look(actor=dan_here, changes={}, accent="#0b6e4f", without_logo=True)
    assert settings_of(delta.pk).logo is None
    assert kept_bytes() == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_of_picture_prints(dan_here, delta, erin, kind):
    save_look(actor=dan_here, changes={}, accent="#0b6e4f", logo=picture(kind, (4000, 400)))
    kept = Image.open(io.BytesIO(read_file(settings_of(delta.pk).logo)))
    assert (kept.format, kept.width) == ("PNG", 900)
    assert b"/Subtype/Image" in pdf_of(issued_document(erin))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg/>", picture()[:60], picture("GIF")])
def test_what_is_no_picture_is_refused_and_nothing_kept(dan, delta, client_of, content):
    answer = client_of(dan).post(LOOK, TYPED | {"logo": upload(content)})
    assert answer.status_code == 422
    assert "not a picture that we can print" in answer.content.decode()
    assert not DocumentSettings.objects.exists()
    assert StoredFile.objects.count() == 0


def test_an_empty_picture_and_a_huge_one_are_refused(dan_here):
    transparent = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(transparent, "PNG")
    for content in (transparent.getvalue(), picture("PNG", (8000, 5000), "1"), b"x" * (10 * 1024 * 1024 + 1)):
        with pytest.raises(LogoRefused) as caught:
            save_look(actor=dan_here, changes={}, accent="#0b6e4f", logo=content)
        assert caught.value.field == "logo"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("iban", "ES91 2100 0418 4502 0005 1333", "IBAN is not right"),
        ("bic", "X", "BIC is not right"),
        ("accent", "red", "A colour looks like"),
        ("layout", "baroque", "valid choice"),
        ("footer", "x" * 501, "at most 500"),
    ],
)
def test_what_is_wrong_is_said_and_kept_as_typed(dan, delta, client_of, field, value, words):
    answer = client_of(dan).post(LOOK, TYPED | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Registro Mercantil" in page or field == "footer"
    assert not DocumentSettings.objects.exists()


def test_pictures_and_samples_of_the_four_layouts(dan, client_of):
    browser = client_of(dan)
    seen = set()
    for layout in DocumentSettings.Layout.values:
        answer = browser.get(f"{LOOK}{layout}/picture/")
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "private, max-age=86400")
        image = Image.open(io.BytesIO(answer.content))
        assert image.width == 480
        seen.add(answer.content)
        assert browser.get(f"{LOOK}{layout}/sample/").content.startswith(b"%PDF-")
    assert len(seen) == 4
    assert browser.get(f"{LOOK}baroque/picture/").status_code == 404
    assert browser.get(f"{LOOK}baroque/sample/").status_code == 404


def test_the_picture_wears_logo_and_colour(dan, dan_here, client_of):
    browser = client_of(dan)
    plain = browser.get(f"{LOOK}bold/picture/").content
    addresses = [_pictures(browser)]
    save_look(actor=dan_here, changes={}, accent="#aa0000", logo=picture())
    addresses.append(_pictures(browser))
    assert browser.get(f"{LOOK}bold/picture/").content != plain
    assert addresses[0] != addresses[1]


def _pictures(browser):
    return [
        part.split('"')[0] for part in browser.get(LOOK).content.decode().split('src="') if "/picture/" in part[:90]
    ]


def test_only_those_who_may_change_it_do(delta):
    with pytest.raises(Forbidden):
        save_look(actor=with_levels(delta, settings=1), changes={}, accent="#0b6e4f")


def test_strangers_find_nothing(alice, delta, client_of):
    assert client_of(alice).get(LOOK).status_code == 404
