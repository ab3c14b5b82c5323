"""The catalog in the portal: only for contacts who have it, at their prices; and by the shared link, to read."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.files import store_file
from advisory_portal.core.ids import hash_token
from catalog.models import CatalogSettings, Picture, Product
from tests.catalog.factories_catalog import (
    CategoryFactory,
    ContactTermsFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    VariantFactory,
)
from tests.client_portal.entered import entered, opened
from tests.factories import ContactFactory, issued_document
from tests.pages import link_to, of_class, text_of, tree

pytestmark = pytest.mark.django_db
SHOP = "/portal/delta/catalog/"


@pytest.fixture
def browser(erin, terms):
    return entered(erin)


@pytest.fixture
def categories(delta):
    top = CategoryFactory(organisation=delta, name="Furniture")
    return top, CategoryFactory(organisation=delta, name="Chairs", parent=top), CategoryFactory(organisation=delta)


def names(response):
    assert response.status_code == 200
    return [text_of(one) for one in of_class(response, "product-name")]


def said(response):
    return text_of(tree(response))


def product_page(variant):
    return f"{SHOP}p/{variant.product_id}/"


# --- Who sees it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["off", "another", "link"])
def test_it_is_there_for_contacts_who_have_it_alone(erin, terms, delta, goods, categories, who):
    chair = goods("CH-1")
    if who == "off":
        terms.is_on = False
        terms.save()
    browser = {"off": entered(erin), "another": entered(ContactFactory(organisation=delta))}.get(who)
    browser = browser or opened(issued_document(erin))
    for path in (SHOP, f"{SHOP}c/{categories[0].pk}/", product_page(chair), "/portal/delta/cart/"):
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"/portal/delta/cart/add/{chair.pk}/", {"quantity": "1"}).status_code == 404
    home = browser.get("/portal/delta/")
    assert SHOP not in home.content.decode()
    assert "/portal/delta/cart/" not in home.content.decode()


def test_the_tab_and_the_cart_are_in_the_frame(browser, goods):
    home = browser.get("/portal/delta/").content.decode()
    assert f'href="{SHOP}"' in home
    assert 'id="cart-link"' in home


def test_nothing_of_another_business_is_found(browser, goods):
    theirs = ProductFactory(name="Theirs", search_text="theirs")
    assert names(browser.get(SHOP)) == []
    assert names(browser.get(f"{SHOP}?q=theirs")) == []
    assert browser.get(f"{SHOP}p/{theirs.pk}/").status_code == 404
    assert browser.get(f"{SHOP}c/{CategoryFactory().pk}/").status_code == 404


def test_what_is_hidden_withdrawn_or_of_no_variant_is_not_offered(browser, goods):
    for sku, change in (("HID", {"visibility": "hidden"}), ("OLD", {"retired_at": "2026-01-01T00:00Z"})):
        hidden = goods(sku, name=sku)
        Product.objects.filter(pk=hidden.product_id).update(**change)
        assert browser.get(product_page(hidden)).status_code == 404
        assert browser.get(f"{SHOP}?q={sku}").status_code == 200
    assert names(browser.get(SHOP)) == []
    assert names(browser.get(f"{SHOP}?q=HID")) == []


# --- Browsing ------------------------------------------------------------------------------------------------


def test_categories_lead_to_what_lies_in_them_and_below(browser, goods, categories):
    furniture, chairs, empty = categories
    for sku, category in (("CH-1", chairs), ("TB-1", furniture), ("PN-1", None)):
        variant = goods(sku, name=f"Product {sku}")
        Product.objects.filter(pk=variant.product_id).update(category=category)
    shop = browser.get(SHOP)
    assert names(shop) == ["Product CH-1", "Product PN-1", "Product TB-1"]
    shown = [text_of(one) for one in of_class(shop, "shop-tree")[0].xpath(".//a")]
    assert shown == ["All products", "Furniture"]
    page = browser.get(f"{SHOP}c/{furniture.pk}/")
    assert names(page) == ["Product CH-1", "Product TB-1"]
    assert [text_of(one) for one in of_class(page, "shop-tree")[0].xpath(".//a")] == [
        "All products",
        "Furniture",
        "Chairs",
    ]
    assert names(browser.get(f"{SHOP}c/{chairs.pk}/")) == ["Product CH-1"]
    assert browser.get(f"{SHOP}c/{empty.pk}/").status_code == 404


@pytest.mark.parametrize("sort", ["name", "newest"])
@pytest.mark.parametrize("inside", [False, True])
def test_pages_go_on_and_back(browser, goods, categories, sort, inside):
    for number in range(30):
        variant = goods(f"N-{number:02}", name=f"Thing {number // 2:02}")
        if inside:
            Product.objects.filter(pk=variant.product_id).update(category=categories[0])
    path = f"{SHOP}c/{categories[0].pk}/" if inside else SHOP
    first = browser.get(f"{path}?sort={sort}")
    second = browser.get(path + link_to(first, "next"))
    assert (len(names(first)), len(names(second))) == (24, 6)
    ids = [one.get("href") for page in (first, second) for one in tree(page).xpath("//h2/a")]
    assert len(set(ids)) == 30
    assert link_to(second, "next") == ""
    assert names(browser.get(path + link_to(second, "prev"))) == names(first)
    assert names(first)[0] == ("Thing 00" if sort == "name" else "Thing 14")


def test_only_what_can_be_delivered_now_is_shown_where_asked(browser, goods):
    goods("IN-1", name="In"), goods("OUT-1", name="Out", stock=0), goods("SV-1", name="Service", stock=None)
    assert names(browser.get(f"{SHOP}?stock=1")) == ["In", "Service"]
    assert names(browser.get(f"{SHOP}?stock=1&q=out")) == []


def test_of_a_product_with_variants_one_chooses_on_its_page(browser, delta, goods):
    red = goods("CH-1", name="Chair")
    VariantFactory(organisation=delta, product=red.product, sku="CH-2", options=["blue"])
    goods("OUT-1", name="Out", stock=0)
    links = tree(browser.get(SHOP)).xpath("//article//a[contains(@class, 'product-add')]")
    assert [(one.get("href"), one.get("aria-label")) for one in links] == [(product_page(red), "Choose: Chair")]
    assert not tree(browser.get(SHOP)).xpath("//article//button[contains(@class, 'product-add')]")


@pytest.mark.parametrize("query", ["after=nonsense", "before=x", "sort=x", "from=-1", "from=²", "q=%00", "stock=9"])
def test_nonsense_in_the_address_counts_as_nothing(browser, goods, query):
    goods("CH-1", name="Chair")
    assert names(browser.get(f"{SHOP}?{query}")) == ["Chair"]


# --- Search --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("chair", ["Chair, oak", "Office chair"]),
        ("OAK chair", ["Chair, oak"]),
        ("ch-1", ["Chair, oak"]),
        ("CH 1", ["Chair, oak"]),
        ("hai", ["Chair, oak", "Office chair"]),
        ("100%", []),
        ("_", []),
    ],
)
def test_words_and_skus_are_found(browser, goods, words, found):
    goods("CH-1", name="Chair, oak"), goods("OF-9", name="Office chair"), goods("PN-1", name="Pen")
    for product in Product.objects.all():
        text = f"{product.name.lower()} {product.variants.get().sku.lower()}"
        Product.objects.filter(pk=product.pk).update(search_text=text)
    assert names(browser.get(SHOP, {"q": words})) == found


def test_what_has_the_sku_comes_first_and_then_what_begins_so(browser, goods):
    goods("ZZ-1", name="Alpha"), goods("B-1", name="Zz-1 cover"), goods("C-1", name="Big zz-1 box")
    assert names(browser.get(f"{SHOP}?q=zz-1")) == ["Alpha", "Zz-1 cover", "Big zz-1 box"]


@pytest.mark.parametrize("typed", ["chiar", "chairr", "hcair", "chsir"])
def test_typing_errors_are_forgiven_and_said(browser, goods, typed):
    goods("CH-1", name="Chair"), goods("PN-1", name="Pencil")
    page = browser.get(f"{SHOP}?q={typed}")
    assert names(page) == ["Chair"]
    assert "Here is what there is for “chair”" in said(page)


def test_a_search_goes_on(browser, goods):
    for number in range(30):
        goods(f"N-{number:02}", name=f"Thing {number:02}")
    first = browser.get(f"{SHOP}?q=thing")
    second = browser.get(SHOP + link_to(first, "next"))
    assert (len(names(first)), len(names(second))) == (24, 6)
    assert names(browser.get(SHOP + link_to(second, "prev"))) == names(first)
    assert "Nothing found" in said(browser.get(f"{SHOP}?q=xylophone"))


# --- Prices, stock -------------------------------------------------------------------------------------------


def test_each_contact_sees_its_own_price(browser, terms, delta, goods):
    chair = goods("CH-1", list_price=100)
    assert "€100.00" in said(browser.get(SHOP))
    terms.price_list = PriceListFactory(organisation=delta)
    terms.own_list = PriceListFactory(organisation=delta, is_own=True)
    terms.save()
    PriceFactory(variant=chair, price_list=terms.price_list, price=80)
    assert "€80.00" in said(browser.get(SHOP))
    for start, price in ((0, 70), (10, 60)):
        PriceFactory(variant=chair, price_list=terms.own_list, from_quantity=start, price=price)
    page = said(browser.get(product_page(chair)))
    assert "€70.00 plus 21 % tax" in page
    assert "from 10€60.00" in page
    another = ContactTermsFactory(contact=ContactFactory(organisation=delta, email="other@example.com")).contact
    assert "€100.00" in said(entered(another).get(SHOP))


def test_prices_are_with_tax_where_the_business_wants_it(browser, delta, goods):
    CatalogSettings.objects.create(organisation=delta, prices="with_tax")
    chair = goods("CH-1", list_price=100)
    assert "€121.00" in said(browser.get(SHOP))
    assert "€121.00 with 21 % tax" in said(browser.get(product_page(chair)))


@pytest.mark.parametrize(
    ("setting", "stock", "words"),
    [
        ("exact", 7, "7 in stock"),
        ("badge", 7, "In stock"),
        ("hidden", 7, ""),
        ("exact", 0, "Out of stock"),
        ("badge", 0, "Out of stock"),
        ("hidden", 0, ""),
    ],
)
def test_availability_is_said_as_the_business_wants_it(browser, delta, goods, setting, stock, words):
    CatalogSettings.objects.create(organisation=delta, availability=setting)
    chair = goods("CH-1", stock=stock)
    for path in (SHOP, product_page(chair)):
        badges = [text_of(one) for one in of_class(browser.get(path), "stock")]
        assert badges == ([words] if words else [])
    assert ("Add to cart" in said(browser.get(product_page(chair)))) == bool(stock)


def test_variants_are_chosen_by_their_address(browser, goods):
    red = goods("CH-R", options=[["Colour", "Red"]], list_price=10)
    blue = goods("CH-B", options=[["Colour", "Blue"]], list_price=12, stock=None)
    type(blue).objects.filter(pk=blue.pk).update(product=red.product, position=1)
    assert "from €10.00" in said(browser.get(SHOP))
    assert "SKU CH-R" in said(browser.get(product_page(red)))
    page = browser.get(f"{product_page(red)}?variant={blue.pk}")
    assert "SKU CH-B" in said(page)
    assert "€12.00 plus" in said(page)
    assert "SKU CH-R" in said(browser.get(f"{product_page(red)}?variant=nonsense"))


def test_what_goes_with_it_is_shown_as_far_as_it_is_offered(browser, goods):
    chair, desk, lamp = goods("CH-1", name="Chair"), goods("DK-1", name="Desk"), goods("LP-1", name="Lamp")
    Product.objects.filter(pk=lamp.product_id).update(visibility="hidden")
    Product.objects.filter(pk=chair.product_id).update(related=[lamp.product_id, desk.product_id])
    assert names(browser.get(product_page(chair))) == ["Desk"]


def test_it_speaks_the_contacts_language(browser, erin, goods, categories):
    chair = goods("CH-1", name="Chair")
    texts = {"es": {"name": "Silla", "description": "De roble"}}
    Product.objects.update(translations=texts, description="Of oak", category=categories[0])
    type(categories[0]).objects.update(translations={"es": {"name": "Muebles"}})
    erin.language = "es"
    erin.save()
    assert names(browser.get(SHOP)) == ["Silla"]
    assert "Muebles" in said(browser.get(SHOP))
    assert "De roble" in said(browser.get(product_page(chair)))


# --- The shared link -----------------------------------------------------------------------------------------


def test_the_shared_link_is_off_until_it_is_made(delta, goods):
    assert Client().get(f"{SHOP}shared/token/").status_code == 404
    CatalogSettings.objects.create(organisation=delta)
    assert Client().get(f"{SHOP}shared/token/").status_code == 404


def test_the_shared_link_shows_and_sells_nothing(delta, goods):
    chair, inner = goods("CH-1", name="Chair", list_price=10), goods("IN-1", name="Inner")
    Product.objects.filter(pk=inner.product_id).update(visibility="contacts")
    kept = CatalogSettings.objects.create(organisation=delta, is_shared=True, share_hash=hash_token("token"))
    visitor, shared = Client(), f"{SHOP}shared/token/"
    page = visitor.get(shared)
    assert names(page) == ["Chair"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    sheet = visitor.get(f"{shared}p/{chair.product_id}/")
    assert "€10.00" in said(sheet)
    for one in (page, sheet):
        assert "Add to cart" not in said(one)
        assert "Cart" not in said(one)
    assert visitor.get(f"{shared}p/{inner.product_id}/").status_code == 404
    assert names(visitor.get(f"{shared}?q=inner")) == []
    assert visitor.get("/portal/another/catalog/shared/token/").status_code == 404
    kept.is_shared = False
    kept.save()
    assert visitor.get(shared).status_code == 404


# --- Cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 30])
def test_pages_cost_the_same_however_much_there_is(browser, terms, delta, goods, categories, number):
    terms.price_list = PriceListFactory(organisation=delta)
    terms.save()
    for count in range(number):
        variant = goods(f"N-{count}", name=f"Thing {count}")
        Product.objects.filter(pk=variant.product_id).update(category=categories[1])
        PriceFactory(variant=variant, price_list=terms.price_list, price=3)
    pages = {
        SHOP: 5,
        f"{SHOP}c/{categories[0].pk}/": 5,
        f"{SHOP}?q=thing": 4,
        f"{SHOP}?q=thnig": 6,
        product_page(variant): 6,
    }
    for path, most in pages.items():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        assert len(queries) == most, path
        assert not [one for one in queries if not one["sql"].startswith("SELECT")]


def test_pictures_of_what_is_offered_are_served(browser, delta, goods):
    chair = goods("CH-1")
    file = store_file(organisation_id=delta.pk, name="a.webp", content=b"webp", content_type="image/webp")
    picture = Picture.objects.create(organisation=delta, product=chair.product, original=file, small=file, large=file)
    path = f"{SHOP}pictures/{picture.pk}"
    shown = browser.get(f"{path}/small/")
    assert (shown.status_code, shown["Content-Type"], shown.content) == (200, "image/webp", b"webp")
    assert browser.get(f"{path}/huge/").status_code == 404
    Product.objects.update(visibility="hidden")
    assert browser.get(f"{path}/small/").status_code == 404
