"""Placements follow products and categories (models.product.Placement); movements and deliveries stay as written."""

from django.db import migrations

PLACED = """
INSERT INTO catalog_placement (id, created_at, organisation_id, category_id, product_id, sort_key)
    WITH RECURSIVE up (product_id, sort_key, organisation_id, category_id) AS (
        SELECT p.id, p.sort_key, p.organisation_id, p.category_id FROM catalog_product p
        WHERE {whose} AND p.category_id IS NOT NULL AND p.retired_at IS NULL
        UNION ALL
        SELECT up.product_id, up.sort_key, up.organisation_id, c.parent_id
        FROM up JOIN catalog_category c ON c.id = up.category_id WHERE c.parent_id IS NOT NULL
    )
    SELECT gen_random_uuid(), now(), organisation_id, category_id, product_id, sort_key FROM up;
"""
PLACEMENTS = f"""
CREATE FUNCTION catalog_place_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM catalog_placement WHERE product_id = NEW.id;
    END IF;
    {PLACED.format(whose="p.id = NEW.id")}
    RETURN NULL;
END $$;
CREATE TRIGGER product_is_placed AFTER INSERT ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_place_product();
CREATE TRIGGER product_is_placed_anew AFTER UPDATE ON catalog_product FOR EACH ROW
    WHEN ((OLD.category_id, OLD.sort_key, OLD.retired_at) IS DISTINCT FROM
        (NEW.category_id, NEW.sort_key, NEW.retired_at))
    EXECUTE FUNCTION catalog_place_product();
CREATE FUNCTION catalog_place_products() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog_placement
        WHERE product_id IN (SELECT p.id FROM catalog_product p WHERE p.category_id = NEW.id);
    {PLACED.format(whose="p.category_id = NEW.id")}
    RETURN NULL;
END $$;
CREATE TRIGGER category_is_moved AFTER UPDATE ON catalog_category FOR EACH ROW
    WHEN (OLD.path IS DISTINCT FROM NEW.path)
    EXECUTE FUNCTION catalog_place_products();
"""
KEPT = """
CREATE TRIGGER movement_is_append_only BEFORE UPDATE OR DELETE ON catalog_stockmovement
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER delivery_is_append_only BEFORE UPDATE OR DELETE ON catalog_delivery
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = """
DROP TRIGGER delivery_is_append_only ON catalog_delivery;
DROP TRIGGER movement_is_append_only ON catalog_stockmovement;
DROP TRIGGER category_is_moved ON catalog_category;
DROP TRIGGER product_is_placed_anew ON catalog_product;
DROP TRIGGER product_is_placed ON catalog_product;
DROP FUNCTION catalog_place_products(), catalog_place_product();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_the_catalog"),
        ("core", "0002_history_is_append_only"),
    ]

    operations = [migrations.RunSQL(PLACEMENTS + KEPT, REVERSE)]
