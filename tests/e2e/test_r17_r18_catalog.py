"""R17: Catalog, its categories, a product with details, price and availability. R18: products into the cart, what is
needed is filled in, the order is placed and stands in the business's account.
"""

from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from advisory_portal.core.ids import uuid7
from advisory_portal.core.models import OutboundEmail
from catalog.models import Product, StockLevel
from client_portal.actions import invite_contact
from documents.models import Document
from tests.catalog.factories_catalog import CategoryFactory, ContactTermsFactory, StockLevelFactory, VariantFactory
from tests.e2e.conftest import PHONE, link_in_mail


@pytest.fixture
def catalog(delta, erin):
    """Chairs in two categories, one of them the last of its kind; the catalog is on for Erin."""
    ContactTermsFactory(contact=erin)
    furniture = CategoryFactory(organisation=delta, name="Furniture", translations={"es": {"name": "Muebles"}})
    chairs = CategoryFactory(
        organisation=delta, name="Chairs", parent=furniture, translations={"es": {"name": "Sillas"}}
    )
    for sku, name, stock in (("OAK-1", "Oak chair", 10), ("LAST-1", "Last chair", 1)):
        variant = VariantFactory(organisation=delta, sku=sku, list_price=Decimal(100), product__name=name)
        translations = {"es": {"name": f"{name} (es)"}}
        values = {"category": chairs, "description": "Made to last.", "translations": translations}
        Product.objects.filter(pk=variant.product_id).update(**values)
        StockLevelFactory(organisation=delta, variant=variant, on_hand=stock)


def enter(visitor, erin, dan_here, **options):
    """The contact follows the invitation in its mail."""
    invite_contact(actor=dan_here, contact=erin, sending=uuid7(), now=timezone.now())
    person = visitor(**options)
    person.open(link_in_mail(OutboundEmail.objects.latest("id").to))
    person.expect_path("/portal/delta/")
    return person


def test_from_the_catalog_to_the_order(visitor, dan, dan_here, erin, catalog):
    person = enter(visitor, erin, dan_here)
    page, main = person.page, person.page.get_by_role("main")
    page.get_by_role("navigation", name="Portal").get_by_role("link", name="Catalog", exact=True).click()
    person.expect_title("Catalog")
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Furniture").click()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Chairs").click()
    person.expect_title("Chairs")
    person.press("Oak chair")
    person.expect_title("Oak chair")
    for words in ("Made to last.", "€100.00", "plus 21 % tax", "In stock"):
        expect(main).to_contain_text(words)
    person.field("Quantity").fill("2")
    person.press("Add to cart")
    expect(page.get_by_role("status").get_by_text("Oak chair is in your cart.")).to_be_visible()
    expect(page.locator("#cart-link")).to_contain_text("1")
    page.locator("#cart-link").click()
    person.expect_title("Cart")
    expect(main).to_contain_text("€242.00")
    person.field("Quantity of Oak chair").fill("3")
    person.field("Quantity of Oak chair").press("Enter")
    expect(main).to_contain_text("€363.00")
    person.press("Go to checkout")
    person.fill({"Street": "Calle Ancha 1", "City": "Cádiz", "Your order number": "PO-7", "Notes": "Ring twice"})
    person.press("Place order")
    expect(main).to_contain_text("Thank you. Your order is confirmed.")
    expect(main).to_contain_text("Calle Ancha 1")
    document = Document.objects.get(kind="sales_order")
    person.expect_title(f"Order {document.number}")
    assert StockLevel.objects.get(variant__sku="OAK-1").held == 3
    staff = visitor()
    staff.log_in(dan)
    staff.open("/o/delta/documents/sales-orders/")
    expect(staff.page.get_by_role("link", name=document.number)).to_be_visible()


