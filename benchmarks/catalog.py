"""The catalog of a contact with its own prices: 20,000 products in 400 categories, and 1,000 in 20 beside it."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.db import connection, transaction

from benchmarks._harness import Figures, measure, served, table
from benchmarks.portal import cookie_of
from catalog.models import Cart, CartLine, Category, ContactTerms, Price, PriceList, Product, Variant
from documents.models import Contact
from partners.models import Organisation, Plan

SIZES = (1_000, 20_000)
PER_CATEGORY = 50
PER_TOP = 20  # categories below one at the top
CONTACTS = 2_000
OWN_PRICES = 10  # of each contact; the one that is measured has a list of all and OWN_OF_ONE of its own
OWN_OF_ONE = 500
IN_CART = 10
WORDS = "oak,steel,blue,red,round,small,large,light,heavy,folding,garden,office,kitchen,travel,winter,summer"
THINGS = "chair,table,lamp,shelf,box,basket,clock,mirror,rug,plate,cup,knife,towel,pillow,frame,hook"

CATEGORIES = """
WITH made AS (SELECT gen_random_uuid() AS id, n FROM generate_series(0, %(tops)s - 1) n),
tops AS (
    INSERT INTO catalog_category (id, created_at, organisation_id, parent_id, name, sort_key, path, position,
        translations)
    SELECT id, now(), %(business)s, NULL, 'Department ' || n, 'department ' || lpad(n::text, 4, '0'),
        right(replace(id::text, '-', ''), 12) || '/', n, '{}' FROM made RETURNING id, path, position
), below AS (
    SELECT gen_random_uuid() AS id, tops.id AS parent, tops.path AS path, n
    FROM tops, generate_series(0, %(per_top)s - 1) n
)
INSERT INTO catalog_category (id, created_at, organisation_id, parent_id, name, sort_key, path, position, translations)
SELECT id, now(), %(business)s, parent, 'Aisle ' || n, 'aisle ' || lpad(n::text, 4, '0'),
    path || right(replace(id::text, '-', ''), 12) || '/', n, '{}' FROM below
"""
PRODUCTS = """
WITH leaves AS (
    SELECT id, row_number() OVER (ORDER BY path) - 1 AS place, count(*) OVER () AS number
    FROM catalog_category WHERE organisation_id = %(business)s AND parent_id IS NOT NULL
), named AS (
    SELECT n, initcap((string_to_array(%(words)s, ','))[n %% 16 + 1]) || ' '
        || (string_to_array(%(things)s, ','))[n / 16 %% 16 + 1] || ' ' || n AS name
    FROM generate_series(1, %(products)s) n
)
INSERT INTO catalog_product (id, created_at, organisation_id, category_id, name, sort_key, description, kind,
    visibility, tax, unit, is_tracked, related, translations, search_text, revision)
SELECT gen_random_uuid(), now(), %(business)s, leaves.id, name, lower(name), 'Made to last.', 'product',
    'everybody', '', '', true, '{}', '{}', lower(name) || ' sku-' || n, 1
FROM named JOIN leaves ON leaves.place = named.n %% leaves.number
"""
VARIANTS = """
INSERT INTO catalog_variant (id, created_at, organisation_id, product_id, position, sku, sku_key, barcode, options,
    list_price, minimum, multiple, is_divisible)
SELECT gen_random_uuid(), now(), organisation_id, id, 0, upper(split_part(search_text, ' ', 4)),
    split_part(search_text, ' ', 4), '', '[]', 10 + length(name), 1, 0, false
FROM catalog_product WHERE organisation_id = %(business)s
"""
STOCK = """
INSERT INTO catalog_stocklevel (id, created_at, organisation_id, variant_id, on_hand, held, may_owe, alarm_at,
    is_alarmed)
SELECT gen_random_uuid(), now(), organisation_id, id, 40, 3, false, 5, false
FROM catalog_variant WHERE organisation_id = %(business)s
"""
CUSTOMERS = """
WITH people AS (
    INSERT INTO documents_contact (id, created_at, organisation_id, kind, name, sort_key, tax_id, tax_id_key, email,
        phone, street, city, postcode, region, country, language, is_person, website, delivery, currency,
        pays_surcharge, withholding_percent, note, reviewed_by_name, search_text)
    SELECT gen_random_uuid(), now(), %(business)s, 'customer', 'Customer ' || n, 'customer ' || n, '', '',
        'customer' || n || '@' || %(slug)s || '.example', '', '', '', '', '', '', 'en', false, '', '{}', '', false,
        0, '', '', 'customer ' || n FROM generate_series(1, %(contacts)s) n RETURNING id, name
), lists AS (
    INSERT INTO catalog_pricelist (id, created_at, organisation_id, name, currency, is_own)
    SELECT gen_random_uuid(), now(), %(business)s, name, 'EUR', true FROM people RETURNING id, name
)
INSERT INTO catalog_contactterms (id, created_at, organisation_id, contact_id, is_on, own_list_id)
SELECT gen_random_uuid(), now(), %(business)s, people.id, true, lists.id FROM people JOIN lists USING (name)
"""
PRICES = """
WITH goods AS (
    SELECT id, row_number() OVER (ORDER BY sku_key) - 1 AS place, count(*) OVER () AS number
    FROM catalog_variant WHERE organisation_id = %(business)s
), buyers AS (
    SELECT own_list_id, row_number() OVER (ORDER BY id) AS place FROM catalog_contactterms
    WHERE organisation_id = %(business)s
)
INSERT INTO catalog_price (id, created_at, organisation_id, price_list_id, variant_id, from_quantity, price)
SELECT DISTINCT ON (buyers.own_list_id, goods.id) gen_random_uuid(), now(), %(business)s, buyers.own_list_id,
    goods.id, 0, 9
