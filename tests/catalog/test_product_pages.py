import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import actions
from catalog.models import Product, Variant
from tests.catalog.factories_staff import saved, typed
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def at(name, *parts):
    return reverse(f"catalog:{name}", args=["delta", *parts])


def test_new_product_is_typed_and_found_by_name_and_sku(client_of, dan, dan_here):
    client = client_of(dan)
    answer = client.post(at("new_product"), typed(name="Stoneware mug", name_es="Taza de gres"))
    product = Product.objects.get()
    assert answer["Location"] == at("product", product.pk)
    assert product.translations == {"es": {"name": "Taza de gres"}}
    for words in ("stoneware", "MUG", "taza"):
        assert "Stoneware mug" in client.get(at("products"), {"q": words}).text
    assert "Nothing matches" in client.get(at("products"), {"q": "bicycle"}).text
    assert "This is what “stoneware” finds." in client.get(at("products"), {"q": "stonware"}).text


def test_wrong_rows_keep_what_was_typed(client_of, dan, delta):
    sent = typed(variant_sku=[""], variant_price=["lots"], variant_options=["Red"])
    answer = client_of(dan).post(at("new_product"), sent)
    assert answer.status_code == 422
    for text in ('value="lots"', "This is not a number.", "Give it an SKU", "Write up to three names"):
        assert text in answer.text
    assert not Product.objects.exists()


def test_buttons_change_the_rows_and_save_nothing(client_of, dan, delta):
    client = client_of(dan)
    page = client.post(at("new_product"), typed(do="add", name="Half typed")).text
    assert page.count('name="variant_sku"') == 2
    assert 'value="Half typed"' in page
    two = {"variant_sku": ["A", "B"], "variant_price": ["1", "2"]}
    page = client.post(at("new_product"), typed(do="up-1", **two)).text
    assert page.index('value="B"') < page.index('value="A"')
    assert client.post(at("new_product"), typed(do="remove-0", **two)).text.count('name="variant_sku"') == 1
    assert not Product.objects.exists()


def test_sku_of_another_product_is_refused_in_words(client_of, dan, dan_here):
    saved(dan_here, "MUG")
    answer = client_of(dan).post(at("new_product"), typed())
    assert answer.status_code == 422
    assert "Another product has the SKU MUG." in answer.text


def test_related_products_are_named_by_their_skus(client_of, dan, dan_here):
    first, second = saved(dan_here, "A"), saved(dan_here, "B")
    product = saved(dan_here, "MUG")
    sent = typed(related="b, A, unknown, mug", revision=product.revision)
    client_of(dan).post(at("product", product.pk), sent)
    product.refresh_from_db()
    assert product.related == [second.pk, first.pk]
    assert 'value="B, A"' in client_of(dan).get(at("product", product.pk)).text


def test_products_are_hidden_together(client_of, dan, dan_here):
    ids = [saved(dan_here, sku).pk for sku in "AB"]
    client_of(dan).post(at("show_products"), {"product": ids, "visibility": "hidden"})
    assert set(Product.objects.values_list("visibility", flat=True)) == {"hidden"}


def test_list_narrows_to_a_category_and_what_is_below(client_of, dan, dan_here):
    top = actions.save_category(actor=dan_here, category=None, name="Kitchen", parent=None, translations={})
    below = actions.save_category(actor=dan_here, category=None, name="Cups", parent=top, translations={})
    saved(dan_here, "A", name="Cup", category_id=below.pk)
    saved(dan_here, "B", name="Spade")
    page = client_of(dan).get(at("products"), {"category": top.pk}).text
    assert ">Cup<" in page
    assert "Spade" not in page


def test_list_costs_the_same_for_one_and_thirty(client_of, dan, dan_here):
    client = client_of(dan)
    saved(dan_here, "FIRST")
    client.get(at("products"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(at("products"))
    for number in range(29):
        saved(dan_here, f"A{number}", f"B{number}", name=f"Mug {number}")
    with CaptureQueriesContext(connection) as thirty:
        client.get(at("products"))
    assert len(one) == len(thirty)


def test_viewer_looks_and_changes_nothing(client_of, delta, dan_here):
    product = saved(dan_here, "MUG")
    vera = UserFactory()
    MemberFactory(organisation=delta, user=vera, code="viewer")
    client = client_of(vera)
    page = client.get(at("product", product.pk))
    assert page.status_code == 200
    assert 'value="save"' not in page.text
    for name, parts in (("product", [product.pk]), ("new_product", []), ("retire_product", [product.pk])):
        assert client.post(at(name, *parts), typed()).status_code == 403
    assert Variant.objects.get().list_price == 10


def test_strangers_find_nothing(client, client_of, carol, dan_here):
    product = saved(dan_here, "MUG")
    assert client_of(carol).get(at("product", product.pk)).status_code == 404
    answer = client.get(at("product", product.pk))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