def test_the_last_piece_is_sold_once(visitor, dan_here, erin, catalog):
    person = enter(visitor, erin, dan_here)
    person.open("/portal/delta/catalog/?q=last")
    person.page.get_by_role("button", name="Add to cart: Last chair").click()
    expect(person.page.locator("#cart-link")).to_contain_text("1")
    StockLevel.objects.filter(variant__sku="LAST-1").update(held=1)
    person.open("/portal/delta/cart/")
    main = person.page.get_by_role("main")
    expect(main).to_contain_text("This is out of stock now. It will be taken out.")
    person.press("Accept the changes")
    expect(main).to_contain_text("Your cart is empty")


def test_quick_order_takes_a_column_of_skus(visitor, dan_here, erin, catalog):
    person = enter(visitor, erin, dan_here)
    person.expected = {422}
    person.open("/portal/delta/cart/quick/")
    person.fill({"SKU and quantity": "OAK-1\t2\nNOPE\t1"})
    person.press("Add to cart")
    expect(person.page.get_by_role("alert")).to_contain_text("We know no product with this SKU.")
    person.open("/portal/delta/cart/")
    expect(person.page.get_by_role("main")).to_contain_text("€200.00")


def test_on_a_phone_in_spanish_without_scripts(visitor, dan_here, erin, catalog):
    erin.language = "es"
    erin.save()
    person = enter(visitor, erin, dan_here, viewport=PHONE, locale="es-ES", java_script_enabled=False)
    page, main = person.page, person.page.get_by_role("main")
    page.get_by_role("link", name="Catálogo", exact=True).click()
    person.expect_title("Catálogo")
    main.locator("a:visible", has_text="Muebles").first.click()  # the tree beside it is for wide pages
    person.press("Oak chair (es)")
    person.press("Añadir al carrito")
    page.locator("#cart-link").click()
    person.expect_title("Carrito")
    expect(page.locator("#cart-link")).to_contain_text("Carrito")
    main.get_by_role("link", name="Ir a la caja").click()
    person.fill({"Dirección": "Calle Ancha 1", "Localidad": "Cádiz"})
    person.press("Realizar pedido")
    expect(main).to_contain_text("Gracias. Su pedido está confirmado.")
    assert Document.objects.filter(kind="sales_order").count() == 1


def test_a_delivery_of_a_part_is_seen_by_who_ordered(visitor, dan, dan_here, erin, catalog):
    person = enter(visitor, erin, dan_here)
    person.page.clock.install()
    person.open("/portal/delta/catalog/?q=oak")
    person.page.get_by_role("button", name="Add to cart: Oak chair").click()
    expect(person.page.locator("#cart-link")).to_contain_text("1")
    person.open("/portal/delta/cart/")
    person.field("Quantity of Oak chair").fill("3")
    person.field("Quantity of Oak chair").press("Enter")
    expect(person.page.get_by_role("main")).to_contain_text("€363.00")
    person.press("Go to checkout")
    person.fill({"Street": "Calle Ancha 1", "City": "Cádiz"})
    person.press("Place order")
    expect(person.page.get_by_role("main")).to_contain_text("Your order is confirmed.")
    person.page.wait_for_load_state()  # from here on the page asks by itself
    order = Document.objects.get(kind="sales_order")

    staff = visitor()
    staff.log_in(dan)
    staff.open("/o/delta/catalog/orders/")
    staff.page.get_by_role("link", name=order.number).click()
    main = staff.page.get_by_role("main")
    main.get_by_label("Only the lines I fill in").check()
    main.get_by_label("Leaves now of Oak chair").fill("2")
    staff.fill({"Carrier and tracking number": "SEUR 0042"})
    staff.press("Mark as delivered")
    expect(main).to_contain_text("2 × Oak chair")
    assert StockLevel.objects.get(variant__sku="OAK-1").held == 1

    person.page.clock.fast_forward("00:31")  # the page asks every half minute
    shown = person.page.locator("#order-state")
    expect(shown).to_contain_text("SEUR 0042")
    expect(shown).to_contain_text("2 × Oak chair")
    staff.press("Mark as delivered")
    expect(main).to_contain_text("1 × Oak chair")
    person.page.clock.fast_forward("00:31")
    expect(person.page.locator("#order-pill")).to_have_text("Delivered")
