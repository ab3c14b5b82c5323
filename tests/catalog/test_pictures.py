import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from advisory_portal.core.models import StoredFile
from catalog import actions
from catalog.actions.pictures import PictureRefused
from catalog.models import Picture, Product
from catalog.rules.pictures import MOST_PICTURES
from catalog.tasks import make_pictures
from tests.catalog.factories_staff import png, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(dan_here):
    return saved(dan_here)


def add(actor, product, *contents):
    uploads = [(f"{number}.png", one) for number, one in enumerate(contents)]
    return actions.add_pictures(actor=actor, product=product, uploads=uploads, now=timezone.now())


def order(product):
    return list(Picture.objects.filter(product=product).order_by("position").values_list("pk", flat=True))


def cover():
    return Product.objects.get().cover_id


def test_sweep_makes_two_sizes_and_the_first_is_the_cover(dan_here, product):
    first, second = add(dan_here, product, png(2000, 1000), png())
    assert cover() is None
    assert make_pictures() == 2
    first.refresh_from_db()
    assert (first.width, first.height, first.large.content_type) == (1600, 800, "image/webp")
    assert first.large.name == "0.webp"
    assert cover() == first.pk
    assert make_pictures() == 0
    assert order(product) == [first.pk, second.pk]


@pytest.mark.parametrize("hostile", [b"<svg onload=alert(1)>", b"", png(10, 10), b"\x89PNG\r\n\x1a\n" + b"0" * 100])
def test_what_is_no_picture_is_refused_and_nothing_kept(dan_here, product, hostile):
    with pytest.raises(PictureRefused):
        add(dan_here, product, png(), hostile)
    assert not Picture.objects.exists()
    assert not StoredFile.objects.exists()


def test_picture_that_breaks_off_says_so(dan_here, product):
    add(dan_here, product, png(300, 300)[:-40])
    assert make_pictures() == 1
    row = Picture.objects.get()
    assert (row.large, row.due_at, row.last_error) == (None, None, "not_a_picture")
    assert cover() is None


def test_product_has_at_most_twelve_pictures(dan_here, product):
    add(dan_here, product, *[png()] * MOST_PICTURES)
    with pytest.raises(PictureRefused):
        add(dan_here, product, png())


def test_order_decides_which_is_the_cover(dan_here, product):
    first, second, third = add(dan_here, product, png(), png(), png())
    make_pictures()
    actions.order_pictures(actor=dan_here, product=product, ids=[third.pk, first.pk])
    assert order(product) == [third.pk, first.pk, second.pk]
    assert cover() == third.pk


def test_removed_picture_goes_with_its_files(dan_here, product):
    first, second = add(dan_here, product, png(), png())
    make_pictures()
    for _repeated in range(2):
        actions.remove_picture(actor=dan_here, picture=first)
    assert order(product) == [second.pk]
    assert StoredFile.objects.count() == 3
    assert cover() == second.pk


def test_pictures_are_added_ordered_and_shown_in_the_browser(client_of, dan, dan_here, product):
    client, base = client_of(dan), ["delta", product.pk]
    files = [SimpleUploadedFile("red.png", png()), SimpleUploadedFile("blue.png", png(colour="blue"))]
    client.post(reverse("catalog:add_pictures", args=base), {"pictures": files})
    make_pictures()
    first, second = order(product)
    sent = {"picture": [first, second], f"alt_{second}": "A blue mug", "do": "down-0"}
    answer = client.post(reverse("catalog:order_pictures", args=base), sent)
    assert answer.status_code == 302
    assert order(product) == [second, first]
    assert Picture.objects.get(pk=second).alt == "A blue mug"
    shown = client.get(reverse("catalog:picture", args=["delta", second, "small"]))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert "A blue mug" in client.get(reverse("catalog:product", args=base)).text


def test_refused_picture_is_told_beside_the_others(client_of, dan, product):
    hostile = SimpleUploadedFile("page.png", b"<html>")
    answer = client_of(dan).post(reverse("catalog:add_pictures", args=["delta", product.pk]), {"pictures": [hostile]})
    assert answer.status_code == 422
    assert "page.png: This is no picture that we can read." in answer.text
