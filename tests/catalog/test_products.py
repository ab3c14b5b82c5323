from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry
from catalog import actions
from catalog.actions.products import ChangedMeanwhile, NoSuchCategory
from catalog.actions.writing import NoVariant, SkuTaken
from catalog.models import Product, StockLevel, Variant
from catalog.rules import VariantContent
from tests.catalog.factories_catalog import CategoryFactory
from tests.catalog.factories_staff import content, saved
from tests.factories import MemberFactory, UserFactory, member_actor

pytestmark = pytest.mark.django_db


def again(actor, product, **values):
    product.refresh_from_db()
    given = {"revision": product.revision, "now": timezone.now()} | values
    return actions.save_product(actor=actor, product=product, **given)


def in_use(product):
    return list(product.variants.filter(retired_at=None).values_list("sku", flat=True))


def log():
    return list(HistoryEntry.objects.order_by("id").values_list("what", "subject_name"))


def test_product_is_kept_with_its_variants_and_what_it_is_found_by(dan_here):
    variants = (
        VariantContent("Mug R", Decimal("12.5"), (("Colour", "Red"),), "841", Decimal(2), Decimal(2)),
        VariantContent("Mug B", Decimal(13)),
    )
    product = saved(dan_here, name="Café mug", variants=variants, translations={"es": {"name": "Taza"}})
    row = Product.objects.get()
    assert (row.sort_key, row.search_text) == ("cafe mug", "cafe mug taza mug r 841 mug b")
    assert (row.visibility, row.revision, row.translations) == ("everybody", 1, {"es": {"name": "Taza"}})
    kept = list(product.variants.values_list("sku_key", "position", "list_price", "options", "minimum", "multiple"))
    assert kept == [
        ("mugr", 0, Decimal("12.5"), [["Colour", "Red"]], 2, 2),
        ("mugb", 1, Decimal(13), [], 1, 0),
    ]
    assert set(StockLevel.objects.values_list("variant__sku", "on_hand")) == {("Mug R", 0), ("Mug B", 0)}
    assert log() == [("catalog.product.created", "Café mug")]


def test_second_click_on_a_new_product_is_refused(dan_here):
    saved(dan_here, "MUG")
    with pytest.raises(SkuTaken):
        saved(dan_here, "mug ")
    assert Product.objects.count() == 1


def test_variant_left_out_is_retired_and_comes_back_by_its_sku(dan_here):
    product = saved(dan_here, "A", "B")
    again(dan_here, product, content=content("B"))
    assert in_use(product) == ["B"]
    first = Variant.objects.get(sku="A")
    again(dan_here, product, content=content("B", "A"))
    assert in_use(product) == ["B", "A"]
    assert Variant.objects.get(sku="A").pk == first.pk


def test_same_sku_twice_is_refused(dan_here):
    with pytest.raises(SkuTaken):
        saved(dan_here, "A", "a")


def test_product_without_variants_is_refused(dan_here):
    with pytest.raises(NoVariant):
        saved(dan_here, variants=())


def test_who_saves_after_somebody_else_is_told(dan_here):
    product = saved(dan_here, "A")
    again(dan_here, product, content=content("A", name="Cup"))
    with pytest.raises(ChangedMeanwhile):
        again(dan_here, product, content=content("A", name="Jug"), revision=1)
    assert Product.objects.get().name == "Cup"


def test_changes_are_logged_as_they_were_and_are(dan_here):
    product = saved(dan_here, "A")
    again(dan_here, product, content=content("A", name="Cup", visibility="hidden"))
    entry = HistoryEntry.objects.get(what="catalog.product.changed")
    assert (entry.before, entry.after) == (
        {"name": "Mug", "visibility": "everybody"},
        {"name": "Cup", "visibility": "hidden"},
    )


def test_category_of_another_business_is_refused(dan_here):
    with pytest.raises(NoSuchCategory):
        saved(dan_here, category_id=CategoryFactory().pk)


def test_services_have_no_stock(dan_here):
    saved(dan_here, kind="service", is_tracked=True)
    assert not Product.objects.get().is_tracked
    assert not StockLevel.objects.exists()


def test_withdrawn_product_comes_back(dan_here):
    product = saved(dan_here)
    for _repeated in range(2):
        actions.retire_product(actor=dan_here, product=product, now=timezone.now())
    assert not Product.objects.in_use().exists()
    for _repeated in range(2):
        actions.restore_product(actor=dan_here, product=product)
    assert Product.objects.in_use().count() == 1
    assert [what for what, _name in log()][1:] == ["catalog.product.retired", "catalog.product.restored"]


def test_only_those_that_were_shown_otherwise_change(dan_here):
    first, second = saved(dan_here, "A"), saved(dan_here, "B", visibility="hidden")
    ids = [first.pk, second.pk]
    assert actions.show_products(actor=dan_here, ids=ids, visibility="hidden") == 1
    assert actions.show_products(actor=dan_here, ids=ids, visibility="hidden") == 0
    assert set(Product.objects.values_list("visibility", flat=True)) == {"hidden"}


def test_whoever_only_looks_saves_nothing(delta):
    viewer = member_actor(MemberFactory(organisation=delta, user=UserFactory(), code="viewer"))
    with pytest.raises(Forbidden):
        saved(viewer)
    assert not Product.objects.exists()