FROM buyers, generate_series(1, %(own)s) n, goods WHERE goods.place = (buyers.place * 7 + n * 131) %% goods.number
"""


def make_catalog(products: int) -> tuple[Organisation, Contact]:
    """A business with so many products, and the contact that is measured; made once."""
    slug = f"bench-catalog-{products}"
    business, is_new = Organisation.objects.get_or_create(
        slug=slug,
        defaults={"kind": "business", "name": slug, "currency": "EUR", "country": "ES", "plan": Plan.objects.get()},
    )
    if is_new:
        with transaction.atomic():
            _fill(business, products)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return business, Contact.objects.get(organisation=business, name="Customer 1")


def _fill(business: Organisation, products: int) -> None:
    tops = max(1, products // PER_CATEGORY // PER_TOP)
    values = {
        "business": business.pk,
        "slug": business.slug,
        "products": products,
        "tops": tops,
        "per_top": PER_TOP,
        "contacts": CONTACTS,
        "words": WORDS,
        "things": THINGS,
        "own": OWN_PRICES,
    }
    with connection.cursor() as cursor:
        for statement in (CATEGORIES, PRODUCTS, VARIANTS, STOCK, CUSTOMERS):
            cursor.execute(statement, values)
        cursor.execute(PRICES, values)
    own = {"organisation": business}
    everybody = PriceList.objects.create(**own, name="All", currency="EUR")
    contact = Contact.objects.get(organisation=business, name="Customer 1")
    terms = ContactTerms.objects.get(contact=contact)
    terms.price_list = everybody
    terms.save()
    variants = list(Variant.objects.filter(organisation=business).order_by("sku_key"))
    Price.objects.bulk_create(
        (Price(**own, price_list=everybody, variant=one, from_quantity=start, price=8 - start / 100)
         for one in variants for start in (0, 50)),
        batch_size=5_000,
    )  # fmt: skip
    Price.objects.filter(price_list_id=terms.own_list_id).delete()
    Price.objects.bulk_create(
        Price(**own, price_list_id=terms.own_list_id, variant=one, price=7) for one in variants[:OWN_OF_ONE]
    )
    cart = Cart.objects.create(**own, contact=contact, key=business.pk)
    lines = {"cart": cart, "quantity": 2, "seen_price": 8, "seen_currency": "EUR", "seen_free": 37}
    CartLine.objects.bulk_create(CartLine(**own, **lines, variant=one) for one in variants[-IN_CART:])


def pages_of(contact: Contact) -> list[tuple[str, str]]:
    """(name, path) of each page measured."""
    business, portal = contact.organisation, f"/portal/{contact.organisation.slug}/"
    top = Category.objects.filter(organisation=business, parent=None).order_by("position").first()
    leaf = Category.objects.filter(organisation=business, parent=top).order_by("position").first()
    product = Product.objects.filter(organisation=business, category=leaf).order_by("sort_key").first()
    assert top is not None and leaf is not None and product is not None
    return [
        ("all products, 24", f"{portal}catalog/"),
        ("category with all below it, 24", f"{portal}catalog/c/{top.pk}/"),
        ("category, 24", f"{portal}catalog/c/{leaf.pk}/"),
        ("search, two words", f"{portal}catalog/?q=oak+chair"),
        ("search, typed wrong", f"{portal}catalog/?q=oak+chiar"),
        ("product", f"{portal}catalog/p/{product.pk}/"),
        ("cart, 10 lines", f"{portal}cart/"),
    ]


def main() -> None:
    """Measure every page for each size, and print the table. Arguments are sizes to measure instead."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi:application") as site:
        for size in sizes:
            _business, contact = make_catalog(size)
            cookie = cookie_of(contact)
            for name, path in pages_of(contact):
                figures = measure(hello, site, path, {"Cookie": cookie})
                rows.append((f"{name} ({size:,} products)", figures))
                print(f"{name} ({size:,}): {figures.cost:.0f} T, {figures.cpu_cost:.0f} T by CPU", flush=True)
    print(table(rows))


if __name__ == "__main__":
    main()
